//! Constants in one spelling each: what a database makes of `'2026-01-01T00:00:00Z'`, `1e3` and
//! `'{"b":1, "a":2}'` is told to be the same.

use super::expression::{Tree, node};
use super::json;

/// A number without zeros that say nothing: `-1.50` and `-15e-1` are both `-15e-1`.
pub(super) fn number(text: &str) -> Option<String> {
    let (sign, digits) = match text.strip_prefix(['-', '+']) {
        Some(rest) => (if text.starts_with('-') { "-" } else { "" }, rest),
        None => ("", text),
    };
    let (mantissa, exponent) = match digits.find(['e', 'E']) {
        Some(at) => (&digits[..at], digits[at + 1..].parse::<i64>().ok()?),
        None => (digits, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{whole}{fraction}");
    if all.is_empty() || !all.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let trimmed = all.trim_start_matches('0').trim_end_matches('0');
    if trimmed.is_empty() {
        return Some("0".to_owned());
    }
    let zeros = (all.len() - all.trim_end_matches('0').len()) as i64;
    let exponent = exponent.checked_sub(fraction.len() as i64)?.checked_add(zeros)?;
    Some(format!("{sign}{trimmed}e{exponent}"))
}

/// The number with the other sign.
pub(super) fn negative(number: &str) -> String {
    match number.strip_prefix('-') {
        Some(positive) => positive.to_owned(),
        None if number == "0" => number.to_owned(),
        None => format!("-{number}"),
    }
}

/// A text in the spelling of what it seems to be. Texts that seem to be the same are told to be.
pub(super) fn text(text: &str) -> String {
    let trimmed = text.trim();
    if let Some(value) = time(trimmed).or_else(|| limit(trimmed)).or_else(|| uuid(trimmed)) {
        return value;
    }
    match trimmed.chars().next() {
        Some('{' | '[' | '"') => {
            json::canonical(trimmed).or_else(|| array(trimmed)).unwrap_or_else(|| text.to_owned())
        }
        _ => text.to_owned(),
    }
}

/// A time of day, or an instant: `2026-01-01 00:00:00.500000+00` is `2026-01-01T00:00:00.5`.
fn time(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let is_digits =
        |from: usize, to: usize| bytes.get(from..to).is_some_and(|b| b.iter().all(u8::is_ascii_digit));
    let is_date = bytes.len() > 10 && is_digits(0, 4) && bytes[4] == b'-' && matches!(bytes[10], b' ' | b'T');
    let clock = if is_date { &text[11..] } else { text };
    if clock.len() == 5 && clock.is_ascii() {
        let date = if is_date { &text[..11] } else { "" };
        return time(&format!("{date}{clock}:00"));
    }
    let is_clock = clock.len() >= 8
        && clock.is_ascii()
        && clock.as_bytes()[2] == b':'
        && clock.as_bytes()[5] == b':'
        && clock.as_bytes()[..2].iter().all(u8::is_ascii_digit);
    if !is_clock {
        return None;
    }
    let zone = clock.find(['Z', '+']).unwrap_or(clock.len());
    if !matches!(&clock[zone..], "" | "Z" | "+00" | "+00:00") {
        return None;
    }
    let seconds = &clock[..zone];
    let seconds =
        if seconds.contains('.') { seconds.trim_end_matches('0').trim_end_matches('.') } else { seconds };
    let date = if is_date { format!("{}T", &text[..10]) } else { String::new() };
    Some(date + seconds)
}

/// The elements of an array of PostgreSQL's, each in quotes.
fn array(text: &str) -> Option<String> {
    let inner = text.strip_prefix('{')?.strip_suffix('}')?;
    let mut elements = Vec::new();
    let mut chars = inner.chars().peekable();
    while chars.peek().is_some() {
        let mut element = String::new();
        let is_quoted = chars.next_if_eq(&'"').is_some();
        loop {
            match chars.next() {
                Some('"') if is_quoted => break,
                Some('\\') => element.push(chars.next()?),
                Some('{' | '}') if !is_quoted => return None,
                Some(c) => element.push(c),
                None if is_quoted => return None,
                None => break,
            }
            if !is_quoted && chars.peek().is_none_or(|&c| c == ',') {
                break;
            }
        }
        elements.push(match number(&element) {
            Some(number) => number,
            None => format!("{:?}", self::text(&element)),
        });
        if chars.peek().is_some() && chars.next() != Some(',') {
            return None;
        }
    }
    Some(format!("{{{}}}", elements.join(",")))
}

/// A cast. All but what it makes of a constant is left out: PostgreSQL adds casts of its own.
pub(super) fn cast(of: Tree, ty: &str) -> Tree {
    let is_number = ["int", "numeric", "decimal", "real", "double", "float", "smallint", "bigint"];
    match of {
        Tree::Text(text) if is_number.iter().any(|start| ty.starts_with(start)) && !ty.ends_with("[]") => {
            match number(&text) {
                Some(number) => Tree::Number(number),
                None => Tree::Text(text),
            }
        }
        Tree::Text(text) if ty.starts_with("bool") && ty.ends_with("[]") => {
            let inner = text.trim_start_matches('{').trim_end_matches('}');
            let spelled = |one: &str| match one {
                "t" => "true".to_owned(),
                "f" => "false".to_owned(),
                other => other.to_owned(),
            };
            Tree::Text(format!("{{{}}}", inner.split(',').map(spelled).collect::<Vec<_>>().join(",")))
        }
        Tree::Text(text) if ty.starts_with("bool") => match text.as_str() {
            "t" | "on" | "yes" | "1" => Tree::Text("true".to_owned()),
            "f" | "off" | "no" | "0" => Tree::Text("false".to_owned()),
            _ => Tree::Text(text),
        },
        other => other,
    }
}

/// What is no number, and yet one of the values of a type of numbers.
fn limit(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    match lower.trim_start_matches('+') {
        "inf" | "infinity" => Some("infinity".to_owned()),
        "-inf" | "-infinity" => Some("-infinity".to_owned()),
        "nan" => Some(lower),
        _ => None,
    }
}

/// A UUID, in lower case.
fn uuid(text: &str) -> Option<String> {
    let is_hyphen = |at: usize| matches!(at, 8 | 13 | 18 | 23);
    let fits = |(at, byte): (usize, u8)| if is_hyphen(at) { byte == b'-' } else { byte.is_ascii_hexdigit() };
    (text.len() == 36 && text.bytes().enumerate().all(fits)).then(|| text.to_ascii_lowercase())
}

/// A call, by the one name that a function is called by.
pub(super) fn call(name: String, list: Vec<Tree>) -> Tree {
    match name.as_str() {
        "current_timestamp" | "transaction_timestamp" => node("now", list),
        "substr" => node("substring", list),
        "char_length" | "character_length" => node("length", list),
        _ => Tree::Node(name, list),
    }
}

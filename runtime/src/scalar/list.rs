//! Lists: a JSON array in SQLite, an array of its own in PostgreSQL.
//!
//! In JSON, booleans and numbers stand as such, all else as a text: decimals, times and UUIDs as
//! SQLite's columns have them, octets in hexadecimal, JSON as its text. So the grammar to be read
//! here is a flat array of scalars.

use super::{Element, Scalar};
use crate::value::{Cell, Value};

impl<T: Element> Scalar for Vec<T> {
    const NAME: &'static str = "a list";
    type Nullable = Option<Self>;

    fn encode(self) -> Value {
        Value::List(self.into_iter().map(T::encode).collect())
    }

    fn decode(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Text(text) => from_json(text),
            Cell::Wire(wire) => from_array(wire, |wire| Cell::Wire(wire)),
            Cell::Array(array) => from_array(array.wire, array.element),
            _ => None,
        }
    }
}

/// PostgreSQL's array: the number of dimensions, flags, the element's type; for each dimension
/// its length and first index; then each element's length and bytes. All of 32 bits.
fn from_array<T: Scalar>(wire: &[u8], cell: fn(&[u8]) -> Cell<'_>) -> Option<Vec<T>> {
    let (dimensions, rest) = word(wire)?;
    if dimensions == 0 {
        return Some(Vec::new());
    }
    let (length, mut rest) = word(rest.get(8..)?)?;
    if dimensions != 1 {
        return None;
    }
    rest = rest.get(4..)?;
    let mut list = Vec::with_capacity(usize::try_from(length).ok()?.min(rest.len() / 4));
    for _ in 0..length {
        let (size, after) = word(rest)?;
        let cell = match usize::try_from(size) {
            Ok(size) => {
                let (element, after) = after.split_at_checked(size)?;
                rest = after;
                cell(element)
            }
            // -1 is null.
            Err(_) => {
                rest = after;
                Cell::Null
            }
        };
        list.push(T::decode(cell)?);
    }
    Some(list)
}

fn word(wire: &[u8]) -> Option<(i32, &[u8])> {
    let (word, rest) = wire.split_first_chunk::<4>()?;
    Some((i32::from_be_bytes(*word), rest))
}

fn from_json<T: Scalar>(text: &str) -> Option<Vec<T>> {
    let mut rest = text.trim().strip_prefix('[')?.strip_suffix(']')?.trim();
    let mut list = Vec::new();
    while !rest.is_empty() {
        let (value, after) = element(rest)?;
        list.push(value);
        rest = match after.trim_start().strip_prefix(',') {
            Some(more) if more.trim_start().is_empty() => return None,
            Some(more) => more.trim_start(),
            None if after.trim_start().is_empty() => "",
            None => return None,
        };
    }
    Some(list)
}

fn element<T: Scalar>(json: &str) -> Option<(T, &str)> {
    if let Some(quoted) = json.strip_prefix('"') {
        let (text, rest) = unquote(quoted)?;
        return Some((T::decode(Cell::Text(&text))?, rest));
    }
    let end = json.find([',', ' ', '\n', '\r', '\t']).unwrap_or(json.len());
    let (word, rest) = json.split_at(end);
    let cell = match word {
        "true" => Cell::Integer(1),
        "false" => Cell::Integer(0),
        "null" => Cell::Null,
        number => match number.parse() {
            Ok(integer) => Cell::Integer(integer),
            Err(_) => Cell::Real(number.parse().ok()?),
        },
    };
    Some((T::decode(cell)?, rest))
}

/// The text up to its closing quote, and what follows.
fn unquote(json: &str) -> Option<(String, &str)> {
    let mut text = String::new();
    let mut chars = json.chars();
    loop {
        match chars.next()? {
            '"' => return Some((text, chars.as_str())),
            '\\' => text.push(match chars.next()? {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'b' => '\u{8}',
                'f' => '\u{c}',
                'u' => unicode(&mut chars)?,
                plain @ ('"' | '\\' | '/') => plain,
                _ => return None,
            }),
            plain => text.push(plain),
        }
    }
}

/// Four hexadecimal digits, or twice four for what lies beyond U+FFFF.
fn unicode(chars: &mut std::str::Chars<'_>) -> Option<char> {
    let first = unit(chars)?;
    if !(0xd800..0xdc00).contains(&first) {
        return char::from_u32(first);
    }
    (chars.next()? == '\\' && chars.next()? == 'u').then_some(())?;
    let second = unit(chars)?;
    (0xdc00..0xe000).contains(&second).then_some(())?;
    char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00))
}

fn unit(chars: &mut std::str::Chars<'_>) -> Option<u32> {
    (0..4).try_fold(0, |sum, _| Some(sum * 16 + chars.next()?.to_digit(16)?))
}

/// Appends a JSON text.
#[allow(dead_code, reason = "used by whichever adapters are compiled in")]
pub(crate) fn push_json(out: &mut String, text: &str) {
    out.push('"');
    for char in text.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            control if control < ' ' => out.push_str(&format!("\\u{:04x}", control as u32)),
            plain => out.push(plain),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(json: &str) -> Option<Vec<String>> {
        Vec::<String>::decode(Cell::Text(json))
    }

    #[test]
    fn json_arrays_are_read() {
        assert_eq!(texts("[]"), Some(vec![]));
        assert_eq!(texts(r#" [ "a" , "b,c]" ] "#), Some(vec!["a".to_owned(), "b,c]".to_owned()]));
        assert_eq!(texts(r#"["\u00e9\ud83d\ude00\n\""]"#), Some(vec!["é😀\n\"".to_owned()]));
        assert_eq!(Vec::<i64>::decode(Cell::Text("[1,-2, 3]")), Some(vec![1, -2, 3]));
        assert_eq!(Vec::<f64>::decode(Cell::Text("[1,2.5,1e3]")), Some(vec![1.0, 2.5, 1000.0]));
        assert_eq!(Vec::<bool>::decode(Cell::Text("[true,false]")), Some(vec![true, false]));
    }

    #[test]
    fn what_is_no_list_of_the_type_is_refused() {
        for json in ["", "[", r#"["a"#, r#"["a",]"#, r#"["a" "b"]"#, "[1]", "[null]", r#"["\ud800"]"#] {
            assert_eq!(texts(json), None, "{json}");
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let text = "a\"\\\n\u{1}é😀";
        let mut json = "[".to_owned();
        push_json(&mut json, text);
        json.push(']');
        assert_eq!(texts(&json), Some(vec![text.to_owned()]));
    }

    #[test]
    fn a_list_of_octets_is_read_from_hexadecimal() {
        assert_eq!(
            Vec::<Vec<u8>>::decode(Cell::Text(r#"["00ff","",""]"#)),
            Some(vec![vec![0, 255], vec![], vec![]])
        );
    }
}

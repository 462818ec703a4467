//! What is wrong with a line that could not be parsed.
//!
//! The line is parsed once more, alone, as what it seems to be; the place where that breaks, and
//! what could have stood there, are the error.

use pest::Parser as _;
use pest::error::{Error, ErrorVariant, InputLocation};

use crate::ast::Span;
use crate::error::{SyntaxError, SyntaxErrorKind};
use crate::parse::{RexParser, Rule};

/// Statements whose keyword alone tells them.
const STATEMENTS: [&str; 12] = [
    "table",
    "schema",
    "id",
    "unique",
    "index",
    "check",
    "renamed_from",
    "allow",
    "sql",
    "type",
    "unmanaged",
    "materialized",
];

/// Whether a broken line is a statement that makes no field and no key: nothing can be missing.
pub(crate) fn is_keyless_statement(line: &str) -> bool {
    let first = word(line);
    first != "id" && STATEMENTS.contains(&first) && !after(line, first).starts_with(':')
}

/// Where declarations begin in a text that is none as a whole: at its start, and at each line that begins
/// with a keyword, or with a word and one behind it, without space before it.
pub(crate) fn heads(text: &str) -> Vec<usize> {
    const KEYWORDS: [&str; 6] = ["model", "enum", "type", "mixin", "view", "union"];
    let mut starts = vec![0];
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let first = word(line);
        let behind = after(line, first);
        // `abstract model Base`, `include "other.rex"`
        let is_head = KEYWORDS.contains(&first) && !behind.starts_with([':', '?'])
            || !first.is_empty() && (KEYWORDS.contains(&word(behind)) || behind.starts_with('"'));
        if at > 0 && is_head {
            starts.push(at);
        }
        at += line.len();
    }
    starts
}

/// Finds the fault in `source[from..to]`, which is no `rule`.
pub(crate) fn fault(source: &str, from: usize, to: usize, rule: Rule) -> SyntaxError {
    let text = &source[from..to];
    let first = word(text);
    let rule = match rule {
        Rule::lone_field if STATEMENTS.contains(&first) && !after(text, first).starts_with(':') => {
            if !["(", "\"", "r\"", "r#"].iter().any(|open| after(text, first).starts_with(open)) {
                let at = from + text.len() - after(text, first).len();
                return unexpected(source, at, statement_takes(first));
            }
            Rule::lone_statement
        }
        other => other,
    };
    match RexParser::parse(rule, text) {
        Err(error) => {
            let mut error = unexpected_at(&source[..to], &error, from);
            if let (Rule::lone_variant, SyntaxErrorKind::Unexpected { expected, .. }) =
                (rule, &mut error.kind)
            {
                expected.push("`,`");
            }
            error
        }
        Ok(_) => unexpected(source, from, Vec::new()),
    }
}

/// The fault that pest found, in our words. `offset` is where its text begins in `source`.
pub(crate) fn unexpected_at(source: &str, error: &Error<Rule>, offset: usize) -> SyntaxError {
    let at = offset
        + match error.location {
            InputLocation::Pos(at) => at,
            InputLocation::Span((at, _)) => at,
        };
    let mut expected: Vec<&'static str> = match &error.variant {
        ErrorVariant::ParsingError { positives, .. } => {
            positives.iter().filter_map(|&r| describe(r)).collect()
        }
        ErrorVariant::CustomError { .. } => Vec::new(),
    };
    expected.sort_unstable();
    expected.dedup();
    if expected.contains(&"a type") || expected.contains(&"a value") {
        expected.retain(|word| !["an attribute", "`(`", "a name", "`..`"].contains(word));
    }
    // An attribute before the colon is recognised, and is an error.
    if expected.contains(&"`:`") {
        expected.retain(|&word| word == "`:`");
    }
    unexpected(source, at, expected)
}

/// The longest token that is quoted whole, in bytes.
const MAX_TOKEN: usize = 60;

fn unexpected(source: &str, at: usize, expected: Vec<&'static str>) -> SyntaxError {
    let found = token(&source[at..]);
    if let Some(error) = quotes(source, at, &expected).or_else(|| no_token(source, at, &expected)) {
        return error;
    }
    let expected = if found == "@" { vec!["a name right behind it"] } else { expected };
    let span = match found.is_empty() {
        false => Span::new(at, at + found.len()),
        // At the end of the line: point behind the last thing that stands there.
        true => {
            let end = source[..at].trim_end().len();
            Span::new(end, end)
        }
    };
    let found = match found.len() > MAX_TOKEN {
        true => format!("{}…", found.chars().take(MAX_TOKEN / 4).collect::<String>()),
        false => found.to_owned(),
    };
    SyntaxError { kind: SyntaxErrorKind::Unexpected { found, expected }, span }
}

/// A text in other quotes than ours, or a name in quotes.
fn quotes(source: &str, at: usize, expected: &[&'static str]) -> Option<SyntaxError> {
    let text = &source[at..];
    let quote = text.chars().next()?;
    let closing: &[char] = match quote {
        '\'' | '`' | '"' => &[quote],
        '“' | '„' | '”' => &['”', '“'],
        '‘' | '’' => &['’', '‘'],
        _ => return None,
    };
    let line = &text[quote.len_utf8()..text.find('\n').unwrap_or(text.len())];
    let inside = &line[..line.find(closing)?];
    let close = line[inside.len()..].chars().next().map_or(0, char::len_utf8);
    let is_name = !inside.is_empty() && word(inside) == inside;
    let behind = line[inside.len() + close..].trim_start();
    let (rex, is_name) = match (quote, expected.contains(&"a value")) {
        (_, false) if is_name && (behind.starts_with(':') || expected.contains(&"a variant")) => {
            (inside.to_owned(), true)
        }
        ('"', true) | (_, false) => return None,
        (_, true) => (crate::quote(inside), false),
    };
    let span = Span::new(at, at + quote.len_utf8() + inside.len() + close);
    Some(SyntaxError { kind: SyntaxErrorKind::Quotes { rex, is_name }, span })
}

/// A number, a type or a name that is none as a whole, where one of its characters was found.
fn no_token(source: &str, at: usize, expected: &[&'static str]) -> Option<SyntaxError> {
    let mut behind = source[at..].chars();
    let (first, second) = (behind.next()?, behind.next().unwrap_or(' '));
    let is_value = expected.contains(&"a value");
    if first == '.' && second.is_ascii_digit() && is_value {
        let text = source[at + 1..].split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).next()?;
        let span = Span::new(at, at + 1 + text.len());
        return Some(SyntaxError { kind: SyntaxErrorKind::BadNumber, span });
    }
    if first == '.' && second.is_ascii_alphabetic() && expected.contains(&"`?`") {
        let path =
            source[at..].split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.'))).next()?;
        let span = Span::new(at, at + path.len());
        return Some(SyntaxError { kind: SyntaxErrorKind::DottedType, span });
    }
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '$');
    let start =
        at - source[..at].chars().rev().take_while(|c| is_part(*c)).map(char::len_utf8).sum::<usize>();
    let name = source[start..].split(|c: char| !is_part(c)).next()?;
    let end = start + name.len();
    let is_foreign = !first.is_ascii() && first.is_alphabetic();
    let is_field = matches!(expected, ["`:`"] | ["a field"]) && source[end..].trim_start().starts_with(':');
    let is_bad = is_foreign || (is_field && is_part(first) && name.contains(char::is_alphabetic));
    is_bad.then(|| SyntaxError { kind: SyntaxErrorKind::BadName, span: Span::new(start, end) })
}

/// The token at the start of `text`; empty at a line's end.
fn token(text: &str) -> &str {
    let word = word(text);
    if !word.is_empty() {
        return word;
    }
    let digits = text.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'.').count();
    match text.chars().next() {
        Some('\n' | '\r') | None => "",
        Some(_) if digits > 0 => &text[..digits],
        Some('"') => &text[..text[1..].find(['"', '\n']).map_or(1, |end| end + 2).min(text.len())],
        Some(c) => &text[..c.len_utf8()],
    }
}

fn word(text: &str) -> &str {
    let end = text.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count();
    if text.starts_with(|c: char| c.is_ascii_digit()) { "" } else { &text[..end] }
}

fn after<'a>(text: &'a str, word: &str) -> &'a str {
    text[word.len()..].trim_start_matches([' ', '\t'])
}

fn statement_takes(keyword: &str) -> Vec<&'static str> {
    match keyword {
        "table" | "schema" | "renamed_from" | "type" => vec!["a name in quotes"],
        "check" => vec!["a condition in parentheses"],
        "sql" => vec!["`(`"],
        _ => vec!["names in parentheses"],
    }
}

/// A rule in the user's words; none for what helps nobody.
fn describe(rule: Rule) -> Option<&'static str> {
    Some(match rule {
        Rule::EOI | Rule::file | Rule::item | Rule::file_doc | Rule::doc | Rule::dangling_doc => return None,
        Rule::WHITESPACE | Rule::comment | Rule::block_comment | Rule::skip => {
            return None;
        }
        Rule::declaration | Rule::block | Rule::block_keyword | Rule::enum_keyword | Rule::union_keyword => {
            "`model`, `enum`, `type`, `mixin`, `view` or `union`"
        }
        Rule::enumeration => "an enum",
        Rule::union => "a union",
        Rule::with => "`with`",
        Rule::unknown_declaration | Rule::unknown_keyword | Rule::declaration_start => return None,
        Rule::body => "`{`",
        Rule::braceless_body | Rule::braceless_enum | Rule::braceless_head => return None,
        Rule::member | Rule::close | Rule::unclosed | Rule::separator => return None,
        Rule::field | Rule::colonless_field | Rule::typeless_field | Rule::lone_field => "a field",
        Rule::field_type | Rule::type_ref | Rule::list_type | Rule::named_type => "a type",
        Rule::type_suffix | Rule::generic | Rule::subscript => "`?`",
        Rule::type_prefix | Rule::absent | Rule::optional_name => return None,
        Rule::surplus_bar | Rule::colons | Rule::field_start => return None,
        Rule::colon => "`:`",
        Rule::default | Rule::walrus => "`=`",
        Rule::attribute | Rule::attribute_sign => "an attribute",
        Rule::statement | Rule::statement_keyword | Rule::statement_word | Rule::lone_statement => {
            "a statement"
        }
        Rule::clause | Rule::where_clause => "`where`",
        Rule::using_clause => "`using`",
        Rule::include_clause => "`include`",
        Rule::plain_clause => return None,
        Rule::enum_member | Rule::variant | Rule::lone_variant => "a variant",
        Rule::enum_statement | Rule::enum_statement_keyword => "`type`",
        Rule::comma => "`,`",
        Rule::group | Rule::with_keyword | Rule::where_keyword | Rule::using_keyword => return None,
        Rule::include_keyword | Rule::block_attribute => return None,
        Rule::arg => "an argument",
        Rule::label => return None,
        Rule::modifier => "`asc` or `desc`",
        Rule::expr
        | Rule::operand
        | Rule::value
        | Rule::parenthesized
        | Rule::prefix
        | Rule::range
        | Rule::open_range
        | Rule::bound
        | Rule::regex
        | Rule::single_quoted => "a value",
        Rule::operator | Rule::in_keyword => "an operator",
        Rule::foreign_operator | Rule::foreign_test | Rule::foreign_not | Rule::blank => return None,
        Rule::range_operator => "`..`",
        Rule::list => "a value",
        Rule::reference | Rule::path => "a name",
        Rule::name | Rule::word | Rule::word_char => "a name",
        Rule::number | Rule::string | Rule::string_text | Rule::raw_string => "a value",
        Rule::dangling_member_doc | Rule::broken_member | Rule::broken_variant | Rule::broken_item => {
            return None;
        }
        Rule::junk | Rule::braces | Rule::parens | Rule::quoted | Rule::comment_text => return None,
        Rule::field_boundary | Rule::item_boundary | Rule::declaration_at_line | Rule::indent => return None,
        Rule::lone_declaration => "a declaration",
        Rule::equals => "`=`",
    })
}

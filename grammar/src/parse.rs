//! From text to tree: scan, parse, walk.

use std::borrow::Cow;
use std::ops::Range;

use pest::Parser as _;
use pest_derive::Parser;

use crate::ast::{File, Span};
use crate::error::{SyntaxError, SyntaxErrorKind};
use crate::{scan, walk};

/// The largest file that is read, in bytes.
pub const MAX_BYTES: usize = 4 * 1024 * 1024;

/// How many words, numbers, strings and signs a file may have, which bounds the memory that its tree
/// and its schema take: about a thousand bytes for each. 1,500 models of 15 fields have as many.
pub const MAX_TOKENS: usize = 200_000;

/// How many of them one declaration may have.
pub const MAX_DECLARATION: usize = 100_000;

/// How many declarations a file may have, and how many parts of one kind may stand in one place:
/// variants of an enum, names behind `with`, members of a union, attributes of a field, elements of a
/// list, arguments, parts of an index.
pub const MAX_PARTS: usize = 10_000;

/// How many fields and statements a file may have.
pub const MAX_MEMBERS: usize = 20_000;

/// How deep brackets may nest.
pub const MAX_DEPTH: usize = 128;

/// The byte order mark: no part of the text, but counted in spans.
const MARK: char = '\u{feff}';

/// The rules of `rex.pest`.
#[derive(Parser)]
#[grammar = "rex.pest"]
pub(crate) struct RexParser;

/// Parses a file. Errors come in source order; the tree holds all that could be read.
pub fn parse(text: &str) -> (File, Vec<SyntaxError>) {
    if text.len() > MAX_BYTES {
        let kind = SyntaxErrorKind::TooLarge { bytes: text.len() };
        return (File::default(), vec![SyntaxError { kind, span: Span::default() }]);
    }
    let scan = scan::scan(text);
    if scan.fatal {
        return (File::default(), scan.errors);
    }
    let source = &*plain(text, &scan.raw_strings);
    let mut pairs = match RexParser::parse(Rule::file, source) {
        Ok(pairs) => pairs,
        // The catch-all rules accept every text; should one be missing, say so in our words.
        Err(error) => {
            let mut errors = scan.errors;
            errors.push(crate::recover::unexpected_at(source, &error, 0));
            return (File::default(), errors);
        }
    };
    let file = pairs.next().expect("the rule `file` matches once");
    walk::walk(text, source, file, scan.errors)
}

/// The text with each byte in its place, for the rules: without a byte order mark, and with raw
/// strings that have neither `#` nor quotes in them.
fn plain<'a>(text: &'a str, raw_strings: &[Range<usize>]) -> Cow<'a, str> {
    if !text.starts_with(MARK) && raw_strings.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    if text.starts_with(MARK) {
        plain.push_str("   ");
    }
    for raw in raw_strings {
        plain.push_str(&text[plain.len()..raw.start]);
        let inner = &text[raw.start + 2..raw.end - 1];
        plain.push_str("r\"");
        plain.push_str(&inner.replace('"', "'"));
        plain.push('"');
    }
    plain.push_str(&text[plain.len()..]);
    Cow::Owned(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_texts_keep_every_byte_in_its_place() {
        let check = |text: &str, expected: &str| {
            let plain = plain(text, &scan::scan(text).raw_strings).into_owned();
            assert_eq!(plain, expected, "{text}");
            assert_eq!(plain.len(), text.len(), "{text}");
        };
        check("a r\"b\" # r", "a r\"b\" # r");
        check("r#\"a\"b\"# r##\"\"#\"## c", "r\"'a'b'\" r\"#''#'#\" c");
        check("\u{feff}r#\"é\"#", "   r\"'é'\"");
    }
}

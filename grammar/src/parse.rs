//! From text to tree: scan, parse, walk.

use pest::Parser as _;
use pest_derive::Parser;

use crate::ast::{File, Span};
use crate::error::{SyntaxError, SyntaxErrorKind};
use crate::{scan, walk};

/// The largest file that is read, in bytes.
pub const MAX_BYTES: usize = 4 * 1024 * 1024;

/// How deep brackets may nest.
pub const MAX_DEPTH: usize = 128;

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
    // A byte order mark is no part of the text, but spans count it.
    let blanked;
    let source = match text.strip_prefix('\u{feff}') {
        Some(rest) => {
            blanked = format!("   {rest}");
            blanked.as_str()
        }
        None => text,
    };
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
    walk::walk(source, file, scan.errors)
}

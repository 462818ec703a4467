//! The formatter: the one canonical layout of a file.
//!
//! ```text
//! text ──parse──▶ errors? ──tokens──▶ tokens with gaps ──printer──▶ Layout ──render──▶ text
//! ```
//!
//! It works on the file's tokens and the comments between them, since the tree has none; the
//! order of tokens stays as it is, and so does what they say.
//!
//! # The layout
//!
//! - Four spaces a level, lines of 100 characters. One line end at the file's end, `\n` everywhere
//!   but in strings, no byte order mark, no white space at a line's end.
//! - One blank line between declarations and behind the file's documentation. Elsewhere a blank
//!   line stays and several become one; there is none right inside of braces, nor between
//!   documentation and what it documents.
//! - Each field, statement and closing brace has a line of its own. Fields between two blank lines
//!   are aligned: types in one column, and attributes in another, two spaces behind the longest
//!   type (with its default) that has attributes. What is longer than 40 characters, or
//!   holds a comment, moves no column.
//! - A line that is too long is broken: attributes come below, one a line; the clauses of a
//!   statement too; what stands in brackets comes one element a line, with a comma behind the last;
//!   an expression before those of its operators that bind least; a union before each `|`.
//! - An enum is on one line if it was, fits, and has neither documentation nor comments nor
//!   statements; else each variant has its own line, and a comma.
//! - One space around operators, none behind a sign or around the dots of ranges and paths; none
//!   before what is called, one before a statement's parentheses.
//! - Words, numbers, strings and parentheses are as written. Commas before a closing bracket and
//!   the first `|` of a union come and go with the line ends.
//! - A comment at the end of a line stays there, one on lines of its own too, and one before
//!   something on its line stays before it, or above it. The lines of a block comment move together.

mod declarations;
mod expr;
mod layout;
mod lexer;
mod members;
mod printer;
mod tokens;

use crate::ast::Span;
use crate::error::{SyntaxError, SyntaxErrorKind};
use crate::parse::MAX_BYTES;
use printer::Printer;

/// What formatting gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Formatted {
    /// The file in its canonical layout; as it was if there are errors.
    pub text: String,
    /// What is wrong with the file's syntax, lints left out.
    pub errors: Vec<SyntaxError>,
}

/// Lays out a file. It parses to the same tree as before, has the same comments, and formatting it
/// once more changes nothing. One that would become too large to be read stays as it is.
pub fn format(text: &str) -> Formatted {
    let (_, mut errors) = crate::parse(text);
    errors.retain(|error| error.kind != SyntaxErrorKind::DanglingDoc);
    if !errors.is_empty() {
        return Formatted { text: text.to_owned(), errors };
    }
    let mut printer = Printer::new(text.strip_prefix('\u{feff}').unwrap_or(text));
    printer.file();
    match printer.layout.render(MAX_BYTES) {
        Ok(text) => Formatted { text, errors },
        // It could not be read any more.
        Err(bytes) => {
            let error = SyntaxError { kind: SyntaxErrorKind::TooLarge { bytes }, span: Span::default() };
            Formatted { text: text.to_owned(), errors: vec![error] }
        }
    }
}

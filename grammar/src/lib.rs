//! The syntax of the Rex schema language: text to tree.
//!
//! # Invariants
//!
//! 1. [`parse`] never fails and never panics: it returns a tree of what could be read and the
//!    errors. One broken line costs one error; the lines around it are still read.
//! 2. The tree is one file's syntax and nothing else: no names are resolved here.
//! 3. Only this crate knows pest, and no error of pest leaves it: [`SyntaxError`] speaks in the
//!    user's words.
//! 4. Depth and size are bounded before pest, which recurses, sees the text.
//! 5. [`format()`] changes neither what a file says nor its comments, and a file with errors not at
//!    all.

// pest without `std`, which would look at the stack at each step, has rules made of it.
extern crate alloc;

pub mod ast;
mod count;
mod error;
mod foreign;
mod format;
mod parse;
mod recover;
mod scan;
mod strings;
mod walk;
mod words;

pub use error::{SyntaxError, SyntaxErrorKind};
pub use foreign::Language;
pub use format::{Formatted, format};
pub use parse::{MAX_BYTES, MAX_DECLARATION, MAX_DEPTH, MAX_MEMBERS, MAX_PARTS, MAX_TOKENS, parse};
pub use scan::count_tokens;
pub use strings::{has_bad_escape, place_in_literal, quote};
pub use words::{Words, words};

//! SQL as databases hand it back: words, expressions and the clauses of `CREATE` statements.
//!
//! It reads what Rex writes, what PostgreSQL makes of that, and most of what people write. What it
//! cannot read it says so of, by `None`: nothing here is an error of the user's.

mod atom;
pub(crate) mod constraint;
pub(crate) mod cursor;
mod expression;
pub(crate) mod index;
pub(crate) mod json;
pub(crate) mod known;
mod lex;
mod literal;
mod normal;
#[cfg(test)]
mod tests;

pub(crate) use lex::{Kind, Token, tokens};
pub(crate) use normal::{is_same_meaning, is_same_text, without_parentheses};

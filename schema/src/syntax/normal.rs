//! Whether two texts of SQL say the same.
//!
//! PostgreSQL keeps expressions as trees, and prints a tree when it is asked: `a IN ('x')` comes
//! back as `(a = 'x'::text)`. [`is_same_meaning`] compares what was written with what came back.
//! It forgives what the way through the server changes (parentheses, casts, the spelling of
//! constants and operators), and so would not see that *only* a cast has changed.

use super::expression::{self, Tree};
use super::{Kind, Token, literal, tokens};

/// Whether two texts have the same words. Space, comments, quotes around names and the case of
/// words do not count.
pub(crate) fn is_same_text(left: &str, right: &str) -> bool {
    if left == right {
        return true;
    }
    match (tokens(left), tokens(right)) {
        (Some(left), Some(right)) => {
            left.len() == right.len()
                && left.iter().zip(&right).all(|(left, right)| is_same_token(left, right))
        }
        _ => false,
    }
}

fn is_same_token(left: &Token<'_>, right: &Token<'_>) -> bool {
    let is_name = |token: &Token<'_>| matches!(token.kind, Kind::Word | Kind::Quoted);
    if is_name(left) && is_name(right) {
        return left.folded() == right.folded();
    }
    left.kind == right.kind && left.value() == right.value()
}

/// Whether an expression and what PostgreSQL has made of one say the same.
pub(crate) fn is_same_meaning(left: &str, right: &str) -> bool {
    if is_same_text(left, right) {
        return true;
    }
    match (expression::parse(left), expression::parse(right)) {
        (Some(left), Some(right)) => is_same(&left, &right),
        _ => false,
    }
}

fn is_same(left: &Tree, right: &Tree) -> bool {
    match (left, right) {
        (Tree::Text(left), Tree::Text(right)) => left == right || literal::text(left) == literal::text(right),
        // A number in quotes is a number where it is compared with one.
        (Tree::Text(text), Tree::Number(number)) | (Tree::Number(number), Tree::Text(text)) => {
            literal::number(text).as_ref() == Some(number)
        }
        (Tree::Node(head, left), Tree::Node(other, right)) => {
            head == other
                && left.len() == right.len()
                && left.iter().zip(right).all(|(left, right)| is_same(left, right))
        }
        _ => left == right,
    }
}

/// The text without parentheses around the whole.
pub(crate) fn without_parentheses(text: &str) -> &str {
    let mut text = text.trim();
    while let Some(mut cursor) = super::cursor::Cursor::new(text) {
        match cursor.parenthesised() {
            Some(inner) if cursor.is_done() => text = inner,
            _ => break,
        }
    }
    text
}

//! Types that columns of `fixtures/valid/attributes` have in Rust.

use serde::{Deserialize, Serialize};

/// A text with an `@` in it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Email(pub(crate) String);

impl From<Email> for String {
    fn from(email: Email) -> String {
        email.0
    }
}

impl TryFrom<String> for Email {
    type Error = String;

    fn try_from(text: String) -> Result<Email, String> {
        if text.contains('@') { Ok(Email(text)) } else { Err(format!("{text} is no address")) }
    }
}

/// Any number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Score(pub(crate) i32);

impl From<Score> for i32 {
    fn from(score: Score) -> i32 {
        score.0
    }
}

impl From<i32> for Score {
    fn from(number: i32) -> Score {
        Score(number)
    }
}

/// It has no `Debug`: a field that is never shown needs none.
#[derive(Clone, PartialEq)]
pub(crate) struct Token(pub(crate) String);

impl From<Token> for String {
    fn from(token: Token) -> String {
        token.0
    }
}

impl From<String> for Token {
    fn from(text: String) -> Token {
        Token(text)
    }
}

/// A document; what serde cannot write of it is refused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Settings {
    pub(crate) theme: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) odd: Vec<std::collections::BTreeMap<(u8, u8), u8>>,
}

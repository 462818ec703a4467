//! Where statements end.
//!
//! | a semicolon ends none | |
//! |---|---|
//! | in a text, a quoted name, a comment | both |
//! | in parentheses: `CREATE RULE … DO (…; …)` | PostgreSQL, as psql has it |
//! | between `BEGIN ATOMIC` and its `END`, in `CREATE FUNCTION` and `CREATE PROCEDURE` | PostgreSQL |
//! | in `CREATE TRIGGER`, unless `; END` is before it | SQLite, as its shell has it |

use super::scan::{Kind, Scanner, Token};
use super::{ParseError, Statement};
use crate::Dialect;

/// A part of a script.
pub(super) enum Piece<'a> {
    /// A comment between statements, with its dashes.
    Comment {
        text: &'a str,
        line: usize,
    },
    Statement(Statement),
}

/// The statements of a text, without semicolons and without the comments between them.
///
/// # Errors
///
/// When something in it does not end.
pub fn split(text: &str, dialect: Dialect) -> Result<Vec<Statement>, ParseError> {
    let statement = |piece| match piece {
        Piece::Statement(statement) => Some(statement),
        Piece::Comment { .. } => None,
    };
    Ok(pieces(text, dialect)?.into_iter().filter_map(statement).collect())
}

pub(super) fn pieces(text: &str, dialect: Dialect) -> Result<Vec<Piece<'_>>, ParseError> {
    let mut scanner = Scanner::new(text, dialect);
    let mut pieces = Vec::new();
    let mut open: Option<Open> = None;
    while let Some(token) = scanner.next()? {
        let Some(statement) = &mut open else {
            match token.kind {
                Kind::Space | Kind::Semicolon => {}
                Kind::LineComment | Kind::BlockComment => {
                    pieces.push(Piece::Comment { text: token.text.trim_end(), line: token.line });
                }
                _ => open = Some(Open::new(token)),
            }
            continue;
        };
        if statement.ends_before(token, dialect)? {
            pieces.push(statement.end(&text[..token.start]));
            open = None;
        }
    }
    if let Some(statement) = open {
        statement.check_end()?;
        pieces.push(statement.end(text));
    }
    Ok(pieces)
}

/// A statement whose end has not come.
struct Open {
    start: usize,
    line: usize,
    /// Its first words, in capitals.
    words: Vec<String>,
    parentheses: usize,
    /// `BEGIN ATOMIC` and `CASE` whose `END` has not come.
    blocks: usize,
    /// The last tokens, without space: `; END` ends a trigger.
    last: [Last; 2],
}

#[derive(Clone, Copy, PartialEq)]
enum Last {
    Semicolon,
    Begin,
    End,
    Other,
}

impl Open {
    fn new(token: Token<'_>) -> Open {
        let mut open = Open {
            start: token.start,
            line: token.line,
            words: Vec::new(),
            parentheses: 0,
            blocks: 0,
            last: [Last::Other; 2],
        };
        open.take(token);
        open
    }

    fn end(&self, text: &str) -> Piece<'static> {
        Piece::Statement(Statement { text: text[self.start..].trim_end().to_owned(), line: self.line })
    }

    /// Whether a token is the semicolon that ends it.
    fn ends_before(&mut self, token: Token<'_>, dialect: Dialect) -> Result<bool, ParseError> {
        if token.kind == Kind::Semicolon {
            let is_within = match dialect {
                Dialect::Postgres => self.parentheses > 0 || self.blocks > 0,
                Dialect::Sqlite => self.is_trigger() && self.last != [Last::Semicolon, Last::End],
            };
            if !is_within {
                return Ok(true);
            }
        }
        if token.kind == Kind::LineComment && token.text[2..].trim_start().starts_with("rex: ") {
            let message =
                format!("the statement that begins on line {} has no end before the directive", self.line);
            return Err(ParseError::new(token.line, message, "end it with a semicolon"));
        }
        self.take(token);
        Ok(false)
    }

    fn take(&mut self, token: Token<'_>) {
        let mut last = Last::Other;
        match token.kind {
            Kind::Space | Kind::LineComment | Kind::BlockComment => return,
            Kind::Word => last = self.word(token.text),
            Kind::Open => self.parentheses += 1,
            Kind::Close => self.parentheses = self.parentheses.saturating_sub(1),
            Kind::Semicolon => last = Last::Semicolon,
            Kind::Quoted | Kind::Other => {}
        }
        self.last = [self.last[1], last];
    }

    fn word(&mut self, word: &str) -> Last {
        let word = word.to_ascii_uppercase();
        let is_atomic = word == "ATOMIC" && self.last[1] == Last::Begin && self.is_routine();
        let last = match word.as_str() {
            "BEGIN" => Last::Begin,
            "END" => Last::End,
            _ => Last::Other,
        };
        match word.as_str() {
            _ if is_atomic => self.blocks = 1,
            "CASE" if self.blocks > 0 => self.blocks += 1,
            "END" => self.blocks = self.blocks.saturating_sub(1),
            _ => {}
        }
        if self.words.len() < 4 {
            self.words.push(word);
        }
        last
    }

    /// `CREATE [OR REPLACE] FUNCTION | PROCEDURE`
    fn is_routine(&self) -> bool {
        let words: Vec<&str> = self.words.iter().map(String::as_str).collect();
        matches!(
            words.as_slice(),
            ["CREATE", "FUNCTION" | "PROCEDURE", ..] | ["CREATE", "OR", "REPLACE", "FUNCTION" | "PROCEDURE"]
        )
    }

    /// `CREATE [TEMP | TEMPORARY] TRIGGER`
    fn is_trigger(&self) -> bool {
        let words: Vec<&str> = self.words.iter().map(String::as_str).collect();
        matches!(
            words.as_slice(),
            ["CREATE", "TRIGGER", ..] | ["CREATE", "TEMP" | "TEMPORARY", "TRIGGER", ..]
        )
    }

    /// A file may end without its last semicolon, but not in the middle of something.
    fn check_end(&self) -> Result<(), ParseError> {
        if self.parentheses > 0 {
            let message = "a parenthesis of the statement that begins here does not end";
            return Err(ParseError::new(self.line, message, "add `)`"));
        }
        if self.blocks > 0 {
            let message = "the `BEGIN ATOMIC` of the statement that begins here does not end";
            return Err(ParseError::new(self.line, message, "add `END;`"));
        }
        let is_open = self.is_trigger() && self.last[1] != Last::End;
        if is_open {
            let message = "the trigger that begins here does not end";
            return Err(ParseError::new(self.line, message, "add `END;`"));
        }
        Ok(())
    }
}

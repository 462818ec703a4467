//! A whole file.

use super::directive::{self, Directive};
use super::split::{Piece, pieces};
use super::{BATCH, Mode, ParseError, Statement, Step};
use crate::Dialect;

/// One file: the way up or down, on one database.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Script {
    /// Why there is no way, if there is none: `-- rex: irreversible: …` in the file of a way back.
    pub irreversible: Option<String>,
    /// In order.
    pub steps: Vec<Step>,
}

impl Script {
    /// The text of the file: [`Script::parse`] reads it back.
    pub fn print(&self) -> String {
        let why = self.irreversible.iter();
        let why = why.map(|why| format!("-- rex: irreversible: {}\n", line(why)));
        why.chain(self.steps.iter().map(print)).collect::<Vec<_>>().join("\n")
    }

    /// Reads a file.
    ///
    /// # Errors
    ///
    /// The first mistake of the file.
    pub fn parse(text: &str, dialect: Dialect) -> Result<Script, ParseError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut script = Script::default();
        let mut open: Option<(Step, usize)> = None;
        for piece in pieces(text, dialect)? {
            match piece {
                Piece::Comment { text, line } => match text.strip_prefix("--").map(str::trim) {
                    Some(said) if said.starts_with("rex:") => {
                        match directive::parse(said["rex:".len()..].trim_start(), line)? {
                            Directive::Irreversible(why) => script.irreversible = Some(why),
                            Directive::Step(mode) => {
                                script.close(open.replace((step(mode), line)), dialect)?;
                            }
                        }
                    }
                    said => {
                        if let Some((step, _)) = open.as_mut().filter(|(step, _)| step.statements.is_empty())
                        {
                            step.notes.push(said.unwrap_or(text).to_owned());
                        }
                    }
                },
                Piece::Statement(statement) => {
                    check(&statement, dialect)?;
                    let line = statement.line;
                    let (step, _) = open.get_or_insert_with(|| (step(Mode::Transaction), line));
                    step.statements.push(statement);
                }
            }
        }
        script.close(open, dialect)?;
        Ok(script)
    }

    /// Takes a step that has ended.
    fn close(&mut self, open: Option<(Step, usize)>, dialect: Dialect) -> Result<(), ParseError> {
        let Some((step, line)) = open else { return Ok(()) };
        if dialect != Dialect::Sqlite && matches!(step.mode, Mode::Rebuild { .. }) {
            let help = "write `transaction`";
            return Err(ParseError::new(line, "only SQLite's tables are rebuilt", help));
        }
        if dialect != Dialect::Postgres && matches!(step.mode, Mode::Alone(_)) {
            let help = "write `transaction`";
            return Err(ParseError::new(line, "SQLite does everything in transactions", help));
        }
        let is_one = matches!(step.mode, Mode::Alone(_) | Mode::Backfill(_));
        if is_one && step.statements.len() != 1 {
            let message =
                format!("a step of this kind has one statement, and this one has {}", step.statements.len());
            return Err(ParseError::new(line, message, "give each statement a step of its own"));
        }
        if let (Mode::Backfill(backfill), [statement]) = (&step.mode, step.statements.as_slice())
            && backfill.by.is_some() != statement.text.contains(BATCH)
        {
            let message = "a backfill has a table and a key, and a place for them in its statement";
            let help =
                format!("write `{BATCH}` behind a condition of its `WHERE`, or leave `table` and `key` out");
            return Err(ParseError::new(line, message, help));
        }
        self.steps.push(step);
        Ok(())
    }
}

fn step(mode: Mode) -> Step {
    Step { mode, notes: Vec::new(), statements: Vec::new() }
}

fn print(step: &Step) -> String {
    let mut text = format!("-- rex: step {}\n", step.mode);
    for note in &step.notes {
        text += &format!("-- {}\n", line(note));
    }
    for statement in &step.statements {
        // Behind a comment, the semicolon would be part of it.
        let last = statement.text.lines().last().unwrap_or_default();
        let end = if last.contains("--") { "\n;\n" } else { ";\n" };
        text += &statement.text;
        text += end;
    }
    text
}

/// On one line.
fn line(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}

/// Refuses what cannot be part of a step.
fn check(statement: &Statement, dialect: Dialect) -> Result<(), ParseError> {
    let error = |message: String, help: &str| Err(ParseError::new(statement.line, message, help));
    if statement.text.starts_with('\\') {
        let message = "a command of psql is no statement".to_owned();
        return error(message, "write it in SQL");
    }
    let words: Vec<String> = statement
        .text
        .split(|char: char| !char.is_ascii_alphanumeric() && char != '_')
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_uppercase)
        .take(24)
        .collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["BEGIN" | "COMMIT" | "END" | "ABORT", ..]
        | ["START", "TRANSACTION", ..]
        | ["PREPARE", "TRANSACTION", ..] => {
            let message = format!("`{}` is not for a migration: its steps are transactions", words[0]);
            error(message, "leave it out, and begin a step with `-- rex: step transaction`")
        }
        ["ROLLBACK", rest @ ..] if !rest.contains(&"TO") => {
            let message = "`ROLLBACK` is not for a migration: a step that fails is undone".to_owned();
            error(message, "leave it out")
        }
        ["COPY", rest @ ..] if rest.windows(2).any(|pair| matches!(pair, ["FROM", "STDIN"])) => {
            let message = "`COPY … FROM STDIN` has nothing to read from".to_owned();
            error(message, "write the rows as `INSERT`")
        }
        ["PRAGMA", rest @ ..] if dialect == Dialect::Sqlite && rest.contains(&"FOREIGN_KEYS") => {
            let message = "`PRAGMA foreign_keys` does nothing in a transaction".to_owned();
            error(message, "leave it out, and begin the step with `-- rex: step rebuild tables=\"…\"`")
        }
        _ => Ok(()),
    }
}

//! Directives: how a step is run, as a line of text.

use std::fmt;

use super::{Backfill, By, Mode, Object, ParseError, Probe};

/// What a line comment says to Rex.
#[derive(Debug, PartialEq)]
pub(super) enum Directive {
    Step(Mode),
    /// There is no way back, for this reason.
    Irreversible(String),
}

const STEPS: &str = "a step is `transaction`, `rebuild tables=\"…\"`, `outside_transaction probe=…` or \
                     `backfill batch=…`";
const PROBES: &str = "a probe is `index_valid(\"…\")`, `index_gone(\"…\")`, `constraint_valid(\"table\",\"…\")`, \
                      `label_exists(\"enum\",\"…\")` or `repeatable`, of what does no harm a second time";

/// Reads what follows `rex: ` in a comment.
pub(super) fn parse(text: &str, line: usize) -> Result<Directive, ParseError> {
    if let Some(reason) = text.strip_prefix("irreversible:") {
        return Ok(Directive::Irreversible(reason.trim().to_owned()));
    }
    let mut reader = Reader { rest: text, line };
    let word = reader.word();
    if word != "step" {
        let help = "a directive is `step …`, or `irreversible: why`";
        return Err(reader.error(format!("there is no directive `{word}`"), help));
    }
    let name = reader.word();
    let mode = match name {
        "transaction" => Mode::Transaction,
        "rebuild" => {
            reader.expect("tables=")?;
            Mode::Rebuild { tables: reader.names()? }
        }
        "outside_transaction" => {
            reader.expect("probe=")?;
            Mode::Alone(reader.probe()?)
        }
        "backfill" => Mode::Backfill(reader.backfill()?),
        _ => return Err(reader.error(format!("there is no step `{name}`"), STEPS)),
    };
    let rest = reader.rest.trim();
    if !rest.is_empty() {
        return Err(reader.error(format!("`{rest}` is too much"), STEPS));
    }
    Ok(Directive::Step(mode))
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Mode::Transaction => f.write_str("transaction"),
            Mode::Rebuild { tables } => write!(f, "rebuild tables={}", names(tables)),
            Mode::Alone(probe) => write!(f, "outside_transaction probe={probe}"),
            Mode::Backfill(Backfill { batch, by: None }) => write!(f, "backfill batch={batch}"),
            Mode::Backfill(Backfill { batch, by: Some(By { table, key }) }) => {
                write!(f, "backfill batch={batch} table={} key={}", object(table), names(key))
            }
        }
    }
}

impl fmt::Display for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Probe::IndexIsValid(index) => write!(f, "index_valid({})", object(index)),
            Probe::IndexIsGone(index) => write!(f, "index_gone({})", object(index)),
            Probe::ConstraintIsValid(table, name) => {
                write!(f, "constraint_valid({},{})", object(table), quoted(name))
            }
            Probe::LabelIsThere(ty, label) => write!(f, "label_exists({},{})", object(ty), quoted(label)),
            Probe::Repeatable => f.write_str("repeatable"),
        }
    }
}

fn names(names: &[String]) -> String {
    names.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(",")
}

fn object(object: &Object) -> String {
    let schema = object.schema.as_ref().map(|schema| quoted(schema) + ".").unwrap_or_default();
    schema + &quoted(&object.name)
}

/// In quotes as in SQL, but on one line, whatever is in the name.
fn quoted(name: &str) -> String {
    let name = name.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r");
    crate::ident(&name)
}

struct Reader<'a> {
    rest: &'a str,
    line: usize,
}

impl<'a> Reader<'a> {
    fn error(&self, message: impl Into<String>, help: &str) -> ParseError {
        ParseError::new(self.line, message, help)
    }

    /// The next letters and underscores, behind blanks.
    fn word(&mut self) -> &'a str {
        self.rest = self.rest.trim_start();
        let end = self.rest.find(|char: char| !char.is_ascii_lowercase() && char != '_');
        let (word, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        word
    }

    fn skip(&mut self, text: &str) -> bool {
        match self.rest.trim_start().strip_prefix(text) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn expect(&mut self, text: &str) -> Result<(), ParseError> {
        match self.skip(text) {
            true => Ok(()),
            false => Err(self.error(format!("`{text}` is missing"), STEPS)),
        }
    }

    /// What is in quotes.
    fn quoted(&mut self) -> Result<String, ParseError> {
        let missing = |reader: &Self| {
            reader.error("a name in quotes is missing", "names are written as in SQL: `\"posts\"`")
        };
        if !self.skip("\"") {
            return Err(missing(self));
        }
        let mut name = String::new();
        let mut chars = self.rest.char_indices();
        while let Some((at, char)) = chars.next() {
            match char {
                '"' if self.rest[at + 1..].starts_with('"') => {
                    chars.next();
                    name.push('"');
                }
                '"' => {
                    self.rest = &self.rest[at + 1..];
                    return Ok(name);
                }
                '\\' => match chars.next() {
                    Some((_, 'n')) => name.push('\n'),
                    Some((_, 'r')) => name.push('\r'),
                    Some((_, '\\')) => name.push('\\'),
                    _ => return Err(self.error("a name has a single backslash", "write it twice")),
                },
                _ => name.push(char),
            }
        }
        Err(missing(self))
    }

    /// None, or names between commas.
    fn names(&mut self) -> Result<Vec<String>, ParseError> {
        let mut names = Vec::new();
        if self.rest.trim_start().starts_with('"') {
            names.push(self.quoted()?);
            while self.skip(",") {
                names.push(self.quoted()?);
            }
        }
        Ok(names)
    }

    fn object(&mut self) -> Result<Object, ParseError> {
        let first = self.quoted()?;
        if !self.rest.starts_with('.') {
            return Ok(Object { schema: None, name: first });
        }
        self.skip(".");
        Ok(Object { schema: Some(first), name: self.quoted()? })
    }

    fn probe(&mut self) -> Result<Probe, ParseError> {
        let name = self.word();
        if name == "repeatable" {
            return Ok(Probe::Repeatable);
        }
        if !matches!(name, "index_valid" | "index_gone" | "constraint_valid" | "label_exists") {
            return Err(self.error(format!("there is no probe `{name}`"), PROBES));
        }
        self.expect("(")?;
        let object = self.object()?;
        let probe = match name {
            "index_valid" => Probe::IndexIsValid(object),
            "index_gone" => Probe::IndexIsGone(object),
            "constraint_valid" => {
                self.expect(",")?;
                Probe::ConstraintIsValid(object, self.quoted()?)
            }
            _ => {
                self.expect(",")?;
                Probe::LabelIsThere(object, self.quoted()?)
            }
        };
        self.expect(")")?;
        Ok(probe)
    }

    fn backfill(&mut self) -> Result<Backfill, ParseError> {
        self.expect("batch=")?;
        let end = self.rest.find(|char: char| !char.is_ascii_digit()).unwrap_or(self.rest.len());
        let (digits, rest) = self.rest.split_at(end);
        let batch = digits.parse().ok().filter(|batch| *batch > 0);
        let batch =
            batch.ok_or_else(|| self.error("a batch has no size", "it is a number of rows: `batch=1000`"))?;
        self.rest = rest;
        if !self.skip("table=") {
            return Ok(Backfill { batch, by: None });
        }
        let table = self.object()?;
        self.expect("key=")?;
        let key = self.names()?;
        if key.is_empty() {
            return Err(
                self.error("a backfill has no key", "name the columns of the table's key: `key=\"id\"`")
            );
        }
        Ok(Backfill { batch, by: Some(By { table, key }) })
    }
}

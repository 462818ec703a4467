//! The one definition of what a migration is in files: read and written here, and nowhere else.
//!
//! ```text
//! migrations/20261122T093000_create_blog/
//!     schema.rex            its first line is a `Head`: which migration is before this one
//!     postgres.up.sql       a `Script`: plain SQL, with a directive before each step
//!     postgres.down.sql
//! ```
//!
//! ```sql
//! -- rex: step transaction
//! -- add the column posts.body
//! ALTER TABLE "posts" ADD COLUMN "body" text;
//!
//! -- rex: step outside_transaction probe=index_valid("posts_title_idx")
//! CREATE INDEX CONCURRENTLY "posts_title_idx" ON "posts" ("title");
//!
//! -- rex: step backfill batch=1000 table="posts" key="id"
//! UPDATE "posts" SET "body" = '' WHERE "body" IS NULL /* rex: batch */;
//! ```
//!
//! A file without directives is one step, in a transaction. Whatever a directive says beyond SQL is a
//! comment to other tools: `psql -f` runs the file too.
//!
//! | term | |
//! |---|---|
//! | script | one file: the way up or down, on one database |
//! | step | what is done as one: what is there after it stays, whatever comes of the next |
//! | directive | the comment before a step that says how it is run |
//! | head | the comment that begins a snapshot and names the parent |
//! | chain | migrations, each of which names the one before it |

mod chain;
mod checksum;
mod directive;
mod head;
mod scan;
mod script;
mod split;
#[cfg(test)]
mod tests;

use std::fmt;

pub use chain::{ChainError, Migration, Migrations, Scripts, is_id};
pub use checksum::Checksum;
pub use head::{Head, identity};
pub use script::Script;
pub use split::split;

/// Where a batch of a [`Backfill`] is put into its statement.
pub const BATCH: &str = "/* rex: batch */";

/// A step of a script.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// How it is run.
    pub mode: Mode,
    /// What stands between its directive and its first statement, a line each, without the dashes.
    pub notes: Vec<String>,
    /// Its statements, in order.
    pub statements: Vec<Statement>,
}

/// A statement of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Its text, without the semicolon.
    pub text: String,
    /// The line of its file that it begins on, from 1; 0 if it was not read from a file.
    pub line: usize,
}

/// How a step's statements are run.
#[derive(Clone, Debug, PartialEq)]
pub enum Mode {
    /// In a transaction.
    Transaction,
    /// In a transaction before which SQLite's foreign keys are switched off, and before the end of
    /// which they are checked. Triggers of these tables are kept, and made anew.
    Rebuild {
        /// The tables that are made anew, by their names afterwards.
        tables: Vec<String>,
    },
    /// One statement, outside of any transaction. Before it is run again, the probe is asked.
    Alone(Probe),
    /// One statement, again and again until there are no more rows; each time in a transaction of its
    /// own.
    Backfill(Backfill),
}

/// Which rows a statement is run for at once.
#[derive(Clone, Debug, PartialEq)]
pub struct Backfill {
    /// How many rows a batch has, at most.
    pub batch: u32,
    /// By what the batches follow each other. If none, the statement itself takes a few rows, and is
    /// run until it changes none.
    pub by: Option<By>,
}

/// The order of a table's rows: where there is one, [`BATCH`] stands in the statement for
/// `AND (key) > (…) AND (key) <= (…)`.
#[derive(Clone, Debug, PartialEq)]
pub struct By {
    /// The table.
    pub table: Object,
    /// Columns that no two rows have alike, and that are never null.
    pub key: Vec<String>,
}

/// How to see whether a statement outside a transaction has done its work.
#[derive(Clone, Debug, PartialEq)]
pub enum Probe {
    /// The index is there and valid. One that is not valid is what a failed attempt has left, and is
    /// dropped before the next.
    IndexIsValid(Object),
    /// The index is not there.
    IndexIsGone(Object),
    /// The table's constraint is there, and holds for all rows.
    ConstraintIsValid(Object, String),
    /// The enum has the label.
    LabelIsThere(Object, String),
    /// There is nothing to see: it does no harm to run it again.
    Repeatable,
}

/// What has a name, in a schema or in the default one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Object {
    /// Its schema, if not the default one.
    pub schema: Option<String>,
    /// Its name.
    pub name: String,
}

impl Object {
    /// The name, in its schema if there is one.
    pub fn new(schema: Option<&str>, name: impl Into<String>) -> Object {
        Object { schema: schema.map(str::to_owned), name: name.into() }
    }

    /// As one writes it in SQL, quoted.
    pub fn quoted(&self) -> String {
        let schema = self.schema.as_ref().map(|schema| crate::ident(schema) + ".").unwrap_or_default();
        schema + &crate::ident(&self.name)
    }
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.schema.iter().try_for_each(|schema| write!(f, "{schema}."))?;
        f.write_str(&self.name)
    }
}

impl<T: Into<String>> From<T> for Statement {
    fn from(text: T) -> Self {
        Statement { text: text.into(), line: 0 }
    }
}

impl Step {
    /// The checksum of what is run: directive and statements, not the comments around them, and
    /// whatever the line ends are.
    pub fn checksum(&self) -> Checksum {
        let mut text = self.mode.to_string();
        for statement in &self.statements {
            text += "\n";
            text += &statement.text.replace("\r\n", "\n");
            text += ";";
        }
        Checksum::of(&text)
    }
}

/// What is wrong with a file of a migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong there, without a full stop.
    pub message: String,
    /// How to mend it.
    pub help: String,
}

impl ParseError {
    fn new(line: usize, message: impl Into<String>, help: impl Into<String>) -> ParseError {
        ParseError { line, message: message.into(), help: help.into() }
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}: {}", self.line, self.message, self.help)
    }
}

impl std::error::Error for ParseError {}

//! What a schema is checked for, and what checking gives.

use std::collections::BTreeMap;

use rex_schema::{Dialect, Schema, Servers};

use crate::diagnostic::{Diagnostic, Severity};

/// What a schema is checked for.
#[derive(Clone, Debug)]
pub struct Options {
    /// The databases that it must work on; never empty.
    pub databases: Vec<Dialect>,
    /// The oldest servers that it must work on.
    pub servers: Servers,
    /// Whether tables are called by the model's name instead of its plural.
    pub singular_tables: bool,
    /// What becomes of lints, by name; `warnings` stands for all that are told.
    pub lints: BTreeMap<String, Level>,
}

/// What becomes of a lint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// It is not told.
    Allow,
    /// It is told.
    Warn,
    /// It is an error.
    Deny,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            databases: vec![Dialect::Postgres, Dialect::Sqlite],
            servers: Servers::OLDEST,
            singular_tables: false,
            lints: BTreeMap::new(),
        }
    }
}

impl Options {
    /// What becomes of a lint, where nothing in the schema silences it.
    pub fn level(&self, lint: &str) -> Level {
        let set = |name: &str| self.lints.get(name).copied();
        match set(lint).unwrap_or(Level::Warn) {
            Level::Warn => set("warnings").unwrap_or(Level::Warn),
            level => level,
        }
    }

    /// A diagnostic of whoever reads files, as the levels of lints have it.
    pub fn leveled(&self, mut diagnostic: Diagnostic) -> Option<Diagnostic> {
        match diagnostic.code.lint().map(|lint| self.level(lint)) {
            Some(Level::Allow) => return None,
            Some(Level::Deny) => diagnostic.severity = Severity::Error,
            Some(Level::Warn) | None => {}
        }
        Some(diagnostic)
    }
}

/// What checking gives.
#[derive(Clone, Debug)]
pub struct Checked {
    /// All that is wrong, by file, then by place.
    pub diagnostics: Vec<Diagnostic>,
    pub(super) schema: Schema,
}

impl Checked {
    /// The schema; none if there are errors.
    pub fn schema(&self) -> Option<&Schema> {
        (!self.has_errors()).then_some(&self.schema)
    }

    /// What could be made out, errors or not: sound in itself, but less than was written.
    pub fn partial(&self) -> &Schema {
        &self.schema
    }

    /// Whether anything is worse than a warning.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.severity() == Severity::Error)
    }
}

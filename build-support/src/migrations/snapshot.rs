//! The schema that a migration leads to, as text: `schema.rex`.
//!
//! ```text
//! // rex: migration parent=none
//! // rex: schema tables=plural sqlite=3.45 postgres=13 checksum=5f0c…
//!
//! model User {
//! ```
//!
//! The second line says how the text is to be read, whatever the configuration says by now, and
//! whether it is what was written.

use std::collections::BTreeMap;

use rex_compiler::check::Level;
use rex_compiler::diagnostic::Diagnostic;
use rex_compiler::{Options, Sources, check, format};
use rex_schema::{Dialect, Schema, Servers, Version};
use rex_sql::migration::{Checksum, Head};

use crate::Config;

const BEGINNING: &str = "// rex: schema ";

/// A snapshot.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// The first line.
    pub head: Head,
    /// The second line.
    pub settings: Settings,
    /// The schema, in canonical layout.
    pub schema: String,
}

/// What of the configuration decides what a schema is in a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The databases, each with the oldest server.
    pub databases: Vec<(Dialect, Version)>,
    /// Tables are called by the model's name instead of its plural.
    pub singular_tables: bool,
}

impl Settings {
    /// Those of a configuration.
    pub fn of(config: &Config) -> Settings {
        let databases = config.check_options().databases.into_iter();
        Settings {
            databases: databases.map(|dialect| (dialect, config.servers.of(dialect))).collect(),
            singular_tables: config.singular_tables,
        }
    }

    /// Whether a database is among them.
    pub fn is_for(&self, dialect: Dialect) -> bool {
        self.databases.iter().any(|(one, _)| *one == dialect)
    }

    fn options(&self) -> Options {
        let server = |dialect| {
            let found = self.databases.iter().find(|(one, _)| *one == dialect);
            found.map_or(Servers::OLDEST.of(dialect), |(_, version)| *version)
        };
        Options {
            databases: self.databases.iter().map(|(dialect, _)| *dialect).collect(),
            servers: Servers { postgres: server(Dialect::Postgres), sqlite: server(Dialect::Sqlite) },
            singular_tables: self.singular_tables,
            lints: BTreeMap::from([("warnings".to_owned(), Level::Allow)]),
        }
    }

    fn print(&self, checksum: Checksum) -> String {
        let tables = if self.singular_tables { "singular" } else { "plural" };
        let databases =
            self.databases.iter().map(|(dialect, version)| format!(" {}={version}", dialect.name()));
        format!("{BEGINNING}tables={tables}{} checksum={checksum}", databases.collect::<String>())
    }

    fn parse(line: &str) -> Option<(Settings, Checksum)> {
        let mut settings = Settings { databases: Vec::new(), singular_tables: false };
        let mut checksum = None;
        for word in line.strip_prefix(BEGINNING)?.split_whitespace() {
            match word.split_once('=')? {
                ("tables", "plural") => {}
                ("tables", "singular") => settings.singular_tables = true,
                ("sqlite", version) => settings.databases.push((Dialect::Sqlite, Version::parse(version)?)),
                ("postgres", version) => {
                    settings.databases.push((Dialect::Postgres, Version::parse(version)?));
                }
                ("checksum", text) => checksum = Some(text.parse().ok()?),
                _ => return None,
            }
        }
        (!settings.databases.is_empty()).then_some(())?;
        Some((settings, checksum?))
    }
}

/// Why a text is no snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// It does not begin as one.
    Head {
        /// What is wrong.
        reason: String,
        /// How to mend it.
        help: String,
    },
    /// It is not what was written.
    Edited,
}

impl Snapshot {
    /// The file's text.
    pub fn print(&self) -> String {
        let (head, settings) = (self.head.print(), self.settings.print(Checksum::of(&self.schema)));
        format!("{head}\n{settings}\n\n{}", self.schema)
    }

    /// Reads a file's text, whatever its line ends.
    ///
    /// # Errors
    ///
    /// When it is none, or not what was written.
    pub fn parse(text: &str) -> Result<Snapshot, Unreadable> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
        let broken = |reason: String, help: &str| Unreadable::Head { reason, help: help.to_owned() };
        let head = Head::parse(&text).map_err(|error| broken(error.message, &error.help))?;
        let mut lines = text.splitn(3, '\n').skip(1);
        let second = lines.next().unwrap_or_default();
        let (settings, checksum) = Settings::parse(second).ok_or_else(|| {
            let help = "restore the file: the line is written by `rexc migrate new`";
            broken(format!("its second line is not `{BEGINNING}…`"), help)
        })?;
        let rest = lines.next().unwrap_or_default();
        let schema = rest.strip_prefix('\n').unwrap_or(rest).to_owned();
        if Checksum::of(&schema) != checksum {
            return Err(Unreadable::Edited);
        }
        Ok(Snapshot { head, settings, schema })
    }

    /// The schema.
    ///
    /// # Errors
    ///
    /// When it has faults, with the sources that they are in: another version of Rex wrote it.
    pub fn checked(&self, name: &str) -> Result<Schema, (Sources, Vec<Diagnostic>)> {
        let mut sources = Sources::default();
        sources.add(name, self.schema.clone());
        let checked = check(&sources, &self.settings.options());
        match checked.schema() {
            Some(schema) => Ok(schema.clone()),
            None => Err((sources, checked.diagnostics)),
        }
    }
}

/// The files of a schema without faults, as one in canonical layout.
pub fn canonical(sources: &Sources) -> String {
    let files = format::format(sources).into_iter().map(|file| file.text);
    let files = files.map(|text| text.trim_matches('\n').to_owned()).filter(|text| !text.is_empty());
    let text = files.collect::<Vec<_>>().join("\n\n");
    if text.is_empty() { text } else { text + "\n" }
}

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
use rex_compiler::{FileId, Options, Sources, check, format};
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
        let (options, pieces) = (self.settings.options(), pieces(&self.schema));
        let check = |texts: &[&str]| {
            let mut sources = Sources::default();
            texts.iter().for_each(|text| _ = sources.add(name, (*text).to_owned()));
            let checked = check(&sources, &options);
            checked.schema().cloned().ok_or((sources, checked.diagnostics))
        };
        match check(&pieces) {
            // What is wrong is told where it stands in the file.
            Err(_) if pieces.len() > 1 => check(&[&self.schema]),
            outcome => outcome,
        }
    }
}

/// A piece of a snapshot is no shorter.
const PIECE: usize = 16 << 10;

/// A schema in pieces, between declarations: they are parsed on all processors, each with little memory.
/// A text with lines of its own that look like the end of a declaration is cut where it should not be,
/// and has faults then that the whole has not.
fn pieces(schema: &str) -> Vec<&str> {
    const END: &str = "\n}\n\n";
    let (mut pieces, mut rest) = (Vec::new(), schema);
    loop {
        let least = (PIECE..rest.len()).find(|&place| rest.is_char_boundary(place)).unwrap_or(rest.len());
        let Some(place) = rest[least..].find(END) else { break };
        let (piece, behind) = rest.split_at(least + place + END.len());
        pieces.push(piece);
        rest = behind;
    }
    pieces.push(rest);
    pieces
}

/// The files of a schema without faults, as one in canonical layout. Files that stand in `known`, another
/// one in canonical layout, are not laid out again.
pub fn canonical(sources: &Sources, known: &str) -> String {
    let declarations = Declarations::of(known);
    let known: Vec<bool> = sources.ids().map(|id| declarations.hold(sources.text(id))).collect();
    let is_known = || sources.ids().zip(&known);
    let mut others = Sources::default();
    for (id, _) in is_known().filter(|(_, known)| !**known) {
        others.add(sources.name(id), sources.text(id));
    }
    let mut others = format::format(&others).into_iter().map(|file| file.text);
    let text = |(id, known): (FileId, &bool)| match known {
        true => sources.text(id).to_owned(),
        false => others.next().unwrap_or_default(),
    };
    let files = is_known().map(text).map(|text| text.trim_matches('\n').to_owned());
    let mut files: Vec<String> = files.collect();
    files.retain(|text| !text.is_empty());
    let text = files.join("\n\n");
    if text.is_empty() { text } else { text + "\n" }
}

/// A text, and where in it declarations begin.
struct Declarations<'t>(&'t str, Vec<usize>);

impl<'t> Declarations<'t> {
    fn of(text: &'t str) -> Self {
        let begins = text.match_indices("\n\n").map(|(place, gap)| place + gap.len());
        Declarations(text, std::iter::once(0).chain(begins).collect())
    }

    /// Whether those of a file are among them, one after the other.
    fn hold(&self, file: &str) -> bool {
        let file = file.trim_matches('\n');
        self.1.iter().any(|place| {
            let behind = self.0[*place..].strip_prefix(file);
            behind.is_some_and(|behind| matches!(behind, "" | "\n") || behind.starts_with("\n\n"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each model refers to the one before.
    fn large() -> String {
        let model = |n: usize| match n {
            0 => "model M0 {\n    id: Int  @id\n}\n".to_owned(),
            n => format!("model M{n} {{\n    id:     Int  @id\n    before: M{}\n}}\n", n - 1),
        };
        (0..1_000).map(model).collect::<Vec<_>>().join("\n")
    }

    fn snapshot(schema: String) -> Snapshot {
        let databases = vec![(Dialect::Sqlite, Servers::OLDEST.of(Dialect::Sqlite))];
        Snapshot {
            head: Head::new(None, false),
            settings: Settings { databases, singular_tables: false },
            schema,
        }
    }

    #[test]
    fn pieces_are_the_whole() {
        let large = large();
        let pieces = pieces(&large);
        assert!(pieces.len() > 2 && pieces.concat() == large, "{}", pieces.len());
        let schema = snapshot(large).checked("schema.rex").map_err(|(_, wrong)| wrong);
        let tables = rex_schema::lower(&schema.expect("nothing is wrong with it"), Dialect::Sqlite).tables;
        assert_eq!((tables.len(), &*tables[999].name), (1_000, "m999s"));
    }

    /// A text within a declaration that looks like the end of one: it is cut there, and read as a whole.
    #[test]
    fn a_declaration_that_is_cut_is_read_as_a_whole() {
        let note =
            format!("model Note {{\n    id:   Int  @id\n    text: String = \"{}\"\n}}\n", "a".repeat(PIECE));
        let odd = note.replace("aa\"", "a\\n\n}\n\nmodel M0 {\"");
        let wrong =
            snapshot(format!("{odd}\n{}", large())).checked("schema.rex").map_err(|(sources, _)| sources);
        match wrong {
            Ok(schema) => assert_eq!(rex_schema::lower(&schema, Dialect::Sqlite).tables.len(), 1_001),
            Err(sources) => assert_eq!(sources.ids().count(), 1, "it is told of the whole"),
        }
    }

    #[test]
    fn what_is_laid_out_is_laid_out_as_it_was() {
        let (mut sources, large) = (Sources::default(), large());
        let (first, second) = large.split_at(large.find("model M500").expect("it is there"));
        sources.add("one.rex", first);
        sources.add("two.rex", second.replace("before: M7", "before:M7"));
        let known = canonical(&sources, "");
        assert_eq!(canonical(&sources, &known), known);
        assert_eq!(canonical(&sources, &large), known);
    }
}

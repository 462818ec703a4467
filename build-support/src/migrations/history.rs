//! The folder of the migrations: each with its files, in the order in which they follow each other.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use rex_compiler::Sources;
use rex_compiler::codegen::{self, GeneratedFile};
use rex_compiler::diagnostic::{Diagnostic, configuration, migrations};
use rex_schema::{Dialect, Schema};
use rex_sql::migration::{ChainError, Migration, Migrations, Script, Scripts, identity, is_id};

use super::snapshot::Unreadable;
use super::{SNAPSHOT, Snapshot, file_name};

/// The migrations of a folder.
#[derive(Clone, Debug)]
pub struct History {
    /// The folder's name in messages.
    pub shown: String,
    /// The folder.
    pub path: PathBuf,
    /// In the order in which they follow each other; by name, where that cannot be told.
    pub entries: Vec<Entry>,
    /// What is wrong with them. If anything is, nothing is to be done with them.
    pub diagnostics: Vec<Diagnostic>,
    /// Files and folders that were read.
    pub paths: Vec<PathBuf>,
}

/// A migration.
#[derive(Clone, Debug)]
pub struct Entry {
    /// As the runner has it.
    pub migration: Migration,
    /// The schema that it leads to.
    pub snapshot: Snapshot,
    /// The same, checked; once somebody has asked.
    checked: OnceLock<Schema>,
}

impl Entry {
    /// A migration and its snapshot.
    pub fn new(migration: Migration, snapshot: Snapshot) -> Entry {
        Entry { migration, snapshot, checked: OnceLock::new() }
    }

    /// The schema that it leads to; `name` is what the snapshot is called in messages.
    ///
    /// # Errors
    ///
    /// As [`Snapshot::checked`].
    pub fn schema(&self, name: &str) -> Result<&Schema, (Sources, Vec<Diagnostic>)> {
        match self.checked.get() {
            Some(schema) => Ok(schema),
            None => {
                let schema = self.snapshot.checked(name)?;
                Ok(self.checked.get_or_init(|| schema))
            }
        }
    }

    /// Checks the schema, so that [`schema`](Self::schema) has it at hand.
    pub fn check(&self) {
        // Faults are found there, with the name that they are told by.
        _ = self.schema(SNAPSHOT);
    }

    /// Its name.
    pub fn id(&self) -> &str {
        &self.migration.id
    }
}

impl History {
    /// Reads a folder; one that is not there holds no migrations.
    pub fn read(path: &Path, shown: &str) -> History {
        let shown = shown.trim_end_matches('/').to_owned();
        let mut reader = Reader { folder: path, shown: &shown, diagnostics: Vec::new(), paths: Vec::new() };
        let entries = reader.entries();
        let Reader { diagnostics, paths, .. } = reader;
        let mut history = History { shown, path: path.to_owned(), entries, diagnostics, paths };
        // What is broken cannot follow anything, and was told.
        if history.diagnostics.is_empty() {
            history.order();
        }
        history
    }

    /// The last one.
    pub fn last(&self) -> Option<&Entry> {
        self.entries.last()
    }

    /// The last one that has SQL for a database.
    pub fn last_for(&self, dialect: Dialect) -> Option<&Entry> {
        self.entries.iter().rev().find(|entry| entry.snapshot.settings.is_for(dialect))
    }

    /// The one that is called so: all of its name, or the words behind its time, or how it begins.
    ///
    /// # Errors
    ///
    /// The names of those that it may be; none if there is no such one.
    pub fn find(&self, name: &str) -> Result<&Entry, Vec<&str>> {
        if let Some(entry) = self.entries.iter().find(|entry| entry.id() == name) {
            return Ok(entry);
        }
        let words = |entry: &&Entry| entry.id().split_once('_').is_some_and(|(_, words)| words == name);
        let begins = |entry: &&Entry| !name.is_empty() && entry.id().starts_with(name);
        for is in [&words as &dyn Fn(&&Entry) -> bool, &begins] {
            let found: Vec<&Entry> = self.entries.iter().filter(is).collect();
            match found.as_slice() {
                [] => {}
                [entry] => return Ok(entry),
                _ => return Err(found.iter().map(|entry| entry.id()).collect()),
            }
        }
        Err(Vec::new())
    }

    /// For the runner. A database that a migration is not for has nothing to do for it.
    pub fn migrations(&self) -> Migrations {
        let complete = |entry: &Entry| {
            let mut migration = entry.migration.clone();
            let missing = [Dialect::Postgres, Dialect::Sqlite];
            let missing = missing.into_iter().filter(|dialect| migration.scripts(*dialect).is_none());
            let none = |dialect| Scripts { dialect, up: "".into(), down: Some("".into()) };
            let missing: Vec<Scripts> = missing.map(none).collect();
            migration.scripts.to_mut().extend(missing);
            migration
        };
        Migrations { list: self.entries.iter().map(complete).collect() }
    }

    /// Whether the folder holds migrations, right or wrong.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.diagnostics.is_empty()
    }

    /// The file of generated code that holds them, for a schema that has some.
    pub fn code(&self, options: &codegen::Options) -> Option<GeneratedFile> {
        let migrations = || match self.diagnostics.is_empty() {
            true => self.migrations(),
            // What is wrong with them is told elsewhere.
            false => Migrations::default(),
        };
        options.migrations.then(|| codegen::migrations(&migrations(), &self.shown, options))
    }

    /// The path of a migration's snapshot in messages.
    pub fn snapshot_of(&self, entry: &Entry) -> String {
        format!("{}/{}/{SNAPSHOT}", self.shown, entry.id())
    }

    fn order(&mut self) {
        let migrations = self.migrations();
        match migrations.in_order() {
            Ok(order) => {
                let place = |entry: &Entry| order.iter().position(|one| one.id == entry.migration.id);
                self.entries.sort_by_key(place);
            }
            Err(ChainError::TwoHeads { parent, heads: [one, other] }) => {
                self.diagnostics.push(migrations::two_heads(parent.as_deref(), &one, &other));
            }
            Err(ChainError::NoParent { id }) => self.diagnostics.push(migrations::no_parent(&id)),
            // A folder does not hold two of one name.
            Err(ChainError::Twice { .. }) => {}
        }
    }
}

struct Reader<'a> {
    folder: &'a Path,
    shown: &'a str,
    diagnostics: Vec<Diagnostic>,
    paths: Vec<PathBuf>,
}

impl Reader<'_> {
    fn entries(&mut self) -> Vec<Entry> {
        let names =
            match fs::read_dir(self.folder).and_then(|entries| entries.collect::<io::Result<Vec<_>>>()) {
                Ok(entries) => {
                    let folders = entries.into_iter().filter(|entry| entry.path().is_dir());
                    folders.map(|entry| entry.file_name().to_string_lossy().into_owned())
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Vec::new(),
                Err(error) => {
                    self.diagnostics.push(configuration::unreadable(self.shown, &error.to_string()));
                    return Vec::new();
                }
            };
        // Files and folders whose names begin with a dot are those of editors and of the system.
        let mut names: Vec<String> = names.filter(|name| !name.starts_with('.')).collect();
        names.sort();
        names.iter().filter_map(|name| self.entry(name)).collect()
    }

    fn entry(&mut self, id: &str) -> Option<Entry> {
        let shown = format!("{}/{id}", self.shown);
        if !is_id(id) {
            let help = "it is a time and words, as `20261122T093000_add_posts`, and `rexc migrate new` makes it; where \
                        the folder is another tool's, say `migrations = \"…\"` in [package.metadata.rex]";
            let reason = "the folder has another name than migrations have";
            self.diagnostics.push(migrations::no_migration(&shown, reason, help));
            return None;
        }
        let text = self.text(id, SNAPSHOT, "it says what the migration leads to")?;
        let snapshot = match Snapshot::parse(&text) {
            Ok(snapshot) => snapshot,
            Err(Unreadable::Edited) => {
                self.diagnostics.push(migrations::edited_snapshot(&format!("{shown}/{SNAPSHOT}")));
                return None;
            }
            Err(Unreadable::Head { reason, help }) => {
                let file = format!("{shown}/{SNAPSHOT}");
                self.diagnostics.push(migrations::no_migration(&file, &reason, &help));
                return None;
            }
        };
        let told = self.diagnostics.len();
        let databases: Vec<Dialect> = snapshot.settings.databases.iter().map(|(one, _)| *one).collect();
        let scripts: Vec<Scripts> =
            databases.into_iter().filter_map(|dialect| self.scripts(id, dialect)).collect();
        if self.diagnostics.len() > told {
            return None;
        }
        let migration = Migration {
            id: id.to_owned().into(),
            identity: identity(id, &text),
            head: snapshot.head.clone(),
            scripts: scripts.into(),
        };
        Some(Entry::new(migration, snapshot))
    }

    fn scripts(&mut self, id: &str, dialect: Dialect) -> Option<Scripts> {
        let what = format!("its schema.rex says that the migration is for {}", dialect.title());
        let up = self.script(id, dialect, true, &what);
        let down = self.script(id, dialect, false, &what);
        Some(Scripts { dialect, up: up?.into(), down: Some(down?.into()) })
    }

    /// The text of a file of SQL, if the runner can read it.
    fn script(&mut self, id: &str, dialect: Dialect, up: bool, what: &str) -> Option<String> {
        let name = file_name(dialect, up);
        let text = self.text(id, &name, what)?;
        match Script::parse(&text, dialect) {
            Ok(_) => Some(text),
            Err(error) => {
                let shown = format!("{}/{id}/{name}", self.shown);
                self.diagnostics.push(migrations::broken_sql(&shown, &error));
                None
            }
        }
    }

    /// A file's text; `what` says why it should be there.
    fn text(&mut self, id: &str, name: &str, what: &str) -> Option<String> {
        let path = self.folder.join(id).join(name);
        let shown = format!("{}/{id}/{name}", self.shown);
        self.paths.push(path.clone());
        match crate::sources::read_file(&path, &shown) {
            Ok(text) => Some(text),
            Err(_) if !path.exists() => {
                self.diagnostics.push(migrations::missing_file(&shown, what));
                None
            }
            Err(diagnostic) => {
                self.diagnostics.push(*diagnostic);
                None
            }
        }
    }
}

//! The files of a new migration.

use std::cell::OnceCell;
use std::collections::HashMap;

use rex_build::migrations::{Entry, History, SNAPSHOT, Settings, Snapshot, Way, file_name};
use rex_schema::diff::{Change, Constraint, TableChange, diff};
use rex_schema::{Dialect, Schema};
use rex_sql::migration::{Head, Migration, Mode, Script, Scripts, Step, identity};

use super::place;
use crate::{Console, Stop};

/// A migration that is not written yet.
pub(super) struct Draft {
    /// Its name.
    pub(super) id: String,
    /// The schema that it leads to.
    pub(super) snapshot: Snapshot,
    /// For each database, what it does.
    pub(super) ways: Vec<(Dialect, Way)>,
    /// There is nothing in it: its SQL is to be written by hand.
    pub(super) is_empty: bool,
    /// Files whose text is kept, whatever would be made.
    kept: Vec<(String, String)>,
    /// The text of its snapshot, once somebody has asked: its sum is not made anew each time.
    printed: OnceCell<String>,
}

/// The schemas that a new migration begins with, by database: that of the last one that is for it.
pub(super) struct Before<'h>(HashMap<Dialect, &'h Schema>);

impl<'h> Before<'h> {
    /// Those of a history.
    pub(super) fn of(
        history: &'h History,
        databases: &[Dialect],
        console: &mut Console<'_>,
    ) -> Result<Before<'h>, Stop> {
        let mut schemas = HashMap::new();
        for &dialect in databases {
            if let Some(entry) = history.last_for(dialect) {
                schemas.insert(dialect, place::snapshot(history, entry, console)?);
            }
        }
        Ok(Before(schemas))
    }

    /// That of a database; none if it begins with nothing.
    pub(super) fn schema(&self, dialect: Dialect) -> Option<&'h Schema> {
        self.0.get(&dialect).copied()
    }

    /// What leads from there to a schema, for each database.
    pub(super) fn ways(
        &self,
        schema: &Schema,
        databases: &[Dialect],
        allowed: &[String],
    ) -> Vec<(Dialect, Way)> {
        let way = |&dialect: &Dialect| {
            (dialect, Way::between(self.0.get(&dialect).copied(), schema, dialect, allowed))
        };
        databases.iter().map(way).collect()
    }
}

impl Draft {
    /// With what changes.
    pub(super) fn new(
        id: String,
        history: &History,
        settings: Settings,
        schema: String,
        ways: Vec<(Dialect, Way)>,
    ) -> Draft {
        let parent = history.last().map(|entry| entry.migration.identity);
        let head = Head::new(parent, ways.iter().all(|(_, way)| is_compatible(way)));
        let snapshot = Snapshot { head, settings, schema };
        Draft { id, snapshot, ways, is_empty: false, kept: Vec::new(), printed: OnceCell::new() }
    }

    /// With nothing in it: its schema is that of the last one.
    pub(super) fn empty(id: String, history: &History, settings: Settings) -> Draft {
        let last = history.last();
        let snapshot = Snapshot {
            head: Head::new(last.map(|entry| entry.migration.identity), false),
            settings: last.map_or(settings, |entry| entry.snapshot.settings.clone()),
            schema: last.map(|entry| entry.snapshot.schema.clone()).unwrap_or_default(),
        };
        Draft { id, snapshot, ways: Vec::new(), is_empty: true, kept: Vec::new(), printed: OnceCell::new() }
    }

    /// As it will be read.
    pub(super) fn entry(&self) -> Entry {
        let files = self.files();
        let text = |name: &str| files.iter().find(|(one, _)| one == name).map(|(_, text)| text.clone());
        let scripts = self.snapshot.settings.databases.iter().map(|(dialect, _)| Scripts {
            dialect: *dialect,
            up: text(&file_name(*dialect, true)).unwrap_or_default().into(),
            down: text(&file_name(*dialect, false)).map(Into::into),
        });
        let migration = Migration {
            id: self.id.clone().into(),
            identity: identity(&self.id, self.printed()),
            head: self.snapshot.head.clone(),
            scripts: scripts.collect(),
        };
        Entry::new(migration, self.snapshot.clone())
    }

    fn printed(&self) -> &str {
        self.printed.get_or_init(|| self.snapshot.print())
    }

    /// Keeps a file's text.
    pub(super) fn keep(&mut self, name: String, text: String) {
        self.kept.push((name, text));
    }

    /// Its files, by name.
    pub(super) fn files(&self) -> Vec<(String, String)> {
        let mut files = vec![(SNAPSHOT.to_owned(), self.printed().to_owned())];
        if self.is_empty {
            for (dialect, _) in &self.snapshot.settings.databases {
                files.push((file_name(*dialect, true), blank("what is to be done").print()));
                files.push((file_name(*dialect, false), blank("how that is undone").print()));
            }
        }
        for (dialect, way) in &self.ways {
            files.push((file_name(*dialect, true), way.up_script().print()));
            files.push((file_name(*dialect, false), way.down_script().print()));
        }
        for (name, text) in &mut files {
            if let Some((_, kept)) = self.kept.iter().find(|(one, _)| one == name) {
                text.clone_from(kept);
            }
        }
        files
    }
}

/// A script to be written by hand.
fn blank(what: &str) -> Script {
    let notes = vec![format!("{what}, in SQL")];
    Script {
        irreversible: None,
        steps: vec![Step { mode: Mode::Transaction, notes, statements: Vec::new() }],
    }
}

/// Whether a program that knows nothing of it goes on working: there is more, and nothing else.
fn is_compatible(way: &Way) -> bool {
    diff(&way.before, &way.after, &way.intent).iter().all(|change| match change {
        Change::CreateSchema(_)
        | Change::CreateEnum(_)
        | Change::AdoptTable(_)
        | Change::CreateTable(_)
        | Change::CreateView(_) => true,
        Change::AlterTable(alter) => alter.changes.iter().all(|change| match change {
            TableChange::AddColumn(column, _) => {
                column.nullable
                    || column.default.is_some()
                    || column.autoincrement
                    || column.computed.is_some()
            }
            TableChange::AddIndex(index) => !index.unique,
            TableChange::DropIndex(index) => !index.unique,
            TableChange::RenameIndex(..) | TableChange::Comment => true,
            // What keeps the values of new columns in their types binds nobody who does not know them.
            TableChange::AddConstraint(Constraint::Check(check)) => {
                let is_old = |name: &str| alter.before.columns.iter().any(|column| column.name == name);
                let sql = check.condition.sql();
                !alter.after.columns.iter().any(|column| is_old(&column.name) && sql.mentions(&column.name))
            }
            TableChange::AddConstraint(_)
            | TableChange::DropColumn(_)
            | TableChange::AlterColumn(_)
            | TableChange::DropConstraint(_)
            | TableChange::RenameConstraint(..) => false,
        }),
        Change::DropSchema(_)
        | Change::DropEnum(_)
        | Change::RenameEnum(..)
        | Change::RenameLabel(..)
        | Change::AlterEnum(..)
        | Change::DropTable(_)
        | Change::RenameTable(..)
        | Change::RenameColumn(..)
        | Change::DropView(_)
        | Change::AlterView(..) => false,
    })
}

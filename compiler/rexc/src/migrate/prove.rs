//! Whether migrations do what their snapshots say: replayed on databases that are made for it.

mod scratch;

use std::sync::{Arc, Mutex, PoisonError};

use rex_build::migrations::{Entry, History, empty};
use rex_orm::Blocking;
use rex_orm::migrate::{Event, Runner};
use rex_schema::database::Database;
use rex_schema::{Dialect, lower, unmanaged};

use super::files::Draft;
use super::live::{self, Live};
use super::{Common, place};
use crate::{Console, Stop};
use scratch::Scratch;

/// Where migrations were tried.
#[derive(Default)]
pub(super) struct Proof {
    servers: Vec<String>,
    /// Databases that they are for, and on which they were not tried.
    untried: Vec<Dialect>,
    /// Migrations that have no way back.
    irreversible: Vec<String>,
}

impl Proof {
    /// `SQLite 3.54.0`.
    pub(super) fn names(&self) -> &[String] {
        &self.servers
    }

    /// In words.
    pub(super) fn told(&self) -> String {
        let mut text = match self.servers.as_slice() {
            [] if self.untried.is_empty() => "not tried on any database".to_owned(),
            [] => "not tried on any database: name a PostgreSQL server with `--database-url`".to_owned(),
            servers => format!("tried, up and down, on {}", servers.join(" and ")),
        };
        if self.untried.contains(&Dialect::Postgres) && !self.servers.is_empty() {
            text += "; not on PostgreSQL: name a server with `--database-url`";
        }
        if !self.irreversible.is_empty() {
            let names: Vec<String> = self.irreversible.iter().map(|id| format!("`{id}`")).collect();
            text += &format!("; up alone is {}, without a way back", names.join(", "));
        }
        text
    }
}

/// Tries a migration that is not written yet, behind those that are there.
pub(super) fn draft(
    draft: &Draft,
    history: &mut History,
    common: &Common,
    console: &mut Console<'_>,
) -> Result<Proof, Stop> {
    let first = history.entries.len();
    history.entries.push(draft.entry());
    let proof = replay(history, first, common, console);
    history.entries.pop();
    proof
}

/// Tries the migrations of a history from `first` on, up, down and up again. Those before are what that
/// begins with: the last of them is looked at, so that a fault is told where it is.
pub(super) fn replay(
    history: &History,
    first: usize,
    common: &Common,
    console: &mut Console<'_>,
) -> Result<Proof, Stop> {
    let mut proof = Proof::default();
    for dialect in [Dialect::Sqlite, Dialect::Postgres] {
        let is_for = |entry: &Entry| entry.snapshot.settings.is_for(dialect);
        if !history.entries.iter().any(is_for) {
            continue;
        }
        let Some(scratch) = Scratch::make(dialect, common)? else {
            proof.untried.push(dialect);
            continue;
        };
        let outcome = on(&scratch, dialect, history, first, &mut proof, console);
        let removed = scratch.remove();
        outcome.and(removed)?;
    }
    Ok(proof)
}

fn on(
    scratch: &Scratch,
    dialect: Dialect,
    history: &History,
    first: usize,
    proof: &mut Proof,
    console: &mut Console<'_>,
) -> Result<(), Stop> {
    let live = scratch.open()?;
    let migrations = history.migrations();
    let states = States {
        databases: states(dialect, history, first, console)?,
        others: others(dialect, history, first),
    };
    let at = Arc::new(Mutex::new(String::new()));
    let runner = live.runner(&migrations, noted(&at));
    let mut replay = Replay { live: &live, history, runner, at, states: &states, first };
    replay.begin()?;
    replay.up(first)?;
    let left = replay.down(proof)?;
    replay.up(left)?;
    let version = live.version()?;
    proof.servers.push(format!("{} {version}", dialect.title()));
    Ok(())
}

/// Notes which migration is under way.
fn noted(at: &Arc<Mutex<String>>) -> impl FnMut(Event) + Send + use<> {
    let at = Arc::clone(at);
    move |event| {
        if let Event::Begins { id, .. } = event {
            *at.lock().unwrap_or_else(PoisonError::into_inner) = id;
        }
    }
}

/// What a database is after so many migrations, from `first` to all of them.
fn states(
    dialect: Dialect,
    history: &History,
    first: usize,
    console: &mut Console<'_>,
) -> Result<Vec<Database>, Stop> {
    let mut after = |count: usize| {
        let is_for = |entry: &&Entry| entry.snapshot.settings.is_for(dialect);
        match history.entries[..count].iter().rfind(is_for) {
            Some(entry) => Ok(lower(place::snapshot(history, entry, console)?, dialect)),
            None => Ok(empty(dialect)),
        }
    };
    (first..=history.entries.len()).map(&mut after).collect()
}

/// The tables that some schema leaves to other tools: whichever was there before stays.
fn others(dialect: Dialect, history: &History, first: usize) -> Vec<(Option<String>, String)> {
    let entries = &history.entries[first.saturating_sub(1)..];
    let schemas = entries.iter().filter_map(|entry| entry.schema(&history.snapshot_of(entry)).ok());
    schemas.flat_map(|schema| unmanaged(schema, dialect)).collect()
}

/// What the database is to be.
struct States {
    /// After `first` migrations, after one more, and so on.
    databases: Vec<Database>,
    /// Tables that may be there, whatever is to be.
    others: Vec<(Option<String>, String)>,
}

/// A replay on one database.
struct Replay<'a> {
    live: &'a Live,
    history: &'a History,
    runner: Runner<'a>,
    /// The migration that was begun last.
    at: Arc<Mutex<String>>,
    states: &'a States,
    first: usize,
}

impl Replay<'_> {
    /// Applies those that are there already.
    fn begin(&mut self) -> Result<(), Stop> {
        let Some(last) = self.first.checked_sub(1).map(|place| &self.history.entries[place]) else {
            return Ok(());
        };
        let applied = self.runner.apply_to(last.id()).wait();
        applied.map_err(|error| {
            let at = self.at.lock().unwrap_or_else(PoisonError::into_inner);
            self.failed(if at.is_empty() { last.id() } else { &at }, "up", &error)
        })?;
        self.compare(self.first, None, last, "up")
    }

    /// Applies all but so many.
    fn up(&mut self, applied: usize) -> Result<(), Stop> {
        for (place, entry) in self.history.entries.iter().enumerate().skip(applied) {
            let applied = self.runner.apply_to(entry.id()).wait();
            applied.map_err(|error| self.failed(entry.id(), "up", &error))?;
            self.compare(place + 1, Some(place), entry, "up")?;
        }
        Ok(())
    }

    /// Back to the first, or to one that has no way back; answers with how many are left.
    fn down(&mut self, proof: &mut Proof) -> Result<usize, Stop> {
        for (place, entry) in self.history.entries.iter().enumerate().skip(self.first).rev() {
            match self.runner.rollback(1).wait() {
                Ok(_) => self.compare(place, Some(place + 1), entry, "down")?,
                Err(error) if is_irreversible(&error) => {
                    if !proof.irreversible.iter().any(|id| id == entry.id()) {
                        proof.irreversible.push(entry.id().to_owned());
                    }
                    return Ok(place + 1);
                }
                Err(error) => return Err(self.failed(entry.id(), "down", &error)),
            }
        }
        Ok(self.first)
    }

    /// What the database is after so many migrations.
    fn state(&self, count: usize) -> &Database {
        &self.states.databases[count - self.first]
    }

    /// Compares the database with what it should be after so many migrations.
    fn compare(&self, count: usize, before: Option<usize>, entry: &Entry, way: &str) -> Result<(), Stop> {
        let found = self.live.inspect()?;
        let gone = before.map(|count| {
            let mut gone = self.state(count).clone();
            let others = &self.states.others;
            gone.tables.retain(|table| !others.contains(&(table.schema.clone(), table.name.clone())));
            gone
        });
        let differences = live::differences(&found, self.state(count), gone.as_ref());
        if differences.is_empty() {
            return Ok(());
        }
        let snapshot = match way {
            "up" => format!("`{}`", self.history.snapshot_of(entry)),
            _ => match count.checked_sub(1).and_then(|place| self.history.entries.get(place)) {
                Some(parent) => format!("`{}`", self.history.snapshot_of(parent)),
                None => "the empty database".to_owned(),
            },
        };
        let file = format!("{}/{}/{}.{way}.sql", self.history.shown, entry.id(), self.live.dialect().name());
        Err(Stop::Failed(format!(
            "`{file}` does not lead to {snapshot}. What is still to be done after it: {}",
            differences.join("; ")
        )))
    }

    fn failed(&self, id: &str, way: &str, error: &rex_orm::Error) -> Stop {
        let (folder, title) = (&self.history.shown, self.live.dialect().title());
        let error = live::told(error);
        // Of the types of extensions a schema knows the names alone.
        let help = match error.contains("type \"") && error.ends_with("\" does not exist") {
            true => {
                ": where it is an extension's, a migration before this one is to create that; `rexc migrate new NAME \
                 --empty` makes one"
            }
            false => "",
        };
        Stop::Failed(format!(
            "`{folder}/{id}` was tried on an empty {title} database, {way}, and failed. {error}{help}"
        ))
    }
}

fn is_irreversible(error: &rex_orm::Error) -> bool {
    matches!(error.refusal(), Some(rex_orm::migrate::Refusal::Irreversible { .. }))
}

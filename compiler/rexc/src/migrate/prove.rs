//! Whether migrations do what their snapshots say: replayed on databases that are made for it.

mod scratch;

use rex_build::migrations::{Entry, History, empty};
use rex_orm::Blocking;
use rex_orm::migrate::Migrations;
use rex_schema::database::Database;
use rex_schema::{Dialect, lower};

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
            [] => "not tried on any database".to_owned(),
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
    history: &History,
    common: &Common,
    console: &mut Console<'_>,
) -> Result<Proof, Stop> {
    let mut whole = history.clone();
    whole.entries.push(draft.entry());
    let first = history.entries.len().saturating_sub(1);
    replay(&whole, first, common, console)
}

/// Tries all migrations of a history; looks at the database from `first` on.
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
        scratch.remove()?;
        outcome?;
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
    let mut states = vec![empty(dialect)];
    for entry in &history.entries {
        let is_for = entry.snapshot.settings.is_for(dialect);
        let state = match is_for {
            true => lower(&place::snapshot(history, entry, console)?, dialect),
            false => states.last().cloned().unwrap_or_else(|| empty(dialect)),
        };
        states.push(state);
    }
    let migrations = history.migrations();
    let replay = Replay { live: &live, history, migrations: &migrations, states: &states, first };
    replay.up()?;
    let left = replay.down(proof)?;
    if left < history.entries.len() {
        replay.up()?;
    }
    let version = live.version()?;
    proof.servers.push(format!("{} {version}", dialect.title()));
    Ok(())
}

/// A replay on one database.
struct Replay<'a> {
    live: &'a Live,
    history: &'a History,
    migrations: &'a Migrations,
    /// What the database is after so many migrations.
    states: &'a [Database],
    first: usize,
}

impl Replay<'_> {
    fn up(&self) -> Result<(), Stop> {
        for (place, entry) in self.history.entries.iter().enumerate() {
            let mut runner = self.live.runner(self.migrations, |_| ());
            runner.apply_to(entry.id()).wait().map_err(|error| self.failed(entry, "up", &error))?;
            if place >= self.first {
                self.compare(place + 1, Some(place), entry, "up")?;
            }
        }
        Ok(())
    }

    /// Back to the first that is looked at, or to one that has no way back; answers with how many are left.
    fn down(&self, proof: &mut Proof) -> Result<usize, Stop> {
        for (place, entry) in self.history.entries.iter().enumerate().skip(self.first).rev() {
            let mut runner = self.live.runner(self.migrations, |_| ());
            match runner.rollback(1).wait() {
                Ok(_) => self.compare(place, Some(place + 1), entry, "down")?,
                Err(error) if is_irreversible(&error) => {
                    if !proof.irreversible.iter().any(|id| id == entry.id()) {
                        proof.irreversible.push(entry.id().to_owned());
                    }
                    return Ok(place + 1);
                }
                Err(error) => return Err(self.failed(entry, "down", &error)),
            }
        }
        Ok(self.first)
    }

    /// Compares the database with what it should be after so many migrations.
    fn compare(&self, count: usize, before: Option<usize>, entry: &Entry, way: &str) -> Result<(), Stop> {
        let found = self.live.inspect()?;
        let before = before.and_then(|place| self.states.get(place));
        let differences = live::differences(&found, &self.states[count], before);
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

    fn failed(&self, entry: &Entry, way: &str, error: &rex_orm::Error) -> Stop {
        let (folder, id, title) = (&self.history.shown, entry.id(), self.live.dialect().title());
        Stop::Failed(format!(
            "`{folder}/{id}` was tried on an empty {title} database, {way}, and failed. {error}"
        ))
    }
}

fn is_irreversible(error: &rex_orm::Error) -> bool {
    matches!(error.refusal(), Some(rex_orm::migrate::Refusal::Irreversible { .. }))
}

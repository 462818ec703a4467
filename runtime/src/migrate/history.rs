//! The table `rex_migrations`: what was done to a database.
//!
//! | column | |
//! |---|---|
//! | `id` | the migration |
//! | `direction` | `up`, or `down` while it is being rolled back |
//! | `step` | which of its steps, from 1; 0 of a migration that has none |
//! | `steps` | how many it has |
//! | `checksum` | of the step's directive and statements |
//! | `compatible` | whether a program that does not know the migration runs on |
//! | `rows_written` | of a backfill: how many rows so far |
//! | `progress` | of a backfill: the last key so far |
//! | `applied_at` | when; null while a backfill is under way |
//! | `duration_ms` | how long it took |
//! | `version` | of Rex |
//!
//! A migration is applied when its last step is there, and rolled back when none of its rows is.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use rex_sql::migration::Checksum;
use rex_sql::{Dialect, text};

use crate::adapter::Direct;
use crate::error::{Error, Kind, Result};

/// Which way a migration goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// It is applied.
    Up,
    /// It is rolled back.
    Down,
}

impl Direction {
    /// `up`
    pub fn name(self) -> &'static str {
        match self {
            Direction::Up => "up",
            Direction::Down => "down",
        }
    }

    /// Where its SQL is: `postgres.up.sql`.
    pub fn file(self, dialect: Dialect) -> String {
        format!("{}.{}.sql", dialect.name(), self.name())
    }
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A row of the history.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Record {
    pub(super) id: String,
    pub(super) direction: Direction,
    pub(super) step: usize,
    pub(super) steps: usize,
    /// None if it is none that Rex writes.
    pub(super) checksum: Option<Checksum>,
    pub(super) compatible: bool,
    pub(super) rows: u64,
    pub(super) progress: Option<String>,
    /// None while it is under way.
    pub(super) applied_at: Option<String>,
    pub(super) took: Duration,
}

impl Record {
    /// By what it is found, and in which order they are.
    pub(super) fn key(&self) -> (&str, Direction, usize) {
        (&self.id, self.direction, self.step)
    }

    /// Whether it says the same, whenever that was.
    pub(super) fn is_like(&self, other: &Record) -> bool {
        let what = |record: &Record| (record.steps, record.checksum, record.rows, record.is_done());
        self.key() == other.key() && what(self) == what(other) && self.progress == other.progress
    }

    /// Whether its step is done.
    pub(super) fn is_done(&self) -> bool {
        self.applied_at.is_some()
    }
}

/// The history by migrations.
pub(super) struct Ledger<'r>(BTreeMap<&'r str, Vec<&'r Record>>);

impl<'r> Ledger<'r> {
    pub(super) fn of(records: &'r [Record]) -> Self {
        let mut by_id: BTreeMap<&str, Vec<&Record>> = BTreeMap::new();
        for record in records {
            by_id.entry(&record.id).or_default().push(record);
        }
        Ledger(by_id)
    }

    /// The rows of a migration.
    pub(super) fn of_migration(&self, id: &str) -> &[&'r Record] {
        self.0.get(id).map_or(&[], Vec::as_slice)
    }

    /// All migrations that have rows, by name.
    pub(super) fn migrations(&self) -> impl Iterator<Item = (&'r str, &[&'r Record])> {
        self.0.iter().map(|(id, records)| (*id, records.as_slice()))
    }
}

/// A step, as the history knows it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry<'a> {
    pub(super) id: &'a str,
    pub(super) direction: Direction,
    pub(super) step: usize,
    pub(super) steps: usize,
    pub(super) checksum: Checksum,
    pub(super) compatible: bool,
}

/// What of a step is noted.
#[derive(Clone, Debug, Default)]
pub(super) struct Progress {
    pub(super) rows: u64,
    pub(super) key: Option<String>,
    pub(super) took: Duration,
    pub(super) is_done: bool,
}

/// All rows; none where there is no history yet.
pub(super) async fn read(direct: &mut dyn Direct) -> Result<Vec<Record>> {
    let exists = direct.words().exists.clone();
    match direct.rows(&exists).await?.is_empty() {
        true => Ok(Vec::new()),
        false => select(direct, "").await,
    }
}

/// Whether two histories say the same.
pub(super) fn are_alike<'r>(
    one: impl Iterator<Item = &'r Record>,
    other: impl Iterator<Item = &'r Record>,
) -> bool {
    let (mut one, mut other) = (one, other);
    loop {
        match (one.next(), other.next()) {
            (None, None) => return true,
            (Some(one), Some(other)) if one.is_like(other) => {}
            _ => return false,
        }
    }
}

/// The rows of some migrations, and how many there are of all.
pub(super) struct Again {
    pub(super) records: Vec<Record>,
    pub(super) count: usize,
}

/// Looks again, where there were these before; the table is made if there were none.
pub(super) async fn look_again(direct: &mut dyn Direct, seen: &[Record], ids: &[&str]) -> Result<Again> {
    if seen.is_empty() {
        create(direct).await?;
    }
    let query = format!("SELECT count(*) FROM {}", direct.words().history);
    let count = direct.rows(&query).await?.into_iter().next().and_then(|row| row.into_iter().next()?);
    let count = count.and_then(|count| count.parse().ok()).ok_or_else(unreadable)?;
    let ids: Vec<String> = ids.iter().map(|id| text(id)).collect();
    let records = select(direct, &format!(" WHERE id IN ({})", ids.join(", "))).await?;
    Ok(Again { records, count })
}

/// The rows of a migration among all of them.
pub(super) fn of_migration<'r>(records: &'r [Record], id: &str) -> &'r [Record] {
    let begin = records.partition_point(|record| record.id.as_str() < id);
    let own = records[begin..].partition_point(|record| record.id == id);
    &records[begin..begin + own]
}

/// Rows in the order of their keys.
async fn select(direct: &mut dyn Direct, condition: &str) -> Result<Vec<Record>> {
    let words = direct.words().clone();
    let query = format!(
        "SELECT id, direction, step, steps, checksum, CASE WHEN compatible THEN 1 ELSE 0 END, rows_written, progress, \
         {}, duration_ms FROM {}{condition}",
        words.applied_at, words.history
    );
    let rows = direct.rows(&query).await.map_err(of_another)?;
    let records = rows.into_iter().map(|row| record(row).ok_or_else(unreadable));
    let mut records: Vec<Record> = records.collect::<Result<_>>()?;
    // Databases have orders of texts of their own.
    records.sort_unstable_by(|one, other| one.key().cmp(&other.key()));
    Ok(records)
}

fn record(row: Vec<Option<String>>) -> Option<Record> {
    let [id, direction, step, steps, checksum, compatible, rows, progress, applied_at, took] =
        <[Option<String>; 10]>::try_from(row).ok()?;
    let direction = match direction?.as_str() {
        "up" => Direction::Up,
        "down" => Direction::Down,
        _ => return None,
    };
    Some(Record {
        id: id?,
        direction,
        step: step?.parse().ok()?,
        steps: steps?.parse().ok()?,
        checksum: checksum?.parse().ok(),
        compatible: compatible? == "1",
        rows: rows?.parse().ok()?,
        progress,
        applied_at,
        took: Duration::from_millis(took?.parse().ok()?),
    })
}

/// The failure of a query for columns that a table of another making lacks.
fn of_another(error: Error) -> Error {
    match error.kind() {
        Kind::Database | Kind::Schema => error.with_hint(
            "the table rex_migrations is no history of migrations, or one of another version of Rex: if it is another \
             program's, give that or this one a schema, or a database, of its own",
        ),
        _ => error,
    }
}

/// The failure of a statement that is none of a file's.
fn of_history(error: Error) -> Error {
    error.with_hint("that is of the table rex_migrations, the history of what was applied")
}

fn unreadable() -> Error {
    let message = "the table rex_migrations holds what this version of Rex does not write: use the version that wrote it";
    Error::new(Kind::Schema, message)
}

/// Makes the table, if it is not there.
pub(super) async fn create(direct: &mut dyn Direct) -> Result<()> {
    let create = direct.words().create.clone();
    direct.execute(&create).await.map(drop).map_err(of_history)
}

/// Notes a step, in the transaction that is open.
pub(super) async fn write(direct: &mut dyn Direct, entry: Entry<'_>, progress: &Progress) -> Result<()> {
    let words = direct.words().clone();
    let now = if progress.is_done { words.now } else { "NULL" };
    let key = progress.key.as_deref().map_or_else(|| "NULL".to_owned(), text);
    let statement = format!(
        "INSERT INTO {} (id, direction, step, steps, checksum, compatible, rows_written, progress, applied_at, \
         duration_ms, version) VALUES ({}, '{}', {}, {}, '{}', {}, {}, {key}, {now}, {}, {}) \
         ON CONFLICT (id, direction, step) DO UPDATE SET rows_written = excluded.rows_written, \
         progress = excluded.progress, applied_at = excluded.applied_at, duration_ms = excluded.duration_ms, \
         checksum = excluded.checksum, steps = excluded.steps",
        words.history,
        text(entry.id),
        entry.direction,
        entry.step,
        entry.steps,
        entry.checksum,
        if entry.compatible { "TRUE" } else { "FALSE" },
        progress.rows,
        progress.took.as_millis(),
        text(env!("CARGO_PKG_VERSION")),
    );
    direct.execute(&statement).await.map(drop).map_err(of_history)
}

/// Forgets a migration, in the transaction that is open.
pub(super) async fn forget(direct: &mut dyn Direct, id: &str) -> Result<()> {
    let statement = format!("DELETE FROM {} WHERE id = {}", direct.words().history, text(id));
    direct.execute(&statement).await.map(drop).map_err(of_history)
}

/// Drops the table, if it is there, in the transaction that is open.
pub(super) async fn drop_table(direct: &mut dyn Direct) -> Result<()> {
    let statement = format!("DROP TABLE IF EXISTS {}", direct.words().history);
    direct.execute(&statement).await.map(drop)
}

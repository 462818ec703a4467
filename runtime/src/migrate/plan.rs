//! What is to be done next, from the migrations and the history.

use std::time::Duration;

use rex_sql::Dialect;
use rex_sql::migration::{Migration, Migrations, Mode, Script, Step};

use super::history::{Direction, Entry, Record};
use super::refusal::Refusal;
use super::report::{MigrationState, MigrationStatus, Status, UnknownMigration};
use crate::error::Result;

/// A migration with its steps.
pub(super) struct Parsed {
    pub(super) id: String,
    compatible: bool,
    /// The migrations that it stands for.
    replaces: Vec<String>,
    up: Vec<Step>,
    down: Down,
}

enum Down {
    Steps(Vec<Step>),
    Never(Refusal),
}

/// The known migrations, in order.
pub(super) struct Chain {
    pub(super) parsed: Vec<Parsed>,
}

/// Where a run goes to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Goal {
    /// So many are applied, or more.
    Applied(usize),
    /// So many are left, or fewer.
    Left(usize),
}

/// A step that is to be taken.
#[derive(Clone, Debug, PartialEq)]
pub struct PendingStep {
    /// The migration.
    pub id: String,
    /// Which way.
    pub direction: Direction,
    /// Its number, from 1.
    pub step: usize,
    /// How many the migration has.
    pub steps: usize,
    /// How it is run.
    pub mode: Mode,
    /// What it does, in the words of its file.
    pub what: Vec<String>,
    /// Its statements.
    pub statements: Vec<String>,
}

/// The next step.
pub(super) struct Next<'c> {
    pub(super) entry: Entry<'c>,
    /// None for a migration without steps, which is only noted.
    pub(super) step: Option<&'c Step>,
}

impl Next<'_> {
    pub(super) fn is_last(&self) -> bool {
        self.entry.step == self.entry.steps
    }
}

impl Chain {
    /// Reads the files of all migrations for a database.
    pub(super) fn parse(migrations: &Migrations, dialect: Dialect) -> Result<Chain, Refusal> {
        let order = migrations.in_order().map_err(Refusal::Chain)?;
        let parsed = order.into_iter().map(|migration| Parsed::parse(migration, dialect));
        Ok(Chain { parsed: parsed.collect::<Result<_, _>>()? })
    }

    /// The place of a migration.
    pub(super) fn place(&self, id: &str) -> Result<usize, Refusal> {
        let place = self.parsed.iter().position(|parsed| parsed.id == id);
        place.ok_or_else(|| Refusal::Unknown { id: id.to_owned() })
    }

    /// Refuses, when migrations and history do not belong together.
    pub(super) fn check(&self, records: &[Record]) -> Result<(), Refusal> {
        let pending = self.parsed.iter().any(|parsed| parsed.state(records) != MigrationState::Applied);
        for unknown in self.unknown(records) {
            if !unknown.compatible || pending {
                return Err(Refusal::Ahead { id: unknown.id });
            }
        }
        for parsed in &self.parsed {
            if let Some(missing) = parsed.lacks(records) {
                return Err(Refusal::Squashed { id: parsed.id.clone(), missing });
            }
            if let Some(step) = parsed.edited(records) {
                return Err(Refusal::Edited { id: parsed.id.clone(), step });
            }
        }
        let is_begun = |parsed: &&Parsed| parsed.state(records) != MigrationState::Pending;
        let open = self.parsed.iter().position(|parsed| parsed.state(records) != MigrationState::Applied);
        let later =
            open.and_then(|open| self.parsed[open + 1..].iter().find(is_begun).map(|later| (open, later)));
        match later {
            Some((open, later)) => {
                Err(Refusal::Gap { missing: self.parsed[open].id.clone(), applied: later.id.clone() })
            }
            None => Ok(()),
        }
    }

    /// The next step to a goal; none when it is reached.
    pub(super) fn next<'c>(&'c self, records: &[Record], goal: Goal) -> Result<Option<Next<'c>>, Refusal> {
        self.check(records)?;
        match goal {
            Goal::Applied(count) => {
                let open = self.parsed.iter().take(count);
                let mut open = open.filter(|parsed| parsed.state(records) != MigrationState::Applied);
                open.next().map(|parsed| parsed.next_up(records)).transpose()
            }
            Goal::Left(count) => {
                if let Some(unknown) = self.unknown(records).into_iter().next() {
                    return Err(Refusal::Ahead { id: unknown.id });
                }
                let begun = self.parsed.iter().skip(count).rev();
                let mut begun = begun.filter(|parsed| parsed.state(records) != MigrationState::Pending);
                begun.next().map(|parsed| parsed.next_down(records)).transpose()
            }
        }
    }

    /// All steps to a goal, if nobody else does anything.
    pub(super) fn pending(&self, records: &[Record], goal: Goal) -> Result<Vec<PendingStep>, Refusal> {
        let mut records = records.to_vec();
        let mut pending = Vec::new();
        while let Some(next) = self.next(&records, goal)? {
            pending.extend(next.step.map(|step| next.pending(step)));
            let entry = next.entry;
            records
                .retain(|record| !(record.id == entry.id && record.step == entry.step && !record.is_done()));
            records.push(entry.done());
            if entry.direction == Direction::Down && next.is_last() {
                let gone = self.forgotten(entry.id);
                records.retain(|record| !gone.contains(&record.id.as_str()));
            }
        }
        Ok(pending)
    }

    /// How many are begun, of those that are known.
    pub(super) fn begun(&self, records: &[Record]) -> usize {
        let is_begun = |parsed: &Parsed| parsed.state(records) != MigrationState::Pending;
        self.parsed.iter().rposition(is_begun).map_or(0, |last| last + 1)
    }

    /// Those up to a place that the history lacks, as if they were applied.
    pub(super) fn missing<'c>(&'c self, records: &[Record], count: usize) -> Vec<Entry<'c>> {
        let open = self.parsed.iter().take(count);
        let open = open.filter(|parsed| parsed.state(records) != MigrationState::Applied);
        open.flat_map(Parsed::entries).collect()
    }

    /// Why what is there cannot be taken for whole, if it cannot.
    pub(super) fn unfinished(&self, records: &[Record]) -> Option<Refusal> {
        self.parsed.iter().find_map(|parsed| match parsed.state(records) {
            MigrationState::Pending | MigrationState::Applied => None,
            MigrationState::HalfRolledBack { .. } => Some(Refusal::HalfRolledBack { id: parsed.id.clone() }),
            MigrationState::Partial { done } => {
                Some(Refusal::Unfinished { id: parsed.id.clone(), done, steps: parsed.up.len() })
            }
        })
    }

    pub(super) fn status(&self, records: &[Record]) -> Status {
        let migrations = self.parsed.iter().map(|parsed| {
            // Of those that it stands for, where the database has them.
            let is_own = |record: &&Record| {
                (record.id == parsed.id || parsed.replaces.contains(&record.id))
                    && record.direction == Direction::Up
            };
            let own = || records.iter().filter(is_own).filter(|record| record.is_done());
            MigrationStatus {
                id: parsed.id.clone(),
                state: parsed.state(records),
                steps: parsed.up.len(),
                applied_at: own().filter_map(|record| record.applied_at.clone()).max(),
                took: own().map(|record| record.took).sum(),
                edited: parsed.edited(records),
            }
        });
        Status { migrations: migrations.collect(), unknown: self.unknown(records) }
    }

    /// The names that the history forgets with a migration: its own, and those that it stands for.
    pub(super) fn forgotten<'c>(&'c self, id: &'c str) -> Vec<&'c str> {
        let replaced =
            self.parsed.iter().filter(|parsed| parsed.id == id).flat_map(|parsed| &parsed.replaces);
        std::iter::once(id).chain(replaced.map(String::as_str)).collect()
    }

    /// Migrations of the history that are not known, each once.
    fn unknown(&self, records: &[Record]) -> Vec<UnknownMigration> {
        let mut unknown: Vec<UnknownMigration> = Vec::new();
        for record in records {
            let stands_for = |parsed: &Parsed| parsed.id == record.id || parsed.replaces.contains(&record.id);
            let is_known = self.parsed.iter().any(stands_for);
            if !is_known && unknown.last().is_none_or(|last| last.id != record.id) {
                unknown.push(UnknownMigration { id: record.id.clone(), compatible: record.compatible });
            }
        }
        unknown
    }

    /// Whether a name stands in any statement.
    pub(super) fn mentions(&self, name: &str) -> bool {
        let quoted = rex_sql::ident(name);
        let mut steps = self.parsed.iter().flat_map(|parsed| match &parsed.down {
            Down::Steps(down) => parsed.up.iter().chain(down.as_slice()),
            Down::Never(_) => parsed.up.iter().chain(&[]),
        });
        steps.any(|step| step.statements.iter().any(|statement| statement.text.contains(&quoted)))
    }
}

impl Parsed {
    fn parse(migration: &Migration, dialect: Dialect) -> Result<Parsed, Refusal> {
        let id = migration.id.to_string();
        let missing = |direction| Refusal::NoScript { id: id.clone(), dialect, direction };
        let read = |text: &str, direction: Direction| {
            Script::parse(text, dialect).map_err(|error| {
                let file = direction.file(dialect);
                Refusal::File { id: id.clone(), file, error }
            })
        };
        let scripts = migration.scripts(dialect).ok_or_else(|| missing(Direction::Up))?;
        let up = read(&scripts.up, Direction::Up)?.steps;
        let down = match &scripts.down {
            None => Down::Never(missing(Direction::Down)),
            Some(text) => match read(text, Direction::Down)? {
                Script { irreversible: Some(reason), .. } => {
                    Down::Never(Refusal::Irreversible { id: id.clone(), reason })
                }
                Script { steps, .. } => Down::Steps(steps),
            },
        };
        let replaces = migration.head.replaces.iter().map(|id| id.to_string()).collect();
        Ok(Parsed { compatible: migration.head.compatible, replaces, id, up, down })
    }

    fn records<'r>(&self, records: &'r [Record], direction: Direction) -> impl Iterator<Item = &'r Record> {
        records.iter().filter(move |record| record.id == self.id && record.direction == direction)
    }

    /// How many steps are done.
    fn done(&self, records: &[Record], direction: Direction) -> usize {
        self.records(records, direction).filter(|record| record.is_done()).count()
    }

    fn state(&self, records: &[Record]) -> MigrationState {
        if self.records(records, Direction::Down).next().is_some() {
            return MigrationState::HalfRolledBack { done: self.done(records, Direction::Down) };
        }
        let own = || self.records(records, Direction::Up);
        let is_whole = own().any(|record| record.is_done() && record.step == record.steps);
        match own().next() {
            None if self.has_replaced(records).is_some_and(|missing| missing.is_none()) => {
                MigrationState::Applied
            }
            None => MigrationState::Pending,
            Some(_) if is_whole => MigrationState::Applied,
            Some(_) => MigrationState::Partial { done: self.done(records, Direction::Up) },
        }
    }

    /// Of those that it stands for, the first that the history lacks; none if it has none of them at all.
    fn has_replaced(&self, records: &[Record]) -> Option<Option<&str>> {
        let is_whole = |id: &&String| {
            let mut own = records.iter().filter(|record| record.id == **id);
            own.clone().all(|record| record.direction == Direction::Up)
                && own.any(|record| record.is_done() && record.step == record.steps)
        };
        let is_there = |id: &String| records.iter().any(|record| record.id == *id);
        self.replaces
            .iter()
            .any(is_there)
            .then(|| self.replaces.iter().find(|id| !is_whole(id)).map(String::as_str))
    }

    /// One of those that it stands for that is missing, where others are there, and it is not itself.
    fn lacks(&self, records: &[Record]) -> Option<String> {
        let is_begun = records.iter().any(|record| record.id == self.id);
        let missing = self.has_replaced(records).filter(|_| !is_begun);
        missing.flatten().map(str::to_owned)
    }

    /// The first step that is another than the one that was taken. Steps that were not may be edited, until
    /// the last is.
    fn edited(&self, records: &[Record]) -> Option<usize> {
        let down: &[Step] = match &self.down {
            Down::Steps(steps) => steps,
            Down::Never(_) => &[],
        };
        let is_same = |record: &Record, steps: &[Step]| match record.step {
            0 => steps.is_empty(),
            step => steps.get(step - 1).is_some_and(|step| step.checksum().to_string() == record.checksum),
        };
        let wrong = |direction, steps: &[Step]| {
            self.records(records, direction)
                .find(|record| !is_same(record, steps))
                .map(|record| record.step.max(1))
        };
        let is_longer = self.state(records) == MigrationState::Applied
            && self.records(records, Direction::Up).next().is_some()
            && self.done(records, Direction::Up) < self.up.len().max(1);
        wrong(Direction::Up, &self.up)
            .or_else(|| is_longer.then(|| self.done(records, Direction::Up) + 1))
            .or_else(|| wrong(Direction::Down, down))
    }

    fn next_up(&self, records: &[Record]) -> Result<Next<'_>, Refusal> {
        if let MigrationState::HalfRolledBack { .. } = self.state(records) {
            return Err(Refusal::HalfRolledBack { id: self.id.clone() });
        }
        Ok(self.next(Direction::Up, &self.up, self.done(records, Direction::Up)))
    }

    fn next_down(&self, records: &[Record]) -> Result<Next<'_>, Refusal> {
        if let MigrationState::Partial { done } = self.state(records) {
            return Err(Refusal::Unfinished { id: self.id.clone(), done, steps: self.up.len() });
        }
        match &self.down {
            Down::Never(refusal) => Err(refusal.clone()),
            Down::Steps(steps) => Ok(self.next(Direction::Down, steps, self.done(records, Direction::Down))),
        }
    }

    fn next<'c>(&'c self, direction: Direction, steps: &'c [Step], done: usize) -> Next<'c> {
        match steps.get(done) {
            Some(step) => Next { entry: self.entry(direction, done + 1, steps), step: Some(step) },
            // It has none, or had more of them when it was begun.
            None => Next { entry: self.entry(direction, steps.len(), steps), step: None },
        }
    }

    /// All of its entries, when it is applied.
    fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        let numbers = if self.up.is_empty() { 0..=0 } else { 1..=self.up.len() };
        numbers.map(|number| self.entry(Direction::Up, number, &self.up))
    }

    fn entry(&self, direction: Direction, number: usize, steps: &[Step]) -> Entry<'_> {
        let step = number.checked_sub(1).and_then(|place| steps.get(place));
        let checksum = step.map_or_else(|| rex_sql::migration::Checksum::of(""), Step::checksum);
        let (id, compatible) = (self.id.as_str(), self.compatible);
        Entry { id, direction, step: number, steps: steps.len(), checksum, compatible }
    }
}

impl Next<'_> {
    fn pending(&self, step: &Step) -> PendingStep {
        PendingStep {
            id: self.entry.id.to_owned(),
            direction: self.entry.direction,
            step: self.entry.step,
            steps: self.entry.steps,
            mode: step.mode.clone(),
            what: step.notes.clone(),
            statements: step.statements.iter().map(|statement| statement.text.clone()).collect(),
        }
    }
}

impl Entry<'_> {
    /// The record of it, once it is done.
    fn done(&self) -> Record {
        Record {
            id: self.id.to_owned(),
            direction: self.direction,
            step: self.step,
            steps: self.steps,
            checksum: self.checksum.to_string(),
            compatible: self.compatible,
            rows: 0,
            progress: None,
            applied_at: Some(String::new()),
            took: Duration::ZERO,
        }
    }
}

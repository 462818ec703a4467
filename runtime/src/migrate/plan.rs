//! What is to be done next, from the migrations and the history.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use rex_sql::Dialect;
use rex_sql::migration::{Migration, Migrations, Mode, Step};

use super::history::{self, Direction, Entry, Ledger, Record};
use super::parsed::Parsed;
use super::refusal::Refusal;
use super::report::{MigrationState, MigrationStatus, Status, UnknownMigration};
use crate::error::Result;

/// The known migrations, in order.
pub(super) struct Chain {
    pub(super) parsed: Vec<Parsed>,
    /// The place of each, by its name.
    places: HashMap<String, usize>,
    /// The names of those that others stand for.
    replaced: HashSet<String>,
}

/// Where a run goes to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Goal {
    /// So many are applied, or more.
    Applied(usize),
    /// So many are left, or fewer, where no more than `of` were begun.
    Left { count: usize, of: usize },
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
        // One may have nothing to do for a database; where none has, it is for another.
        let is_for_another =
            |one: &&Migration| one.scripts(dialect).is_some_and(|scripts| scripts.up.is_empty());
        if let Some(last) = order.last().filter(|_| order.iter().all(is_for_another)) {
            let (id, direction) = (last.id.to_string(), Direction::Up);
            return Err(Refusal::NoScript { id, dialect, direction });
        }
        let parsed = order.into_iter().map(|migration| Parsed::parse(migration, dialect));
        let parsed: Vec<Parsed> = parsed.collect::<Result<_, _>>()?;
        let places = parsed.iter().enumerate().map(|(place, parsed)| (parsed.id.clone(), place)).collect();
        let replaced = parsed.iter().flat_map(|parsed| parsed.replaces.iter().cloned()).collect();
        Ok(Chain { parsed, places, replaced })
    }

    /// The place of a migration.
    pub(super) fn place(&self, id: &str) -> Result<usize, Refusal> {
        self.places.get(id).copied().ok_or_else(|| Refusal::Unknown { id: id.to_owned() })
    }

    /// Refuses, when migrations and history do not belong together.
    pub(super) fn check(&self, records: &[Record]) -> Result<(), Refusal> {
        self.check_ledger(&Ledger::of(records))
    }

    fn check_ledger(&self, ledger: &Ledger<'_>) -> Result<(), Refusal> {
        let pending = self.parsed.iter().any(|parsed| parsed.state(ledger) != MigrationState::Applied);
        for unknown in self.unknown(ledger) {
            if !unknown.compatible || pending {
                return Err(Refusal::Ahead { id: unknown.id });
            }
        }
        for parsed in &self.parsed {
            if let Some(missing) = parsed.lacks(ledger) {
                return Err(Refusal::Squashed { id: parsed.id.clone(), missing });
            }
            if let Some(step) = parsed.edited(ledger) {
                return Err(Refusal::Edited { id: parsed.id.clone(), step });
            }
        }
        let is_begun = |parsed: &&Parsed| parsed.state(ledger) != MigrationState::Pending;
        let open = self.parsed.iter().position(|parsed| parsed.state(ledger) != MigrationState::Applied);
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
        let ledger = &Ledger::of(records);
        self.check_ledger(ledger)?;
        match goal {
            Goal::Applied(count) => {
                let open = self.parsed.iter().take(count);
                let mut open = open.filter(|parsed| parsed.state(ledger) != MigrationState::Applied);
                open.next().map(|parsed| parsed.next_up(ledger)).transpose()
            }
            Goal::Left { count, of } => {
                if let Some(unknown) = self.unknown(ledger).into_iter().next() {
                    return Err(Refusal::Ahead { id: unknown.id });
                }
                // What came meanwhile was not meant.
                if let Some(later) = self.begun(records).checked_sub(1).filter(|last| *last >= of) {
                    return Err(Refusal::Later { id: self.parsed[later].id.clone() });
                }
                let begun = self.parsed.iter().skip(count).rev();
                let mut begun = begun.filter(|parsed| parsed.state(ledger) != MigrationState::Pending);
                begun.next().map(|parsed| parsed.next_down(ledger)).transpose()
            }
        }
    }

    /// The step behind one that was taken and noted, in a history that was found to be right before.
    pub(super) fn following<'c>(
        &'c self,
        records: &[Record],
        taken: &Next<'_>,
        goal: Goal,
    ) -> Result<Option<Next<'c>>, Refusal> {
        let id = taken.entry.id;
        let here = self.place(id)?;
        let place = match (taken.is_last(), goal) {
            (false, _) => Some(here),
            (true, Goal::Applied(count)) => Some(here + 1).filter(|place| *place < count),
            (true, Goal::Left { count, .. }) => here.checked_sub(1).filter(|place| *place >= count),
        };
        let Some(parsed) = place.and_then(|place| self.parsed.get(place)) else { return Ok(None) };
        if !parsed.replaces.is_empty() {
            return self.next(records, goal);
        }
        let ledger = &Ledger::of(history::of_migration(records, &parsed.id));
        match (goal, parsed.state(ledger)) {
            (Goal::Applied(_), MigrationState::Applied) | (Goal::Left { .. }, MigrationState::Pending) => {
                self.next(records, goal)
            }
            (Goal::Applied(_), _) => parsed.next_up(ledger).map(Some),
            (Goal::Left { .. }, _) => parsed.next_down(ledger).map(Some),
        }
    }

    /// All steps to a goal, if nobody else does anything.
    pub(super) fn pending(&self, records: &[Record], goal: Goal) -> Result<Vec<PendingStep>, Refusal> {
        let mut records = records.to_vec();
        let mut pending = Vec::new();
        let mut next = self.next(&records, goal)?;
        while let Some(taken) = next {
            pending.extend(taken.step.map(|step| taken.pending(step)));
            self.note(&mut records, &taken);
            next = self.following(&records, &taken, goal)?;
        }
        Ok(pending)
    }

    /// The names, in order, that the history has a migration, the one before it and the one behind it by.
    pub(super) fn around<'c>(&'c self, id: &'c str) -> Vec<&'c str> {
        let place = self.places.get(id).copied().unwrap_or_default();
        let near = self.parsed.iter().skip(place.saturating_sub(1)).take(3);
        let mut names: Vec<&str> = near.flat_map(|parsed| self.forgotten(&parsed.id)).collect();
        names.sort_unstable();
        names
    }

    /// What the history is when a step was taken, where nobody else does anything.
    pub(super) fn note(&self, records: &mut Vec<Record>, next: &Next<'_>) {
        let entry = next.entry;
        if entry.direction == Direction::Down && next.is_last() {
            let gone = self.forgotten(entry.id);
            return records.retain(|record| !gone.contains(&record.id.as_str()));
        }
        let key = (entry.id, entry.direction, entry.step);
        match records.binary_search_by(|record| record.key().cmp(&key)) {
            Ok(place) => records[place] = entry.done(),
            Err(place) => records.insert(place, entry.done()),
        }
    }

    /// How many are begun, of those that are known.
    pub(super) fn begun(&self, records: &[Record]) -> usize {
        let ledger = &Ledger::of(records);
        let is_begun = |parsed: &Parsed| parsed.state(ledger) != MigrationState::Pending;
        self.parsed.iter().rposition(is_begun).map_or(0, |last| last + 1)
    }

    /// Those up to a place that the history lacks, as if they were applied.
    pub(super) fn missing<'c>(&'c self, records: &[Record], count: usize) -> Vec<Entry<'c>> {
        let ledger = &Ledger::of(records);
        let open = self.parsed.iter().take(count);
        let open = open.filter(|parsed| parsed.state(ledger) != MigrationState::Applied);
        open.flat_map(Parsed::entries).collect()
    }

    /// Why what is there cannot be taken for whole, if it cannot.
    pub(super) fn unfinished(&self, records: &[Record]) -> Option<Refusal> {
        let ledger = &Ledger::of(records);
        self.parsed.iter().find_map(|parsed| match parsed.state(ledger) {
            MigrationState::Pending | MigrationState::Applied => None,
            MigrationState::HalfRolledBack { .. } => Some(Refusal::HalfRolledBack { id: parsed.id.clone() }),
            MigrationState::Partial { done } => {
                Some(Refusal::Unfinished { id: parsed.id.clone(), done, steps: parsed.steps() })
            }
        })
    }

    pub(super) fn status(&self, records: &[Record]) -> Status {
        let ledger = &Ledger::of(records);
        let migrations = self.parsed.iter().map(|parsed| {
            // Of those that it stands for, where the database has them.
            let all = std::iter::once(&parsed.id).chain(&parsed.replaces);
            let all: Vec<&Record> = all.flat_map(|id| ledger.of_migration(id)).copied().collect();
            let own = || all.iter().filter(|record| record.direction == Direction::Up && record.is_done());
            MigrationStatus {
                id: parsed.id.clone(),
                state: parsed.state(ledger),
                steps: parsed.steps(),
                applied_at: own().filter_map(|record| record.applied_at.clone()).max(),
                took: own().map(|record| record.took).sum(),
                edited: parsed.edited(ledger),
            }
        });
        Status { migrations: migrations.collect(), unknown: self.unknown(ledger) }
    }

    /// The names that the history forgets with a migration: its own, and those that it stands for.
    pub(super) fn forgotten<'c>(&'c self, id: &'c str) -> Vec<&'c str> {
        let parsed = self.places.get(id).map(|place| &self.parsed[*place]);
        let replaced = parsed.into_iter().flat_map(|parsed| &parsed.replaces);
        std::iter::once(id).chain(replaced.map(String::as_str)).collect()
    }

    /// Migrations of the history that are not known.
    fn unknown(&self, ledger: &Ledger<'_>) -> Vec<UnknownMigration> {
        let is_known = |id: &str| self.places.contains_key(id) || self.replaced.contains(id);
        let unknown = ledger.migrations().filter(|(id, _)| !is_known(id));
        let unknown = unknown.map(|(id, records)| UnknownMigration {
            id: id.to_owned(),
            compatible: records.iter().all(|record| record.compatible),
        });
        unknown.collect()
    }

    /// Whether a name stands in any statement.
    pub(super) fn mentions(&self, name: &str) -> bool {
        let quoted = rex_sql::ident(name);
        let mut steps = self.parsed.iter().flat_map(Parsed::all_steps);
        steps.any(|step| step.statements.iter().any(|statement| statement.text.contains(&quoted)))
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
            checksum: Some(self.checksum),
            compatible: self.compatible,
            rows: 0,
            progress: None,
            applied_at: Some(String::new()),
            took: Duration::ZERO,
        }
    }
}

//! One migration, read, and how far a database is with it.

use rex_sql::Dialect;
use rex_sql::migration::{Checksum, Migration, Script, Step};

use super::history::{Direction, Entry, Ledger, Record};
use super::plan::Next;
use super::refusal::Refusal;
use super::report::MigrationState;

/// A migration with its steps.
pub(super) struct Parsed {
    pub(super) id: String,
    compatible: bool,
    /// The migrations that it stands for.
    pub(super) replaces: Vec<String>,
    up: Vec<Summed>,
    down: Down,
}

enum Down {
    Steps(Vec<Summed>),
    Never(Refusal),
}

/// A step with its checksum, which is asked for again and again.
struct Summed {
    step: Step,
    sum: Checksum,
}

fn summed(steps: Vec<Step>) -> Vec<Summed> {
    steps.into_iter().map(|step| Summed { sum: step.checksum(), step }).collect()
}

impl Parsed {
    pub(super) fn parse(migration: &Migration, dialect: Dialect) -> Result<Parsed, Refusal> {
        let id = migration.id.to_string();
        let missing = |direction| Refusal::NoScript { id: id.clone(), dialect, direction };
        let read = |text: &str, direction: Direction| {
            Script::parse(text, dialect).map_err(|error| {
                let file = direction.file(dialect);
                Refusal::File { id: id.clone(), file, error }
            })
        };
        let scripts = migration.scripts(dialect).ok_or_else(|| missing(Direction::Up))?;
        let up = summed(read(&scripts.up, Direction::Up)?.steps);
        let down = match &scripts.down {
            None => Down::Never(missing(Direction::Down)),
            Some(text) => match read(text, Direction::Down)? {
                Script { irreversible: Some(reason), .. } => {
                    Down::Never(Refusal::Irreversible { id: id.clone(), reason })
                }
                Script { steps, .. } => Down::Steps(summed(steps)),
            },
        };
        let replaces = migration.head.replaces.iter().map(|id| id.to_string()).collect();
        Ok(Parsed { compatible: migration.head.compatible, replaces, id, up, down })
    }

    /// How many steps it has.
    pub(super) fn steps(&self) -> usize {
        self.up.len()
    }

    /// Its steps, up and down.
    pub(super) fn all_steps(&self) -> impl Iterator<Item = &Step> {
        self.up.iter().chain(self.down_steps()).map(|summed| &summed.step)
    }

    fn down_steps(&self) -> &[Summed] {
        match &self.down {
            Down::Steps(steps) => steps,
            Down::Never(_) => &[],
        }
    }

    pub(super) fn records<'r>(
        &self,
        ledger: &Ledger<'r>,
        direction: Direction,
    ) -> impl Iterator<Item = &'r Record> {
        ledger.of_migration(&self.id).iter().copied().filter(move |record| record.direction == direction)
    }

    /// How many steps are done.
    fn done(&self, ledger: &Ledger<'_>, direction: Direction) -> usize {
        self.records(ledger, direction).filter(|record| record.is_done()).count()
    }

    pub(super) fn state(&self, ledger: &Ledger<'_>) -> MigrationState {
        if self.records(ledger, Direction::Down).next().is_some() {
            return MigrationState::HalfRolledBack { done: self.done(ledger, Direction::Down) };
        }
        let own = || self.records(ledger, Direction::Up);
        let is_whole = own().any(|record| record.is_done() && record.step == record.steps);
        match own().next() {
            None if self.has_replaced(ledger).is_some_and(|missing| missing.is_none()) => {
                MigrationState::Applied
            }
            None => MigrationState::Pending,
            Some(_) if is_whole => MigrationState::Applied,
            Some(_) => MigrationState::Partial { done: self.done(ledger, Direction::Up) },
        }
    }

    /// Of those that it stands for, the first that the history lacks; none if it has none of them at all.
    fn has_replaced(&self, ledger: &Ledger<'_>) -> Option<Option<&str>> {
        let is_whole = |id: &&String| {
            let own = ledger.of_migration(id);
            own.iter().all(|record| record.direction == Direction::Up)
                && own.iter().any(|record| record.is_done() && record.step == record.steps)
        };
        let is_there = |id: &String| !ledger.of_migration(id).is_empty();
        let missing = || self.replaces.iter().find(|id| !is_whole(id)).map(String::as_str);
        self.replaces.iter().any(is_there).then(missing)
    }

    /// One of those that it stands for that is missing, where others are there, and it is not itself.
    pub(super) fn lacks(&self, ledger: &Ledger<'_>) -> Option<String> {
        let is_begun = !ledger.of_migration(&self.id).is_empty();
        let missing = self.has_replaced(ledger).filter(|_| !is_begun);
        missing.flatten().map(str::to_owned)
    }

    /// The first step that is another than the one that was taken. Steps that were not may be edited, until
    /// the last is.
    pub(super) fn edited(&self, ledger: &Ledger<'_>) -> Option<usize> {
        let is_same = |record: &Record, steps: &[Summed]| match record.step {
            0 => steps.is_empty(),
            step => steps.get(step - 1).is_some_and(|step| Some(step.sum) == record.checksum),
        };
        let wrong = |direction, steps: &[Summed]| {
            self.records(ledger, direction)
                .find(|record| !is_same(record, steps))
                .map(|record| record.step.max(1))
        };
        let is_longer = self.state(ledger) == MigrationState::Applied
            && self.records(ledger, Direction::Up).next().is_some()
            && self.done(ledger, Direction::Up) < self.up.len().max(1);
        wrong(Direction::Up, &self.up)
            .or_else(|| is_longer.then(|| self.done(ledger, Direction::Up) + 1))
            .or_else(|| wrong(Direction::Down, self.down_steps()))
    }

    pub(super) fn next_up(&self, ledger: &Ledger<'_>) -> Result<Next<'_>, Refusal> {
        if let MigrationState::HalfRolledBack { .. } = self.state(ledger) {
            return Err(Refusal::HalfRolledBack { id: self.id.clone() });
        }
        Ok(self.next(Direction::Up, &self.up, self.done(ledger, Direction::Up)))
    }

    pub(super) fn next_down(&self, ledger: &Ledger<'_>) -> Result<Next<'_>, Refusal> {
        if let MigrationState::Partial { done } = self.state(ledger) {
            return Err(Refusal::Unfinished { id: self.id.clone(), done, steps: self.up.len() });
        }
        match &self.down {
            Down::Never(refusal) => Err(refusal.clone()),
            Down::Steps(steps) => Ok(self.next(Direction::Down, steps, self.done(ledger, Direction::Down))),
        }
    }

    fn next<'c>(&'c self, direction: Direction, steps: &'c [Summed], done: usize) -> Next<'c> {
        match steps.get(done) {
            Some(summed) => Next { entry: self.entry(direction, done + 1, steps), step: Some(&summed.step) },
            // It has none, or had more of them when it was begun.
            None => Next { entry: self.entry(direction, steps.len(), steps), step: None },
        }
    }

    /// All of its entries, when it is applied.
    pub(super) fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        let numbers = if self.up.is_empty() { 0..=0 } else { 1..=self.up.len() };
        numbers.map(|number| self.entry(Direction::Up, number, &self.up))
    }

    fn entry(&self, direction: Direction, number: usize, steps: &[Summed]) -> Entry<'_> {
        let step = number.checked_sub(1).and_then(|place| steps.get(place));
        let checksum = step.map_or_else(|| Checksum::of(""), |step| step.sum);
        let (id, compatible) = (self.id.as_str(), self.compatible);
        Entry { id, direction, step: number, steps: steps.len(), checksum, compatible }
    }
}

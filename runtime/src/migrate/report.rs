//! What a run tells: while it is under way, and when it is done.

use std::time::Duration;

use super::history::Direction;

/// What was done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The steps that this run took, in order. What another process did meanwhile is not among them.
    pub steps: Vec<Done>,
}

impl Report {
    /// The migrations that this run ended, in order: applied, or rolled back.
    pub fn migrations(&self) -> impl Iterator<Item = &str> {
        self.steps.iter().filter(|done| done.is_last).map(|done| done.id.as_str())
    }
}

/// A step that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// The migration.
    pub id: String,
    /// Which way.
    pub direction: Direction,
    /// Its number, from 1; 0 for a migration without steps.
    pub step: usize,
    /// Whether the migration ended with it.
    pub is_last: bool,
    /// How long it took, attempts that failed included.
    pub took: Duration,
}

/// Something that happens during a run.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// Another runner is at work.
    Waiting,
    /// A step begins.
    Begins {
        /// The migration.
        id: String,
        /// Which way.
        direction: Direction,
        /// Its number, from 1.
        step: usize,
        /// How many there are.
        steps: usize,
        /// What it does, in the words of its file.
        what: Vec<String>,
    },
    /// A step found something locked, or met another transaction; it was undone, and is tried again.
    Retries {
        /// The migration.
        id: String,
        /// The step.
        step: usize,
        /// What happened.
        reason: String,
    },
    /// A batch of rows is written.
    Rows {
        /// The migration.
        id: String,
        /// The step.
        step: usize,
        /// How many rows this step has written so far, in earlier runs as well.
        rows: u64,
    },
    /// A step is done.
    Ends(Done),
}

/// Where a database stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The known migrations, in order.
    pub migrations: Vec<MigrationStatus>,
    /// Those that the database has, and that are not known.
    pub unknown: Vec<UnknownMigration>,
}

impl Status {
    /// Whether nothing is to be done.
    pub fn is_current(&self) -> bool {
        self.migrations.iter().all(|migration| migration.state == MigrationState::Applied)
    }
}

/// Where one migration stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrationStatus {
    /// Its name.
    pub id: String,
    /// How far it is.
    pub state: MigrationState,
    /// How many steps it has.
    pub steps: usize,
    /// When its last step was applied, `2026-11-22T09:30:00Z`.
    pub applied_at: Option<String>,
    /// How long its steps took together.
    pub took: Duration,
    /// Its first step that was applied and is another now, from 1.
    pub edited: Option<usize>,
}

/// How far a migration is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MigrationState {
    /// Not begun.
    Pending,
    /// Some of its steps are applied.
    Partial {
        /// How many.
        done: usize,
    },
    /// Applied.
    Applied,
    /// Some of the steps of its way back are taken.
    HalfRolledBack {
        /// How many.
        done: usize,
    },
}

/// A migration that the database has, and that is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownMigration {
    /// Its name.
    pub id: String,
    /// Whether programs that do not know it run on.
    pub compatible: bool,
}

//! Why migrations are not run.

use std::fmt;

use rex_sql::Dialect;
use rex_sql::migration::{ChainError, ParseError};

use super::history::Direction;
use crate::error::{Error, Kind};

/// Why migrations are not run: nothing was done for this reason.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// The migrations are not one chain: two branches, or a parent that is not there.
    Chain(ChainError),
    /// A file cannot be read.
    File {
        /// The migration.
        id: String,
        /// Its file: `postgres.up.sql`.
        file: String,
        /// What is wrong.
        error: ParseError,
    },
    /// There is no SQL for this database.
    NoScript {
        /// The migration.
        id: String,
        /// For which database.
        dialect: Dialect,
        /// Which way.
        direction: Direction,
    },
    /// There is no migration of this name.
    Unknown {
        /// The name.
        id: String,
    },
    /// It was applied, and is another now.
    Edited {
        /// The migration.
        id: String,
        /// The first step that is another, from 1.
        step: usize,
    },
    /// The database has a migration that this program does not know.
    Ahead {
        /// The migration.
        id: String,
    },
    /// A later migration was applied without this one.
    Gap {
        /// Not applied.
        missing: String,
        /// Applied.
        applied: String,
    },
    /// It stands for several migrations, and the database has only some of them.
    Squashed {
        /// The migration.
        id: String,
        /// The first that is missing.
        missing: String,
    },
    /// Its way back was begun and not ended.
    HalfRolledBack {
        /// The migration.
        id: String,
    },
    /// It was begun and not ended, so that it cannot be rolled back.
    Unfinished {
        /// The migration.
        id: String,
        /// How many of its steps are done.
        done: usize,
        /// How many it has.
        steps: usize,
    },
    /// Another program applied it while something else was about to be rolled back.
    Later {
        /// The migration.
        id: String,
    },
    /// It says that there is no way back.
    Irreversible {
        /// The migration.
        id: String,
        /// Why.
        reason: String,
    },
    /// Another runner did not end in time.
    Locked {
        /// For how long it was waited, in milliseconds.
        waited_ms: u64,
        /// The server's process that it is, where that is known.
        process: Option<u32>,
    },
    /// Statements do not all go to one session: a pooler in transaction mode is in between.
    Pooler,
    /// The lock is gone: somebody ended the session that held it.
    LockLost,
    /// There is no schema to keep the history in.
    NoSchema,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Chain(error) => error.fmt(f),
            Refusal::File { id, file, error } => write!(f, "{id}/{file}: {error}"),
            Refusal::NoScript { id, dialect, direction } => {
                let (title, file) = (dialect.title(), direction.file(*dialect));
                write!(f, "the migration `{id}` has no SQL for {title}: add `{file}` to its folder")
            }
            Refusal::Unknown { id } => write!(f, "there is no migration `{id}`: `rexc migrate status` lists them"),
            Refusal::Edited { id, step } => write!(
                f,
                "the migration `{id}` was applied, and its step {step} is another now: restore its file, and write what \
                 is to change as a new migration"
            ),
            Refusal::Ahead { id } => write!(
                f,
                "the database has the migration `{id}`, which this program does not know: run a newer program, or roll \
                 it back with the one that applied it"
            ),
            Refusal::Gap { missing, applied } => write!(
                f,
                "the database has the migration `{applied}`, but not `{missing}` before it: write the later one anew \
                 with `rexc migrate rebase`"
            ),
            Refusal::Squashed { id, missing } => write!(
                f,
                "the migration `{id}` stands for several, of which the database has some, but not `{missing}`: apply \
                 them first, with the files as they were before they were squashed"
            ),
            Refusal::HalfRolledBack { id } => write!(
                f,
                "the migration `{id}` is partly rolled back: end that with `rexc migrate rollback`, and apply it again"
            ),
            Refusal::Unfinished { id, done, steps } => write!(
                f,
                "the migration `{id}` is applied up to step {done} of {steps}, and only a whole one can be rolled back: \
                 mend what stops it (steps that are not applied may be edited), and apply it"
            ),
            Refusal::Later { id } => write!(
                f,
                "another program has applied `{id}` meanwhile, which was not to be rolled back: look at what is to go \
                 now, with `rexc migrate status`, and begin again"
            ),
            Refusal::Irreversible { id, reason } => {
                write!(f, "the migration `{id}` cannot be rolled back: {reason}")
            }
            Refusal::Locked { waited_ms, process } => {
                let seconds = *waited_ms as f64 / 1000.0;
                write!(
                    f,
                    "another process is migrating this database, and did not end within {seconds:.1} s: try again later"
                )?;
                match process {
                    Some(process) => write!(
                        f,
                        "; or end it, if nobody waits for it any more, with `SELECT pg_terminate_backend({process})`"
                    ),
                    None => Ok(()),
                }
            }
            Refusal::Pooler => f.write_str(
                "a pooler in transaction mode is between this program and PostgreSQL, and a migration needs a session of \
                 its own: give it the URL of PostgreSQL itself",
            ),
            Refusal::LockLost => f.write_str(
                "the lock that keeps other runners off is gone, so that the migration stops here: run it again",
            ),
            Refusal::NoSchema => f.write_str(
                "no schema of `search_path` exists, so that there is no place for the history of migrations: create one",
            ),
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Error {
        Error::new(Kind::Migration, refusal.to_string()).with_refusal(refusal)
    }
}

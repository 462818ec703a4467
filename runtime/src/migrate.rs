//! Migrations, run: from a program with `db.migrate()`, or from `rexc migrate`, by the same runner.
//!
//! ```text
//! Runner ──▶ history ──▶ what is next ──▶ one step ──▶ history ──▶ … until nothing is next
//!                          (`plan`)        (`step`)
//! ```
//!
//! What was done is read from the database once, and each step looks again whether it still is so; a step
//! is kept together with the row that says so: there is no state in between that somebody would have to mend. A step that cannot be
//! in a transaction is preceded by a look at the database itself.
//!
//! Nothing here knows which database it is: that is behind [`Direct`](crate::adapter::Direct).

mod backfill;
mod history;
mod options;
mod parsed;
mod plan;
mod refusal;
mod report;
mod runner;
mod step;

pub use history::Direction;
pub use options::Options;
pub use plan::PendingStep;
pub use refusal::Refusal;
pub use report::{Done, Event, MigrationState, MigrationStatus, Report, Status, UnknownMigration};
pub use rex_sql::migration::{Checksum, Head, Migration, Migrations, Scripts};
pub use runner::Runner;

use crate::adapter::BoxFuture;
use crate::db::Db;
use crate::error::Result;

/// A generated `Db` that has migrations in it. One without still has the methods, so that whoever calls
/// them is told what is missing.
///
/// The lifetime says nothing: a bound without one that never holds is an error where it stands, not where
/// the method is called.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "this crate has no migrations yet",
    label = "there is nothing to apply",
    note = "`rexc migrate new NAME` makes the first migration of the schema",
    note = "for tests and prototypes, `create_schema()` makes the tables in an empty database"
)]
pub trait Embeds<'a> {
    /// What is compiled in.
    const MIGRATIONS: &'static Migrations;
}

impl Db {
    /// Brings the database to the last of these migrations. Where all are there already, that is one
    /// connection and one query.
    ///
    /// Of several programs that start at once, one does it, and the others wait. What is done and how long
    /// is waited is said with a [`Runner`].
    ///
    /// # Errors
    ///
    /// Of [`Kind::Migration`](crate::Kind::Migration) when the migrations and the database do not belong
    /// together, with an [`Error::refusal`](crate::Error::refusal); and those of the statements, with the
    /// file and the line. Steps before that are kept, and the next run goes on behind them.
    pub fn migrate<'a>(&'a self, migrations: &'a Migrations) -> BoxFuture<'a, Result<Report>> {
        Box::pin(async move { Runner::new(self, migrations).apply().await })
    }
}

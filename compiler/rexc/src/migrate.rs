//! `rexc migrate`: migrations, from the schema to the database.
//!
//! ```text
//! schema/*.rex ──┐
//!                ├─ new ──▶ migrations/<time>_<name>/{schema.rex, *.up.sql, *.down.sql} ──apply──▶ database
//! the last one ──┘                                        ◀── verify, status, diff, rollback, redo
//! ```

mod clock;
mod decide;
mod files;
mod live;
mod new;
mod place;
mod prove;
mod run;
mod status;
mod steps;
mod summary;
mod verify;

use crate::{Console, Exit, Stop};
use place::Places;

/// Change databases with the schema
///
/// Without a command, the migrations that a database does not have are applied.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    common: Common,
}

/// What all commands take.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Common {
    #[command(flatten)]
    places: Places,
    /// Tell what would be done, and do nothing
    #[arg(long, global = true)]
    dry_run: bool,
    /// Accept what would be lost, by name (`drop_column:posts.body`) or by kind (`drop_column`)
    #[arg(long, value_name = "NAMES", value_delimiter = ',', global = true)]
    allow: Vec<String>,
    /// How to write what was done; json goes to the output
    #[arg(long, value_name = "FORMAT", default_value = "text", global = true)]
    format: Format,
}

/// How results are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people
    #[default]
    Text,
    /// A JSON object
    Json,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Apply(run::Apply),
    New(new::Arguments),
    Rollback(run::Rollback),
    Status(status::Arguments),
    Redo(run::Redo),
    Verify(verify::Arguments),
    Baseline(status::Baseline),
}

pub(crate) fn run(arguments: &Arguments, console: &mut Console<'_>) -> Result<Exit, Stop> {
    let common = &arguments.common;
    match &arguments.command {
        Some(Command::Apply(arguments)) => run::apply(arguments, common, console),
        Some(Command::New(arguments)) => new::run(arguments, common, console),
        Some(Command::Rollback(arguments)) => run::rollback(arguments, common, console),
        Some(Command::Status(arguments)) => status::status(arguments, common, console),
        Some(Command::Redo(arguments)) => run::redo(arguments, common, console),
        Some(Command::Verify(arguments)) => verify::run(arguments, common, console),
        Some(Command::Baseline(arguments)) => status::baseline(arguments, common, console),
        None => run::apply(&run::Apply::default(), common, console),
    }
}

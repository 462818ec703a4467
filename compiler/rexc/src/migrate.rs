//! `rexc migrate`: migrations, from the schema to the database.
//!
//! ```text
//! schema/*.rex ──┐
//!                ├─ new ──▶ migrations/<time>_<name>/{schema.rex, *.up.sql, *.down.sql} ──apply──▶ database
//! the last one ──┘                                        ◀── verify, status, diff, rollback, redo
//! ```

mod alike;
mod clock;
pub(crate) mod decide;
mod differ;
mod files;
pub(crate) mod live;
mod merge;
pub(crate) mod new;
pub(crate) mod place;
mod prove;
mod rebase;
mod rename;
pub(crate) mod runs;
mod squash;
mod status;
pub(crate) mod steps;
pub(crate) mod summary;
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
    pub(crate) places: Places,
    /// Tell what would be done, and do nothing
    #[arg(long, global = true)]
    pub(crate) dry_run: bool,
    /// Accept what would be lost, by name (`drop_column:posts.body`) or by kind (`drop_column`)
    #[arg(long, value_name = "NAMES", value_delimiter = ',', global = true)]
    pub(crate) allow: Vec<String>,
    /// How to write what was done; json goes to the output
    #[arg(long, value_name = "FORMAT", default_value = "text", global = true)]
    pub(crate) format: Format,
}

/// How results are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people
    #[default]
    Text,
    /// A JSON object
    Json,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Apply(runs::Apply),
    New(new::Arguments),
    Rollback(runs::Rollback),
    Status(status::Arguments),
    Redo(runs::Redo),
    Verify(verify::Arguments),
    Diff(differ::Arguments),
    Baseline(status::Baseline),
    Squash(squash::Arguments),
    Rebase(rebase::Arguments),
}

pub(crate) fn run(arguments: &Arguments, console: &mut Console<'_>) -> Result<Exit, Stop> {
    let common = &arguments.common;
    match &arguments.command {
        Some(Command::Apply(arguments)) => runs::apply(arguments, common, console),
        Some(Command::New(arguments)) => new::run(arguments, common, console),
        Some(Command::Rollback(arguments)) => runs::rollback(arguments, common, console),
        Some(Command::Status(arguments)) => status::run(arguments, common, console),
        Some(Command::Redo(arguments)) => runs::redo(arguments, common, console),
        Some(Command::Verify(arguments)) => verify::run(arguments, common, console),
        Some(Command::Diff(arguments)) => differ::run(arguments, common, console),
        Some(Command::Baseline(arguments)) => status::baseline(arguments, common, console),
        Some(Command::Squash(arguments)) => squash::run(arguments, common, console),
        Some(Command::Rebase(arguments)) => rebase::run(arguments, common, console),
        None => runs::apply(&runs::Apply::default(), common, console),
    }
}

/// Undo the last migrations: `rexc migrate rollback` by another name
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(crate) struct Rollback {
    #[command(flatten)]
    rollback: runs::Rollback,
    #[command(flatten)]
    common: Common,
}

pub(crate) fn rollback(arguments: &Rollback, console: &mut Console<'_>) -> Result<Exit, Stop> {
    runs::rollback(&arguments.rollback, &arguments.common, console)
}

/// Make something
#[derive(Debug, clap::Args)]
pub(crate) struct Generate {
    #[command(subcommand)]
    what: Generated,
}

#[derive(Debug, clap::Subcommand)]
enum Generated {
    /// A migration of what has changed in the schema: `rexc migrate new` by another name
    Migration {
        #[command(flatten)]
        new: new::Arguments,
        #[command(flatten)]
        common: Common,
    },
}

pub(crate) fn generate(arguments: &Generate, console: &mut Console<'_>) -> Result<Exit, Stop> {
    let Generated::Migration { new, common } = &arguments.what;
    new::run(new, common, console)
}

//! `rexc migrate`: migrations, from the schema to the database.
//!
//! ```text
//! schema/*.rex ──┐
//!                ├─ new ──▶ migrations/<time>_<name>/{schema.rex, *.up.sql, *.down.sql} ──apply──▶ database
//! the last one ──┘                                        ◀── verify, status, diff, rollback, redo
//! ```

mod adopt;
mod alike;
mod clock;
pub(crate) mod decide;
mod differ;
mod files;
mod folders;
pub(crate) mod live;
mod merge;
pub(crate) mod new;
pub(crate) mod place;
mod prove;
mod rebase;
mod rename;
mod runs;
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
    #[arg(long, value_name = "NAMES", global = true)]
    allow: Vec<String>,
    /// How to write what was done; json goes to the output
    #[arg(long, value_name = "FORMAT", default_value = "text", global = true)]
    pub(crate) format: Format,
}

impl Common {
    /// The names that are accepted.
    pub(crate) fn allowed(&self) -> Vec<String> {
        self.allow.iter().flat_map(|names| decide::split(names)).collect()
    }
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
    let ended = dispatch(arguments.command.as_ref(), common, console);
    in_format(ended, common, console)
}

fn dispatch(command: Option<&Command>, common: &Common, console: &mut Console<'_>) -> Result<Exit, Stop> {
    match command {
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

/// Tells a failure to programs too: whoever asks for an object gets one. What is to be decided was told so.
pub(crate) fn in_format(
    ended: Result<Exit, Stop>,
    common: &Common,
    console: &mut Console<'_>,
) -> Result<Exit, Stop> {
    let message = match &ended {
        Err(Stop::Reason(reason) | Stop::Failed(reason) | Stop::Ended(reason, _)) => reason,
        Err(Stop::Told(Exit::Errors)) => "the schema or its migrations have faults: see `rexc check`",
        Ok(_) | Err(Stop::Told(_) | Stop::Output(_)) => return ended,
    };
    if common.format == Format::Json {
        summary::json(&serde_json::json!({ "status": "failed", "message": message }), console)?;
    }
    ended
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
    let ended = runs::rollback(&arguments.rollback, &arguments.common, console);
    in_format(ended, &arguments.common, console)
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
    let ended = new::run(new, common, console);
    in_format(ended, common, console)
}

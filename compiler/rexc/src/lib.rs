//! The command line of Rex, as a library: `rexc` itself is [`run`] on the process's arguments.
//!
//! ```text
//! arguments ──clap──▶ Command ──find──▶ [Target] ──check, codegen, ddl──▶ text, Exit
//!                      ├─────────────────────explain──────────▶ text, Exit
//!                      ├──find──▶ [Loaded] ───fmt──────────────▶ files or text, Exit
//!                      └──place─▶ Target, History, Live ──migrate, push──▶ files, a database, Exit
//! ```
//!
//! # Invariants
//!
//! 1. What a command was asked for goes to the output, everything else to the error stream.
//! 2. Nothing here panics on what a user wrote: what cannot be done is said in one line, with what
//!    to do.
//! 3. Files in messages are named from the current directory on.

mod check;
mod codegen;
mod console;
mod ddl;
mod diff;
mod explain;
mod find;
mod fix;
mod fmt;
mod format;
mod inspect;
mod levels;
mod migrate;
mod plans;
mod push;
mod replace;

use std::ffi::OsString;
use std::io::IsTerminal;

use clap::error::ErrorKind;
use clap::{Parser, Subcommand};
use rex_compiler::diagnostic::Colour;

pub use console::{Console, Stream};

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// All is well; there may be warnings.
    Clean = 0,
    /// A schema has errors, generated code is stale, or a layout is to be changed.
    Errors = 1,
    /// It could not be done: the arguments are wrong, or something is missing or unreadable.
    CouldNotRun = 2,
    /// Somebody has to decide: a migration would lose something, or has two readings.
    NeedsDecision = 3,
    /// The database is not what its migrations say.
    Drift = 4,
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> std::process::ExitCode {
        std::process::ExitCode::from(exit as u8)
    }
}

/// Why a command ended early.
#[derive(Debug)]
enum Stop {
    /// One line that says why it could not run, and what to do.
    Reason(String),
    /// It ran and failed; one line that says why, and what to do.
    Failed(String),
    /// One line that says why, and what to do; and what that comes to.
    Ended(String, Exit),
    /// It was told already.
    Told(Exit),
    /// The output cannot be written.
    Output(std::io::Error),
}

impl From<std::io::Error> for Stop {
    fn from(error: std::io::Error) -> Stop {
        Stop::Output(error)
    }
}

/// Compiles Rex schemas.
///
/// A crate keeps its schema in `schema/`, as `.rex` files, and says in its Cargo.toml which
/// databases it is for:
///
///     [package.metadata.rex]
///     databases = ["sqlite", "postgres"]
#[derive(Debug, Parser)]
#[command(name = "rexc", version, verbatim_doc_comment, disable_help_subcommand = true, after_help = EXITS)]
struct Arguments {
    /// When to use colours
    ///
    /// `auto` follows the terminal, `NO_COLOR` and `CLICOLOR_FORCE`.
    #[arg(long, global = true, value_name = "WHEN", default_value_t, hide_default_value = true)]
    color: console::When,
    #[command(subcommand)]
    command: Command,
}

const EXITS: &str = "\
Exit status: 0 when all is well, warnings included; 1 when a schema has errors, generated code is \
stale, a layout is to be changed or a migration fails; 2 when it could not run; 3 when somebody has to \
decide what a migration does; 4 when a database is not what its migrations say.";

#[derive(Debug, Subcommand)]
enum Command {
    Check(check::Arguments),
    Codegen(codegen::Arguments),
    Ddl(ddl::Arguments),
    Debug(inspect::Debug),
    Explain(explain::Arguments),
    Fmt(fmt::Arguments),
    Generate(migrate::Generate),
    Inspect(inspect::Arguments),
    Migrate(migrate::Arguments),
    Push(push::Arguments),
    Rollback(migrate::Rollback),
}

/// Runs the command line `arguments`, the first of which is the program's name, on the process's
/// streams.
pub fn run<A: Into<OsString> + Clone>(arguments: impl IntoIterator<Item = A>) -> Exit {
    let folder = match std::env::current_dir() {
        Ok(folder) => folder,
        Err(error) => {
            eprintln!("error: the current directory cannot be used: {error}");
            return Exit::CouldNotRun;
        }
    };
    let mut input = std::io::stdin().lock();
    let (mut out, mut err) = (std::io::stdout().lock(), std::io::stderr().lock());
    let (out, err) = (console::standard(&mut out), console::standard(&mut err));
    let asks = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
    let now = std::time::SystemTime::now();
    run_in(arguments, &mut Console { folder, input: &mut input, out, err, asks, now })
}

/// Runs a command line as if in another folder, on other streams.
pub fn run_in<A: Into<OsString> + Clone>(
    arguments: impl IntoIterator<Item = A>,
    console: &mut Console<'_>,
) -> Exit {
    let result = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => {
            console.set_colours(arguments.color);
            dispatch(&arguments.command, console)
        }
        Err(error) => usage(&error, console),
    };
    let flushed = console.out.write.flush().map_err(Stop::from);
    match result.and_then(|exit| flushed.map(|()| exit)) {
        Ok(exit) => exit,
        // Whoever reads has seen enough, as `head` has.
        Err(Stop::Output(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => Exit::Clean,
        Err(Stop::Output(error)) => console.fail(&format!("the output cannot be written: {error}")),
        Err(Stop::Reason(reason)) => console.fail(&reason),
        Err(Stop::Failed(reason)) => {
            console.fail(&reason);
            Exit::Errors
        }
        Err(Stop::Ended(reason, exit)) => {
            console.fail(&reason);
            exit
        }
        Err(Stop::Told(exit)) => exit,
    }
}

fn dispatch(command: &Command, console: &mut Console<'_>) -> Result<Exit, Stop> {
    match command {
        Command::Check(arguments) => check::run(arguments, console),
        Command::Codegen(arguments) => codegen::run(arguments, console),
        Command::Ddl(arguments) => ddl::run(arguments, console),
        Command::Debug(arguments) => inspect::debug(arguments, console),
        Command::Explain(arguments) => explain::run(arguments, console),
        Command::Fmt(arguments) => fmt::run(arguments, console),
        Command::Generate(arguments) => migrate::generate(arguments, console),
        Command::Inspect(arguments) => inspect::run(arguments, console),
        Command::Migrate(arguments) => migrate::run(arguments, console),
        Command::Push(arguments) => push::run(arguments, console),
        Command::Rollback(arguments) => migrate::rollback(arguments, console),
    }
}

/// Help and the version, when asked for, and what is wrong with the arguments.
fn usage(error: &clap::Error, console: &mut Console<'_>) -> Result<Exit, Stop> {
    let (stream, exit) = match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => (&mut console.out, Exit::Clean),
        _ => (&mut console.err, Exit::CouldNotRun),
    };
    let text = error.render();
    match stream.colour {
        Colour::Ansi => write!(stream.write, "{}", text.ansi())?,
        Colour::Never => write!(stream.write, "{text}")?,
    }
    Ok(exit)
}

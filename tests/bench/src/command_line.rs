//! The arguments and their help.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Measures Rex.
///
/// Run it as `cargo run --release -p rex-bench -- …`, on a machine that does nothing else.
#[derive(Debug, Parser)]
#[command(name = "rex-bench", max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Compiler(CompilerArguments),
    Runtime(RuntimeArguments),
    Planner(PlannerArguments),
    /// Measures what memory a million rows take to be written, in batches of 10,000, and 100,000 to be
    /// streamed, beyond what the first batch took. For Linux.
    Memory {
        /// Print a line of JSON for each measurement: database, workload, rows, `more_bytes`
        #[arg(long)]
        json: bool,
    },
    Instructions(InstructionsArguments),
    #[command(hide = true)]
    Repeat(RepeatArguments),
    Sample(SampleArguments),
}

/// Measures the compiler on schemas of 100, 1,000 and 10,000 models.
///
/// Each model has 12 columns, a required relation to another model and the list that is its other
/// side; 20 models stand in a file. Times are medians of several runs after a first one. `growth` is
/// the time of one model, as a multiple of what it is in the smallest schema:
///
///   parse           text to syntax trees, on one thread
///   check           text to schema: parsing is in it, on threads
///   format          text to text in canonical layout
///   generate        schema to Rust: tokens and layout (to 1,000 models, as all below)
///   layout          what prettyplease takes of that, on one thread
///   generate, kept  the same when nothing has changed since an earlier run
///   total           text to Rust, as a build script does it, without reading and writing files
///   total, one changed  the same after an earlier run, with a column more in one model
///   rexc check      the whole process, reading the files included
///   build script    the process that cargo makes of a `build.rs`, with an empty `OUT_DIR`, with a
///                   column more or less in one model, and with no change (100 models)
///   cargo-check     `cargo check` of a crate that is the generated code, all its dependencies
///                   checked before, without incremental compilation (100 models)
///
/// The profile `dev` is the unoptimised one that build scripts get; this program is built and run
/// once more for it.
#[derive(Args, Debug)]
#[command(verbatim_doc_comment)]
pub(crate) struct CompilerArguments {
    /// Print a line of JSON for each measurement: workload, models, profile, ns,
    /// growth, hits, lines, `peak_bytes`
    #[arg(long)]
    pub(crate) json: bool,

    /// How many models
    #[arg(long, value_delimiter = ',', default_value = "100,1000,10000", value_name = "N,…")]
    pub(crate) models: Vec<usize>,

    /// Only the stages, only in the profile that this program is built in
    #[arg(long, hide = true)]
    pub(crate) stages_only: bool,
}

/// Writes the schema that the compiler is measured with into a folder, for other tools.
#[derive(Args, Debug)]
pub(crate) struct SampleArguments {
    /// How many models
    #[arg(value_name = "N")]
    pub(crate) models: usize,

    /// Where the `.rex` files go
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
}

/// Measures the runtime against rusqlite and tokio-postgres.
///
/// Rex and the driver take turns in one process, on databases with the same settings, tables and
/// rows, and answer with the same structs. The driver's side is written by hand, with prepared
/// statements. Times are medians; the ratio is the median of the turns' own ratios, Rex's time by
/// the driver's.
///
/// `cpu` is the time of the processor in this process, on all threads; a server's is its own. `memory`
/// is the most that is held at once, on the thread of the workload: what came back, and what it was
/// made of.
///
///   get, find        rows of 6 columns by their key, and all up to a key
///   left join        users and their posts
///   insert, update   one row, and the row is read back; `insert many` likewise
///   transaction      one row read by its key, one written, one changed
///   nested           users, each with 10 posts, each with 10 comments: rows are the users
///   tasks            so many tasks at once, on pools of 8 connections: each reads 4 rows by their keys
///
/// Run it by `taskset -c 0`, too: between cores a wake-up costs more than most of what is measured.
///
/// PostgreSQL is a server of its own, started for the run; `REX_TEST_POSTGRES_URL` names another
/// one, `PGBIN` the folder of `initdb`.
#[derive(Args, Clone, Debug)]
#[command(verbatim_doc_comment)]
pub(crate) struct RuntimeArguments {
    /// Print a line of JSON for each measurement: database, workload, rows, `rex_ns`, `raw_ns`, ratio,
    /// `rex_cpu_ns`, `raw_cpu_ns`, `rex_bytes`, `raw_bytes`
    #[arg(long)]
    pub(crate) json: bool,

    /// Only one database; sqlite is measured in memory and in a file
    #[arg(long)]
    pub(crate) database: Option<Database>,

    /// Only workloads whose name contains this
    #[arg(long, value_name = "TEXT")]
    pub(crate) workload: Option<String>,
}

/// Measures migrations of a schema of 1,000 tables.
///
/// Times are the best of several runs, each of `rexc` from its start to its end, inspection excepted:
///
///   migrate new, not tried   one column more in one model, for PostgreSQL without a server
///   migrate new, tried       the same for SQLite: all tables are made, and the change goes up,
///                            down and up again
///   migrate apply            all tables, beside psql with the same file in one transaction
///   inspection               the catalogue read and understood, on a connection that is there
///   … migrations of 3 steps  a history that is long instead of wide, applied to an empty database
///
/// PostgreSQL is as for `runtime`; psql is that of the same folder.
#[derive(Args, Clone, Debug)]
#[command(verbatim_doc_comment)]
pub(crate) struct PlannerArguments {
    /// Print a line of JSON for each measurement: workload, ns, `limit_ns`, `other_ns`
    #[arg(long)]
    pub(crate) json: bool,

    /// How many tables
    #[arg(long, default_value = "1000", value_name = "N")]
    pub(crate) tables: usize,

    /// How often each is run
    #[arg(long, default_value = "5", value_name = "N")]
    pub(crate) runs: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Database {
    Sqlite,
    Postgres,
}

/// Where a workload is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Where {
    Memory,
    File,
    Postgres,
}

/// Counts what a workload costs, in instructions, by valgrind. PostgreSQL's are those of the client.
///
/// Unlike a time, that number is the same on a busy machine. Setting up is taken out: it is the
/// difference of a longer and a shorter run, each in a process of its own, by the number of times.
#[derive(Args, Clone, Debug)]
pub(crate) struct InstructionsArguments {
    /// Print a line of JSON for each measurement: database, workload, rows, rex, raw, ratio
    #[arg(long)]
    pub(crate) json: bool,

    /// Only one database
    #[arg(long)]
    pub(crate) database: Option<Database>,

    /// Only workloads whose name contains this
    #[arg(long, value_name = "TEXT")]
    pub(crate) workload: Option<String>,

    /// The rows of the workloads
    #[arg(long, default_value = "1", value_name = "N")]
    pub(crate) rows: usize,

    /// Keep valgrind's profile of Rex's longer run in this file, for `callgrind_annotate`
    #[arg(long, value_name = "FILE")]
    pub(crate) profile: Option<PathBuf>,
}

/// Runs one side of a workload so many times: what [`InstructionsArguments`] counts.
#[derive(Args, Clone, Debug)]
pub(crate) struct RepeatArguments {
    #[arg(long)]
    pub(crate) workload: String,
    #[arg(long)]
    pub(crate) rows: usize,
    #[arg(long)]
    pub(crate) raw: bool,
    #[arg(long)]
    pub(crate) place: Where,
    #[arg(long)]
    pub(crate) times: u64,
}

//! Measures the runtime against the raw drivers.

pub(crate) mod instructions;
pub(crate) mod memory;
mod places;
mod turns;
mod workloads;

/// What leads to the server of the tests by another way, which is not gone here.
#[allow(dead_code, reason = "shared with the tests")]
#[path = "../../support/pgbouncer.rs"]
mod pgbouncer;

/// The throwaway server of the tests, of which not everything is used here.
#[allow(dead_code, reason = "shared with the tests")]
#[path = "../../support/postgres.rs"]
pub(crate) mod postgres;

/// The generated code of `schema/`.
mod schema {
    rex_orm::include_schema!();
}

use serde::Serialize;
use tokio::runtime::Runtime;

use crate::Failure;
use crate::command_line::{Database, RepeatArguments, RuntimeArguments, Where};
use crate::report::{Measurement, Report, progress, size, time};
use places::Place;

/// Measures all that the arguments ask for.
pub(crate) fn run(arguments: &RuntimeArguments) -> Result<(), Failure> {
    let runtime = Runtime::new()?;
    let mut report = Report::new::<Measured>(arguments.json);
    for database in [Database::Sqlite, Database::Postgres] {
        if arguments.database.is_some_and(|only| only != database) {
            continue;
        }
        // As in a server's request handler: on a thread of the runtime's, not on the main one.
        let arguments = arguments.clone();
        let measured = runtime.block_on(runtime.spawn(async move { measure(database, &arguments).await }))?;
        measured?.iter().try_for_each(|measured| report.add(measured))?;
    }
    Ok(report.finish()?)
}

async fn measure(database: Database, arguments: &RuntimeArguments) -> Result<Vec<Measured>, Failure> {
    let places = match database {
        Database::Sqlite => vec![Place::sqlite_in_memory().await?, Place::sqlite_file().await?],
        Database::Postgres => vec![Place::postgres().await?],
    };
    let mut all = Vec::new();
    for mut place in places {
        for workload in workloads::all() {
            let name = workload.name();
            if arguments.workload.as_ref().is_some_and(|only| !name.contains(only.as_str())) {
                continue;
            }
            if database == Database::Sqlite && !workload.is_for_sqlite() {
                continue;
            }
            let rows = workload.rows();
            progress(&format!("{name} of {rows} on {}", place.name));
            let pair = turns::measure(&*workload, &mut place).await?;
            let (database, workload) = (place.name, name);
            let turns::Pair { rex, raw, ratio } = pair;
            all.push(Measured {
                database,
                workload,
                rows,
                rex_ns: rex.ns,
                raw_ns: raw.ns,
                ratio,
                rex_cpu_ns: rex.cpu_ns,
                raw_cpu_ns: raw.cpu_ns,
                rex_bytes: rex.bytes,
                raw_bytes: raw.bytes,
            });
        }
    }
    Ok(all)
}

/// Runs one side of one workload, and measures nothing.
pub(crate) fn repeat(arguments: &RepeatArguments) -> Result<(), Failure> {
    let runtime = Runtime::new()?;
    let arguments = arguments.clone();
    runtime.block_on(runtime.spawn(async move {
        let (name, rows) = (arguments.workload.as_str(), arguments.rows);
        let mut all = workloads::all().into_iter();
        let workload = all.find(|workload| workload.name() == name && workload.rows() == rows);
        let workload = workload.ok_or("there is no such workload")?;
        let mut place = match arguments.place {
            Where::Memory => Place::sqlite_in_memory().await?,
            Where::File => Place::sqlite_file().await?,
            Where::Postgres => Place::postgres().await?,
        };
        match arguments.raw {
            true => place.raw.run(&*workload, 0..arguments.times).await,
            false => workload.rex(&place.db, 0..arguments.times).await,
        }
    }))?
}

/// What a workload took.
#[derive(Debug, Serialize)]
struct Measured {
    database: &'static str,
    workload: &'static str,
    /// Rows that are read or written at one time.
    rows: usize,
    rex_ns: u64,
    raw_ns: u64,
    /// Rex's time by the driver's.
    ratio: f64,
    rex_cpu_ns: u64,
    raw_cpu_ns: u64,
    /// The most memory that is held at once.
    rex_bytes: u64,
    raw_bytes: u64,
}

impl Measurement for Measured {
    const HEAD: &'static [&'static str] = &[
        "database",
        "workload",
        "rows",
        "rex",
        "raw",
        "ratio",
        "rex cpu",
        "raw cpu",
        "rex memory",
        "raw memory",
    ];

    fn cells(&self) -> Vec<String> {
        vec![
            self.database.to_owned(),
            self.workload.to_owned(),
            self.rows.to_string(),
            time(self.rex_ns),
            time(self.raw_ns),
            format!("{:.2}", self.ratio),
            time(self.rex_cpu_ns),
            time(self.raw_cpu_ns),
            size(self.rex_bytes),
            size(self.raw_bytes),
        ]
    }
}

//! Measures migrations of a large schema: planned, proved, inspected and applied.

mod history;
mod live;
mod program;

use std::time::Duration;

use serde::Serialize;
use tempfile::TempDir;

use crate::Failure;
use crate::command_line::PlannerArguments;
use crate::compiler::write_sample;
use crate::report::{Measurement, Report, progress, time};
use crate::runtime::postgres::{self, Server};
use program::Program;

/// Measures all that the arguments ask for.
pub(crate) fn run(arguments: &PlannerArguments) -> Result<(), Failure> {
    let mut report = Report::new::<Measured>(arguments.json);
    let rexc = Program::build()?;
    let (tables, runs) = (arguments.tables, arguments.runs);
    let server = match std::env::var_os("REX_TEST_POSTGRES_URL") {
        Some(_) => None,
        None => Some(Server::start()?),
    };
    let server = server.as_ref().unwrap_or_else(|| postgres::server());
    let sample = Sample::make(tables, &rexc)?;

    for database in ["postgres", "sqlite"] {
        progress(&format!("a migration of {tables} tables for {database}"));
        let workload = match database {
            "postgres" => "migrate new, not tried",
            _ => "migrate new, tried on SQLite",
        };
        let limit = if database == "postgres" { Duration::from_millis(150) } else { Duration::from_secs(1) };
        let ns = program::new(&rexc, &sample, database, runs)?;
        report.add(&Measured::new(workload, ns).within(limit))?;
    }
    progress(&format!("applying {tables} tables to PostgreSQL"));
    let [rex, psql] = live::apply(&rexc, &sample, server, runs)?;
    report.add(&Measured::new("migrate apply, PostgreSQL", rex).beside("psql", psql, 1.3))?;
    progress(&format!("inspecting {tables} tables"));
    let ns = live::inspect(&sample, server, runs)?;
    report.add(&Measured::new("inspection, PostgreSQL", ns).within(Duration::from_secs(1)))?;
    for migrations in [50, 500] {
        progress(&format!("applying {migrations} migrations"));
        for (database, ns) in history::apply(&rexc, server, migrations, runs)? {
            let workload = format!("migrate apply, {migrations} migrations of 3 steps, {database}");
            report.add(&Measured::new(&workload, ns))?;
        }
    }
    Ok(report.finish()?)
}

/// The sample schema, and the migration that makes it, for each database.
struct Sample(TempDir);

impl Sample {
    fn make(tables: usize, rexc: &Program) -> Result<Sample, Failure> {
        let folder = tempfile::tempdir()?;
        write_sample(tables, &folder.path().join("schema"))?;
        // As people keep it.
        rexc.run(folder.path(), &["fmt", "schema"])?;
        Ok(Sample(folder))
    }
}

/// What something took.
#[derive(Debug, Serialize)]
struct Measured {
    workload: String,
    /// The best of several runs: whatever else the machine does only adds to it.
    ns: u64,
    /// What it may take.
    #[serde(skip_serializing_if = "Option::is_none")]
    limit_ns: Option<u64>,
    /// What the other one took.
    #[serde(skip_serializing_if = "Option::is_none")]
    other_ns: Option<u64>,
    #[serde(skip)]
    limit: String,
}

impl Measured {
    fn new(workload: &str, ns: u64) -> Measured {
        Measured { workload: workload.to_owned(), ns, limit_ns: None, other_ns: None, limit: String::new() }
    }

    fn within(self, limit: Duration) -> Measured {
        let limit = limit.as_nanos() as u64;
        Measured { limit_ns: Some(limit), limit: time(limit), ..self }
    }

    /// It may take so many times what another program takes.
    fn beside(self, other: &str, ns: u64, factor: f64) -> Measured {
        let limit = (ns as f64 * factor) as u64;
        Measured {
            limit_ns: Some(limit),
            other_ns: Some(ns),
            limit: format!("{} ({factor} × {other})", time(limit)),
            ..self
        }
    }
}

impl Measurement for Measured {
    const HEAD: &'static [&'static str] = &["workload", "time", "limit", ""];

    fn cells(&self) -> Vec<String> {
        let verdict = match self.limit_ns {
            Some(limit) if self.ns <= limit => "within",
            Some(_) => "over",
            None => "",
        };
        vec![self.workload.clone(), time(self.ns), self.limit.clone(), verdict.to_owned()]
    }
}

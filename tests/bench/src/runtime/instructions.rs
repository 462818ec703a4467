//! Instructions by valgrind, of this same program.

use std::path::Path;
use std::process::Command;

use clap::ValueEnum;
use serde::Serialize;

use super::workloads;
use crate::Failure;
use crate::command_line::{Database, InstructionsArguments, Where};
use crate::report::{Measurement, Report, progress};

/// How often a workload is done in the shorter run; in the longer one three times as often.
const TIMES: u64 = 500;

/// The databases, as a report calls them.
const PLACES: [(&str, Database, Where); 3] = [
    ("sqlite, memory", Database::Sqlite, Where::Memory),
    ("sqlite, file", Database::Sqlite, Where::File),
    ("postgres", Database::Postgres, Where::Postgres),
];

/// Counts all that the arguments ask for.
pub(crate) fn run(arguments: &InstructionsArguments) -> Result<(), Failure> {
    let mut report = Report::new::<Counted>(arguments.json);
    for (name, database, place) in PLACES {
        if arguments.database.is_some_and(|only| only != database) {
            continue;
        }
        for workload in workloads::all() {
            let (workload, rows) = (workload.name(), workload.rows());
            let is_asked = arguments.workload.as_ref().is_none_or(|only| workload.contains(only.as_str()));
            if rows != arguments.rows || !is_asked {
                continue;
            }
            progress(&format!("{workload} of {rows} on {name}"));
            let side = |raw, profile| count(&Side { workload, rows, raw, place }, profile);
            let rex = side(false, arguments.profile.as_deref())?;
            let raw = side(true, None)?;
            let ratio = rex as f64 / raw as f64;
            report.add(&Counted { database: name, workload, rows, rex, raw, ratio })?;
        }
    }
    Ok(report.finish()?)
}

struct Side {
    workload: &'static str,
    rows: usize,
    raw: bool,
    place: Where,
}

/// The instructions of one time.
fn count(side: &Side, profile: Option<&Path>) -> Result<u64, Failure> {
    let shorter = of_a_process(side, TIMES, None)?;
    let longer = of_a_process(side, 3 * TIMES, profile)?;
    Ok(longer.saturating_sub(shorter) / (2 * TIMES))
}

fn of_a_process(side: &Side, times: u64, profile: Option<&Path>) -> Result<u64, Failure> {
    let mut command = Command::new("valgrind");
    let out = profile.unwrap_or_else(|| Path::new("/dev/null"));
    command.arg("--tool=callgrind").arg(format!("--callgrind-out-file={}", out.display()));
    command.arg(std::env::current_exe()?).arg("repeat");
    command.args(["--workload", side.workload, "--rows", &side.rows.to_string()]);
    command.args(["--times", &times.to_string()]);
    let place = side.place.to_possible_value().expect("no place is hidden");
    command.args(["--place", place.get_name()]).args(side.raw.then_some("--raw"));
    let output = command.output().map_err(|error| format!("valgrind cannot be run: {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    let collected = said.lines().find_map(|line| line.split("Collected :").nth(1));
    match collected.and_then(|number| number.trim().parse().ok()) {
        Some(number) if output.status.success() => Ok(number),
        _ => Err(format!("valgrind failed:\n{said}").into()),
    }
}

/// What a workload took, in instructions of one time.
#[derive(Debug, Serialize)]
struct Counted {
    database: &'static str,
    workload: &'static str,
    rows: usize,
    rex: u64,
    raw: u64,
    /// Rex's by the driver's.
    ratio: f64,
}

impl Measurement for Counted {
    const HEAD: &'static [&'static str] = &["database", "workload", "rows", "rex", "raw", "ratio"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.database.to_owned(),
            self.workload.to_owned(),
            self.rows.to_string(),
            self.rex.to_string(),
            self.raw.to_string(),
            format!("{:.2}", self.ratio),
        ]
    }
}

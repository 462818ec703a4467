//! How much memory it takes to write and to read many rows: as much for a million as for a batch.

use std::fs;

use serde::Serialize;

use super::places::Place;
use super::schema::{Db, NewEntry};
use crate::Failure;
use crate::report::{Measurement, Report, progress};

/// Rows that are written, so many in one call.
const WRITTEN: u32 = 1_000_000;
const BATCH: u32 = 10_000;

/// Rows that are read, as one stream.
const READ: u64 = 100_000;

/// Measures both databases.
pub(crate) fn run(json: bool) -> Result<(), Failure> {
    let runtime = tokio::runtime::Runtime::new()?;
    let mut report = Report::new::<Measured>(json);
    let measured: Result<Vec<Measured>, Failure> = runtime.block_on(async {
        let mut all = Vec::new();
        for place in [Place::sqlite_file().await?, Place::postgres().await?] {
            progress(&format!("memory on {}", place.name));
            all.extend(measure(place.name, &place.db).await?);
        }
        Ok(all)
    });
    measured?.iter().try_for_each(|measured| report.add(measured))?;
    Ok(report.finish()?)
}

async fn measure(database: &'static str, db: &Db) -> Result<[Measured; 2], Failure> {
    write(db, BATCH).await?;
    let before = restart_high_water()?;
    write(db, WRITTEN).await?;
    let written = Measured { database, workload: "insert", rows: WRITTEN.into(), more_bytes: more(before)? };
    read(db, u64::from(BATCH)).await?;
    let before = restart_high_water()?;
    read(db, READ).await?;
    let read = Measured { database, workload: "stream", rows: READ, more_bytes: more(before)? };
    Ok([written, read])
}

/// Writes rows in one transaction, batch by batch.
async fn write(db: &Db, rows: u32) -> Result<(), Failure> {
    let transaction = db.begin().await?;
    for first in (0..rows).step_by(BATCH as usize) {
        let batch = (first..first + BATCH).map(|number| NewEntry {
            id: None,
            title: format!("The entry that is called {number}"),
            amount: 1,
            done: None,
        });
        transaction.entry().copy_in(batch).await?;
    }
    Ok(transaction.commit().await?)
}

async fn read(db: &Db, rows: u64) -> Result<(), Failure> {
    let mut entries = db.entry().find().limit(rows).stream();
    let mut seen = 0;
    while entries.try_next().await?.is_some() {
        seen += 1;
    }
    if seen == rows { Ok(()) } else { Err(format!("{seen} of {rows} rows came").into()) }
}

/// Bytes that this process has resident, from which on its highest is counted.
fn restart_high_water() -> Result<u64, Failure> {
    fs::write("/proc/self/clear_refs", "5")?;
    high_water()
}

/// Bytes that this process has had resident beyond those of before.
fn more(before: u64) -> Result<u64, Failure> {
    Ok(high_water()?.saturating_sub(before))
}

fn high_water() -> Result<u64, Failure> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
    let kib: u64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kib << 10)
}

/// What a workload took beyond what one batch had taken before.
#[derive(Serialize)]
struct Measured {
    database: &'static str,
    workload: &'static str,
    rows: u64,
    more_bytes: u64,
}

impl Measurement for Measured {
    const HEAD: &'static [&'static str] = &["database", "workload", "rows", "more memory"];

    fn cells(&self) -> Vec<String> {
        let more = format!("{:.1} MiB", self.more_bytes as f64 / f64::from(1 << 20));
        vec![self.database.to_owned(), self.workload.to_owned(), self.rows.to_string(), more]
    }
}

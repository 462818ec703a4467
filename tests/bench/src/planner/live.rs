//! A PostgreSQL server: the tables made by Rex and by psql, and read back.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use rex_orm::{__, Db};
use rex_schema::{Dialect, inspect};

use super::Sample;
use super::program::{Program, best, places, run};
use crate::Failure;
use crate::runtime::postgres::Server;

/// `rexc migrate apply` of all tables, and psql with the same file.
pub(super) fn apply(
    rexc: &Program,
    sample: &Sample,
    server: &Server,
    runs: usize,
) -> Result<[u64; 2], Failure> {
    let folder = sample.0.path();
    let file = script(&folder.join("migrations_postgres"))?;
    let psql = Server::program("psql")?;
    let (mut ours, mut other) = (u64::MAX, u64::MAX);
    // They take turns, so that what else the machine does is in both.
    for _ in 0..runs {
        let database = server.database("apply");
        let mut command = rexc.command(folder, &["migrate", "apply", "--database-url", &database.url()]);
        ours = ours.min(run(command.args(places("postgres")))?);
        drop(database);
        let database = server.database("psql");
        let mut command = Command::new(&psql);
        command.args(["--quiet", "--no-psqlrc", "--set", "ON_ERROR_STOP=1", "--single-transaction"]);
        command.arg("--file").arg(&file).arg(database.url());
        other = other.min(run(&mut command)?);
    }
    Ok([ours, other])
}

/// The SQL of the only migration.
fn script(migrations: &Path) -> Result<PathBuf, Failure> {
    let entry = std::fs::read_dir(migrations)?.next().ok_or("there is a migration")??;
    Ok(entry.path().join("postgres.up.sql"))
}

/// What the catalogue says of all tables, read and understood.
pub(super) fn inspect(sample: &Sample, server: &Server, runs: usize) -> Result<u64, Failure> {
    let file = script(&sample.0.path().join("migrations_postgres"))?;
    let sql = std::fs::read_to_string(file)?;
    let database = server.database("inspect");
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async { database.client().await.batch_execute(&sql).await })?;
    let db = runtime.block_on(Db::connect(&database.url()))?;
    best(runs, || {
        let start = Instant::now();
        let dialect = Dialect::Postgres;
        let answers = __::read_texts(&db, inspect::session(dialect), inspect::queries(dialect));
        let found = inspect::inspect(dialect, &runtime.block_on(answers)?);
        let ns = start.elapsed().as_nanos() as u64;
        match found.database.tables.is_empty() {
            true => Err("the database has no tables".into()),
            false => Ok(ns),
        }
    })
}

//! A long history of small migrations, applied to an empty database.

use std::fs;
use std::path::Path;

use rex_build::migrations::{SNAPSHOT, Settings, Snapshot, file_name};
use rex_schema::{Dialect, Servers};
use rex_sql::migration::{Head, identity};

use super::program::Program;
use crate::Failure;
use crate::runtime::postgres::Server;

/// Each database, and the time that it takes.
pub(super) fn apply(
    rexc: &Program,
    server: &Server,
    migrations: usize,
    runs: usize,
) -> Result<[(&'static str, u64); 2], Failure> {
    let folder = tempfile::tempdir()?;
    write(&folder.path().join("migrations"), migrations)?;
    let (mut sqlite, mut postgres) = (u64::MAX, u64::MAX);
    for run in 0..runs.min(3) {
        let apply = |url: &str| {
            let arguments = ["migrate", "apply", "--migrations", "migrations", "--database-url", url];
            rexc.run(folder.path(), &arguments)
        };
        sqlite = sqlite.min(apply(&format!("sqlite://{run}.db"))?);
        postgres = postgres.min(apply(&server.database("history").url())?);
    }
    Ok([("SQLite", sqlite), ("PostgreSQL", postgres)])
}

/// Migrations of three steps each: a table, a row of it, a column of it.
fn write(folder: &Path, migrations: usize) -> Result<(), Failure> {
    let mut parent = None;
    for number in 0..migrations {
        let id = format!("20260101T{:02}{:02}{:02}_one", number / 3600, number / 60 % 60, number % 60);
        let databases = [Dialect::Sqlite, Dialect::Postgres];
        let settings = Settings {
            databases: databases.map(|dialect| (dialect, Servers::OLDEST.of(dialect))).to_vec(),
            singular_tables: false,
        };
        let snapshot = Snapshot { head: Head::new(parent, false), settings, schema: String::new() }.print();
        let up = format!(
            "-- rex: step transaction\nCREATE TABLE t{number} (id INTEGER NOT NULL PRIMARY KEY);\n\
             -- rex: step transaction\nINSERT INTO t{number} VALUES (1);\n\
             -- rex: step transaction\nALTER TABLE t{number} ADD COLUMN n INTEGER;\n"
        );
        let folder = folder.join(&id);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(SNAPSHOT), &snapshot)?;
        for dialect in databases {
            fs::write(folder.join(file_name(dialect, true)), &up)?;
            fs::write(folder.join(file_name(dialect, false)), format!("DROP TABLE t{number};\n"))?;
        }
        parent = Some(identity(&id, &snapshot));
    }
    Ok(())
}

//! A database to try things on, that is made for it and goes with it.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rex_orm::{Config, JournalMode, Synchronous};
use rex_schema::Dialect;

use crate::Stop;
use crate::migrate::Common;
use crate::migrate::live::Live;

/// A database to try things on.
pub(super) enum Scratch {
    /// A file of the system's folder for temporary ones.
    Sqlite(PathBuf),
    /// A database beside the one that is named on the command line.
    Postgres {
        /// How that one is reached.
        server: Box<Config>,
        /// Its name.
        name: String,
    },
}

/// What the names of databases begin with that are made here.
const PREFIX: &str = "rexc_scratch_";

/// Removes what runs have left that were killed: nobody is connected to it, and its name says that it is
/// older than any run. What cannot be removed is in nobody's way.
fn sweep(live: &Live) {
    const OLD: Duration = Duration::from_secs(24 * 60 * 60);
    let query = format!(
        "SELECT datname::text FROM pg_database WHERE starts_with(datname, '{PREFIX}') AND NOT EXISTS \
         (SELECT FROM pg_stat_activity WHERE datid = pg_database.oid)"
    );
    let is_old = |name: &str| {
        let made = name.rsplit('_').next().and_then(|micros| micros.parse().ok()).map(Duration::from_micros);
        let made = made.and_then(|since| UNIX_EPOCH.checked_add(since));
        made.and_then(|made| made.elapsed().ok()).is_some_and(|age| age > OLD)
    };
    for name in live.texts(&query).unwrap_or_default().iter().filter(|name| is_old(name)) {
        _ = live.run_alone(&format!("DROP DATABASE IF EXISTS {}", rex_sql::ident(name)));
    }
}

impl Scratch {
    /// Makes one; none where there is no server for it.
    pub(super) fn make(dialect: Dialect, common: &Common) -> Result<Option<Scratch>, Stop> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        // What a run that was killed has left has another name.
        let time = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_micros());
        let unique = format!("{}_{}_{time}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        if dialect == Dialect::Sqlite {
            return Ok(Some(Scratch::Sqlite(std::env::temp_dir().join(format!("rexc_{unique}.db")))));
        }
        let Some(url) = &common.places.database_url else { return Ok(None) };
        let server = Config::from_url(url).map_err(|error| Stop::Reason(error.to_string()))?;
        let live = match server.kind {
            Some(rex_orm::DatabaseKind::Postgres) => Live::open(server.clone())?,
            _ => return Ok(None),
        };
        sweep(&live);
        let name = format!("{PREFIX}{unique}");
        let made = live.run_alone(&format!("CREATE DATABASE {name} TEMPLATE template0"));
        made.map_err(|stop| match stop {
            Stop::Failed(reason) => Stop::Failed(format!(
                "no database can be made on this server to try migrations on: {reason}; give the role `CREATEDB`, or \
                 leave `--database-url` out"
            )),
            other => other,
        })?;
        Ok(Some(Scratch::Postgres { server: Box::new(server), name }))
    }

    /// Connects to it.
    pub(super) fn open(&self) -> Result<Live, Stop> {
        match self {
            Scratch::Sqlite(path) => {
                let config = Config {
                    journal_mode: Some(JournalMode::Memory),
                    synchronous: Some(Synchronous::Off),
                    ..Config::sqlite(path)
                };
                let variable = if cfg!(windows) { "TMP" } else { "TMPDIR" };
                Live::open(config).map_err(|stop| match stop {
                    Stop::Failed(reason) | Stop::Reason(reason) => Stop::Failed(format!(
                        "no database can be made in the folder for temporary files to try migrations on: {reason}; or \
                         name another folder in `{variable}`"
                    )),
                    other => other,
                })
            }
            Scratch::Postgres { server, name } => {
                Live::open(Config { database: Some(name.clone()), ..(**server).clone() })
            }
        }
    }

    /// Removes it.
    pub(super) fn remove(self) -> Result<(), Stop> {
        match &self {
            Scratch::Sqlite(path) => {
                for suffix in ["", "-wal", "-shm", "-journal"] {
                    let mut file = path.clone().into_os_string();
                    file.push(suffix);
                    // What is left in the temporary folder the system cleans up.
                    drop(std::fs::remove_file(file));
                }
                Ok(())
            }
            Scratch::Postgres { server, name } => {
                let live = Live::open((**server).clone())?;
                live.run_alone(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
            }
        }
    }
}

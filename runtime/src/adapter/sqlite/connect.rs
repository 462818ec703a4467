//! Opens connections and sets them up.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::failure;
use crate::config::{Config, wrong};
use crate::error::{Error, Kind, Result};

/// Opens a connection.
pub(super) type Opener = Box<dyn Fn() -> Result<Connection> + Send + Sync>;

/// How long SQLite itself waits for another process that writes.
const BUSY: Duration = Duration::from_secs(5);

/// Prepared statements that a connection keeps.
const STATEMENTS: usize = 500;

/// Where the database is.
pub(super) struct File {
    /// None is in memory.
    path: Option<PathBuf>,
}

impl File {
    pub(super) fn of(config: &Config) -> Self {
        File { path: config.path.clone().filter(|_| !config.is_in_memory()) }
    }

    pub(super) fn writer(&self) -> Opener {
        let path = self.path.clone();
        Box::new(move || {
            let connection = match &path {
                None => Connection::open_in_memory().map_err(failure::plain)?,
                Some(path) => open(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?,
            };
            let journal = if path.is_some() { "PRAGMA journal_mode = WAL;" } else { "" };
            let pragmas = format!("{journal} PRAGMA foreign_keys = ON; PRAGMA synchronous = NORMAL;");
            set_up(&connection, &pragmas).map_err(|error| explain(error, path.as_deref()))?;
            Ok(connection)
        })
    }

    /// None when the writer does the reading.
    pub(super) fn reader(&self) -> Option<Opener> {
        let path = self.path.clone()?;
        Some(Box::new(move || {
            let connection = open(&path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
            set_up(&connection, "PRAGMA query_only = ON;").map_err(|error| explain(error, Some(&path)))?;
            Ok(connection)
        }))
    }
}

fn open(path: &Path, flags: OpenFlags) -> Result<Connection> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|folder| !folder.exists()) {
        return Err(wrong(format!(
            "the folder `{}` of the database file does not exist: create it",
            folder.display()
        )));
    }
    if path.is_dir() {
        return Err(wrong(format!("`{}` is a folder: name a file in it", path.display())));
    }
    // Not by URI: a path is a path, whatever signs it holds.
    let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(path, flags).map_err(|error| explain(error, Some(path)))
}

fn set_up(connection: &Connection, pragmas: &str) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY)?;
    // What stands in double quotes is a name, never a text by mistake.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    rusqlite::vtab::array::load_module(connection)?;
    connection.execute_batch(pragmas)
}

/// Says in one line why the file could not be opened, and what to do.
fn explain(error: rusqlite::Error, path: Option<&Path>) -> Error {
    use rusqlite::ErrorCode;

    let Some(path) = path.map(Path::display) else { return failure::plain(error) };
    let message = match error.sqlite_error_code() {
        Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied | ErrorCode::SystemIoFailure) => {
            format!("cannot open `{path}`: check that this user may read and write the file and its folder")
        }
        Some(ErrorCode::ReadOnly) => {
            format!("`{path}` is read-only: check the rights of the file and its folder")
        }
        Some(ErrorCode::NotADatabase) => format!("`{path}` is not a SQLite database: name another file"),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            format!("`{path}` is locked by another process: close it or try again")
        }
        _ => return failure::plain(error),
    };
    Error::new(Kind::Connection, message).with_source(error)
}

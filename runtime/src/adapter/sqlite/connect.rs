//! Opens connections and sets them up, as SQLite's documentation recommends.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection as Driver, ErrorCode, OpenFlags};

use super::connection::Connection;
use super::failure;
use crate::config::{Config, JournalMode, Synchronous, wrong};
use crate::error::{DriverError, Error, Kind, Result};

/// Opens a connection.
pub(super) type Opener = Box<dyn Fn() -> Result<Connection> + Send + Sync>;

/// Pages of the write-ahead log after which they are moved to the file: SQLite's own choice, said
/// here because a build of SQLite may have another.
const CHECKPOINT_PAGES: u32 = 1_000;

/// What a journal or log is cut down to once it is no longer needed: one large transaction would
/// otherwise leave its size on the disk for good.
const JOURNAL_BYTES: u32 = 64 * 1024 * 1024;

/// Prepared statements that a connection keeps.
const STATEMENTS: usize = 500;

/// Where the database is, and what is set.
#[derive(Clone)]
pub(super) struct File {
    place: Place,
    read_only: bool,
    journal: JournalMode,
    synchronous: Synchronous,
    busy: Duration,
    foreign_keys: bool,
    statement_timeout: Option<Duration>,
}

#[derive(Clone)]
enum Place {
    /// In memory, for one connection.
    Memory,
    /// In memory, for all connections of this process that name it.
    SharedMemory(String),
    Path(PathBuf),
}

impl File {
    pub(super) fn of(config: &Config) -> Self {
        let place = match (&config.shared_memory, &config.path) {
            (Some(name), _) => Place::SharedMemory(name.clone()),
            (None, Some(path)) if !config.is_in_memory() => Place::Path(path.clone()),
            (None, _) => Place::Memory,
        };
        let in_file = matches!(place, Place::Path(_));
        let journal =
            config.journal_mode.unwrap_or(if in_file { JournalMode::Wal } else { JournalMode::Memory });
        let enough = if journal == JournalMode::Wal { Synchronous::Normal } else { Synchronous::Full };
        File {
            place,
            read_only: config.read_only.unwrap_or(false),
            journal,
            synchronous: config.synchronous.unwrap_or(enough),
            busy: config.busy_timeout(),
            foreign_keys: config.foreign_keys.unwrap_or(true),
            statement_timeout: config.statement_timeout(),
        }
    }

    /// Whether it outlives its connections.
    pub(super) fn is_on_disk(&self) -> bool {
        matches!(self.place, Place::Path(_))
    }

    /// Whether nobody but one connection sees it.
    pub(super) fn is_private(&self) -> bool {
        matches!(self.place, Place::Memory)
    }

    /// Whether nothing may be written.
    pub(super) fn is_read_only(&self) -> bool {
        self.read_only
    }

    /// How long another process that writes is waited for.
    pub(super) fn busy(&self) -> Duration {
        self.busy
    }

    /// Whether the connection that writes never waits by itself for another one that does.
    pub(super) fn writes_at_once(&self) -> bool {
        self.journal == JournalMode::Wal && !self.read_only
    }

    /// The opener of the connection that writes; one that cannot, where nothing may be written.
    pub(super) fn writer(&self) -> Opener {
        let file = self.clone();
        Box::new(move || file.open(&file.for_writing(), !file.read_only))
    }

    /// The opener of those that read. None when the writer does the reading: a database in memory has
    /// one connection.
    pub(super) fn reader(&self) -> Option<Opener> {
        let file = self.clone();
        match self.place {
            Place::Memory | Place::SharedMemory(_) => None,
            Place::Path(_) => Some(Box::new(move || file.open("PRAGMA query_only = ON;", false))),
        }
    }

    fn for_writing(&self) -> String {
        if self.read_only {
            return "PRAGMA query_only = ON;".to_owned();
        }
        format!(
            "PRAGMA synchronous = {}; PRAGMA foreign_keys = {}; PRAGMA journal_size_limit = {JOURNAL_BYTES}; \
             PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES};",
            self.synchronous.word(),
            if self.foreign_keys { "ON" } else { "OFF" },
        )
    }

    fn open(&self, pragmas: &str, writes: bool) -> Result<Connection> {
        // Not by URI, but where it is ours: a path is a path, whatever signs it holds.
        let flags = OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_READ_WRITE;
        let driver = match &self.place {
            Place::Memory => Driver::open_in_memory(),
            Place::SharedMemory(name) => {
                let uri = format!("file:/rex-{}?vfs=memdb", escaped(name));
                let flags = flags | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_URI;
                Driver::open_with_flags(uri, flags)
            }
            Place::Path(path) => {
                self.check(path)?;
                let flags = match (self.read_only, writes) {
                    (true, _) => OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_READ_ONLY,
                    (false, true) => flags | OpenFlags::SQLITE_OPEN_CREATE,
                    (false, false) => flags,
                };
                Driver::open_with_flags(path, flags)
            }
        };
        let driver = driver.map_err(|error| self.explain(error))?;
        self.set_up(&driver, pragmas).map_err(|error| self.explain(error))?;
        if writes && matches!(self.place, Place::Path(_)) {
            self.keep_journal(&driver)?;
        }
        if writes && self.writes_at_once() {
            driver.busy_timeout(Duration::ZERO).map_err(|error| self.explain(error))?;
        }
        let optimizes = writes && matches!(self.place, Place::Path(_));
        Connection::new(driver, optimizes, self.statement_timeout).map_err(|error| self.explain(error))
    }

    fn check(&self, path: &Path) -> Result<()> {
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
        if self.read_only && !path.exists() {
            let path = path.display();
            return Err(wrong(format!(
                "`{path}` does not exist, and `read_only` is set: name a file that does"
            )));
        }
        Ok(())
    }

    fn set_up(&self, connection: &Driver, pragmas: &str) -> rusqlite::Result<()> {
        connection.busy_timeout(self.busy)?;
        // What stands in double quotes is a name, never a text by mistake.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
        // No SQL can harm the file itself, and no schema that somebody put into it runs functions
        // that reach beyond it.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        rusqlite::vtab::array::load_module(connection)?;
        #[cfg(feature = "json")]
        super::json::register(connection)?;
        connection.execute_batch(pragmas)
    }

    /// Sets the journal mode, which the file keeps. SQLite does not wait for the lock that it needs.
    fn keep_journal(&self, connection: &Driver) -> Result<()> {
        let wanted = self.journal.word();
        let end = Instant::now() + self.busy;
        loop {
            let found = connection
                .pragma_query_value(None, "journal_mode", |row| row.get::<_, String>(0))
                .and_then(|found| match found == wanted {
                    true => Ok(found),
                    false => connection
                        .pragma_update_and_check(None, "journal_mode", wanted, |row| row.get::<_, String>(0)),
                });
            match found {
                Ok(found) if found == wanted => return Ok(()),
                Ok(found) => return Err(self.other_journal(&found)),
                Err(error) if is_busy(&error) && Instant::now() < end => {
                    std::thread::sleep(Duration::from_millis(2));
                }
                Err(error) => return Err(self.explain(error)),
            }
        }
    }

    fn other_journal(&self, found: &str) -> Error {
        let wanted = self.journal.word();
        wrong(format!(
            "the database file cannot have the journal mode `{wanted}` (is it in a folder of another machine?): say \
             `journal_mode={found}`, which it has"
        ))
    }

    /// Says in one line why the file could not be opened, and what to do.
    fn explain(&self, error: rusqlite::Error) -> Error {
        let Place::Path(path) = &self.place else { return failure::plain(error) };
        let path = path.display();
        let message = match error.sqlite_error_code() {
            Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied | ErrorCode::SystemIoFailure) => {
                format!(
                    "cannot open `{path}`: check that this user may read and write the file and its folder"
                )
            }
            Some(ErrorCode::ReadOnly) => {
                format!(
                    "`{path}` is read-only: check the rights of the file and its folder, or say `read_only`"
                )
            }
            Some(ErrorCode::NotADatabase) => {
                format!("`{path}` is not a SQLite database: name another file")
            }
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                format!("`{path}` is locked by another process: close it or try again")
            }
            _ => return failure::plain(error),
        };
        Error::new(Kind::Connection, message).with_source(error)
    }
}

/// Whether it is why a statement failed.
pub(super) fn is_caused_by_busy(error: &Error) -> bool {
    let source = std::error::Error::source(error).and_then(|source| source.downcast_ref::<DriverError>());
    source.and_then(|source| source.get().downcast_ref()).is_some_and(is_busy)
}

pub(super) fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}

/// A name as a part of a URI.
fn escaped(name: &str) -> String {
    name.bytes().map(|byte| format!("%{byte:02x}")).collect()
}

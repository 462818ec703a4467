//! SQLite's errors as Rex's.
//!
//! SQLite names the columns of a unique that was violated, where PostgreSQL names the constraint;
//! the constraint is looked up here, so that both answer the same.

use rex_sql::Dialect;
use rusqlite::ErrorCode;
use rusqlite::ffi;

use crate::adapter::{already_exists, constraint, lacking};
use crate::error::{Error, Kind};
use crate::meta::TableMeta;

/// The failure of a statement that writes to a table, or reads from it; of the user's own statements
/// the table is not known.
pub(super) fn of(error: rusqlite::Error, table: Option<&TableMeta>) -> Error {
    if let (Some(_), Some(lacking)) = (table, lacks(&error)) {
        return lacking.with_source(error);
    }
    let rusqlite::Error::SqliteFailure(code, Some(message)) = &error else { return plain(error) };
    let ours = match code.extended_code {
        ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID => {
            unique(message, table)
        }
        // `CHECK constraint failed: users_age_check`
        ffi::SQLITE_CONSTRAINT_CHECK => {
            constraint::check(message.split_once(": ").map_or("", |(_, name)| name))
        }
        // `NOT NULL constraint failed: users.name`
        ffi::SQLITE_CONSTRAINT_NOTNULL => {
            constraint::not_null(message.rsplit_once('.').map_or("", |(_, column)| column))
        }
        // SQLite does not say which; see `blame`.
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => constraint::foreign_key(),
        // RESTRICT acts as a trigger does.
        ffi::SQLITE_CONSTRAINT_TRIGGER if message.starts_with("FOREIGN KEY") => constraint::foreign_key(),
        // Arithmetic in a check or a computed column: see the schema's expressions for SQLite.
        ffi::SQLITE_ERROR if message == "integer overflow" => {
            Error::new(Kind::Check, "SQLite refused: a number leaves its type")
        }
        ffi::SQLITE_CONSTRAINT_DATATYPE => Error::new(Kind::InvalidValue, message.clone()),
        _ => return plain(error),
    };
    ours.with_source(error)
}

/// `UNIQUE constraint failed: users.email, users.name`, or `… failed: index 'name'`.
fn unique(message: &str, table: Option<&TableMeta>) -> Error {
    let what = message.split_once(": ").map_or("", |(_, what)| what);
    let by_name = what.strip_prefix("index '").and_then(|name| name.strip_suffix('\''));
    let name = by_name.map(str::to_owned).or_else(|| {
        let columns: Vec<&str> =
            what.split(", ").map(|column| column.rsplit_once('.').map_or(column, |(_, name)| name)).collect();
        let table = table?;
        let mut uniques = std::iter::once(&table.key).chain(table.uniques);
        let unique = uniques.find(|unique| table.names(unique.columns).eq(columns.iter().copied()));
        unique.map(|unique| unique.name.to_owned())
    });
    match name {
        Some(name) => constraint::unique(&name),
        None => Error::new(Kind::Unique, format!("another row has the same {what}")),
    }
}

/// What SQLite says.
fn said(error: &rusqlite::Error) -> &str {
    match error {
        rusqlite::Error::SqliteFailure(_, Some(message)) => message,
        rusqlite::Error::SqlInputError { msg, .. } => msg,
        _ => "",
    }
}

/// What a statement of the schema was to make, if it is there already: `table "users"`.
pub(super) fn is_there(error: &rusqlite::Error) -> Option<&str> {
    said(error).strip_suffix(" already exists")
}

/// The failure of a statement that Rex made, if the database lacks what it speaks of.
fn lacks(error: &rusqlite::Error) -> Option<Error> {
    let said = said(error);
    let is_lacking = said.starts_with("no such table: ")
        || said.starts_with("no such column: ")
        || (said.starts_with("table ") && said.contains(" has no column named "));
    // SQLite guesses about quotes, which are Rex's.
    let said = said.split(" - should this be").next().unwrap_or(said);
    is_lacking.then(|| lacking(Dialect::Sqlite, said))
}

/// The failure of a statement of the schema.
pub(super) fn ddl(error: rusqlite::Error) -> Error {
    match is_there(&error).map(str::to_owned) {
        Some(what) => already_exists(&what).with_source(error),
        None => plain(error),
    }
}

/// Whether the file itself failed.
pub(super) fn is_of_the_file(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::SystemIoFailure)
}

/// The failure of a commit, be it that of a write by itself. Of one that cannot be written to the file to its
/// end, not even SQLite knows what the file holds.
pub(super) fn commit(error: rusqlite::Error) -> Error {
    if !is_of_the_file(&error) {
        return plain(error);
    }
    let message = "SQLite cannot use its file: whether the transaction was kept is not known";
    Error::new(Kind::CommitUnknown, message).with_source(error)
}

/// `bad JSON path: 'x'` becomes `bad JSON path: '…'`: what stands in single quotes is a value.
fn without_values(message: &str) -> String {
    match (message.find('\''), message.rfind('\'')) {
        (Some(start), Some(end)) if start < end => {
            format!("{}'…'{}", &message[..start], &message[end + 1..])
        }
        _ => message.to_owned(),
    }
}

/// Any other failure.
pub(super) fn plain(error: rusqlite::Error) -> Error {
    let (kind, message) = match &error {
        rusqlite::Error::SqliteFailure(code, message) => {
            let said = message.as_deref().map_or_else(|| code.to_string(), without_values);
            match code.code {
                // What a trigger says may be made of values.
                _ if code.extended_code == ffi::SQLITE_CONSTRAINT_TRIGGER => (
                    Kind::Database,
                    "a trigger refused (RAISE): what it says is in the driver's error".to_owned(),
                ),
                // At the end of a transaction: a key that is checked then.
                _ if code.extended_code == ffi::SQLITE_CONSTRAINT_FOREIGNKEY => {
                    return constraint::foreign_key().with_source(error);
                }
                ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => {
                    (Kind::Serialization, format!("another process is writing to the database ({said})"))
                }
                ErrorCode::ReadOnly if code.extended_code == ffi::SQLITE_READONLY => {
                    (Kind::Transaction, format!("SQLite refused: {said}"))
                }
                ErrorCode::OperationInterrupted => (
                    Kind::Timeout,
                    "SQLite stopped a statement that took longer than `statement_timeout`".to_owned(),
                ),
                ErrorCode::ReadOnly => {
                    (Kind::Database, format!("the database is open for reading only: {said}"))
                }
                ErrorCode::CannotOpen | ErrorCode::SystemIoFailure | ErrorCode::DiskFull => {
                    (Kind::Connection, format!("SQLite cannot use its file: {said}"))
                }
                _ => (Kind::Database, format!("SQLite refused: {said}")),
            }
        }
        rusqlite::Error::InvalidQuery => (Kind::InvalidValue, "the text holds no statement".to_owned()),
        rusqlite::Error::MultipleStatement => {
            (Kind::InvalidValue, "the text holds several statements: send each by itself".to_owned())
        }
        rusqlite::Error::SqlInputError { msg, .. } => (Kind::Database, format!("SQLite refused: {msg}")),
        _ => (Kind::Database, "SQLite failed".to_owned()),
    };
    Error::new(kind, message).with_source(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_is_unknown_where_the_file_fails_and_nowhere_else() {
        for (code, kind) in [
            (ffi::SQLITE_IOERR, Kind::CommitUnknown),
            (ffi::SQLITE_IOERR_FSYNC, Kind::CommitUnknown),
            // Nothing is kept.
            (ffi::SQLITE_FULL, Kind::Connection),
            (ffi::SQLITE_BUSY, Kind::Serialization),
            (ffi::SQLITE_INTERRUPT, Kind::Timeout),
        ] {
            let error = rusqlite::Error::SqliteFailure(ffi::Error::new(code), None);
            assert_eq!(commit(error).kind(), kind, "{code}");
        }
    }
}

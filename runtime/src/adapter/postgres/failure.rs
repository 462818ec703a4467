//! PostgreSQL's errors as Rex's.
//!
//! Its details hold values (`Key (email)=(x) already exists.`), so they are left out, and so is
//! what stands in quotes in the messages of values that it could not take.

use rex_sql::Dialect;
use tokio_postgres::error::{DbError, SqlState};

use crate::adapter::{already_exists, constraint, lacking};
use crate::error::{Error, Kind};
use crate::meta::TableMeta;

/// The failure of a statement that writes to a table, or reads from it.
pub(super) fn of(error: tokio_postgres::Error, table: &TableMeta) -> Error {
    explained(error, Some(table))
}

/// Any other failure. At the end of a transaction that may be a constraint that is checked then.
pub(super) fn plain(error: tokio_postgres::Error) -> Error {
    explained(error, None)
}

/// The failure of a statement that writes for good, which was sent and not answered.
pub(super) fn unknown(error: Option<tokio_postgres::Error>) -> Error {
    let message = "PostgreSQL was gone before it answered: whether the write was kept is not known";
    let unknown = Error::new(Kind::CommitUnknown, message);
    match error {
        Some(error) => unknown.with_source(error),
        None => unknown,
    }
}

/// The failure of a statement in a transaction that was prepared for what the tables were before.
pub(super) fn stale(error: tokio_postgres::Error) -> Error {
    let message =
        "the tables have changed since the statement was prepared: try all of the transaction again";
    Error::new(Kind::Serialization, message).with_source(error)
}

/// Whether there is no connection any more, or the server says that it does not know.
pub(super) fn is_lost(error: &tokio_postgres::Error) -> bool {
    match error.code() {
        Some(code) => {
            *code == SqlState::T_R_STATEMENT_COMPLETION_UNKNOWN || matches!(kind(code), Kind::Connection)
        }
        None => !is_ours(error),
    }
}

/// Which row of a copy failed, as far as the server says it: `COPY users, line 2`, in its own language.
pub(super) fn row_of_copy(error: &tokio_postgres::Error, table: &str) -> Option<u64> {
    number_of_row(error.as_db_error()?.where_()?, table)
}

fn number_of_row(place: &str, table: &str) -> Option<u64> {
    let behind = place.strip_prefix("COPY ")?.strip_prefix(table)?.strip_prefix(", ")?;
    let digits = behind.trim_start_matches(|char: char| !char.is_ascii_digit());
    let end = digits.find(|char: char| !char.is_ascii_digit()).unwrap_or(digits.len());
    digits[..end].parse().ok()
}

/// From `bind`: the driver has no other word for it than its text.
pub(super) fn is_ours(error: &tokio_postgres::Error) -> bool {
    error.to_string().starts_with("error serializing parameter")
}

fn explained(error: tokio_postgres::Error, table: Option<&TableMeta>) -> Error {
    let ours = error.as_db_error().and_then(|said| refused(said, table));
    ours.unwrap_or_else(|| other(&error)).with_source(error)
}

/// A constraint that refused, or a table of the schema that is not there.
fn refused(said: &DbError, table: Option<&TableMeta>) -> Option<Error> {
    let name = said.constraint().unwrap_or_default();
    let error = match *said.code() {
        SqlState::UNIQUE_VIOLATION => constraint::unique(name),
        SqlState::CHECK_VIOLATION => constraint::check(name),
        SqlState::NOT_NULL_VIOLATION => constraint::not_null(said.column().unwrap_or_default()),
        SqlState::FOREIGN_KEY_VIOLATION | SqlState::RESTRICT_VIOLATION => {
            let leaving = said.message().starts_with("update or delete");
            match table {
                Some(table) => constraint::foreign_key_named(name, leaving, table),
                None => constraint::foreign_key().with_constraint(name.to_owned()),
            }
        }
        SqlState::UNDEFINED_TABLE | SqlState::UNDEFINED_COLUMN | SqlState::UNDEFINED_OBJECT
            if table.is_some() =>
        {
            lacking(Dialect::Postgres, said.message())
        }
        _ => return None,
    };
    Some(error)
}

/// The failure of a statement of the schema.
pub(super) fn ddl(error: tokio_postgres::Error) -> Error {
    let there = error.as_db_error().and_then(|said| match *said.code() {
        SqlState::DUPLICATE_TABLE | SqlState::DUPLICATE_OBJECT => {
            said.message().strip_suffix(" already exists")
        }
        _ => None,
    });
    match there.map(str::to_owned) {
        Some(what) => already_exists(&what.replacen("relation", "table", 1)).with_source(error),
        None => plain(error),
    }
}

fn other(error: &tokio_postgres::Error) -> Error {
    let (kind, message) = match error.as_db_error() {
        // Where a statement has no name, the server is the first to count.
        Some(said) if said.message().starts_with("bind message supplies") => {
            (Kind::InvalidValue, "the statement has another number of placeholders than of values".to_owned())
        }
        Some(said) if *said.code() == SqlState::INDETERMINATE_DATATYPE => (
            Kind::InvalidValue,
            "PostgreSQL cannot tell the type of a value, or there is no placeholder for it: write `CAST($1 AS …)`"
                .to_owned(),
        ),
        Some(said) => (kind(said.code()), said_in_words(said)),
        None if is_ours(error) => (
            Kind::InvalidValue,
            "PostgreSQL's type of a column is not the schema's, or the value is out of its range".to_owned(),
        ),
        None if error.is_closed() => (Kind::Connection, "PostgreSQL closed the connection".to_owned()),
        None => (Kind::Connection, "the connection to PostgreSQL broke".to_owned()),
    };
    Error::new(kind, message)
}

fn kind(code: &SqlState) -> Kind {
    match *code {
        SqlState::T_R_SERIALIZATION_FAILURE | SqlState::T_R_DEADLOCK_DETECTED => Kind::Serialization,
        SqlState::IN_FAILED_SQL_TRANSACTION | SqlState::READ_ONLY_SQL_TRANSACTION => Kind::Transaction,
        SqlState::QUERY_CANCELED | SqlState::LOCK_NOT_AVAILABLE => Kind::Timeout,
        SqlState::ADMIN_SHUTDOWN
        | SqlState::CRASH_SHUTDOWN
        | SqlState::CANNOT_CONNECT_NOW
        | SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT => Kind::Connection,
        // What SQLite refuses by a check, since its types have no limits.
        SqlState::STRING_DATA_RIGHT_TRUNCATION | SqlState::NUMERIC_VALUE_OUT_OF_RANGE => Kind::Check,
        _ => match &code.code()[..2] {
            "08" => Kind::Connection,
            "22" => Kind::InvalidValue,
            _ => Kind::Database,
        },
    }
}

fn said_in_words(said: &DbError) -> String {
    let message = said.message().lines().next().unwrap_or_default();
    let code = said.code().code();
    match &code[..2] {
        "22" => format!("PostgreSQL refused a value: {}", without_quoted(message)),
        class if PLAIN.contains(&class) => format!("PostgreSQL refused: {message}"),
        _ => format!(
            "PostgreSQL refused ({code}): what it says is in the driver's error, since values may be in it"
        ),
    }
}

/// The classes of errors whose messages the server makes of names and of the statement. Others are those of
/// `RAISE` in functions and triggers, which are made of whatever a program likes.
const PLAIN: [&str; 17] =
    ["08", "0A", "23", "25", "26", "28", "2B", "34", "3B", "3D", "3F", "40", "42", "53", "54", "55", "57"];

/// `invalid input value for enum role: "x"` becomes `invalid input value for enum role: "…"`.
fn without_quoted(message: &str) -> String {
    let (start, end) = (message.find('"'), message.rfind('"'));
    match (start, end) {
        (Some(start), Some(end)) if start < end => {
            format!("{}\"…\"{}", &message[..start], &message[end + 1..])
        }
        _ => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_copies_are_found() {
        for (place, row) in [
            ("COPY t1, line 2", Some(2)),
            ("COPY t1, Zeile 31, Spalte id: »7«", Some(31)),
            ("SQL statement \"SELECT 1\"", None),
            ("COPY t1", None),
        ] {
            assert_eq!(number_of_row(place, "t1"), row, "{place}");
        }
    }

    #[test]
    fn values_in_quotes_are_left_out() {
        assert_eq!(without_quoted(r#"bad: "se"cret" here"#), r#"bad: "…" here"#);
        assert_eq!(without_quoted("division by zero"), "division by zero");
    }
}

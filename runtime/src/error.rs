//! What can go wrong, as one small type.
//!
//! An error's text is one readable line and never holds a bound value: not in `Display`, not in
//! `Debug`, not in the text of its sources. PostgreSQL puts values into a message's detail, so
//! the driver's error stays behind [`DriverError`], which shows none of it.

mod violation;

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;

use crate::migrate::Refusal;

pub use violation::Violation;

/// The result of an operation.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failed operation.
pub struct Error(Box<Inner>);

struct Inner {
    kind: Kind,
    message: String,
    operation: Option<Cow<'static, str>>,
    sql: Option<Cow<'static, str>>,
    constraint: Option<Cow<'static, str>>,
    column: Option<Cow<'static, str>>,
    /// What was expected, and what was found.
    mismatch: Option<(&'static str, String)>,
    violations: Vec<Violation>,
    refusal: Option<Refusal>,
    source: Option<DriverError>,
}

/// What sort of failure it is; the same on every database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// There is no such row.
    NotFound,
    /// The row is there, and was changed since it was read: its `@version` is another. Nothing was
    /// written.
    Stale,
    /// Another row has this value: a unique constraint or the primary key.
    Unique,
    /// The row that is referred to does not exist, or a row is still referred to.
    ForeignKey,
    /// Rules of the schema refuse the row; nothing was sent. [`Error::violations`] has all of them.
    Validation,
    /// A check of the database refused the row, or a column's type a value: too long, out of range.
    Check,
    /// A required column got no value.
    NotNull,
    /// A value that the database cannot hold; nothing was sent.
    InvalidValue,
    /// The configuration cannot work: a wrong URL, a missing setting, a missing cargo feature.
    Configuration,
    /// The database cannot be reached, or the connection broke; nothing was kept.
    Connection,
    /// The connection broke while a commit, or a write outside of a transaction, was under way:
    /// whether it was kept is not known. It is never tried again by itself. On SQLite only where the file
    /// itself fails meanwhile (a disk that cannot be written to any more); a full disk keeps nothing.
    CommitUnknown,
    /// It took longer than allowed.
    Timeout,
    /// No connection became free in time.
    PoolExhausted,
    /// The database answered with something else than the schema says.
    Decode,
    /// A handle was used outside of its transaction, or around it; or the transaction can keep
    /// nothing, or may not write.
    Transaction,
    /// A concurrent transaction came in the way: a serialization failure, a deadlock, a database
    /// that another process writes to, a schema that changed. All of the transaction may be tried
    /// again.
    Serialization,
    /// The database is not the one that the program was generated for.
    Schema,
    /// Migrations and the database do not belong together, or cannot be run as they are:
    /// [`Error::refusal`] says why.
    Migration,
    /// Any other failure that the database reported.
    Database,
}

impl Error {
    /// A failure with its explanation: one line, in lower case, without a full stop.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        let mut message = message.into();
        if message.contains(['\n', '\r']) {
            // Of a driver's, or of a name in a schema.
            message = message.split_whitespace().collect::<Vec<_>>().join(" ");
        }
        Error(Box::new(Inner {
            kind,
            message,
            operation: None,
            sql: None,
            constraint: None,
            column: None,
            mismatch: None,
            violations: Vec::new(),
            refusal: None,
            source: None,
        }))
    }

    /// What sort of failure it is.
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// What happened, in one line.
    pub(crate) fn message(&self) -> &str {
        &self.0.message
    }

    /// What was tried: `User.create`.
    pub fn operation(&self) -> Option<&str> {
        self.0.operation.as_deref()
    }

    /// The statement that failed, with placeholders for its values.
    pub fn sql(&self) -> Option<&str> {
        self.0.sql.as_deref()
    }

    /// The constraint that refused, by its name in the database.
    pub fn constraint(&self) -> Option<&str> {
        self.0.constraint.as_deref()
    }

    /// The column that the failure is about, by its name in the database.
    pub fn column(&self) -> Option<&str> {
        self.0.column.as_deref()
    }

    /// A write that rules of the schema refuse, with all that the rules found.
    ///
    /// # Panics
    ///
    /// When they found nothing.
    pub fn of_violations(violations: Vec<Violation>) -> Self {
        assert!(!violations.is_empty(), "an error of validation has a violation");
        violation::error(violations)
    }

    /// What the schema's rules found, for an error of [`Kind::Validation`]: by row, then by field
    /// in the schema's order, rules over the whole row last.
    pub fn violations(&self) -> Option<&[Violation]> {
        (self.kind() == Kind::Validation).then_some(self.0.violations.as_slice())
    }

    /// Which constraint of a model refused: `e.conflict::<user::Unique>() == Some(…)`, and so with
    /// `post::ForeignKey` and `post::Check`. A row that cannot go because others refer to it is refused
    /// by the foreign key of those.
    pub fn conflict<C: ConstraintOf>(&self) -> Option<C> {
        let (kind, all) = C::all();
        let name = self.constraint().filter(|_| self.kind() == kind)?;
        all.iter().find(|(constraint, _)| *constraint == name).map(|(_, which)| *which)
    }

    /// What a value of the database was to be decoded as, for an error of [`Kind::Decode`].
    pub fn expected(&self) -> Option<&str> {
        self.0.mismatch.as_ref().map(|(expected, _)| *expected)
    }

    /// What was there instead of [`Error::expected`].
    pub fn found(&self) -> Option<&str> {
        self.0.mismatch.as_ref().map(|(_, found)| found.as_str())
    }

    /// Adds what was tried, unless something closer to the failure already said so.
    #[must_use]
    pub fn with_operation(mut self, operation: impl Into<Cow<'static, str>>) -> Self {
        self.0.operation.get_or_insert(operation.into());
        self
    }

    /// Says more, behind what happened.
    #[must_use]
    pub(crate) fn with_hint(mut self, hint: &str) -> Self {
        self.0.message = format!("{}: {hint}", self.0.message);
        self
    }

    /// Adds the statement, unless it is known.
    #[must_use]
    pub fn with_sql(mut self, sql: impl Into<Cow<'static, str>>) -> Self {
        self.0.sql.get_or_insert(sql.into());
        self
    }

    /// Adds the constraint's name.
    #[must_use]
    pub fn with_constraint(mut self, constraint: impl Into<Cow<'static, str>>) -> Self {
        self.0.constraint = Some(constraint.into());
        self
    }

    /// Adds the column's name.
    #[must_use]
    pub fn with_column(mut self, column: impl Into<Cow<'static, str>>) -> Self {
        self.0.column = Some(column.into());
        self
    }

    /// A value that is not what its column says.
    pub(crate) fn of_mismatch(column: &str, expected: &'static str, found: String) -> Self {
        let message = format!("column `{column}`: expected {expected}, found {found}");
        let mut error = Error::new(Kind::Decode, message).with_column(column.to_owned());
        error.0.mismatch = Some((expected, found));
        error
    }

    /// Why migrations were not run, for an error of [`Kind::Migration`].
    pub fn refusal(&self) -> Option<&Refusal> {
        self.0.refusal.as_ref()
    }

    /// Adds why migrations were not run.
    #[must_use]
    pub(crate) fn with_refusal(mut self, refusal: Refusal) -> Self {
        self.0.refusal = Some(refusal);
        self
    }

    /// Takes over the driver's error of a failure that this one explains better.
    #[allow(dead_code, reason = "used by whichever adapters are compiled in")]
    pub(crate) fn with_source_of(mut self, other: Error) -> Self {
        self.0.source = other.0.source;
        self
    }

    /// Adds the driver's error.
    #[must_use]
    pub fn with_source(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.0.source = Some(DriverError(Box::new(source)));
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(operation) = &self.0.operation {
            write!(f, "{operation}: ")?;
        }
        f.write_str(&self.0.message)
    }
}

/// So many characters of a statement are shown; [`Error::sql`] has it all.
const SHOWN: usize = 500;

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {self}", self.0.kind)?;
        match &self.0.sql {
            Some(sql) if sql.len() > SHOWN => {
                write!(f, " [{}…]", sql.chars().take(SHOWN).collect::<String>())
            }
            Some(sql) => write!(f, " [{sql}]"),
            None => Ok(()),
        }
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_ref().map(|source| source as _)
    }
}

/// The error of a database driver. Its own text may hold values, so it is not shown; whoever
/// needs it takes it out of [`DriverError::get`] and looks.
pub struct DriverError(Box<dyn StdError + Send + Sync>);

impl DriverError {
    /// The driver's error, to be downcast: `tokio_postgres::Error`, `rusqlite::Error`.
    pub fn get(&self) -> &(dyn StdError + Send + Sync + 'static) {
        &*self.0
    }
}

impl fmt::Display for DriverError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("reported by the database driver")
    }
}

impl fmt::Debug for DriverError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DriverError(…)")
    }
}

impl StdError for DriverError {}

/// The constraints of a model of one kind; implemented by each generated `Unique`, `ForeignKey` and
/// `Check`.
pub trait ConstraintOf: Copy + 'static {
    /// What an error of theirs is, and each with its name in the database.
    fn all() -> (Kind, &'static [(&'static str, Self)]);
}

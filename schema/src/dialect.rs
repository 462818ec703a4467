//! The seam between what is common to all databases and each dialect's folder: what a dialect
//! can do, as data, and the functions that it brings. The one match over dialects is here.

use rex_sql::Dialect;

use crate::database as db;
use crate::inspect::Inspection;
use crate::model::{Column, Expr, Model, Schema, SqlText};
use crate::plan::{Locked, State, Step};
use crate::{postgres, sqlite};

/// One dialect. All functions are total.
pub(crate) struct Target {
    /// Has schemas; without, their names go before those of tables.
    pub(crate) schemas: bool,
    /// Has enum types of its own.
    pub(crate) enums: bool,
    /// Keeps comments on what it holds.
    pub(crate) comments: bool,
    /// Lets an index say where nulls stand.
    pub(crate) index_nulls: bool,
    /// Holds NaN, and has it above every number.
    pub(crate) nan: bool,
    /// Keeps the rows of a view where it is asked to.
    pub(crate) materialized_views: bool,
    /// Has methods of indexes beside `btree`, and with them operator classes, collations by name and
    /// columns that an index holds along.
    pub(crate) index_methods: bool,
    /// Numbers only a column that is the whole primary key.
    pub(crate) autoincrement_is_key: bool,
    /// What stores a column.
    pub(crate) ty: fn(&Schema, &Column) -> db::Type,
    /// What a value of a view's query is turned into, so that it is what a column would store;
    /// none where it stays as it is, and is checked when it is read.
    pub(crate) view_type: fn(&Schema, &Column) -> Option<db::Type>,
    /// The default that the database can state; none where Rust must make the value.
    pub(crate) default: fn(&Schema, &Column) -> Option<db::Default>,
    /// What must be checked because the type allows more than the schema.
    pub(crate) rule: fn(&Schema, &Column) -> Option<db::Rule>,
    /// An expression over the columns of a row.
    pub(crate) expr: fn(&Schema, &Model, &Expr) -> String,
    /// A random UUID, as an expression.
    pub(crate) random_uuid: &'static str,
    /// The user's own text for this database.
    pub(crate) sql: fn(&SqlText) -> Option<&str>,
    /// The statements that make a database from nothing, in groups that are read together.
    pub(crate) statements: fn(&db::Database) -> Vec<Vec<String>>,
    /// How a live database is read.
    pub(crate) inspection: Inspection,
    /// How it gets from one state to another.
    pub(crate) plan: fn(&State<'_>) -> Vec<Step>,
    /// What a statement locks, of what is known of the tables; none where its words are not known.
    /// Without the function, each statement locks the whole database.
    pub(crate) locks: Option<LocksOf>,
}

/// What a statement locks.
type LocksOf = fn(&str, &[&db::Database]) -> Option<Vec<Locked>>;

/// What `dialect` brings.
pub(crate) fn target(dialect: Dialect) -> &'static Target {
    match dialect {
        Dialect::Postgres => &postgres::TARGET,
        Dialect::Sqlite => &sqlite::TARGET,
    }
}

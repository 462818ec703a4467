//! What a database holds: enums, tables, columns, constraints, indexes.
//!
//! Plain data in the terms of one dialect, without SQL text, so that what a schema asks for
//! (made by [`crate::lower()`]) and what a live database has can be compared with `==`. For that
//! it is in normal form: what a database cannot keep (comments in SQLite) is absent, and what
//! it does anyway (nulls last in an ascending index) is not said. What a schema means, and
//! how SQL is written, must not come in here.

mod sql;

use rex_sql::Dialect;

pub use sql::{Query, Sql};

pub use crate::model::{Action, Nulls};
use crate::{postgres, sqlite};

/// All that Rex manages in one database.
#[derive(Clone, Debug, PartialEq)]
pub struct Database {
    /// Whose terms the rest is in.
    pub dialect: Dialect,
    /// Schemas beside the default one, by name; empty where the dialect has none. Where it has
    /// none, what belongs to one is called by both names: `auth_users`.
    pub schemas: Vec<String>,
    /// Enum types; empty where the dialect has none.
    pub enums: Vec<Enum>,
    /// The tables of models in source order, then the join tables.
    pub tables: Vec<Table>,
    /// In source order: a view may read those before it.
    pub views: Vec<View>,
}

/// An enum type.
#[derive(Clone, Debug, PartialEq)]
pub struct Enum {
    /// Its schema, if not the default one.
    pub schema: Option<String>,
    /// The type's name.
    pub name: String,
    /// In the order of comparison.
    pub labels: Vec<String>,
    /// Empty if none.
    pub comment: String,
}

/// A table.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// Its schema, if not the default one.
    pub schema: Option<String>,
    /// The table's name.
    pub name: String,
    /// Empty if none.
    pub comment: String,
    /// In their order in the table.
    pub columns: Vec<Column>,
    /// Every model has one; a table that Rex did not make may not.
    pub primary_key: Option<Key>,
    /// Unique constraints beside the primary key.
    pub uniques: Vec<Key>,
    /// Foreign keys.
    pub foreign_keys: Vec<ForeignKey>,
    /// What rows must satisfy beyond their types.
    pub checks: Vec<Check>,
    /// Indexes that no constraint brings along.
    pub indexes: Vec<Index>,
}

impl Table {
    /// What tells it from other tables: its schema and its name.
    pub(crate) fn id(&self) -> (Option<&str>, &str) {
        (self.schema.as_deref(), &self.name)
    }
}

/// A column.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// The column's name.
    pub name: String,
    /// What it stores.
    pub ty: Type,
    /// Whether it may be null.
    pub nullable: bool,
    /// What the database puts in when a row does not say.
    pub default: Option<Default>,
    /// Numbered by the database: an identity in PostgreSQL, `AUTOINCREMENT` in SQLite.
    pub autoincrement: bool,
    /// What the database makes of the row's other columns, as SQL: a stored generated column.
    pub computed: Option<Sql>,
    /// Empty if none.
    pub comment: String,
}

/// A column's type, in the terms of a dialect.
#[derive(Clone, Debug, PartialEq)]
pub enum Type {
    /// In PostgreSQL.
    Postgres(postgres::Type),
    /// In SQLite.
    Sqlite(sqlite::Type),
}

/// A column's default, in the terms of a dialect.
#[derive(Clone, Debug, PartialEq)]
pub enum Default {
    /// In PostgreSQL.
    Postgres(postgres::Default),
    /// In SQLite.
    Sqlite(sqlite::Default),
}

/// A primary key or a unique constraint.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    /// The constraint's name.
    pub name: String,
    /// Its columns, in order.
    pub columns: Vec<String>,
    /// Whether null equals null in a unique constraint.
    pub nulls_not_distinct: bool,
}

/// A foreign key.
#[derive(Clone, Debug, PartialEq)]
pub struct ForeignKey {
    /// The constraint's name.
    pub name: String,
    /// The columns that refer.
    pub columns: Vec<String>,
    /// The schema of the table referred to, if not the default one.
    pub target_schema: Option<String>,
    /// The table referred to.
    pub target: String,
    /// The columns referred to, of the same number.
    pub target_columns: Vec<String>,
    /// What happens to the row when its target goes.
    pub on_delete: Action,
    /// What happens to the row when its target's key changes.
    pub on_key_change: Action,
    /// Checked at commit.
    pub deferrable: bool,
}

impl ForeignKey {
    /// The [id](Table::id) of the table referred to.
    pub(crate) fn target_id(&self) -> (Option<&str>, &str) {
        (self.target_schema.as_deref(), &self.target)
    }
}

/// A check. It holds unless it is false: also when a column is null.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// The constraint's name.
    pub name: String,
    /// What it says.
    pub condition: Condition,
}

/// What a check says. Two are equal when their texts say the same.
#[derive(Clone, Debug)]
pub enum Condition {
    /// What one column's type leaves open.
    Column {
        /// The column.
        column: String,
        /// What is true of it.
        rule: Rule,
    },
    /// A condition over the row.
    Sql(Sql),
}

impl PartialEq for Condition {
    fn eq(&self, other: &Condition) -> bool {
        self.sql() == other.sql()
    }
}

impl Condition {
    /// The condition as SQL.
    pub fn sql(&self) -> Sql {
        match self {
            Condition::Column { column, rule: Rule::Sqlite(rule) } => {
                Sql::written(sqlite::condition(&rex_sql::ident(column), rule))
            }
            Condition::Sql(sql) => sql.clone(),
        }
    }
}

/// What a check says of its column, in the terms of a dialect.
#[derive(Clone, Debug, PartialEq)]
pub enum Rule {
    /// In SQLite, whose types are too wide for Rex's. PostgreSQL's need no help.
    Sqlite(sqlite::Rule),
}

/// An index that no constraint brings along.
#[derive(Clone, Debug, PartialEq)]
pub struct Index {
    /// The index's name.
    pub name: String,
    /// Its parts, in order.
    pub parts: Vec<IndexPart>,
    /// Whether no two rows may agree in all parts.
    pub unique: bool,
    /// Which rows it holds, as SQL; all where none.
    pub condition: Option<Sql>,
    /// How it is kept, if not as a `btree`.
    pub method: Option<String>,
    /// Columns that it holds along.
    pub include: Vec<String>,
    /// Whether null equals null, where it is unique.
    pub nulls_not_distinct: bool,
}

/// A part of an index.
#[derive(Clone, Debug)]
pub struct IndexPart {
    /// What is sorted.
    pub key: IndexKey,
    /// Largest first.
    pub descending: bool,
    /// Where nulls stand, if not where the database puts them anyway.
    pub nulls: Option<Nulls>,
    /// The collation, if not the column's.
    pub collate: Option<String>,
    /// The operator class, if not the type's.
    pub ops: Option<String>,
}

impl PartialEq for IndexPart {
    /// A server does not repeat a collation that the key has already.
    fn eq(&self, other: &IndexPart) -> bool {
        let is_in_key = |name: &Option<String>| match (&self.key, name) {
            (IndexKey::Sql(sql), Some(name)) => sql.mentions(name),
            _ => false,
        };
        let same_collation = self.collate == other.collate
            || self.collate.is_none() && is_in_key(&other.collate)
            || other.collate.is_none() && is_in_key(&self.collate);
        let plain = |part: &IndexPart| (part.descending, part.nulls, part.ops.clone());
        same_collation && self.key == other.key && plain(self) == plain(other)
    }
}

/// What a part of an index sorts.
#[derive(Clone, Debug, PartialEq)]
pub enum IndexKey {
    /// A column.
    Column(String),
    /// What is made of columns.
    Sql(Sql),
}

/// A view.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// Its schema, if not the default one.
    pub schema: Option<String>,
    /// The view's name.
    pub name: String,
    /// Empty if none.
    pub comment: String,
    /// In their order in the view. The query has them by these names, in any order.
    pub columns: Vec<ViewColumn>,
    /// The query.
    pub query: Query,
    /// Whether its rows are kept.
    pub materialized: bool,
    /// Indexes of the rows that are kept.
    pub indexes: Vec<Index>,
}

/// A column of a view.
#[derive(Clone, Debug, PartialEq)]
pub struct ViewColumn {
    /// The column's name.
    pub name: String,
    /// What a value of the query is turned into; none where it stays as it is.
    pub cast: Option<Type>,
    /// Empty if none.
    pub comment: String,
}

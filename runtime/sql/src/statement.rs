//! Statements as trees.

use crate::Dialect;
use crate::expr::{ColumnRef, Expr, Name, Order};
use crate::render::{Rendered, Writer};

/// A table's name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Table {
    /// The PostgreSQL schema; in SQLite a prefix of the name, `auth_users`.
    pub schema: Option<Name>,
    /// The table.
    pub name: Name,
}

impl Table {
    /// A table of the default schema.
    pub fn new(name: impl Into<Name>) -> Self {
        Table { schema: None, name: name.into() }
    }

    /// The name as one writes it in `dialect`, quoted.
    pub fn quoted(&self, dialect: Dialect) -> String {
        match (&self.schema, dialect) {
            (None, _) => crate::ident(&self.name),
            (Some(schema), Dialect::Postgres) => {
                format!("{}.{}", crate::ident(schema), crate::ident(&self.name))
            }
            (Some(schema), Dialect::Sqlite) => crate::ident(&format!("{schema}_{}", self.name)),
        }
    }
}

/// A table that rows are joined with.
#[derive(Clone, Debug, PartialEq)]
pub struct Join<V> {
    /// The table.
    pub table: Table,
    /// Which rows belong together.
    pub on: Expr<V>,
}

/// What a query answers with.
#[derive(Clone, Debug, PartialEq)]
pub enum Projection {
    /// These columns of each row.
    Columns(Vec<ColumnRef>),
    /// The number of rows.
    Count,
    /// Whether there is a row.
    Exists,
}

/// A query.
#[derive(Clone, Debug, PartialEq)]
pub struct Select<V> {
    /// What it answers with.
    pub projection: Projection,
    /// The first table.
    pub from: Table,
    /// Further tables.
    pub joins: Vec<Join<V>>,
    /// Which rows.
    pub filter: Option<Expr<V>>,
    /// In which order.
    pub order: Vec<Order<V>>,
    /// How many rows at most, an integer.
    pub limit: Option<V>,
    /// How many rows are left out at the start, an integer.
    pub offset: Option<V>,
    /// When not empty, limit and offset hold for each distinct value of these columns.
    pub per: Vec<ColumnRef>,
}

impl<V> Select<V> {
    /// All rows of a table.
    pub fn new(projection: Projection, from: Table) -> Self {
        Select {
            projection,
            from,
            joins: Vec::new(),
            filter: None,
            order: Vec::new(),
            limit: None,
            offset: None,
            per: Vec::new(),
        }
    }
}

/// What an insert does with a row that is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnConflict {
    /// It fails.
    Fail,
    /// It leaves the row out.
    Skip,
}

/// New rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Insert<V> {
    /// The table.
    pub table: Table,
    /// The columns that are set.
    pub columns: Vec<Name>,
    /// For each row a value for each of `columns`; none stands for the column's default, which on
    /// SQLite is null: fit for its integer primary key only.
    pub rows: Vec<Vec<Option<V>>>,
    /// What happens with a row that is there already.
    pub on_conflict: OnConflict,
    /// The columns of the new rows to answer with.
    pub returning: Vec<ColumnRef>,
}

/// A change of rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Update<V> {
    /// The table.
    pub table: Table,
    /// What is set.
    pub set: Vec<(Name, Expr<V>)>,
    /// Which rows.
    pub filter: Option<Expr<V>>,
    /// The columns of the changed rows to answer with.
    pub returning: Vec<ColumnRef>,
}

/// The end of rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Delete<V> {
    /// The table.
    pub table: Table,
    /// Which rows.
    pub filter: Option<Expr<V>>,
}

macro_rules! rendered {
    ($($statement:ident $method:ident;)*) => {$(
        impl<V> $statement<V> {
            /// Its text, on one line, and what has to be bound.
            pub fn render(&self, dialect: Dialect) -> Rendered<'_, V> {
                let mut writer = Writer::new(dialect);
                writer.$method(self);
                writer.finish()
            }
        }
    )*};
}

rendered! {
    Select select;
    Insert insert;
    Update update;
    Delete delete;
}

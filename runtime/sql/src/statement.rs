//! Statements as trees.

use std::fmt;

use crate::Dialect;
use crate::expr::{ColumnRef, Expr, Kind, Name, Order};
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

/// What rows are read from.
#[derive(Clone, Debug, PartialEq)]
pub enum Source<V> {
    /// A table.
    Table(Table),
    /// The rows of a query, whose columns are called `c0`, `c1` and so on.
    Query(Box<Select<V>>),
    /// The rows of a query that the statement has named in its [`Select::with`]; they are called so
    /// too.
    Common(Name),
}

impl<V> From<Table> for Source<V> {
    fn from(table: Table) -> Self {
        Source::Table(table)
    }
}

/// Rows that rows are joined with.
#[derive(Clone, Debug, PartialEq)]
pub struct Join<V> {
    /// What happens with rows that have no counterpart.
    pub kind: JoinKind,
    /// The other rows.
    pub source: Source<V>,
    /// Which rows belong together; nothing is asked where the kind is `Cross`.
    pub on: Expr<V>,
}

impl<V> Join<V> {
    /// Rows that have a counterpart in a table.
    pub fn inner(table: Table, on: Expr<V>) -> Self {
        Join { kind: JoinKind::Inner, source: Source::Table(table), on }
    }
}

/// What happens with rows that have no counterpart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JoinKind {
    /// They are left out.
    Inner,
    /// Those of the left side are kept.
    Left,
    /// Those of the right side are kept.
    Right,
    /// All are kept.
    Full,
    /// Every row is every other's counterpart.
    Cross,
}

/// What a query answers with.
#[derive(Clone, Debug, PartialEq)]
pub enum Projection<V> {
    /// These columns of each row.
    Columns(Vec<ColumnRef>),
    /// Columns of the first table whose list is written already, where that table stands alone.
    Listed(&'static SelectList),
    /// All columns of these tables.
    Whole(Vec<Whole>),
    /// These values for each row.
    Values(Vec<Expr<V>>),
    /// The number of rows.
    Count,
    /// Whether there is a row.
    Exists,
}

/// A table of a statement, all of whose columns are answered with.
#[derive(Clone, Copy, Debug)]
pub struct Whole {
    /// The place of the table.
    pub source: u16,
    /// What its columns are.
    pub table: &'static dyn Columns,
}

impl Whole {
    /// Its columns.
    pub fn columns(&self) -> Vec<ColumnRef> {
        let mut columns = self.table.columns();
        columns.iter_mut().for_each(|column| column.source = self.source);
        columns
    }
}

impl PartialEq for Whole {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source && std::ptr::addr_eq(self.table, other.table)
    }
}

/// What knows the columns of a table. It is told from others by where it stands in memory.
pub trait Columns: fmt::Debug + Sync {
    /// The columns, as columns of a statement's first table.
    fn columns(&self) -> Vec<ColumnRef>;
}

/// A list of columns as text: `"id", "name"`.
#[derive(Debug, PartialEq, Eq)]
pub struct SelectList {
    /// For PostgreSQL; empty if it is not served.
    pub postgres: &'static str,
    /// For SQLite; empty if it is not served.
    pub sqlite: &'static str,
}

impl SelectList {
    /// The text for a dialect.
    pub fn text(&self, dialect: Dialect) -> &'static str {
        match dialect {
            Dialect::Postgres => self.postgres,
            Dialect::Sqlite => self.sqlite,
        }
    }
}

/// Which of several rows that agree are kept.
#[derive(Clone, Debug, PartialEq)]
pub enum Distinct<V> {
    /// All of them.
    All,
    /// One, where they agree in everything that the query answers with.
    Rows,
    /// The first, where they agree in these values, which the query's order begins with: written
    /// there and here as [`Expr::Key`] by their places, if anything is bound in them.
    On(Vec<Expr<V>>),
}

/// What becomes of the rows of two queries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SetOperator {
    /// The rows of both, each once.
    Union,
    /// The rows of both.
    UnionAll,
    /// The rows that are in both, each once.
    Intersect,
    /// The rows of the first that are not in the second, each once.
    Except,
}

/// A query that a statement gives a name.
#[derive(Clone, Debug, PartialEq)]
pub struct Common<V> {
    /// The name.
    pub name: Name,
    /// How many columns its rows have.
    pub width: usize,
    /// The query; where it names itself, its first part does not, and the others are united with it.
    pub query: Select<V>,
    /// Whether it names itself.
    pub recursive: bool,
}

/// A lock on the rows that a query finds, until its transaction ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lock {
    /// Whom it keeps out.
    pub strength: Strength,
    /// What happens where another transaction has a row.
    pub wait: Wait,
}

/// Whom a lock keeps out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strength {
    /// Who locks or changes the row.
    Update,
    /// Who changes the row.
    Share,
}

/// What happens where another transaction has a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// It is waited for.
    Until,
    /// It is left out.
    Skip,
    /// The query fails.
    Fail,
}

/// A query.
#[derive(Clone, Debug, PartialEq)]
pub struct Select<V> {
    /// Queries that this one names.
    pub with: Vec<Common<V>>,
    /// What it answers with.
    pub projection: Projection<V>,
    /// Which of several rows that agree are kept.
    pub distinct: Distinct<V>,
    /// The first rows.
    pub from: Source<V>,
    /// Further rows.
    pub joins: Vec<Join<V>>,
    /// Which rows.
    pub filter: Option<Expr<V>>,
    /// What makes rows one: those that agree in these values. Elsewhere in the query they are
    /// written as [`Expr::Key`], by their places.
    pub group: Vec<Expr<V>>,
    /// Which of the rows that were made one.
    pub having: Option<Expr<V>>,
    /// Further queries, and what becomes of their rows and those up to there. What follows does not
    /// apply then: a query with an order is the source of one without.
    pub compound: Vec<(SetOperator, Select<V>)>,
    /// In which order.
    pub order: Vec<Order<V>>,
    /// How many rows at most, an integer.
    pub limit: Option<V>,
    /// How many rows are left out at the start, an integer.
    pub offset: Option<V>,
    /// Whether and how the rows are locked, in PostgreSQL.
    pub lock: Option<Lock>,
    /// When not empty, limit and offset hold for each distinct value of these columns.
    pub per: Vec<ColumnRef>,
}

impl<V> Select<V> {
    /// Whether columns are written with their table: `t0."id"`.
    pub fn is_qualified(&self) -> bool {
        !self.joins.is_empty() || !matches!(self.from, Source::Table(_)) || self.has_query()
    }

    /// All rows of a table.
    pub fn new(projection: Projection<V>, from: impl Into<Source<V>>) -> Self {
        Select {
            with: Vec::new(),
            projection,
            distinct: Distinct::All,
            from: from.into(),
            joins: Vec::new(),
            filter: None,
            group: Vec::new(),
            having: None,
            compound: Vec::new(),
            order: Vec::new(),
            limit: None,
            offset: None,
            lock: None,
            per: Vec::new(),
        }
    }
}

impl<V> Select<V> {
    /// Whether a query stands in it that may name its columns.
    pub(crate) fn has_query(&self) -> bool {
        let values = match &self.projection {
            Projection::Values(values) => values.as_slice(),
            Projection::Columns(_)
            | Projection::Listed(_)
            | Projection::Whole(_)
            | Projection::Count
            | Projection::Exists => &[],
        };
        let keys = match &self.distinct {
            Distinct::On(keys) => keys.as_slice(),
            Distinct::All | Distinct::Rows => &[],
        };
        let joins = self.joins.iter().map(|join| &join.on);
        let order = self.order.iter().map(|key| &key.by);
        let exprs = values.iter().chain(keys).chain(joins).chain(&self.filter);
        exprs.chain(&self.group).chain(&self.having).chain(order).any(Expr::has_query)
    }
}

/// Which rows a unique holds for, if not all, as its index says it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Only {
    /// For PostgreSQL; empty if it is not served.
    pub postgres: &'static str,
    /// For SQLite; empty if it is not served.
    pub sqlite: &'static str,
}

impl Only {
    /// The condition for a dialect.
    pub fn text(&self, dialect: Dialect) -> &'static str {
        match dialect {
            Dialect::Postgres => self.postgres,
            Dialect::Sqlite => self.sqlite,
        }
    }
}

/// What an insert does with a row that is there already.
#[derive(Clone, Debug, PartialEq)]
pub enum OnConflict<V> {
    /// It fails.
    Fail,
    /// It leaves the row out.
    Skip,
    /// It changes the row that is there.
    Update {
        /// The columns of the unique that both rows agree in.
        target: Vec<Name>,
        /// Which rows that unique holds for, if not all.
        only: Option<&'static Only>,
        /// What is set. Columns are those of the row that is there; at the place
        /// [`ColumnRef::NEW`] those of the new one.
        set: Vec<(Name, Expr<V>)>,
    },
}

/// The values of new rows.
#[derive(Clone, Debug, PartialEq)]
pub enum NewRows<V> {
    /// For each row a value for each column; none stands for the column's default, which on SQLite is
    /// null: fit for its integer primary key only.
    Values(Vec<Vec<Option<V>>>),
    /// For each column the values of all rows: one bound array each, whatever their number, in
    /// PostgreSQL.
    Arrays(Vec<Array<V>>),
}

/// The values that one column has in all new rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Array<V> {
    /// What they are an array of.
    pub kind: Kind,
    /// What each of them is cast to, as PostgreSQL writes it, where its column takes no other type:
    /// an enum, or a list, which then is a text.
    pub cast: Option<Name>,
    /// The values.
    pub values: Vec<V>,
}

/// New rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Insert<V> {
    /// The table.
    pub table: Table,
    /// The columns that are set.
    pub columns: Vec<Name>,
    /// Their values.
    pub rows: NewRows<V>,
    /// What happens with a row that is there already.
    pub on_conflict: OnConflict<V>,
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
    /// The columns of the changed rows to answer with, if any.
    pub returning: Option<&'static SelectList>,
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

//! An operation as data: what every adapter is handed, and what hooks and caches will see.

pub mod many;
mod written;

use std::borrow::Cow;

use rex_sql::{Bind, Delete, Dialect, Insert, Select, Update};

use crate::adapter::Access;
use crate::meta::{ColumnMeta, GetMeta, ModelMeta, Statement, TableMeta};
use crate::value::Value;

/// One statement to be sent, with what it is for.
#[derive(Clone, Debug)]
pub struct Operation {
    /// The model whose method was called.
    pub model: &'static ModelMeta,
    /// The method: `create`, `find`, `by_email`.
    pub name: &'static str,
    /// The table that is read or written: the model's, a relation's target or a join table.
    pub table: &'static TableMeta,
    /// What is done.
    pub shape: Shape,
}

/// What an operation does. The fixed shapes have their statement's text since build time.
#[derive(Clone, Debug)]
pub enum Shape {
    /// One row by columns that are unique together.
    Get {
        /// Which ones.
        by: &'static GetMeta,
        /// A value for each.
        values: Vec<Value>,
    },
    /// One new row by the fixed insert.
    Create {
        /// The statement.
        statement: &'static Statement,
        /// A value for each column that the statement sets.
        values: Vec<Value>,
    },
    /// New rows by the fixed insert, as many as [`many::sizes`] allows in one statement.
    CreateMany {
        /// How many.
        rows: usize,
        /// A value for each column that the fixed insert sets, row after row.
        values: Vec<Value>,
    },
    /// The same in PostgreSQL, by a statement that takes any number of rows.
    CreateArrays {
        /// For each column that the fixed insert sets, the values of all rows.
        columns: Vec<Vec<Value>>,
    },
    /// The end of one row by its primary key.
    Remove {
        /// The statement.
        statement: &'static Statement,
        /// The key.
        values: Vec<Value>,
    },
    /// A query.
    Select(Box<Select<Value>>),
    /// What the database does for a query.
    Explain(Box<Select<Value>>),
    /// New rows.
    Insert(Insert<Value>),
    /// New rows by `COPY`, in PostgreSQL.
    Copy(Copying),
    /// A change of rows.
    Update(Update<Value>),
    /// The end of rows.
    Delete(Delete<Value>),
}

/// New rows that all set the same columns.
#[derive(Clone, Debug)]
pub struct Copying {
    /// The table.
    pub table: rex_sql::Table,
    /// The columns that are set.
    pub columns: Vec<&'static ColumnMeta>,
    /// A value for each, row after row.
    pub rows: Vec<Vec<Value>>,
}

impl Copying {
    fn names(&self) -> String {
        self.columns.iter().map(|column| rex_sql::ident(column.name)).collect::<Vec<_>>().join(", ")
    }

    /// The copy itself.
    fn sql(&self) -> String {
        let table = self.table.quoted(Dialect::Postgres);
        format!("COPY {table} ({}) FROM STDIN (FORMAT binary)", self.names())
    }

    #[cfg(feature = "postgres")]
    /// A query that tells the types of the columns, and behind them those of the elements of lists.
    pub(crate) fn columns_sql(&self) -> String {
        let lists = self.columns.iter().filter(|column| matches!(column.ty, crate::meta::Type::List(_)));
        let elements = lists.map(|column| format!(", ({})[1]", rex_sql::ident(column.name)));
        let (names, elements) = (self.names(), elements.collect::<String>());
        format!("SELECT {names}{elements} FROM {} LIMIT 0", self.table.quoted(Dialect::Postgres))
    }
}

/// What errors and traces call a statement of the user's own.
pub const RAW: &str = "sql";

/// A statement of the user's own.
#[derive(Clone, Debug)]
pub struct RawStatement {
    /// The text, the same for every database.
    pub sql: Cow<'static, str>,
    /// What is bound to `$1`, `$2` and so on.
    pub values: Vec<Value>,
    /// Places of values that are never shown.
    pub sensitive: Vec<usize>,
    /// What it needs, as far as its words tell.
    pub access: Access,
}

impl RawStatement {
    /// Its text and values.
    pub fn prepare(&self) -> Prepared<'_> {
        Prepared { sql: self.sql.clone(), id: None, binds: Binds::Values(&self.values) }
    }
}

/// The text of an operation for one dialect, and what is to be bound.
#[derive(Debug)]
pub struct Prepared<'a> {
    /// The text.
    pub sql: Cow<'static, str>,
    /// Which statement it is, if its text is made once for all of the program.
    pub id: Option<Id>,
    /// What is bound, in order.
    pub binds: Binds<'a>,
}

/// The place of a statement in a list that a connection has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Id {
    /// Of a statement that is fixed at build time.
    Fixed(u32),
    /// Of a statement that writes many rows.
    Many(u32),
    /// Of a statement whose text was written before for one of its shape.
    Written(u32),
}

/// What is bound to a statement's placeholders, in order.
#[derive(Clone, Debug)]
pub enum Binds<'a> {
    /// Each value as it is.
    Values(&'a [Value]),
    /// Each in its own way.
    Ways(Vec<Bind<'a, Value>>),
}

impl<'a> Binds<'a> {
    /// For a statement without placeholders.
    pub const NONE: Binds<'static> = Binds::Values(&[]);

    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Binds::Values(values) => values.len(),
            Binds::Ways(binds) => binds.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The one at a place, the first of which is 0.
    pub fn get(&self, place: usize) -> Option<Bind<'a, Value>> {
        match self {
            Binds::Values(values) => values.get(place).map(Bind::One),
            Binds::Ways(binds) => binds.get(place).copied(),
        }
    }

    /// All of them.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Bind<'a, Value>> + '_ {
        (0..self.len()).map(|place| self.get(place).expect("places are less than the length"))
    }
}

/// Texts that are longer are not kept with the others: they are inserts of many rows, whose number
/// varies. Of them a connection has the last one only.
const KEPT: usize = 8_192;

impl Prepared<'_> {
    /// Whether a connection should keep the prepared statement for as long as it lives.
    pub fn is_kept(&self) -> bool {
        matches!(self.id, Some(Id::Fixed(_) | Id::Many(_))) || self.sql.len() <= KEPT
    }

    /// The number of its text, if it was written before.
    pub(crate) fn number(&self) -> Option<u32> {
        match self.id {
            Some(Id::Written(number)) => Some(number),
            Some(Id::Fixed(_) | Id::Many(_)) | None => None,
        }
    }
}

impl Operation {
    /// What errors call it: `User.create`.
    pub fn title(&self) -> String {
        format!("{}.{}", self.model.name, self.name)
    }

    /// Its text and values for a dialect.
    pub fn prepare(&self, dialect: Dialect) -> Prepared<'_> {
        match &self.shape {
            Shape::Get { by, values } => fixed(by.statement, values, dialect),
            Shape::Create { statement, values } | Shape::Remove { statement, values } => {
                fixed(statement, values, dialect)
            }
            Shape::CreateMany { rows, values } => {
                let many::Text { sql, id } = many::text(self.model, *rows, dialect);
                Prepared { sql: Cow::Borrowed(sql), id: Some(Id::Many(id)), binds: Binds::Values(values) }
            }
            Shape::CreateArrays { columns } => {
                let many::Text { sql, id } = many::arrays(self.model);
                let binds = columns.iter().map(|values| Bind::Set(values)).collect();
                Prepared { sql: Cow::Borrowed(sql), id: Some(Id::Many(id)), binds: Binds::Ways(binds) }
            }
            Shape::Select(select) => {
                written::prepared(dialect, |shape| select.shape(dialect, shape), || select.render(dialect))
            }
            Shape::Explain(select) => {
                let words = match dialect {
                    Dialect::Postgres => "EXPLAIN",
                    Dialect::Sqlite => "EXPLAIN QUERY PLAN",
                };
                let rex_sql::Rendered { sql, binds } = select.render(dialect);
                Prepared { sql: format!("{words} {sql}").into(), id: None, binds: Binds::Ways(binds) }
            }
            Shape::Insert(insert) => {
                written::prepared(dialect, |shape| insert.shape(dialect, shape), || insert.render(dialect))
            }
            Shape::Copy(copying) => Prepared { sql: copying.sql().into(), id: None, binds: Binds::NONE },
            Shape::Update(update) => {
                written::prepared(dialect, |shape| update.shape(dialect, shape), || update.render(dialect))
            }
            Shape::Delete(delete) => {
                written::prepared(dialect, |shape| delete.shape(dialect, shape), || delete.render(dialect))
            }
        }
    }

    /// Whether it changes nothing.
    pub fn is_read(&self) -> bool {
        matches!(self.shape, Shape::Get { .. } | Shape::Select(_) | Shape::Explain(_))
    }

    /// What it needs. A copy has to have the turn of its transaction, since nothing may be sent in the middle of
    /// it; and when it is dropped there, it alone is undone.
    pub fn access(&self) -> Access {
        match self.shape {
            Shape::Copy(_) => Access::Atomic,
            _ if self.is_read() => Access::Read,
            _ => Access::Write,
        }
    }
}

fn fixed<'a>(statement: &'static Statement, values: &'a [Value], dialect: Dialect) -> Prepared<'a> {
    Prepared {
        sql: Cow::Borrowed(statement.sql(dialect)),
        id: Some(Id::Fixed(statement.id)),
        binds: Binds::Values(values),
    }
}

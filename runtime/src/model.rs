//! What a generated model and a generated relation are to the runtime.

use std::fmt;

use crate::error::Result;
use crate::meta::ModelMeta;
use crate::scalar::KeyParts;
use crate::write::{Update, Wraps};

/// What generated code says of a model. Its impl is generic, in nothing: a constant of an impl that is not,
/// rustc computes whenever it checks the program, and not only when it makes one of it.
pub trait Described<X> {
    /// Names, types and fixed statements.
    const DESCRIPTION: &'static ModelMeta;
}

/// A model: a struct with a field for each column.
pub trait Model: Described<()> + crate::FromRow + Clone + Send + Sync + 'static {
    /// One struct whose fields are the columns and whose methods are the relations; the argument
    /// of `filter`, `order` and `with`. `P` is where they stand in a query.
    type Columns<P: crate::query::Place>;
    /// The primary key: a typed id, or a tuple of key parts; `()` where there is none.
    type Key: KeyParts;

    /// Names, types and fixed statements.
    const META: &'static ModelMeta = <Self as Described<()>>::DESCRIPTION;

    /// The columns as a table of a statement has them.
    fn columns<P: crate::query::Place>(at: crate::query::At) -> Self::Columns<P>;

    /// The row's primary key.
    fn key(&self) -> Self::Key;
}

/// A model whose rows count their changes: one of its fields has `@version`.
pub trait Versioned: Model {
    /// The type of that field.
    type Version: crate::Scalar;

    /// The row's version.
    fn version(&self) -> Self::Version;
}

/// A model whose deleted rows stay: one of its fields has `@soft_delete`.
#[diagnostic::on_unimplemented(
    message = "rows of `{Self}` are deleted for good: no field of it has `@soft_delete`",
    label = "`{Self}` keeps no deleted rows"
)]
pub trait SoftDelete: Model {}

/// A model of a schema that is served by PostgreSQL alone, so that its rows can be locked.
#[diagnostic::on_unimplemented(
    message = "rows of `{Self}` cannot be locked: the schema is for SQLite too, which locks no rows",
    label = "rows cannot be locked",
    note = "within a transaction SQLite has one writer anyhow; a schema of PostgreSQL alone says so by `databases`"
)]
pub trait Lockable: Model {}

/// A model whose rows are written too: a table that has a key.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is read only",
    label = "rows of `{Self}` cannot be written",
    note = "a view, and a table without a key, are only ever read"
)]
pub trait Writable: Model {
    /// A row to be inserted: `NewUser`.
    type New: New<Model = Self>;
    /// What sets the fields of the rows that `T` names.
    type Update<T>: Wraps<Update<Self, T>>;
}

/// A row to be inserted: a struct with a field for each column, `NewUser`.
pub trait New: Sized {
    /// Its model.
    type Model: Model;

    /// Appends a value for each column of the table, in order.
    fn encode_to(self, values: &mut Vec<crate::Value>);

    /// A value for each column of the table, in order.
    fn encode(self) -> Vec<crate::Value> {
        let mut values = Vec::with_capacity(Self::Model::META.table.columns.len());
        self.encode_to(&mut values);
        values
    }

    /// Runs the rules of the schema over the row, as its insert will, and writes nothing.
    ///
    /// # Errors
    ///
    /// Of [`Kind::Validation`](crate::Kind::Validation), with all that is wrong; or the row lacks a value, or has one that no database
    /// holds.
    fn validate(&self) -> Result<()>
    where
        Self: Clone,
    {
        crate::write::check(Self::Model::META, self.clone().encode())
    }
}

/// What `==` says of rows to be inserted: whether all their values agree.
pub fn same_new<N: New + Clone>(one: &N, other: &N) -> bool {
    one.clone().encode() == other.clone().encode()
}

/// What `Debug` shows of a row to be inserted: its values, by the names of their columns. What is left out
/// is not shown, and of a field with `@sensitive` two points.
pub fn show_new<N: New + Clone>(row: &N, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let meta = N::Model::META;
    let mut shown = f.debug_struct(&format!("New{}", meta.name));
    for (column, value) in meta.table.columns.iter().zip(row.clone().encode()) {
        match value {
            _ if column.sensitive => {
                shown.field(column.name, &crate::__::Hidden);
            }
            crate::Value::Unset => {}
            value => {
                shown.field(column.name, &crate::watch::Shown(&value));
            }
        }
    }
    shown.finish()
}

/// The value of a field that has a default: none stands for the default.
pub fn or_default(value: Option<impl crate::Scalar>) -> crate::Value {
    value.map_or(crate::Value::Unset, crate::Scalar::encode)
}

/// A relation: a way from the rows of one model to rows of another. Implemented by a generated
/// marker type for each.
pub trait Relation: 'static {
    /// The model it starts at.
    type From: Model;
    /// The model it leads to.
    type To: Model;
    /// The columns that both sides have in common.
    type Key: KeyParts;
    /// How many rows it leads to.
    type Card: Cardinality;

    /// How it leads there.
    const META: &'static RelationMeta;

    /// The row's value of the common columns; none if it is null, and so leads nowhere.
    fn key(from: &Self::From) -> Option<Self::Key>;
}

/// A many-to-many relation over a model, `@through`: its links have data.
#[diagnostic::on_unimplemented(
    message = "the links of this relation have no data",
    label = "links without data",
    note = "only links over a model have, `@through(…)`; `add` links rows without"
)]
pub trait WithData: Relation {
    /// The model between.
    type Link: Writable;
}

/// How a relation leads from row to row.
#[derive(Debug)]
pub struct RelationMeta {
    /// The field's name in the schema.
    pub name: &'static str,
    /// Whether it starts at the key: the row it leads to is there, even if it counts as deleted.
    pub holds_key: bool,
    /// Places in the columns of the model it starts at: those that both sides have in common.
    pub from: &'static [u16],
    /// By which columns of the other side.
    pub path: Path,
}

/// The columns that a relation goes by.
#[derive(Debug)]
pub enum Path {
    /// The key's columns stand in the target's table.
    Direct {
        /// Places in the target's columns.
        to: &'static [u16],
    },
    /// The key's columns stand in a table between.
    Through(&'static Through),
}

/// A table between two models.
#[derive(Debug)]
pub struct Through {
    /// The table.
    pub table: &'static crate::meta::TableMeta,
    /// Places in its columns: those that hold the key of the relation's start.
    pub from: &'static [u16],
    /// Places in its columns: those that hold the target's key.
    pub to: &'static [u16],
    /// Places in the target's columns: the target's key.
    pub target: &'static [u16],
}

/// How many rows a relation leads to, or a query answers with.
pub trait Cardinality: fmt::Debug + Send + Sync + 'static {
    /// What `T` becomes.
    type Of<T: Send + Clone>: Send + Clone;

    /// The same of rows that nobody shares, such as those that a query selects.
    type Alone<T: Send>: Send;

    /// At most so many rows are of interest.
    const LIMIT: Option<i64>;

    /// Makes the answer of the rows; none when a row is missing.
    fn gather<T: Send + Clone>(rows: Vec<T>) -> Option<Self::Of<T>>;

    /// The same of rows that nobody shares.
    fn gather_alone<T: Send>(rows: Vec<T>) -> Option<Self::Alone<T>>;
}

/// Any number of rows: a `Vec`.
#[derive(Debug)]
pub enum Many {}

/// One row.
#[derive(Debug)]
pub enum One {}

/// One row or none: an `Option`.
#[derive(Debug)]
pub enum Maybe {}

impl Cardinality for Many {
    type Of<T: Send + Clone> = Vec<T>;
    type Alone<T: Send> = Vec<T>;

    const LIMIT: Option<i64> = None;

    fn gather<T: Send + Clone>(rows: Vec<T>) -> Option<Vec<T>> {
        Some(rows)
    }

    fn gather_alone<T: Send>(rows: Vec<T>) -> Option<Vec<T>> {
        Some(rows)
    }
}

impl Cardinality for One {
    type Of<T: Send + Clone> = T;
    type Alone<T: Send> = T;

    const LIMIT: Option<i64> = Some(1);

    fn gather<T: Send + Clone>(rows: Vec<T>) -> Option<T> {
        rows.into_iter().next()
    }

    fn gather_alone<T: Send>(rows: Vec<T>) -> Option<T> {
        rows.into_iter().next()
    }
}

impl Cardinality for Maybe {
    type Of<T: Send + Clone> = Option<T>;
    type Alone<T: Send> = Option<T>;

    const LIMIT: Option<i64> = Some(1);

    fn gather<T: Send + Clone>(rows: Vec<T>) -> Option<Option<T>> {
        Some(rows.into_iter().next())
    }

    fn gather_alone<T: Send>(rows: Vec<T>) -> Option<Option<T>> {
        Some(rows.into_iter().next())
    }
}

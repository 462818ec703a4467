//! Models: what rows have in common.

use super::{Column, ForeignKey, Formula, Index, ModelKind, RelationId, RowField, Unique};
use crate::names;

/// Rows of one table.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// As written, `UpperCamelCase`.
    pub name: String,
    /// Documentation, one line per `///`, without the slashes; empty if none.
    pub docs: String,
    /// The file it stands in, as given to the compiler (`schema/blog.rex`).
    pub file: String,
    /// What stands behind it: a table, or a view.
    pub kind: ModelKind,
    /// The PostgreSQL schema, if not the default one; in SQLite it goes before the table's name.
    pub schema: Option<String>,
    /// The table's name in the database.
    pub table: String,
    /// The table's former name, for the next migration.
    pub renamed_from: Option<String>,
    /// In source order; made foreign-key columns stand where their relation stands.
    pub columns: Vec<Column>,
    /// The fields of a row in Rust, over all of `columns`, in their order.
    pub fields: Vec<RowField>,
    /// Places in `columns`; empty only in a view or an unmanaged table, which is read only then.
    pub primary_key: Vec<usize>,
    /// Unique constraints beside the primary key.
    pub uniques: Vec<Unique>,
    /// Indexes that are not constraints, those of foreign keys included.
    pub indexes: Vec<Index>,
    /// Foreign keys, in the order of their relations.
    pub foreign_keys: Vec<ForeignKey>,
    /// What is true of every row: `check`, and what embedded types and unions ask for. Rules of
    /// single columns stand with them.
    pub checks: Vec<Check>,
    /// This model's relations, in source order.
    pub relations: Vec<RelationId>,
    /// The column that counts updates (`@version`).
    pub version: Option<usize>,
    /// The column that a deletion writes (`@soft_delete`).
    pub soft_delete: Option<usize>,
}

/// A rule over the row.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// The constraint's name in the database.
    pub name: String,
    /// What is not false of any row.
    pub condition: Formula,
    /// What is said when it is broken; the runtime's own words where none.
    pub message: Option<String>,
    /// Whether Rex made it, so that no value of the generated types can break it.
    pub made: bool,
}

impl Model {
    /// A table without columns, to be filled.
    pub fn new(name: impl Into<String>, table: impl Into<String>) -> Model {
        Model {
            name: name.into(),
            docs: String::new(),
            file: String::new(),
            kind: ModelKind::Table,
            schema: None,
            table: table.into(),
            renamed_from: None,
            columns: Vec::new(),
            fields: Vec::new(),
            primary_key: Vec::new(),
            uniques: Vec::new(),
            indexes: Vec::new(),
            foreign_keys: Vec::new(),
            checks: Vec::new(),
            relations: Vec::new(),
            version: None,
            soft_delete: None,
        }
    }

    /// What names of its constraints and indexes begin with: see [`names::stem`].
    pub fn stem(&self) -> String {
        names::stem(self.schema.as_deref(), &self.table)
    }

    /// Whether rows are only ever read: a view, or a table without a key.
    pub fn is_read_only(&self) -> bool {
        matches!(self.kind, ModelKind::View(_)) || self.primary_key.is_empty()
    }
}

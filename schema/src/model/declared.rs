//! Declarations beside models: enums, embedded types, unions, and what a view is; and what the
//! fields of a row are in Rust, where columns and fields part ways.

use super::{Column, ModelId, SqlText, TypeId, UnionId};

/// What stands behind a model.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum ModelKind {
    /// A table of Rex's.
    #[default]
    Table,
    /// A table that another tool owns: rows are read and written, its DDL never.
    Unmanaged,
    /// A query: read only.
    View(View),
}

/// The query of a view.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// The query for each configured database.
    pub sql: SqlText,
    /// Whether PostgreSQL keeps its rows. SQLite has a plain view then.
    pub materialized: bool,
}

/// An embedded type: columns that belong together, a struct in Rust.
#[derive(Clone, Debug, PartialEq)]
pub struct EmbeddedType {
    /// As written, `UpperCamelCase`.
    pub name: String,
    /// Documentation; empty if none.
    pub docs: String,
    /// The file it stands in.
    pub file: String,
    /// In source order; at least one.
    pub fields: Vec<TypeField>,
}

/// A field of an embedded type.
#[derive(Clone, Debug, PartialEq)]
pub enum TypeField {
    /// A value. Its `name` is the end of the column's name, behind that of the model's field.
    Column(Box<Column>),
    /// Another embedded type.
    Embedded {
        /// The name in the schema and in Rust.
        name: String,
        /// Documentation; empty if none.
        docs: String,
        /// The reason not to use it any more.
        deprecated: Option<String>,
        /// Its type.
        ty: TypeId,
        /// Whether it may be absent.
        optional: bool,
    },
}

/// A polymorphic reference: to a row of one of several models.
#[derive(Clone, Debug, PartialEq)]
pub struct Union {
    /// As written, `UpperCamelCase`.
    pub name: String,
    /// Documentation; empty if none.
    pub docs: String,
    /// The file it stands in.
    pub file: String,
    /// At least two, each with a key of one column and an id type of its own.
    pub members: Vec<ModelId>,
}

/// A field of a row in Rust. Every column belongs to exactly one, and they follow the order of
/// the columns.
#[derive(Clone, Debug, PartialEq)]
pub enum RowField {
    /// The column at a place.
    Column(usize),
    /// An embedded type.
    Embedded(EmbeddedField),
    /// A union.
    Union(UnionField),
}

/// A field that is an embedded type.
#[derive(Clone, Debug, PartialEq)]
pub struct EmbeddedField {
    /// The name in the schema and in Rust.
    pub name: String,
    /// Documentation; empty if none.
    pub docs: String,
    /// The reason not to use it any more.
    pub deprecated: Option<String>,
    /// Its type.
    pub ty: TypeId,
    /// Whether it may be absent: then all its columns are nullable, and null when it is.
    pub optional: bool,
    /// Places of the columns, in the order of the type's fields, nested ones in their place.
    pub columns: Vec<usize>,
}

/// A field that is a union.
#[derive(Clone, Debug, PartialEq)]
pub struct UnionField {
    /// The name in the schema and in Rust.
    pub name: String,
    /// Documentation; empty if none.
    pub docs: String,
    /// The reason not to use it any more.
    pub deprecated: Option<String>,
    /// The union.
    pub union: UnionId,
    /// Whether none of the keys may be set.
    pub optional: bool,
    /// Places of the columns, one for each member, in order; all nullable.
    pub columns: Vec<usize>,
}

impl RowField {
    /// The places of its columns.
    pub fn columns(&self) -> &[usize] {
        match self {
            RowField::Column(place) => std::slice::from_ref(place),
            RowField::Embedded(field) => &field.columns,
            RowField::Union(field) => &field.columns,
        }
    }
}

/// A closed set of names.
#[derive(Clone, Debug, PartialEq)]
pub struct Enum {
    /// As written, `UpperCamelCase`.
    pub name: String,
    /// Documentation; empty if none.
    pub docs: String,
    /// The file it stands in.
    pub file: String,
    /// The PostgreSQL schema of its type, if not the default one.
    pub schema: Option<String>,
    /// Its type's name in PostgreSQL.
    pub type_name: String,
    /// The type's former name, for the next migration.
    pub renamed_from: Option<String>,
    /// In declared order, which is the order of comparison.
    pub variants: Vec<Variant>,
}

/// One name of an enum.
#[derive(Clone, Debug, PartialEq)]
pub struct Variant {
    /// As written, `snake_case`.
    pub name: String,
    /// The label in the database.
    pub label: String,
    /// Documentation; empty if none.
    pub docs: String,
    /// The reason not to use it any more (`@deprecated`).
    pub deprecated: Option<String>,
    /// The label's former name, for the next migration.
    pub renamed_from: Option<String>,
}

//! What the generated code tells the runtime about a schema: names, types, defaults, constraints
//! and the text of fixed statements. Data only.

mod columns;

use rex_sql::{ColumnRef, Columns, Dialect, Only, SelectList, Table};

use crate::validate::Test;

use crate::check::CheckMeta;

pub use columns::columns as read_columns;

/// A model.
#[derive(Debug)]
pub struct ModelMeta {
    /// As written in the schema: `User`.
    pub name: &'static str,
    /// Its table.
    pub table: TableMeta,
    /// Its columns, as queries list them.
    pub listed: SelectList,
    /// Reads of one row: first the one by the primary key, if there is one, then one for each
    /// unique.
    pub gets: &'static [GetMeta],
    /// What is not false of any row.
    pub checks: &'static [CheckMeta],
    /// The insert of one row, with all columns but those that the database fills;
    /// [`Statement::NONE`], as the delete, where rows are only read.
    pub insert: &'static Statement,
    /// The delete of one row by its primary key, and by its version where rows count their changes.
    pub delete: &'static Statement,
    /// Rules over single columns, in their order.
    pub rules: &'static [RuleMeta],
}

/// A rule over one column.
#[derive(Debug)]
pub struct RuleMeta {
    /// A place in the table's columns.
    pub column: u16,
    /// The field, as the schema names it.
    pub field: &'static str,
    /// The attribute's name: `length`.
    pub code: &'static str,
    /// What must be; empty where a function of the user's says it.
    pub message: &'static str,
    /// What is asked of the value.
    pub test: Test,
}

/// A read of one row by columns that are unique together.
#[derive(Debug)]
pub struct GetMeta {
    /// The method's name: `get`, `by_email`.
    pub name: &'static str,
    /// Places in the table's columns, in the order of the statement's placeholders.
    pub columns: &'static [u16],
    /// The statement.
    pub statement: &'static Statement,
}

/// A statement whose text is known at build time.
#[derive(Debug)]
pub struct Statement {
    /// Dense within a schema: a connection finds its prepared statement at this place of a list.
    pub id: u32,
    /// Its text for PostgreSQL; empty if the schema does not serve it.
    pub postgres: &'static str,
    /// Its text for SQLite; empty if the schema does not serve it.
    pub sqlite: &'static str,
}

impl Statement {
    /// In the place of a statement that a read-only model does not have. It is never sent.
    pub const NONE: Statement = Statement { id: u32::MAX, postgres: "", sqlite: "" };

    /// Its text for a database.
    pub fn sql(&self, dialect: Dialect) -> &'static str {
        match dialect {
            Dialect::Postgres => self.postgres,
            Dialect::Sqlite => self.sqlite,
        }
    }
}

/// A table: a model's, or one that only joins.
#[derive(Debug)]
pub struct TableMeta {
    /// The PostgreSQL schema, if not the default one.
    pub schema: Option<&'static str>,
    /// The name in the database.
    pub name: &'static str,
    /// In the order of the model's fields.
    pub columns: &'static [ColumnMeta],
    /// The primary key; of no columns where there is none.
    pub key: UniqueMeta,
    /// The unique constraints beside it.
    pub uniques: &'static [UniqueMeta],
    /// The keys that this table holds.
    pub foreign_keys: &'static [ForeignKeyMeta],
    /// The keys of all tables that refer to this one.
    pub referenced_by: &'static [ReferenceMeta],
    /// The columns that writes keep up by themselves.
    pub upkeep: Upkeep,
}

impl Columns for TableMeta {
    fn columns(&self) -> Vec<ColumnRef> {
        self.columns.iter().map(ColumnMeta::shown).collect()
    }
}

impl TableMeta {
    /// The table for a statement.
    pub fn table(&self) -> Table {
        Table { schema: self.schema.map(Into::into), name: self.name.into() }
    }

    /// The column at a place.
    pub fn column(&self, place: u16) -> &'static ColumnMeta {
        &self.columns[usize::from(place)]
    }

    /// The names of the columns at some places.
    pub fn names(&self, places: &[u16]) -> impl Iterator<Item = &'static str> {
        places.iter().map(|place| self.column(*place).name)
    }
}

/// The columns that writes keep up by themselves.
#[derive(Clone, Copy, Debug)]
pub struct Upkeep {
    /// The place of the column that counts updates.
    pub version: Option<u16>,
    /// The place of the column that a deletion writes the time to.
    pub soft_delete: Option<u16>,
    /// Places of columns that updates leave alone.
    pub immutable: &'static [u16],
    /// Places of columns, and what each update writes there that does not set them.
    pub on_update: &'static [(u16, DefaultValue)],
}

impl Upkeep {
    /// There are no such columns.
    pub const NONE: Upkeep = Upkeep { version: None, soft_delete: None, immutable: &[], on_update: &[] };

    /// The same, and a column counts updates.
    #[must_use]
    pub const fn version(self, place: u16) -> Self {
        Upkeep { version: Some(place), ..self }
    }

    /// The same, and a column takes the times of deletions.
    #[must_use]
    pub const fn soft_delete(self, place: u16) -> Self {
        Upkeep { soft_delete: Some(place), ..self }
    }

    /// The same, and updates leave these columns alone.
    #[must_use]
    pub const fn immutable(self, immutable: &'static [u16]) -> Self {
        Upkeep { immutable, ..self }
    }

    /// The same, and updates write these.
    #[must_use]
    pub const fn on_update(self, on_update: &'static [(u16, DefaultValue)]) -> Self {
        Upkeep { on_update, ..self }
    }
}

/// A primary key or a unique constraint.
#[derive(Debug)]
pub struct UniqueMeta {
    /// The constraint's name in the database.
    pub name: &'static str,
    /// Places in the table's columns.
    pub columns: &'static [u16],
    /// Which rows it holds for, if not all.
    pub only: Option<Only>,
}

/// A foreign key of a table.
#[derive(Debug)]
pub struct ForeignKeyMeta {
    /// The constraint's name in the database.
    pub name: &'static str,
    /// Places in this table's columns.
    pub columns: &'static [u16],
    /// The PostgreSQL schema of the table it refers to.
    pub target_schema: Option<&'static str>,
    /// The table it refers to.
    pub target: &'static str,
    /// That table's columns.
    pub target_columns: &'static [&'static str],
}

/// A foreign key of another table (or of this one) that refers to this table.
#[derive(Debug)]
pub struct ReferenceMeta {
    /// The constraint's name in the database.
    pub name: &'static str,
    /// The PostgreSQL schema of the table that holds the key.
    pub source_schema: Option<&'static str>,
    /// The table that holds the key.
    pub source: &'static str,
    /// That table's columns.
    pub source_columns: &'static [&'static str],
    /// Places in this table's columns.
    pub columns: &'static [u16],
    /// Whether a row that is referred to cannot be deleted: restrict or no action.
    pub refuses_delete: bool,
    /// Whether the key of a row that is referred to cannot be changed: restrict or no action.
    pub refuses_key_change: bool,
}

/// A column.
#[derive(Debug)]
pub struct ColumnMeta {
    /// The name in the database.
    pub name: &'static str,
    /// What it holds.
    pub ty: Type,
    /// Whether it may be null.
    pub nullable: bool,
    /// What a new row gets that does not set it.
    pub default: DefaultValue,
    /// Whether PostgreSQL answers with it as text, since its type there is one of which only the
    /// text is understood here.
    pub as_text: bool,
    /// Whether its values are never shown.
    pub sensitive: bool,
    /// What PostgreSQL calls its type, where no value of it tells: an enum, a list of these, and a type
    /// of the user's choice whose values are texts here.
    pub named: Option<&'static str>,
}

impl ColumnMeta {
    /// A required column without a default.
    pub const fn new(name: &'static str, ty: Type) -> Self {
        ColumnMeta {
            name,
            ty,
            nullable: false,
            default: DefaultValue::None,
            as_text: false,
            sensitive: false,
            named: None,
        }
    }

    /// The same, nullable.
    #[must_use]
    pub const fn nullable(self) -> Self {
        ColumnMeta { nullable: true, ..self }
    }

    /// The same, with a default.
    #[must_use]
    pub const fn or(self, default: DefaultValue) -> Self {
        ColumnMeta { default, ..self }
    }

    /// The same, and PostgreSQL answers with it as text.
    #[must_use]
    pub const fn as_text(self) -> Self {
        ColumnMeta { as_text: true, ..self }
    }

    /// The same, and its values are never shown.
    #[must_use]
    pub const fn sensitive(self) -> Self {
        ColumnMeta { sensitive: true, ..self }
    }

    /// The same, of a type with this name in PostgreSQL.
    #[must_use]
    pub const fn named(self, name: &'static str) -> Self {
        ColumnMeta { named: Some(name), ..self }
    }

    /// The column among those that a statement answers with.
    pub(crate) fn shown(&self) -> ColumnRef {
        ColumnRef::new(self.name).shown(self.as_text)
    }

    /// The digits after the point, for a `Decimal` or a list of them.
    pub fn scale(&self) -> Option<u32> {
        match self.ty {
            Type::Decimal { scale, .. } => Some(scale),
            _ => None,
        }
    }
}

/// The type of a column.
#[derive(Clone, Copy, Debug)]
pub enum Type {
    /// `Bool`
    Bool,
    /// `SmallInt`
    I16,
    /// `Int`
    I32,
    /// `BigInt`
    I64,
    /// `Float`
    F32,
    /// `Double`
    F64,
    /// `Decimal(precision, scale)`
    Decimal {
        /// All digits.
        precision: u32,
        /// Those after the point.
        scale: u32,
    },
    /// `String`
    Text,
    /// `Bytes`
    Bytes,
    /// `Uuid`
    Uuid,
    /// `Date`
    Date,
    /// `Time`
    Time,
    /// `DateTime`
    DateTime,
    /// `LocalDateTime`
    LocalDateTime,
    /// `Json`
    Json,
    /// An enum, with its labels in declared order.
    Enum(&'static [&'static str]),
    /// A list.
    List(&'static Type),
}

/// What a new row gets for a column that it does not set.
#[derive(Clone, Copy, Debug)]
pub enum DefaultValue {
    /// Null if the column may be, else an error.
    None,
    /// The next number of the table's own sequence.
    Autoincrement,
    /// The present time.
    Now,
    /// The present day, UTC.
    Today,
    /// A random UUID.
    Uuid4,
    /// A UUID that sorts by its time.
    Uuid7,
    /// What the database's own expression gives.
    Database,
    /// A constant of the type `Bool`.
    Bool(bool),
    /// A constant of one of the integer types.
    Int(i64),
    /// A constant of the type `Float` or `Double`.
    Float(f64),
    /// A constant of the type `Decimal`: its digits.
    Decimal(&'static str),
    /// A constant of the type `String`.
    Text(&'static str),
    /// A constant of the type `Bytes`.
    Bytes(&'static [u8]),
    /// A constant of the type `Uuid`.
    Uuid([u8; 16]),
    /// A constant of the type `Date`: days since 1970-01-01.
    Date(i32),
    /// A constant of the type `Time`: microseconds since midnight.
    Time(i64),
    /// A constant of the type `DateTime` or `LocalDateTime`: microseconds since 1970-01-01.
    DateTime(i64),
    /// A constant of the type `Json`: its text.
    Json(&'static str),
    /// A variant of an enum, by its label.
    Label(&'static str),
    /// The elements of a list, constants.
    List(&'static [DefaultValue]),
}

impl DefaultValue {
    /// Whether the database, not Rex, fills the column, so that the fixed insert leaves it out.
    pub fn is_the_databases(&self) -> bool {
        matches!(self, DefaultValue::Autoincrement | DefaultValue::Database)
    }
}

/// A schema's DDL: what the generated `Db` hands over to create its tables.
#[derive(Debug)]
pub struct SchemaMeta {
    /// The statements that create the tables in PostgreSQL, in order; none if it is not served.
    pub postgres: &'static [&'static str],
    /// The statements that create the tables in SQLite, in order; none if it is not served.
    pub sqlite: &'static [&'static str],
    /// What is to be found in PostgreSQL, a line for each part: `object⇥part⇥what it is`.
    pub postgres_outline: &'static str,
    /// The same in SQLite.
    pub sqlite_outline: &'static str,
}

impl SchemaMeta {
    /// What is to be found in a database; none if it is not served.
    pub(crate) fn outline(&self, dialect: Dialect) -> Option<&'static str> {
        let (statements, outline) = match dialect {
            Dialect::Postgres => (self.postgres, self.postgres_outline),
            Dialect::Sqlite => (self.sqlite, self.sqlite_outline),
        };
        (!statements.is_empty()).then_some(outline)
    }
}

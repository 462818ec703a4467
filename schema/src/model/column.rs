//! Columns: what one value of a row is, and what it is when nobody says.

use super::{EnumId, Formula, ModelId, Rule, Scalar, SqlText};

/// A stored value of a model's rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// The name in the schema and in Rust (`author_id`), before any escape of keywords.
    pub field: String,
    /// The name in the database.
    pub name: String,
    /// Documentation; empty if none.
    pub docs: String,
    /// What one value is (of one element, where `list`).
    pub ty: Type,
    /// Whether it holds a list of `ty`.
    pub list: bool,
    /// Whether it may be null.
    pub nullable: bool,
    /// What a row gets that does not set it.
    pub default: Option<Default>,
    /// The model whose typed id this column holds: its own for a single-column primary key
    /// of a plain scalar, the target's for a foreign key to such a key.
    pub id_of: Option<ModelId>,
    /// What the database makes of the row's other columns (`@computed`): read only.
    pub computed: Option<Formula>,
    /// What every update writes that does not set it (`@on_update`).
    pub on_update: Option<Default>,
    /// The value of rows that are there when the column comes (`@backfill`).
    pub backfill: Option<Formula>,
    /// Set on insert, never updated (`@immutable`).
    pub immutable: bool,
    /// Never shown: not in `Debug`, logs or serialised output (`@sensitive`).
    pub sensitive: bool,
    /// The reason not to use it any more (`@deprecated`).
    pub deprecated: Option<String>,
    /// The column's former name, for the next migration (`@renamed_from`).
    pub renamed_from: Option<String>,
    /// Types of the databases' own (`@db`).
    pub native: SqlText,
    /// The path of the field's type in Rust (`@rust`).
    pub rust: Option<String>,
    /// Validation rules, in source order. The length of a `String(n)` is in its type.
    pub rules: Vec<Rule>,
}

/// The type of one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// One of Rex's own.
    Scalar(Scalar),
    /// An enum of the schema.
    Enum(EnumId),
}

/// What a row gets that does not set a column.
#[derive(Clone, Debug, PartialEq)]
pub enum Default {
    /// A constant.
    Value(Value),
    /// The elements of a list, each a constant.
    List(Vec<Value>),
    /// The next number of the table's own sequence.
    Autoincrement,
    /// What the databases' own expressions give (`sql(…)`).
    Sql(SqlText),
    /// The present time.
    Now,
    /// The present day, UTC.
    Today,
    /// A random UUID.
    Uuid4,
    /// A UUID that sorts by its time.
    Uuid7,
}

/// A constant of a column's type, already checked against it.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// For `Bool`.
    Bool(bool),
    /// For `SmallInt`, `Int`, `BigInt`; in range.
    Int(i64),
    /// For `Float` and `Double`.
    Float(f64),
    /// For `Decimal`: digits with an optional sign and point, fitting precision and scale.
    Decimal(String),
    /// For `String`.
    String(String),
    /// For `Bytes`.
    Bytes(Vec<u8>),
    /// For `Uuid`: lower case, with hyphens.
    Uuid(String),
    /// For `Date`: days since 1970-01-01.
    Date(i32),
    /// For `Time`: microseconds since midnight.
    Time(i64),
    /// For `DateTime`: microseconds since 1970-01-01T00:00:00Z.
    DateTime(i64),
    /// For `LocalDateTime`: microseconds since 1970-01-01T00:00:00.
    LocalDateTime(i64),
    /// For `Json`: JSON text.
    Json(String),
    /// For an enum: the place of the variant.
    Variant(usize),
}

impl Column {
    /// A required column of a type and nothing more.
    pub fn new(field: impl Into<String>, name: impl Into<String>, ty: Type) -> Column {
        Column {
            field: field.into(),
            name: name.into(),
            docs: String::new(),
            ty,
            list: false,
            nullable: false,
            default: None,
            id_of: None,
            computed: None,
            on_update: None,
            backfill: None,
            immutable: false,
            sensitive: false,
            deprecated: None,
            renamed_from: None,
            native: SqlText::default(),
            rust: None,
            rules: Vec::new(),
        }
    }
}

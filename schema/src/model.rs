//! The checked schema: models with their columns, keys and relations, and enums.
//!
//! Two levels must not be mixed up here. A *column* is a stored value of a row, whether the
//! user wrote it as a field or a to-one relation made it; a *relation* is a way from a row to
//! other rows, and holds no value of its own.

mod declared;
mod expr;
mod indexes;
mod rule;
mod scalar;
mod verify;

use std::fmt;
use std::ops::Index as IndexOp;

pub use declared::{EmbeddedField, EmbeddedType, ModelKind, RowField, TypeField, Union, UnionField, View};
pub use expr::{Expr, Formula, Node, SqlText, ValueType};
pub use rex_sql::{Arithmetic, Comparison, Function};
pub use rule::{Rule, RuleKind, order};

use crate::parts::{Part, note};
use crate::{Servers, names};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub u32);

        impl $name {
            /// The place in the schema's list.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }
    };
}

id!(
    /// A model of the schema.
    ModelId
);
id!(
    /// An enum of the schema.
    EnumId
);
id!(
    /// A relation: one side, as one model sees it.
    RelationId
);
id!(
    /// A join table of a many-to-many relation.
    JoinTableId
);

id!(
    /// An embedded type of the schema.
    TypeId
);
id!(
    /// A union of the schema.
    UnionId
);

/// A whole schema. Immutable, and valid as long as it exists.
#[derive(Clone, Debug, PartialEq)]
pub struct Schema {
    models: Vec<Model>,
    enums: Vec<Enum>,
    relations: Vec<Relation>,
    join_tables: Vec<JoinTable>,
    types: Vec<EmbeddedType>,
    unions: Vec<Union>,
    servers: Servers,
    /// By model.
    referring: Vec<Referring>,
}

/// Who holds a key to a model, each once, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Referring {
    /// The models.
    pub models: Vec<ModelId>,
    /// The join tables.
    pub join_tables: Vec<JoinTableId>,
}

/// What a [`Schema`] is made from.
#[derive(Clone, Debug, Default)]
pub struct Parts {
    /// In source order; a [`ModelId`] is a place in it.
    pub models: Vec<Model>,
    /// In source order; an [`EnumId`] is a place in it.
    pub enums: Vec<Enum>,
    /// By model, then in source order; a [`RelationId`] is a place in it.
    pub relations: Vec<Relation>,
    /// In the order of the relation that first needs it.
    pub join_tables: Vec<JoinTable>,
    /// In source order; a [`TypeId`] is a place in it.
    pub types: Vec<EmbeddedType>,
    /// In source order; a [`UnionId`] is a place in it.
    pub unions: Vec<Union>,
    /// The oldest servers that it is for.
    pub servers: Servers,
}

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

/// The scalar types of the language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scalar {
    /// True or false.
    Bool,
    /// 16 bits, signed.
    SmallInt,
    /// 32 bits, signed.
    Int,
    /// 64 bits, signed.
    BigInt,
    /// IEEE 754, 32 bits.
    Float,
    /// IEEE 754, 64 bits.
    Double,
    /// Exact: `precision` digits in all, `scale` of them after the point.
    Decimal {
        /// 1 to 1000.
        precision: u16,
        /// 0 to `precision`.
        scale: u16,
    },
    /// Text; `max` in Unicode scalar values.
    String {
        /// No limit where none.
        max: Option<u32>,
    },
    /// Octets.
    Bytes,
    /// 128 bits.
    Uuid,
    /// A day of the Gregorian calendar.
    Date,
    /// A time of day, in microseconds.
    Time,
    /// An instant, in microseconds, UTC.
    DateTime,
    /// A civil date and time, in microseconds, without a zone.
    LocalDateTime,
    /// A JSON value.
    Json,
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

/// A unique constraint.
#[derive(Clone, Debug, PartialEq)]
pub struct Unique {
    /// The constraint's name in the database.
    pub name: String,
    /// Places in the model's `columns`.
    pub columns: Vec<usize>,
    /// The fields as the user named them (`author`, `title`): the method is `by_author_title`
    /// made of these, a relation's name standing for its columns.
    pub fields: Vec<String>,
    /// Which rows it holds for, if not all: it is a unique index then, not a constraint.
    pub condition: Option<Formula>,
    /// Whether null equals null (PostgreSQL 15 and up).
    pub nulls_not_distinct: bool,
}

/// An index that is no constraint.
#[derive(Clone, Debug, PartialEq)]
pub struct Index {
    /// The index's name in the database.
    pub name: String,
    /// Its parts, in order.
    pub parts: Vec<IndexPart>,
    /// Which rows it holds, if not all.
    pub condition: Option<Formula>,
    /// PostgreSQL's method (`gin`); `btree` where none. SQLite has no index with another.
    pub method: Option<String>,
    /// Places of columns that it holds along, in PostgreSQL.
    pub include: Vec<usize>,
}

/// A part of an index.
#[derive(Clone, Debug, PartialEq)]
pub struct IndexPart {
    /// What is sorted.
    pub key: IndexKey,
    /// Largest first.
    pub descending: bool,
    /// Where nulls stand; the database's own habit where none.
    pub nulls: Option<Nulls>,
    /// The collation's name.
    pub collate: Option<String>,
    /// PostgreSQL's operator class (`gin_trgm_ops`).
    pub ops: Option<String>,
}

/// What a part of an index sorts.
#[derive(Clone, Debug, PartialEq)]
pub enum IndexKey {
    /// A place in the model's `columns`.
    Column(usize),
    /// What is made of them.
    Formula(Formula),
}

/// Where nulls stand in an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nulls {
    /// Before all values.
    First,
    /// After all values.
    Last,
}

/// A foreign key of a model.
#[derive(Clone, Debug, PartialEq)]
pub struct ForeignKey {
    /// The constraint's name in the database.
    pub name: String,
    /// Places in this model's `columns`.
    pub columns: Vec<usize>,
    /// The model it refers to.
    pub target: ModelId,
    /// Places in the target's `columns`, of the same number.
    pub target_columns: Vec<usize>,
    /// What happens to this row when its target goes.
    pub on_delete: Action,
    /// What happens to this row when its target's key changes.
    pub on_key_change: Action,
    /// Checked at commit instead of at each statement.
    pub deferrable: bool,
}

/// What a foreign key does when its target changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// The same happens to the row that refers.
    Cascade,
    /// It is refused, at once.
    Restrict,
    /// The key becomes null.
    SetNull,
    /// The key becomes its default.
    SetDefault,
    /// It is refused, at the end of the statement or transaction.
    NoAction,
}

/// One side of a relation: a way from the rows of `model` to those of `target`.
#[derive(Clone, Debug, PartialEq)]
pub struct Relation {
    /// The model it stands in.
    pub model: ModelId,
    /// The field's name.
    pub name: String,
    /// Documentation; empty if none.
    pub docs: String,
    /// The reason not to use it any more (`@deprecated`).
    pub deprecated: Option<String>,
    /// The model it leads to.
    pub target: ModelId,
    /// How it leads there.
    pub kind: RelationKind,
}

/// How a relation leads from row to row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelationKind {
    /// This model holds the key.
    ToOne {
        /// A place in the model's `foreign_keys`.
        foreign_key: usize,
        /// Whether the key may be null.
        optional: bool,
    },
    /// The target holds the key, and it is unique.
    InverseOne {
        /// The target's [`RelationKind::ToOne`].
        inverse: RelationId,
    },
    /// The target holds the key.
    InverseMany {
        /// The target's [`RelationKind::ToOne`].
        inverse: RelationId,
    },
    /// A join table holds both keys.
    ManyToMany {
        /// The table.
        join_table: JoinTableId,
        /// Which of its sides is this model's: 0 or 1.
        side: usize,
    },
    /// Another model holds both keys (`@through`).
    Through {
        /// The joining model's to-one to this model.
        here: RelationId,
        /// The joining model's to-one to the target.
        there: RelationId,
    },
}

/// A table that only joins: the two keys of a many-to-many relation.
#[derive(Clone, Debug, PartialEq)]
pub struct JoinTable {
    /// The PostgreSQL schema, if not the default one: its first side's.
    pub schema: Option<String>,
    /// Its name in the database.
    pub table: String,
    /// Both ends, in the order of their columns.
    pub sides: [JoinSide; 2],
}

/// One end of a join table.
#[derive(Clone, Debug, PartialEq)]
pub struct JoinSide {
    /// The model it refers to, by its primary key.
    pub model: ModelId,
    /// The columns' names in the join table, one for each part of the key.
    pub columns: Vec<String>,
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

impl JoinTable {
    /// What names of its constraints and indexes begin with: see [`names::stem`].
    pub fn stem(&self) -> String {
        names::stem(self.schema.as_deref(), &self.table)
    }
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

impl Schema {
    /// Makes a schema, verifying that every reference leads somewhere and every key is whole.
    ///
    /// # Panics
    ///
    /// When `parts` break an invariant: a bug of the compiler, which has checked the source.
    pub fn new(parts: Parts) -> Schema {
        let schema = Schema {
            referring: referring(&parts),
            models: parts.models,
            enums: parts.enums,
            relations: parts.relations,
            join_tables: parts.join_tables,
            types: parts.types,
            unions: parts.unions,
            servers: parts.servers,
        };
        schema.verify();
        schema
    }

    /// The oldest servers that it is for.
    pub fn servers(&self) -> Servers {
        note(Part::Servers);
        self.servers
    }

    /// All models, in source order.
    pub fn models(&self) -> impl ExactSizeIterator<Item = (ModelId, &Model)> {
        note(Part::Whole);
        self.models.iter().enumerate().map(|(i, m)| (ModelId(i as u32), m))
    }

    /// All enums, in source order.
    pub fn enums(&self) -> impl ExactSizeIterator<Item = (EnumId, &Enum)> {
        note(Part::Whole);
        self.enums.iter().enumerate().map(|(i, e)| (EnumId(i as u32), e))
    }

    /// All relations, by model, then in source order.
    pub fn relations(&self) -> impl ExactSizeIterator<Item = (RelationId, &Relation)> {
        note(Part::Whole);
        self.relations.iter().enumerate().map(|(i, r)| (RelationId(i as u32), r))
    }

    /// All join tables.
    pub fn join_tables(&self) -> impl ExactSizeIterator<Item = (JoinTableId, &JoinTable)> {
        note(Part::Whole);
        self.join_tables.iter().enumerate().map(|(i, j)| (JoinTableId(i as u32), j))
    }

    /// All embedded types, in source order.
    pub fn types(&self) -> impl ExactSizeIterator<Item = (TypeId, &EmbeddedType)> {
        note(Part::Whole);
        self.types.iter().enumerate().map(|(i, t)| (TypeId(i as u32), t))
    }

    /// All unions, in source order.
    pub fn unions(&self) -> impl ExactSizeIterator<Item = (UnionId, &Union)> {
        note(Part::Whole);
        self.unions.iter().enumerate().map(|(i, u)| (UnionId(i as u32), u))
    }

    /// How many columns a field of an embedded type has.
    pub fn width(&self, field: &TypeField) -> usize {
        match field {
            TypeField::Column(_) => 1,
            TypeField::Embedded { ty, .. } => self[*ty].fields.iter().map(|field| self.width(field)).sum(),
        }
    }

    /// Who holds a key to a model.
    pub fn referring(&self, id: ModelId) -> &Referring {
        note(Part::Referring(id));
        &self.referring[id.index()]
    }

    /// Every part, but the whole.
    pub(crate) fn parts(&self) -> impl Iterator<Item = Part> {
        let models = (0..self.models.len() as u32).map(ModelId);
        let models = models.flat_map(|id| [Part::Model(id), Part::Referring(id)]);
        let relations = (0..self.relations.len() as u32).map(|id| Part::Relation(RelationId(id)));
        let joins = (0..self.join_tables.len() as u32).map(|id| Part::JoinTable(JoinTableId(id)));
        let enums = (0..self.enums.len() as u32).map(|id| Part::Enum(EnumId(id)));
        let types = (0..self.types.len() as u32).map(|id| Part::Type(TypeId(id)));
        let unions = (0..self.unions.len() as u32).map(|id| Part::Union(UnionId(id)));
        let lists = models.chain(relations).chain(joins).chain(enums).chain(types).chain(unions);
        lists.chain([Part::Servers])
    }

    /// The foreign key behind a to-one relation, with the model that holds it.
    pub fn foreign_key(&self, relation: RelationId) -> (ModelId, &ForeignKey) {
        let relation = &self[relation];
        match relation.kind {
            RelationKind::ToOne { foreign_key, .. } => {
                (relation.model, &self[relation.model].foreign_keys[foreign_key])
            }
            _ => unreachable!("only a to-one relation holds a key"),
        }
    }
}

/// Who holds a key to each model.
fn referring(parts: &Parts) -> Vec<Referring> {
    let mut referring = vec![Referring::default(); parts.models.len()];
    for (place, model) in parts.models.iter().enumerate() {
        let id = ModelId(place as u32);
        for key in &model.foreign_keys {
            let holders = &mut referring[key.target.index()].models;
            if holders.last() != Some(&id) {
                holders.push(id);
            }
        }
    }
    for (place, join) in parts.join_tables.iter().enumerate() {
        let id = JoinTableId(place as u32);
        for side in &join.sides {
            let joins = &mut referring[side.model.index()].join_tables;
            if joins.last() != Some(&id) {
                joins.push(id);
            }
        }
    }
    referring
}

impl IndexOp<ModelId> for Schema {
    type Output = Model;
    fn index(&self, id: ModelId) -> &Model {
        note(Part::Model(id));
        &self.models[id.index()]
    }
}

impl IndexOp<EnumId> for Schema {
    type Output = Enum;
    fn index(&self, id: EnumId) -> &Enum {
        note(Part::Enum(id));
        &self.enums[id.index()]
    }
}

impl IndexOp<RelationId> for Schema {
    type Output = Relation;
    fn index(&self, id: RelationId) -> &Relation {
        note(Part::Relation(id));
        &self.relations[id.index()]
    }
}

impl IndexOp<TypeId> for Schema {
    type Output = EmbeddedType;
    fn index(&self, id: TypeId) -> &EmbeddedType {
        note(Part::Type(id));
        &self.types[id.index()]
    }
}

impl IndexOp<UnionId> for Schema {
    type Output = Union;
    fn index(&self, id: UnionId) -> &Union {
        note(Part::Union(id));
        &self.unions[id.index()]
    }
}

impl IndexOp<JoinTableId> for Schema {
    type Output = JoinTable;
    fn index(&self, id: JoinTableId) -> &JoinTable {
        note(Part::JoinTable(id));
        &self.join_tables[id.index()]
    }
}

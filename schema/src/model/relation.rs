//! Relations, and the keys and tables that hold them.

use super::{JoinTableId, ModelId, RelationId};
use crate::names;

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

impl JoinTable {
    /// What names of its constraints and indexes begin with: see [`names::stem`].
    pub fn stem(&self) -> String {
        names::stem(self.schema.as_deref(), &self.table)
    }
}

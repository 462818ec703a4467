//! The checked schema: models with their columns, keys and relations, and enums.
//!
//! Two levels must not be mixed up here. A *column* is a stored value of a row, whether the
//! user wrote it as a field or a to-one relation made it; a *relation* is a way from a row to
//! other rows, and holds no value of its own.

mod column;
mod declared;
mod expr;
mod ids;
mod indexes;
mod relation;
mod rule;
mod scalar;
mod table;
mod verify;

use std::ops::Index as IndexOp;

pub use column::{Column, Default, Type, Value};
pub use declared::{
    EmbeddedField, EmbeddedType, Enum, ModelKind, RowField, TypeField, Union, UnionField, Variant, View,
};
pub use expr::{Expr, Formula, Node, SqlText, ValueType};
pub use ids::{EnumId, JoinTableId, ModelId, RelationId, TypeId, UnionId};
pub use indexes::{Index, IndexKey, IndexPart, Nulls, Unique};
pub use relation::{Action, ForeignKey, JoinSide, JoinTable, Relation, RelationKind};
pub use rex_sql::{Arithmetic, Comparison, Function};
pub use rule::{Rule, RuleKind, order};
pub use scalar::Scalar;
pub use table::{Check, Model};

use crate::Servers;
use crate::parts::{Part, note};

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

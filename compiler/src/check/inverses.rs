//! Seventh pass: how each relation leads to its target, and back.
//!
//! Terms: a to-one without `@inverse` *holds a key*; every other side *claims* one: by
//! `@inverse`, by being the only candidate, or through a join table.

mod explicit;
mod forgotten;
mod implied;

use std::collections::{HashMap, HashSet};

use super::draft::{Link, Shape};
use super::foreign_keys::is_unique;
use super::{Cx, FieldIx, ModelIx, through, unions};
use crate::diagnostic::relations;

/// A relation's side.
pub(super) type Side = (ModelIx, FieldIx);

/// Finds the link of every relation.
pub(super) fn resolve(cx: &mut Cx<'_>) {
    let mut relations = Relations::new(cx);
    for &(model, field) in &relations.all {
        if cx.field(model, field).holds_key() {
            cx.models[model].fields[field].link = Some(Link::Key);
        }
    }
    for model in cx.with_rows() {
        for field in &mut cx.models[model].fields {
            if matches!(field.shape, Shape::Union { .. }) {
                field.link = Some(Link::Key);
            }
        }
    }
    for &side in &relations.all.clone() {
        explicit::resolve(cx, &mut relations, side);
    }
    for &(model, field) in &relations.all {
        if let Shape::ToMany { target } = cx.field(model, field).shape {
            through::resolve(cx, model, field, target);
        }
    }
    implied::resolve(cx, &mut relations);
    let unclaimed = forgotten::unclaimed(cx, &relations);
    for &side in &relations.all {
        forgotten::check(cx, &relations, &unclaimed, side);
        misplaced(cx, side);
    }
}

/// What the steps share.
struct Relations {
    /// In source order.
    all: Vec<Side>,
    /// The relations of the first model that lead to the second.
    facing: HashMap<(ModelIx, ModelIx), Vec<FieldIx>>,
    /// Who claims a side as its other one, from which model: a union may be claimed from each of
    /// its members.
    claims: HashMap<(Side, ModelIx), Side>,
    /// Sides whose `@inverse` was told to be wrong, and sides that it named.
    told: HashSet<Side>,
}

impl Relations {
    fn new(cx: &Cx<'_>) -> Relations {
        let mut relations = Relations {
            all: Vec::new(),
            facing: HashMap::new(),
            claims: HashMap::new(),
            told: HashSet::new(),
        };
        for model in cx.with_rows() {
            for field in 0..cx.models[model].fields.len() {
                match cx.field(model, field).shape {
                    Shape::ToOne { target, .. } | Shape::ToMany { target } => {
                        relations.all.push((model, field));
                        relations.facing.entry((model, target)).or_default().push(field);
                    }
                    Shape::Union { union, .. } => {
                        for &(member, _) in &cx.unions[union].members {
                            relations.facing.entry((model, member)).or_default().push(field);
                        }
                    }
                    Shape::Scalar { .. } | Shape::Embedded { .. } | Shape::Broken => {}
                }
            }
        }
        relations
    }

    /// Who claims a side as its other one, from a model.
    fn claimant(&self, side: Side, from: ModelIx) -> Option<Side> {
        self.claims.get(&(side, from)).copied()
    }

    fn claim(&mut self, side: Side, by: Side) {
        self.claims.insert((side, by.0), by);
    }

    /// The sides in `target` that lead to `model`.
    fn back(&self, model: ModelIx, target: ModelIx) -> &[FieldIx] {
        self.facing.get(&(target, model)).map_or(&[], Vec::as_slice)
    }
}

pub(super) fn target_of(shape: Shape) -> Option<ModelIx> {
    match shape {
        Shape::ToOne { target, .. } | Shape::ToMany { target } => Some(target),
        Shape::Scalar { .. } | Shape::Embedded { .. } | Shape::Union { .. } | Shape::Broken => None,
    }
}

/// A model whose field could not be read may have pointed back with it.
pub(super) fn may_lack_fields(cx: &Cx<'_>, model: ModelIx) -> bool {
    let draft = &cx.models[model];
    draft.broken || draft.fields.iter().any(|field| field.shape == Shape::Broken)
}

/// Whether a to-one's key is unique: by attribute, by statement, or as the whole primary key. Of a
/// union it is the key to `target`.
fn holds_unique_key(cx: &Cx<'_>, model: ModelIx, field: FieldIx, target: ModelIx) -> bool {
    let columns = &cx.field(model, field).columns;
    let columns = match unions::member_of(cx, model, field, target) {
        Some(at) => columns.get(at..=at).unwrap_or_default(),
        None => columns,
    };
    !columns.is_empty() && is_unique(cx, model, columns)
}

/// Attributes of a key on a side that holds none.
fn misplaced(cx: &mut Cx<'_>, (model, field): Side) {
    let draft = cx.field(model, field);
    if draft.holds_key() || draft.attributes.of_key.is_empty() {
        return;
    }
    let key = match (draft.link, target_of(draft.shape)) {
        (Some(Link::Inverse(back)), Some(target)) => Some(cx.field(target, back)),
        _ => None,
    };
    let there: Vec<&str> = key.iter().flat_map(|key| &key.attributes.of_key).map(|(name, _)| *name).collect();
    let key = key.map(|key| (key.place(), key.end()));
    // In a key it was told already.
    let attributes: Vec<_> =
        draft.attributes.of_key.iter().filter(|(name, _)| *name != "id").copied().collect();
    for (name, at) in attributes {
        let text = cx.text(at);
        cx.report(relations::on_other_side(at, name, text, key, there.contains(&name)));
    }
}

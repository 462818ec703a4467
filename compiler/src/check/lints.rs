//! Last pass: what works, and is probably not meant.

mod constant_checks;

use rex_schema::model::{Action, Nulls, Scalar, Type};

use std::collections::HashMap;

use super::draft::{IndexDraft, ModelDraft, Shape};
use super::foreign_keys::columns_of;
use super::{Cx, FieldIx, ModelIx};
use crate::diagnostic::REGISTRY;
use crate::diagnostic::{columns, lints};
use crate::source::Place;

/// Runs every lint.
pub(super) fn check(cx: &mut Cx<'_>) {
    unused_types(cx);
    for model in cx.with_rows() {
        redundant_indexes(cx, model);
        nullable_uniques(cx, model);
        int_key(cx, model);
        float_money(cx, model);
        local_date_time(cx, model);
    }
    required_cycles(cx);
    cascade_cycles(cx);
    constant_checks::check(cx);
}

/// A lint by its name, as `allow` has it; an unknown one is told.
pub(super) fn known_lint(cx: &mut Cx<'_>, name: &str, place: Place) -> Option<&'static str> {
    let mut known = REGISTRY.iter().filter_map(|code| code.lint());
    let found = known.clone().find(|lint| *lint == name);
    if found.is_none() {
        let known: Vec<&str> =
            if cx.may_suggest(REGISTRY.len()) { known.by_ref().collect() } else { Vec::new() };
        cx.report(lints::unknown_lint(place, name, known));
    }
    found
}

/// Declarations that no field has and no model takes in.
fn unused_types(cx: &mut Cx<'_>) {
    let is_broken = |model: &ModelDraft<'_>| {
        model.broken || model.fields.iter().any(|field| field.shape == Shape::Broken)
    };
    if cx.models.iter().any(is_broken) || !cx.seeming.is_empty() {
        return;
    }
    let mut found = Vec::new();
    for item in cx.enums.iter().filter(|item| !item.used) {
        let place = Place { file: item.file, span: item.ast.name.span };
        found.push(lints::unused_type(place, "enum", &item.ast.name.text));
    }
    for block in cx.models.iter().filter(|block| !block.has_rows() && !block.used) {
        found.push(lints::unused_type(block.place(), block.ast.kind.keyword(), block.name()));
    }
    for item in cx.unions.iter().filter(|item| !item.used && !item.broken) {
        let place = Place { file: item.file, span: item.ast.name.span };
        found.push(lints::unused_type(place, "union", &item.ast.name.text));
    }
    cx.diagnostics.extend(found);
}

/// An index whose columns begin a key, a unique constraint or another index.
fn redundant_indexes(cx: &mut Cx<'_>, model: ModelIx) {
    let draft = &cx.models[model];
    if draft.storage.is_view && draft.storage.materialized.is_none() {
        return;
    }
    if draft.uniques.is_empty() && draft.indexes.iter().all(|index| index.made) {
        return;
    }
    let key: Vec<usize> =
        draft.key.iter().flat_map(|key| &key.fields).flat_map(|&f| draft.fields[f].columns.clone()).collect();
    let key_place = draft.key.as_ref().map(|key| key.place);
    let mut found = Vec::new();
    let mut begins = Begins::default();
    if let Some(place) = key_place {
        begins.add(&ascending(&key), "the primary key", place);
    }
    for unique in draft.uniques.iter().filter(|unique| unique.is_total()) {
        let columns = columns_of(cx, model, &unique.parts);
        if !key.is_empty() && columns == key {
            found.push(lints::redundant_index(unique.place, "this constraint", "the primary key", key_place));
        }
        begins.add(&ascending(&columns), "a unique constraint", unique.place);
    }
    let written: Vec<(&IndexDraft, Vec<Ordered>)> = draft
        .indexes
        .iter()
        .filter(|index| !index.made && index.is_total() && index.include.is_none())
        .filter(|index| index.parts.iter().all(|part| part.field().is_some()))
        .map(|index| (index, ordered(cx, model, index)))
        .collect();
    let mut longest_first: Vec<usize> = (0..written.len()).collect();
    longest_first.sort_by_key(|&at| (std::cmp::Reverse(written[at].1.len()), at));
    for at in longest_first {
        let (index, columns) = &written[at];
        match begins.find(columns) {
            Some((what, place)) => {
                found.push(lints::redundant_index(index.place, "this index", what, Some(place)))
            }
            None => begins.add(columns, "another index", index.place),
        }
    }
    cx.diagnostics.extend(found);
}

/// A column of an index, whether it descends, and whether nulls are said to come first.
type Ordered = (usize, bool, Option<bool>);

fn ascending(columns: &[usize]) -> Vec<Ordered> {
    columns.iter().map(|&column| (column, false, None)).collect()
}

fn ordered(cx: &Cx<'_>, model: ModelIx, index: &IndexDraft) -> Vec<Ordered> {
    let parts = index.parts.iter();
    parts
        .flat_map(|part| {
            let columns = columns_of(cx, model, std::slice::from_ref(part));
            let nulls_first = part.nulls.map(|nulls| nulls == Nulls::First);
            columns.into_iter().map(move |column| (column, part.descending, nulls_first))
        })
        .collect()
}

/// What keys and indexes begin with, and which of them it was.
#[derive(Default)]
struct Begins(HashMap<Vec<Ordered>, (&'static str, Place)>);

impl Begins {
    fn add(&mut self, columns: &[Ordered], what: &'static str, place: Place) {
        for end in 1..=columns.len() {
            self.0.entry(columns[..end].to_vec()).or_insert((what, place));
        }
    }

    /// An index can be read from either end, so that one column serves both orders.
    fn find(&self, columns: &[Ordered]) -> Option<(&'static str, Place)> {
        let other_end = match columns {
            [(column, descending, None)] => self.0.get([(*column, !descending, None)].as_slice()),
            _ => None,
        };
        self.0.get(columns).or(other_end).copied()
    }
}

fn nullable_uniques(cx: &mut Cx<'_>, model: ModelIx) {
    let draft = &cx.models[model];
    let mut found = Vec::new();
    // A condition may have been written for the sake of nulls.
    for unique in draft
        .uniques
        .iter()
        .filter(|unique| unique.parts.len() > 1 && unique.is_total() && !unique.nulls_not_distinct)
    {
        for part in &unique.parts {
            let Some(field) = part.field().map(|field| &draft.fields[field]) else { continue };
            let optional = match field.shape {
                Shape::Scalar { nullable, .. } => nullable,
                Shape::ToOne { optional, .. } => optional,
                Shape::Embedded { .. } => part.column().is_some_and(|column| draft.columns[column].nullable),
                Shape::Union { .. } | Shape::ToMany { .. } | Shape::Broken => false,
            };
            if optional {
                found.push(lints::nullable_unique(part.place, field.name()));
            }
        }
    }
    cx.diagnostics.extend(found);
}

fn int_key(cx: &mut Cx<'_>, model: ModelIx) {
    let draft = &cx.models[model];
    let Some(key) = &draft.key else { return };
    let [field] = key.fields.as_slice() else { return };
    let field = &draft.fields[*field];
    let makes_numbers = field.columns.first().is_some_and(|&column| {
        draft.columns[column].default == Some(rex_schema::model::Default::Autoincrement)
    });
    let (ty, most) = match field.shape {
        Shape::Scalar { ty: Type::Scalar(Scalar::Int), .. } => ("Int", "2 147 483 647"),
        Shape::Scalar { ty: Type::Scalar(Scalar::SmallInt), .. } => ("SmallInt", "32 767"),
        _ => return,
    };
    if makes_numbers {
        let diagnostic = lints::int_key(field.bare_type_place(), ty, most);
        cx.report(diagnostic);
    }
}

fn float_money(cx: &mut Cx<'_>, model: ModelIx) {
    const WORDS: [&str; 9] =
        ["price", "amount", "total", "cost", "fee", "balance", "salary", "tax", "discount"];
    let mut found = Vec::new();
    for field in &cx.models[model].fields {
        let Shape::Scalar { ty: Type::Scalar(scalar @ (Scalar::Float | Scalar::Double)), .. } = field.shape
        else {
            continue;
        };
        if field.name().split('_').any(|word| WORDS.contains(&word)) {
            found.push(lints::float_money(field.bare_type_place(), field.name(), scalar.name()));
        }
    }
    cx.diagnostics.extend(found);
}

fn local_date_time(cx: &mut Cx<'_>, model: ModelIx) {
    let local = Type::Scalar(Scalar::LocalDateTime);
    let fields = cx.models[model].fields.iter().filter(|field| field.name().ends_with("_at"));
    let fields = fields.filter(|field| matches!(field.shape, Shape::Scalar { ty, .. } if ty == local));
    let found: Vec<_> =
        fields.map(|field| columns::local_date_time(field.bare_type_place(), field.name())).collect();
    cx.diagnostics.extend(found);
}

/// Required keys in a circle, none deferrable: no row can be the first. A model that requires a
/// row of itself is the shortest such circle.
fn required_cycles(cx: &mut Cx<'_>) {
    let edges: Vec<Vec<(ModelIx, FieldIx)>> = cx.models.iter().map(required).collect();
    for path in circles(&edges) {
        let names: Vec<&str> = path.iter().map(|&(model, _)| cx.models[model].name()).collect();
        let key = cx.field(path[0].0, path[0].1);
        let (place, end) = (key.place(), key.end());
        // A field with a fault may be meant otherwise.
        let is_faulty = |&(model, field): &(ModelIx, FieldIx)| {
            let draft = cx.field(model, field);
            cx.has_error_within(Place { file: draft.file, span: draft.ast.span })
        };
        if path.iter().any(is_faulty) {
            continue;
        }
        let path = format!("`{}` needs `{}`", names.join("` needs `"), names[0]);
        cx.report(lints::required_cycle(place, &path, end));
    }
}

/// Deletions that go in a circle over more than one model.
fn cascade_cycles(cx: &mut Cx<'_>) {
    let cascading = |model: ModelIx| {
        let keys = cx.models[model].foreign_keys.iter();
        let keys = keys.filter(move |key| key.on_delete == Action::Cascade && key.target != model);
        keys.map(|key| (key.target, key.field)).collect()
    };
    let edges: Vec<Vec<(ModelIx, FieldIx)>> = (0..cx.models.len()).map(cascading).collect();
    for path in circles(&edges) {
        // A deletion goes from a target to the rows that refer to it.
        let names: Vec<&str> = path.iter().rev().map(|&(model, _)| cx.models[model].name()).collect();
        let key = cx.field(path[0].0, path[0].1);
        let place = key.attributes.on_delete.map_or(key.place(), |(_, place)| place);
        let others: Vec<Place> = path[1..]
            .iter()
            .filter_map(|&(model, field)| cx.field(model, field).attributes.on_delete)
            .map(|(_, place)| place)
            .collect();
        let path = format!("`{}` deletes `{}`", names.join("` deletes `"), names[0]);
        cx.report(lints::cascade_cycle(place, &path, &others));
    }
}

/// The circles that keys make: each model in one of them is on no other.
fn circles(edges: &[Vec<(ModelIx, FieldIx)>]) -> Vec<Vec<(ModelIx, FieldIx)>> {
    let mut leads_out = vec![0; edges.len()];
    let mut leads_in: Vec<Vec<ModelIx>> = vec![Vec::new(); edges.len()];
    for (model, targets) in edges.iter().enumerate() {
        leads_out[model] = targets.len();
        targets.iter().for_each(|&(target, _)| leads_in[target].push(model));
    }
    // What leads nowhere, or only to what is on no circle, is on none.
    let mut on_none: Vec<ModelIx> = (0..edges.len()).filter(|&model| leads_out[model] == 0).collect();
    while let Some(model) = on_none.pop() {
        for &from in &leads_in[model] {
            leads_out[from] -= 1;
            if leads_out[from] == 0 {
                on_none.push(from);
            }
        }
    }
    let mut told = vec![false; edges.len()];
    let mut left = MAX_CIRCLES;
    let mut found = Vec::new();
    for start in (0..edges.len()).filter(|&model| leads_out[model] > 0) {
        if told[start] || left == 0 {
            continue;
        }
        left -= 1;
        let Some(path) = circle(edges, start) else { continue };
        path.iter().for_each(|&(model, _)| told[model] = true);
        found.push(path);
    }
    found
}

/// How many models are searched for a circle through them.
const MAX_CIRCLES: usize = 200;

fn required(model: &ModelDraft<'_>) -> Vec<(ModelIx, FieldIx)> {
    let keys = model.foreign_keys.iter().filter(|key| !key.deferrable && model.storage.is_table());
    let required = keys.filter(|key| key.columns.iter().all(|&column| !model.columns[column].nullable));
    required.map(|key| (key.target, key.field)).collect()
}

/// A shortest way from `start` back to itself: each model with the key that leads on.
fn circle(edges: &[Vec<(ModelIx, FieldIx)>], start: ModelIx) -> Option<Vec<(ModelIx, FieldIx)>> {
    let mut came: Vec<Option<(ModelIx, FieldIx)>> = vec![None; edges.len()];
    let mut queue = std::collections::VecDeque::from([start]);
    while let Some(model) = queue.pop_front() {
        for &(target, key) in &edges[model] {
            if target == start {
                let mut path = vec![(model, key)];
                let mut at = model;
                while at != start {
                    let (from, key) = came[at]?;
                    path.push((from, key));
                    at = from;
                }
                path.reverse();
                return Some(path);
            }
            if came[target].is_none() {
                came[target] = Some((model, key));
                queue.push_back(target);
            }
        }
    }
    None
}

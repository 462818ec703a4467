//! Eighth pass: foreign keys, and the indexes that they need.

use std::collections::HashSet;

use rex_grammar::ast;
use rex_schema::model::{Action, Type};

use super::draft::{ForeignKeyDraft, IndexDraft, Key, Link, ModelDraft, PartDraft, PartKey, Shape};
use super::keys::MAX_COLUMNS;
use super::{Cx, FieldIx, ModelIx};
use crate::diagnostic::{keys, lints, relations};
use crate::source::Place;

/// Makes the foreign keys of all to-one relations.
pub(super) fn make(cx: &mut Cx<'_>) {
    for model in cx.with_rows() {
        for field in 0..cx.models[model].fields.len() {
            let draft = cx.field(model, field);
            if let Shape::Union { union, optional } = draft.shape {
                make_members(cx, model, field, union, optional);
                continue;
            }
            let (Shape::ToOne { target, optional }, true) = (draft.shape, draft.link == Some(Link::Key))
            else {
                continue;
            };
            if let Some(target_columns) = target_columns(cx, model, field, target)
                && use_fields(cx, model, field, target, &target_columns, optional)
            {
                let columns = cx.field(model, field).columns.clone();
                let key = NewKey { field, member: 0, columns, target, target_columns };
                make_one(cx, model, key, optional);
            }
        }
    }
    for model in cx.with_rows() {
        add_indexes(cx, model);
    }
}

/// The columns of the target that the key refers to. None if they cannot be made out.
fn target_columns(cx: &mut Cx<'_>, model: ModelIx, field: FieldIx, target: ModelIx) -> Option<Vec<usize>> {
    let Some((named, place)) = cx.field(model, field).attributes.references.clone() else {
        let key = cx.models[target].key.as_ref()?;
        return Some(key.fields.iter().flat_map(|&part| cx.field(target, part).columns.clone()).collect());
    };
    // That these are scalars of the target was checked with the keys.
    let parts: Option<Vec<FieldIx>> = named.iter().map(|name| cx.models[target].find(&name.text)).collect();
    let columns: Vec<usize> =
        parts?.iter().flat_map(|&part| cx.field(target, part).columns.clone()).collect();
    if !is_unique(cx, target, &columns) {
        let names: Vec<&str> = named.iter().map(|name| name.text.as_str()).collect();
        let single = (names.len() == 1).then(|| cx.models[target].find(names[0])).flatten();
        let insert = single.map(|part| cx.field(target, part).end());
        let diagnostic = {
            let inside = cx.models[target].inside();
            relations::references_not_unique(place, cx.models[target].name(), &names, insert, inside)
        };
        cx.report(diagnostic);
        return None;
    }
    Some(columns)
}

/// Whether the primary key or a unique constraint has exactly these columns.
pub(super) fn is_unique(cx: &Cx<'_>, model: ModelIx, columns: &[usize]) -> bool {
    let mut columns = columns.to_vec();
    columns.sort_unstable();
    let same = |mut others: Vec<usize>| {
        others.sort_unstable();
        columns == others
    };
    let draft = &cx.models[model];
    let key = draft.key.iter().map(|key| key_columns(draft, key));
    let uniques = draft.uniques.iter().filter(|unique| unique.is_total());
    let uniques = uniques.map(|unique| columns_of(cx, model, &unique.parts));
    key.chain(uniques).any(same)
}

fn key_columns(draft: &ModelDraft<'_>, key: &Key<'_>) -> Vec<usize> {
    key.fields.iter().flat_map(|&field| draft.fields[field].columns.iter().copied()).collect()
}

/// `@fields(a, b)`: existing scalars are the key. False if they cannot be, which is told.
fn use_fields(
    cx: &mut Cx<'_>,
    model: ModelIx,
    field: FieldIx,
    target: ModelIx,
    target_columns: &[usize],
    optional: bool,
) -> bool {
    let Some((named, place)) = cx.field(model, field).attributes.fields.clone() else { return true };
    if named.len() != target_columns.len() {
        let key: Vec<&str> =
            target_columns.iter().map(|&c| cx.models[target].columns[c].field.as_str()).collect();
        let diagnostic = relations::fields_number(place, cx.models[target].name(), &key, named.len());
        cx.report(diagnostic);
        return false;
    }
    let mut sound = true;
    for (at, (name, &there)) in named.iter().zip(target_columns).enumerate() {
        let here = Place { span: name.span, ..place };
        if let Some(first) = named[..at].iter().find(|first| first.text == name.text) {
            cx.report(keys::field_twice(here, &name.text, Place { span: first.span, ..place }));
            sound = false;
        } else {
            sound &= use_field(cx, model, field, name, here, (target, there), optional);
        }
    }
    sound
}

fn use_field(
    cx: &mut Cx<'_>,
    model: ModelIx,
    relation: FieldIx,
    name: &ast::Name,
    at: Place,
    there: (ModelIx, usize),
    optional: bool,
) -> bool {
    let Some(found) = cx.models[model].find(&name.text) else {
        cx.unknown_field(at, model, &name.text);
        return false;
    };
    let declared = cx.field(model, found).place();
    let Shape::Scalar { ty, list: false, nullable } = cx.field(model, found).shape else {
        if cx.field(model, found).shape != Shape::Broken {
            cx.report(relations::fields_not_scalar(at, &name.text, declared));
        }
        return false;
    };
    let key = &cx.models[there.0].columns[there.1];
    let (id_of, key_type, key_place) = (key.id_of, key.ty, key.place);
    if ty != key_type {
        let (is, wanted, ty) =
            (cx.type_name(ty), cx.type_name(key_type), cx.field(model, found).bare_type_place());
        cx.report(relations::fields_type(at, &name.text, &is, key_place, &wanted, ty));
        return false;
    }
    if nullable != optional {
        let marks =
            [relation, found].map(|field| (cx.field(model, field).name(), cx.field(model, field).mark()));
        let diagnostic = relations::optional_mismatch(at, marks, optional, declared);
        cx.report(diagnostic);
        return false;
    }
    let column = cx.field(model, found).columns.first().copied();
    if let (Some(column), Some(_)) = (column, id_of)
        && there != (model, column)
    {
        cx.models[model].columns[column].id_of = id_of;
    }
    column.is_some()
}

/// A key for each member of a union.
fn make_members(cx: &mut Cx<'_>, model: ModelIx, field: FieldIx, union: usize, optional: bool) {
    let members = cx.unions[union].members.clone();
    for (member, (target, _)) in members.into_iter().enumerate() {
        let columns = vec![cx.field(model, field).columns[member]];
        let key = cx.models[target].key.as_ref();
        let target_columns = key.map(|key| key_columns(&cx.models[target], key)).unwrap_or_default();
        make_one(cx, model, NewKey { field, member, columns, target, target_columns }, optional);
    }
}

/// A foreign key without what attributes say.
struct NewKey {
    field: FieldIx,
    member: usize,
    columns: Vec<usize>,
    target: ModelIx,
    target_columns: Vec<usize>,
}

fn make_one(cx: &mut Cx<'_>, model: ModelIx, key: NewKey, optional: bool) {
    let NewKey { field, member, columns, target, target_columns } = key;
    let draft = cx.field(model, field);
    let (name, ty) = (draft.name(), draft.type_place());
    let attributes = &draft.attributes;
    let deferrable = attributes.deferrable.is_some();
    // RESTRICT acts at once even when the key is deferrable; what waits for the commit is NO ACTION.
    let rest = if deferrable { Action::NoAction } else { Action::Restrict };
    let (on_delete, on_key_change) = (attributes.on_delete, attributes.on_key_change);
    let constraint = attributes.constraint.as_ref().map(|(name, _)| name.clone());
    for (action, at) in [on_delete, on_key_change].into_iter().flatten() {
        match action {
            Action::SetNull if !optional => cx.report(relations::set_null_required(at, name, ty)),
            Action::SetDefault if columns.iter().any(|&c| cx.models[model].columns[c].default.is_none()) => {
                cx.report(relations::set_default_without(at, name));
            }
            _ => {}
        }
    }
    // A column that clashed is missing, which was told.
    let types = |model: ModelIx, columns: &[usize]| -> Vec<Type> {
        columns.iter().map(|&column| cx.models[model].columns[column].ty).collect()
    };
    if types(model, &columns) != types(target, &target_columns) {
        return;
    }
    cx.models[model].foreign_keys.push(ForeignKeyDraft {
        field,
        member,
        name: constraint,
        columns,
        target,
        target_columns,
        on_delete: on_delete.map_or(rest, |(action, _)| action),
        on_key_change: on_key_change.map_or(rest, |(action, _)| action),
        deferrable,
    });
}

/// The columns of an index's parts, in order. A part that is an expression has none.
pub(super) fn columns_of(cx: &Cx<'_>, model: ModelIx, parts: &[PartDraft]) -> Vec<usize> {
    parts
        .iter()
        .flat_map(|part| match part.key {
            PartKey::Field { column: Some(column), .. } => vec![column],
            PartKey::Field { field, column: None } => cx.field(model, field).columns.clone(),
            PartKey::Formula(_) => Vec::new(),
        })
        .collect()
}

/// The sets of columns that a key, a unique constraint or an index of a model begins with.
struct Covered(HashSet<Vec<usize>>);

impl Covered {
    fn new(cx: &Cx<'_>, model: ModelIx) -> Covered {
        let draft = &cx.models[model];
        let mut covered = Covered(HashSet::new());
        if let Some(key) = &draft.key {
            covered.add(&key_columns(draft, key));
        }
        for index in draft.uniques.iter().chain(&draft.indexes).filter(|index| index.is_total()) {
            // What comes behind an expression is sorted within it.
            let leading = index.parts.iter().take_while(|part| part.field().is_some()).count();
            covered.add(&columns_of(cx, model, &index.parts[..leading]));
        }
        covered
    }

    fn add(&mut self, columns: &[usize]) {
        let mut begin: Vec<usize> = Vec::new();
        for &column in columns.iter().take(MAX_COLUMNS) {
            begin.insert(begin.partition_point(|&other| other < column), column);
            self.0.insert(begin.clone());
        }
    }

    fn has(&self, columns: &[usize]) -> bool {
        let mut columns = columns.to_vec();
        columns.sort_unstable();
        self.0.contains(&columns)
    }
}

/// Every foreign key has an index, unless one exists or `@no_index` says no.
fn add_indexes(cx: &mut Cx<'_>, model: ModelIx) {
    let draft = &cx.models[model];
    if draft.foreign_keys.is_empty() || !draft.storage.is_table() {
        return;
    }
    let mut covered = Covered::new(cx, model);
    for key in 0..cx.models[model].foreign_keys.len() {
        let draft = &cx.models[model].foreign_keys[key];
        let (field, columns) = (draft.field, draft.columns.clone());
        if covered.has(&columns) {
            continue;
        }
        let field_draft = cx.field(model, field);
        if let Some(at) = field_draft.attributes.no_index {
            let diagnostic = lints::missing_fk_index(at, field_draft.name());
            cx.report(diagnostic);
            continue;
        }
        let place = field_draft.place();
        let part = |&column: &usize| PartDraft::new(PartKey::Field { field, column: Some(column) }, place);
        let parts = columns.iter().map(part).collect();
        covered.add(&columns);
        cx.models[model].indexes.push(IndexDraft { made: true, ..IndexDraft::new(parts, place) });
    }
}

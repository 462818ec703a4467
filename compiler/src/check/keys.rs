//! Fourth pass: every model's primary key, its columns, and that none contains itself.

use rex_grammar::ast;
use rex_schema::model::{Scalar, Type};

use super::draft::Shape;
use super::{Cx, FieldIx, ModelIx, unions};
use crate::diagnostic::{keys, relations};
use crate::source::Place;

/// The most columns of a key or an index: PostgreSQL's limit.
pub(super) const MAX_COLUMNS: usize = 32;

/// The most models that a key may reach through: `id` of a to-one of a to-one of …
const MAX_DEPTH: usize = 16;

/// A column of a key: the field's name (`author_id`), its type, and whose id it holds.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) field: String,
    pub(super) ty: Type,
    pub(super) id_of: Option<ModelIx>,
}

/// Checks that every model has a key of sound parts, and finds its columns. Models without one
/// have `key: None` and `key_parts: None`.
pub(super) fn resolve(cx: &mut Cx<'_>) {
    for model in cx.with_rows() {
        match &cx.models[model].key {
            None => missing(cx, model),
            Some(key) => {
                let parts: Vec<(FieldIx, Place)> =
                    key.fields.iter().copied().zip(key.places.iter().copied()).collect();
                let sound =
                    parts.iter().filter(|&&(field, place)| part_is_sound(cx, model, field, place)).count();
                if sound < parts.len() {
                    cx.models[model].key = None;
                }
            }
        }
        check_references(cx, model);
    }
    let models = cx.models.len();
    let mut walk = Walk { state: vec![State::New; models], depth: vec![0; models], path: Vec::new() };
    for model in cx.with_rows() {
        walk.follow(cx, model);
    }
    verify_column_names(cx);
}

fn missing(cx: &mut Cx<'_>, model: ModelIx) {
    let draft = &cx.models[model];
    let id = draft.find("id").map(|field| &draft.fields[field]);
    let was_meant = id.is_some_and(|field| field.shape == Shape::Broken);
    if draft.broken || draft.fields.is_empty() || draft.names_key || was_meant || !draft.storage.is_table() {
        return;
    }
    let markable = |shape| matches!(shape, Shape::Scalar { list: false, nullable: false, .. });
    let end = id.filter(|field| markable(field.shape)).map(|field| field.end());
    let taken = id.is_some();
    let diagnostic = keys::no_primary_key(draft.name(), draft.place(), draft.inside(), end, taken);
    cx.report(diagnostic);
}

/// Whether a field may be part of a key; if not, it is told, unless it was.
fn part_is_sound(cx: &mut Cx<'_>, model: ModelIx, field: FieldIx, place: Place) -> bool {
    let draft = cx.field(model, field);
    let what = match draft.shape {
        Shape::Scalar { list: true, .. } => "a list",
        Shape::Scalar { nullable: true, .. } | Shape::ToOne { optional: true, .. } => "optional",
        Shape::Scalar { ty: Type::Scalar(scalar), .. } if !scalar.is_key() => match scalar {
            Scalar::Json => "`Json`",
            _ => "a binary fraction",
        },
        Shape::ToOne { .. } if !draft.holds_key() => "the other side of a relation",
        Shape::Embedded { .. } => "an embedded type",
        Shape::Union { .. } => "a union",
        Shape::Broken => return false,
        _ => return true,
    };
    let mark = draft.ast.ty.as_ref().and_then(|ty| ty.optional).filter(|_| what == "optional");
    let mark = mark.map(|span| Place { file: draft.file, span });
    let diagnostic = keys::key_part(draft.place(), draft.name(), what, place, mark);
    cx.report(diagnostic);
    false
}

/// `@references`: scalars of the target. A relation that names others is broken.
fn check_references(cx: &mut Cx<'_>, model: ModelIx) {
    for field in 0..cx.models[model].fields.len() {
        let draft = cx.field(model, field);
        let (Some((names, place)), Shape::ToOne { target, .. }) = (&draft.attributes.references, draft.shape)
        else {
            continue;
        };
        let (names, place) = (names.clone(), *place);
        let mut sound = true;
        for (at, name) in names.iter().enumerate() {
            sound &= is_reference(cx, target, name, Place { span: name.span, ..place });
            if let Some(first) = names[..at].iter().find(|first| first.text == name.text) {
                let (here, first) = (Place { span: name.span, ..place }, Place { span: first.span, ..place });
                cx.report(keys::field_twice(here, &name.text, first));
                sound = false;
            }
        }
        if !sound {
            cx.models[model].fields[field].shape = Shape::Broken;
        }
    }
}

fn is_reference(cx: &mut Cx<'_>, target: ModelIx, name: &ast::Name, at: Place) -> bool {
    let Some(found) = cx.models[target].find(&name.text) else {
        cx.unknown_field(at, target, &name.text);
        return false;
    };
    let draft = cx.field(target, found);
    match draft.shape {
        Shape::Scalar { .. } => true,
        Shape::Broken => false,
        Shape::ToOne { .. } | Shape::ToMany { .. } | Shape::Embedded { .. } | Shape::Union { .. } => {
            let diagnostic = relations::fields_not_scalar(at, &name.text, draft.place());
            cx.report(diagnostic);
            false
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    New,
    /// Its key is being followed.
    Open,
    Done,
}

/// A walk along the to-ones in keys, targets first. It keeps its own stack: chains of models are
/// as long as the user likes.
struct Walk {
    state: Vec<State>,
    depth: Vec<usize>,
    /// The open ones, each led to by the one before.
    path: Vec<ModelIx>,
}

impl Walk {
    fn follow(&mut self, cx: &mut Cx<'_>, start: ModelIx) {
        let mut stack = vec![start];
        while let Some(&model) = stack.last() {
            match self.state[model] {
                State::Done => drop(stack.pop()),
                State::New => {
                    self.state[model] = State::Open;
                    self.path.push(model);
                    for target in targets(cx, model) {
                        match self.state[target] {
                            State::New => stack.push(target),
                            State::Open => self.circle(cx, target),
                            State::Done => {}
                        }
                    }
                }
                State::Open => {
                    stack.pop();
                    self.close(cx, model);
                }
            }
        }
    }

    /// The keys of the targets are known: so is this one.
    fn close(&mut self, cx: &mut Cx<'_>, model: ModelIx) {
        self.state[model] = State::Done;
        self.path.pop();
        self.depth[model] =
            targets(cx, model).iter().map(|&target| self.depth[target] + 1).max().unwrap_or(0);
        let parts = own_parts(cx, model);
        let Some(key) = &cx.models[model].key else { return };
        let columns = parts.as_ref().map_or(0, Vec::len);
        if columns > MAX_COLUMNS || self.depth[model] > MAX_DEPTH {
            let diagnostic =
                keys::key_too_large(key.place, cx.models[model].name(), columns, MAX_COLUMNS, MAX_DEPTH);
            cx.report(diagnostic);
            cx.models[model].key = None;
            self.depth[model] = 0;
            return;
        }
        cx.models[model].key_parts = parts;
    }

    /// The end of the path leads back to `target`, which stands on it.
    fn circle(&self, cx: &mut Cx<'_>, target: ModelIx) {
        let from = self.path.iter().position(|&on| on == target).unwrap_or(0);
        let mut path = self.path[from..].to_vec();
        let first = path.iter().enumerate().min_by_key(|&(_, &model)| model).map_or(0, |(at, _)| at);
        path.rotate_left(first);
        let names: Vec<&str> = path.iter().chain(&path[..1]).map(|&model| cx.models[model].name()).collect();
        let place = cx.models[path[0]].key.as_ref().map_or(cx.models[path[0]].place(), |key| key.place);
        cx.report(keys::key_cycle(place, &names.join("` holds that of `")));
        for model in path {
            cx.models[model].key = None;
        }
    }
}

/// The models whose keys are part of this one's.
fn targets(cx: &Cx<'_>, model: ModelIx) -> Vec<ModelIx> {
    let fields = cx.models[model].key.iter().flat_map(|key| &key.fields);
    fields
        .filter_map(|&field| {
            let draft = cx.field(model, field);
            let named = draft.attributes.fields.is_some() || draft.attributes.references.is_some();
            match draft.shape {
                Shape::ToOne { target, .. } if !named => Some(target),
                _ => None,
            }
        })
        .collect()
}

/// The columns of a model's key, from those of its targets. None if it has no sound one.
fn own_parts(cx: &Cx<'_>, model: ModelIx) -> Option<Vec<Part>> {
    let fields = &cx.models[model].key.as_ref()?.fields;
    let mut parts = Vec::new();
    for &field in fields {
        parts.extend(field_parts(cx, model, field)?);
    }
    if let ([part], [field]) = (parts.as_mut_slice(), fields.as_slice())
        && matches!(cx.field(model, *field).shape, Shape::Scalar { .. })
    {
        part.id_of = Some(id_owner(cx, model, *field));
    }
    Some(parts)
}

/// Whose id a scalar key holds: its model's own, or, where a to-one names it in `@fields`, that
/// of the target, which may have it from another in turn.
fn id_owner(cx: &Cx<'_>, model: ModelIx, key: FieldIx) -> ModelIx {
    let (mut model, mut key) = (model, key);
    for _ in 0..MAX_DEPTH {
        let name = cx.field(model, key).name();
        let target =
            cx.models[model].fields.iter().find_map(|field| match (&field.attributes.fields, field.shape) {
                (Some((names, _)), Shape::ToOne { target, .. })
                    if names.len() == 1 && names[0].text == name && target != model && field.holds_key() =>
                {
                    Some(target)
                }
                _ => None,
            });
        let Some(target) = target else { return model };
        match cx.models[target].key.as_ref().map(|key| key.fields.as_slice()) {
            Some(&[next]) if matches!(cx.field(target, next).shape, Shape::Scalar { .. }) => {
                (model, key) = (target, next);
            }
            _ => return target,
        }
    }
    model
}

/// The columns that a field has, makes, or names in `@fields`. None for what has none, or is
/// broken.
pub(super) fn field_parts(cx: &Cx<'_>, model: ModelIx, field: FieldIx) -> Option<Vec<Part>> {
    let draft = cx.field(model, field);
    if let Shape::Union { union, .. } = draft.shape {
        return unions::parts(cx, draft.name(), union);
    }
    let Shape::ToOne { target, .. } = draft.shape else { return Some(vec![scalar_part(cx, model, field)?]) };
    if !draft.holds_key() {
        return None;
    }
    if let Some((names, _)) = &draft.attributes.fields {
        return names.iter().map(|name| scalar_part(cx, model, cx.models[model].find(&name.text)?)).collect();
    }
    let prefix = draft.name();
    let parts = target_parts(cx, model, field, target)?;
    Some(parts.into_iter().map(|part| Part { field: format!("{prefix}_{}", part.field), ..part }).collect())
}

fn scalar_part(cx: &Cx<'_>, model: ModelIx, field: FieldIx) -> Option<Part> {
    let draft = cx.field(model, field);
    match draft.shape {
        Shape::Scalar { ty, .. } => Some(Part { field: draft.name().to_owned(), ty, id_of: None }),
        Shape::ToOne { .. }
        | Shape::ToMany { .. }
        | Shape::Embedded { .. }
        | Shape::Union { .. }
        | Shape::Broken => None,
    }
}

/// The columns of the target that a to-one refers to: its key, or what `@references` names.
fn target_parts(cx: &Cx<'_>, model: ModelIx, field: FieldIx, target: ModelIx) -> Option<Vec<Part>> {
    let Some((names, _)) = &cx.field(model, field).attributes.references else {
        return cx.models[target].key_parts.clone();
    };
    let others: Option<Vec<FieldIx>> = names.iter().map(|name| cx.models[target].find(&name.text)).collect();
    let others = others?;
    let mut parts: Vec<Part> =
        others.iter().map(|&other| scalar_part(cx, target, other)).collect::<Option<_>>()?;
    let is_key = cx.models[target].key.as_ref().is_some_and(|key| key.fields == others);
    if let ([part], [other], true) = (parts.as_mut_slice(), others.as_slice(), is_key) {
        part.id_of = Some(id_owner(cx, target, *other));
    }
    Some(parts)
}

/// `id (author_id)`: the column must be the whole of what the relation makes.
fn verify_column_names(cx: &mut Cx<'_>) {
    for model in cx.with_rows() {
        let Some(key) = &cx.models[model].key else { continue };
        for (field, name) in key.by_column.clone() {
            let Some(parts) = field_parts(cx, model, field) else { continue };
            let place = Place { file: cx.models[model].file, span: name.span };
            match parts.as_slice() {
                [part] if part.field == name.text => {}
                parts if parts.iter().any(|part| part.field == name.text) => {
                    let diagnostic = keys::part_of_relation(place, &name.text, cx.field(model, field).name());
                    cx.report(diagnostic);
                }
                _ => cx.unknown_field(place, model, &name.text),
            }
        }
    }
}

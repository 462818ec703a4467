//! Embedded types: that none contains itself, and what their parts are called.

use rex_grammar::ast;

use super::draft::Shape;
use super::{Cx, FieldIx, ModelIx};
use crate::diagnostic::{declarations, keys};
use crate::source::{FileId, Place};

/// The most columns of a table: PostgreSQL's limit.
pub(crate) const MAX_COLUMNS: usize = 1600;

/// The most types in each other.
const MAX_DEPTH: usize = 16;

/// Attributes of a column that make sense wherever the type is.
const ALLOWED: [&str; 7] = ["column", "sensitive", "rust", "db", "deprecated", "allow", "renamed_from"];

/// Attributes that are about a row, its keys, or how it is written.
const OF_ROWS: [&str; 9] =
    ["id", "unique", "index", "immutable", "on_update", "version", "soft_delete", "computed", "backfill"];

/// Tells an attribute that no field of an embedded type has; whether it was.
pub(super) fn refuses(cx: &mut Cx<'_>, file: FileId, attribute: &ast::Attribute) -> bool {
    let name = attribute.name.text.as_str();
    let refused = OF_ROWS.contains(&name);
    if refused {
        let at = Place { file, span: attribute.name.span };
        let whole = Place { file, span: attribute.span };
        cx.report(declarations::attribute_of_rows(at, name, whole, &ALLOWED));
    }
    refused
}

/// Finds types that contain themselves, that are too large, or that cannot be optional where they
/// are. Afterwards no field leads to such a type, and `cx.types` has the others, inner ones first.
pub(super) fn resolve(cx: &mut Cx<'_>) {
    cut_cycles(cx);
    let mut sizes = vec![Size::default(); cx.models.len()];
    for at in 0..cx.types.len() {
        let ty = cx.types[at];
        let size = size(cx, ty, &sizes);
        if size.columns > MAX_COLUMNS || size.depth > MAX_DEPTH {
            let (place, name) = (cx.models[ty].place(), cx.models[ty].name());
            cx.report(declarations::type_too_large(place, name, size.columns, size.depth));
            cx.models[ty].broken = true;
            continue;
        }
        sizes[ty] = size;
    }
    for block in 0..cx.models.len() {
        let mut columns = 0;
        for field in 0..cx.models[block].fields.len() {
            let Shape::Embedded { ty, optional } = cx.field(block, field).shape else { continue };
            columns += sizes[ty].columns;
            if optional && sizes[ty].columns > 0 && !sizes[ty].has_required {
                let (mark, declared) = (cx.field(block, field).mark(), cx.models[ty].place());
                cx.report(declarations::nothing_required(mark, cx.models[ty].name(), declared));
            }
        }
        if cx.models[block].has_rows() && columns > MAX_COLUMNS {
            let (place, name) = (cx.models[block].place(), cx.models[block].name());
            cx.report(declarations::model_too_large(place, name, columns));
            drop_embedded(cx, block);
        }
    }
}

fn drop_embedded(cx: &mut Cx<'_>, block: ModelIx) {
    for field in &mut cx.models[block].fields {
        if matches!(field.shape, Shape::Embedded { .. }) {
            field.shape = Shape::Broken;
        }
    }
}

/// What a type comes to, with those inside.
#[derive(Clone, Copy, Default)]
struct Size {
    columns: usize,
    depth: usize,
    has_required: bool,
}

fn size(cx: &Cx<'_>, ty: ModelIx, sizes: &[Size]) -> Size {
    let mut all = Size { columns: 0, depth: 1, has_required: false };
    for field in &cx.models[ty].fields {
        match field.shape {
            Shape::Embedded { ty, optional } => {
                let inner = sizes[ty];
                all.columns = all.columns.saturating_add(inner.columns);
                all.depth = all.depth.max(inner.depth + 1);
                all.has_required |= !optional && inner.has_required;
            }
            Shape::Scalar { nullable, .. } => {
                all.columns += 1;
                all.has_required |= !nullable;
            }
            // What it is was told; it may have been required.
            Shape::Broken => all.has_required = true,
            Shape::ToOne { .. } | Shape::ToMany { .. } | Shape::Union { .. } => {}
        }
    }
    all
}

/// Whether all parts of a type could be made out.
pub(super) fn is_sound(cx: &Cx<'_>, ty: ModelIx) -> bool {
    let draft = &cx.models[ty];
    let whole = draft.fields.iter().all(|field| !field.columns.is_empty());
    !draft.broken && !draft.fields.is_empty() && whole
}

/// Each circle is told once, and cut where it closes. Fills `cx.types`.
fn cut_cycles(cx: &mut Cx<'_>) {
    let mut state = vec![State::New; cx.models.len()];
    let types: Vec<ModelIx> =
        (0..cx.models.len()).filter(|&block| cx.models[block].ast.kind == ast::BlockKind::Type).collect();
    for start in types {
        // The open types, each with how many of its fields were followed.
        let mut path: Vec<(ModelIx, FieldIx)> = Vec::new();
        if state[start] == State::New {
            state[start] = State::Open;
            path.push((start, 0));
        }
        while let Some((ty, next)) = path.last_mut() {
            let (block, field) = (*ty, *next);
            if field == cx.models[block].fields.len() {
                state[block] = State::Done;
                cx.types.push(block);
                path.pop();
                continue;
            }
            *next += 1;
            let Shape::Embedded { ty: inner, .. } = cx.field(block, field).shape else { continue };
            match state[inner] {
                State::Done => {}
                State::New => {
                    state[inner] = State::Open;
                    path.push((inner, 0));
                }
                State::Open => {
                    let from = path.iter().position(|&(on, _)| on == inner).unwrap_or(0);
                    let names: Vec<&str> = path[from..].iter().map(|&(on, _)| cx.models[on].name()).collect();
                    let place = cx.field(block, field).bare_type_place();
                    let diagnostic = declarations::type_cycle(place, &names);
                    cx.report(diagnostic);
                    cx.models[block].fields[field].shape = Shape::Broken;
                }
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    New,
    Open,
    Done,
}

/// Whether a path begins with a field that is an embedded type.
pub(super) fn begins(cx: &Cx<'_>, model: ModelIx, path: &[ast::Name]) -> bool {
    let field = path.first().and_then(|first| cx.models[model].find(&first.text));
    field.is_some_and(|field| matches!(cx.field(model, field).shape, Shape::Embedded { .. }))
}

/// The field and the column that a path names: `home.city`, `home.position.latitude`. None if it
/// names none, which is told. The path's first word is a field that is an embedded type.
pub(super) fn column(
    cx: &mut Cx<'_>,
    model: ModelIx,
    path: &[ast::Name],
    file: FileId,
) -> Option<(FieldIx, usize)> {
    let (first, rest) = path.split_first()?;
    let field = cx.models[model].find(&first.text)?;
    let (mut owner, mut at) = (model, field);
    let mut columns = cx.field(model, field).columns.clone();
    let mut before = first;
    for name in rest {
        let place = Place { file, span: name.span };
        let Shape::Embedded { ty, .. } = cx.field(owner, at).shape else {
            if cx.field(owner, at).shape != Shape::Broken {
                let declared = cx.field(owner, at).place();
                cx.report(keys::no_parts(place, &before.text, declared));
            }
            return None;
        };
        let Some(inner) = cx.models[ty].find(&name.text) else {
            cx.unknown_field(place, ty, &name.text);
            return None;
        };
        let places = cx.field(ty, inner).columns.iter();
        columns = places.map(|&place| columns.get(place).copied()).collect::<Option<_>>()?;
        (owner, at, before) = (ty, inner, name);
    }
    match (cx.field(owner, at).shape, columns.as_slice()) {
        (Shape::Embedded { ty, .. }, _) => {
            whole_type(cx, path, file, ty);
            None
        }
        (_, &[column]) => Some((field, column)),
        _ => None,
    }
}

/// A path that names an embedded type where a part of it is wanted.
pub(super) fn whole_type(cx: &mut Cx<'_>, path: &[ast::Name], file: FileId, ty: ModelIx) {
    let (Some(first), Some(last)) = (path.first(), path.last()) else { return };
    let place = Place { file, span: first.span.to(last.span) };
    let text = cx.text(place);
    let parts: Vec<String> = cx.models[ty].field_names().map(|name| format!("{text}.{name}")).collect();
    let diagnostic = keys::whole_type(place, text, cx.models[ty].name(), &parts);
    cx.report(diagnostic);
}

/// The parts of a model's embedded types, as paths.
pub(super) fn parts(cx: &Cx<'_>, model: ModelIx) -> Vec<String> {
    let mut parts = Vec::new();
    for field in &cx.models[model].fields {
        if let Shape::Embedded { ty, .. } = field.shape {
            parts.extend(cx.models[ty].field_names().map(|part| format!("{}.{part}", field.name())));
        }
    }
    parts
}

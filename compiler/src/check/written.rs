//! What writes of its own accord: versions, deletions' times, and what every update sets.

use std::collections::HashSet;

use rex_grammar::ast::{Expr, ExprKind};
use rex_schema::model::{Default, Value};

use super::{Cx, FieldIx, ModelIx, defaults};
use crate::diagnostic::{columns, types};
use crate::source::Place;

/// The version that a new row has, where no default is written.
const FIRST: i64 = 1;

/// Checks `@version`, `@soft_delete` and `@on_update`, and files what they say.
pub(super) fn check(cx: &mut Cx<'_>) {
    for model in 0..cx.models.len() {
        once(cx, model, "version", |cx, field| cx.field(model, field).attributes.of_column.version);
        once(cx, model, "soft_delete", |cx, field| cx.field(model, field).attributes.of_column.soft_delete);
        in_the_key(cx, model);
        for field in 0..cx.models[model].fields.len() {
            version(cx, model, field);
            soft_delete(cx, model, field);
            on_update(cx, model, field);
        }
    }
}

fn once(cx: &mut Cx<'_>, model: ModelIx, name: &str, at: impl Fn(&Cx<'_>, FieldIx) -> Option<Place>) {
    let mut first = None;
    for field in 0..cx.models[model].fields.len() {
        let Some(place) = at(cx, field) else { continue };
        let mixin = cx.field(model, field).mixin;
        match first {
            None => first = Some((place, mixin)),
            Some((first, other)) => {
                let owner = cx.models[model].name();
                let brought = mixin.filter(|_| mixin != other).and_then(|mixin| with(cx, model, mixin));
                cx.report(match brought {
                    Some(with) => columns::once_by_mixin(name, owner, with, [first, place]),
                    None => columns::once_a_model(name, owner, place, first),
                });
            }
        }
    }
}

/// The name behind a model's `with` that brings a mixin, itself or by one that it takes in.
fn with(cx: &Cx<'_>, model: ModelIx, mixin: ModelIx) -> Option<Place> {
    let draft = &cx.models[model];
    let name = draft.ast.with.iter().find(|name| {
        let mut seen: HashSet<&str> = HashSet::new();
        let mut next = vec![name.text.as_str()];
        while let Some(name) = next.pop() {
            if !seen.insert(name) {
                continue;
            }
            let block = cx.models.iter().position(|block| block.name() == name);
            if block == Some(mixin) {
                return true;
            }
            next.extend(block.iter().flat_map(|&at| &cx.models[at].ast.with).map(|name| name.text.as_str()));
        }
        false
    })?;
    Some(Place { file: draft.file, span: name.span })
}

/// Parts that the statement `id (…)` names: those with `@id` are told with their attributes.
fn in_the_key(cx: &mut Cx<'_>, model: ModelIx) {
    let Some(key) = &cx.models[model].key else { return };
    let single = key.fields.len() == 1;
    let parts: Vec<(FieldIx, Place)> = key.fields.iter().copied().zip(key.places.iter().copied()).collect();
    for (field, place) in parts {
        let attributes = &cx.field(model, field).attributes;
        if attributes.id.is_some() {
            continue;
        }
        let of = &attributes.of_column;
        let on_update = of.on_update.map(|(_, place)| place);
        let rust = of.rust.as_ref().map(|(_, place)| *place).filter(|_| single);
        let found = [
            ("version", of.version, "a key stays as it is"),
            ("on_update", on_update, "every update would make it another row"),
            ("sensitive", of.sensitive, "a key stands in rows that refer to it, in links and in logs"),
            ("rust", rust, "a primary key has a Rust type of its own"),
        ];
        for (name, at, why) in found {
            if let Some(at) = at {
                cx.report(types::contradiction(name, at, "id", place, why));
            }
        }
    }
}

fn version(cx: &mut Cx<'_>, model: ModelIx, field: FieldIx) {
    let draft = cx.field(model, field);
    let (Some(_), None, [column]) =
        (draft.attributes.of_column.version, &draft.ast.default, draft.columns.as_slice())
    else {
        return;
    };
    let column = *column;
    cx.models[model].columns[column].default = Some(Default::Value(Value::Int(FIRST)));
}

fn soft_delete(cx: &mut Cx<'_>, model: ModelIx, field: FieldIx) {
    let draft = cx.field(model, field);
    let (Some(attribute), Some(default)) = (draft.attributes.of_column.soft_delete, &draft.ast.default)
    else {
        return;
    };
    if matches!(default.kind, ExprKind::Null) {
        return;
    }
    let place = Place { file: draft.file, span: default.span };
    let whole = Place { span: draft.type_place().span.after().to(default.span), ..place };
    cx.report(columns::default_of_soft_delete(place, attribute, whole));
}

fn on_update(cx: &mut Cx<'_>, model: ModelIx, field: FieldIx) {
    let draft = cx.field(model, field);
    let (Some((expr, _)), columns) = (draft.attributes.of_column.on_update, draft.columns.clone()) else {
        return;
    };
    let place = Place { file: draft.file, span: expr.span };
    if let Some((what, why)) = unmakeable(expr) {
        cx.report(columns::on_update_value(place, what, why));
        return;
    }
    let found = defaults::value(cx, model, field, expr);
    if let [column] = columns.as_slice() {
        cx.models[model].columns[*column].on_update = found;
    }
}

/// What Rust cannot make anew for each update.
fn unmakeable(expr: &Expr) -> Option<(&'static str, &'static str)> {
    const DATABASES: &str = "the value is made in Rust, so that every database gets the same";
    match &expr.kind {
        ExprKind::Null => Some(("`null`", "an update that is to empty the field sets it to `None`")),
        ExprKind::Call { path, .. } if path.len() == 1 => match path[0].text.as_str() {
            "autoincrement" => Some(("`autoincrement()`", "the database makes it for a new row")),
            "sql" => Some(("`sql(…)`", DATABASES)),
            _ => None,
        },
        _ => None,
    }
}

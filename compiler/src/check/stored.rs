//! `@db` and `@rust`: what a column is in the database and in Rust, where Rex does not choose.

use std::collections::HashMap;

use rex_schema::model::{Default, Scalar, Type};

use super::draft::Shape;
use super::{Cx, FieldIx, ModelIx};
use crate::diagnostic::{columns, relations, types};
use crate::source::Place;

/// Checks the types of `@db` and `@rust`, files them with their columns, and hands the former on
/// to foreign keys.
pub(super) fn check(cx: &mut Cx<'_>) {
    let mut first = HashMap::new();
    for model in 0..cx.models.len() {
        for field in 0..cx.models[model].fields.len() {
            native(cx, model, field);
            rust(cx, model, field, &mut first);
        }
    }
    hand_on(cx);
    for model in 0..cx.models.len() {
        compare_keys(cx, model);
    }
}

fn native(cx: &mut Cx<'_>, model: ModelIx, field: FieldIx) {
    let draft = cx.field(model, field);
    let Some(native) = draft.attributes.of_column.native.clone() else { return };
    let Shape::Scalar { ty: Type::Scalar(scalar), list, .. } = draft.shape else { return };
    if let (Some(text), Some(place)) = (&native.text.sqlite, native.sqlite) {
        let stores = if list { "TEXT" } else { sqlite_type(scalar) };
        let word = text.split_whitespace().next().unwrap_or_default().to_ascii_uppercase();
        // SQLite counts in what is called `INTEGER` and nothing else.
        let counts = draft
            .columns
            .iter()
            .any(|&column| cx.models[model].columns[column].default == Some(Default::Autoincrement));
        let alike = (word == "INT" && stores == "INTEGER") || word == "ANY";
        let same = word == stores || (alike && !counts);
        if !same {
            let diagnostic = columns::sqlite_stores(place, text, draft.type_place(), stores);
            cx.report(diagnostic);
            return;
        }
    }
    if let (Some(text), Some(place), true) = (&native.text.postgres, native.postgres, list)
        && matches!(scalar, Scalar::String { .. })
        && !is_array_of_texts(text)
    {
        let diagnostic = columns::no_array_of_texts(place, text, draft.type_place());
        cx.report(diagnostic);
        return;
    }
    if let [column] = draft.columns.as_slice() {
        let column = *column;
        cx.models[model].columns[column].native = native.text;
    }
}

/// Whether PostgreSQL reads and writes such an array as one of texts. A single value of another type
/// goes as text; the elements of an array do not.
fn is_array_of_texts(ty: &str) -> bool {
    let is_array = ty.contains('[') || ty.to_ascii_lowercase().ends_with(" array");
    is_array && rex_schema::postgres::is_text(ty)
}

/// What SQLite stores a scalar as.
fn sqlite_type(scalar: Scalar) -> &'static str {
    match scalar {
        Scalar::Bool | Scalar::SmallInt | Scalar::Int | Scalar::BigInt | Scalar::Decimal { .. } => "INTEGER",
        Scalar::Float | Scalar::Double => "REAL",
        Scalar::Bytes | Scalar::Uuid => "BLOB",
        Scalar::String { .. } | Scalar::Json => "TEXT",
        Scalar::Date | Scalar::Time | Scalar::DateTime | Scalar::LocalDateTime => "TEXT",
    }
}

/// One path is one kind of value; and ids have types of their own.
fn rust(cx: &mut Cx<'_>, model: ModelIx, field: FieldIx, first: &mut HashMap<String, (&'static str, Place)>) {
    let draft = cx.field(model, field);
    let Some((path, place)) = draft.attributes.of_column.rust.clone() else { return };
    let Shape::Scalar { ty: Type::Scalar(scalar), .. } = draft.shape else { return };
    let ty = draft.bare_type_place();
    match first.get(path.as_str()) {
        Some((other, at)) if *other != scalar.name() => {
            cx.report(columns::rust_type_twice(place, &path, (scalar.name(), ty), (other, *at)));
        }
        Some(_) => {}
        None => drop(first.insert(path, (scalar.name(), ty))),
    }
    let is_another_id = draft_is_id(cx, model, field);
    if let Some(fields) = is_another_id {
        let why = "the field holds the id of that relation's target, which has a Rust type of its own";
        cx.report(types::contradiction("rust", place, "fields", fields, why));
    }
}

/// Where a relation uses the field as a key to a typed id.
fn draft_is_id(cx: &Cx<'_>, model: ModelIx, field: FieldIx) -> Option<Place> {
    let draft = cx.field(model, field);
    let [column] = draft.columns.as_slice() else { return None };
    cx.models[model].columns[*column].id_of?;
    let name = draft.name();
    cx.models[model].fields.iter().find_map(|field| {
        let (names, place) = field.attributes.fields.as_ref()?;
        names.iter().any(|other| other.text == name).then_some(*place)
    })
}

/// The columns that relations make are of their targets' types; targets of targets first, as deep
/// as keys may reach.
fn hand_on(cx: &mut Cx<'_>) {
    let any = cx.models.iter().any(|model| {
        model.columns.iter().any(|column| column.native != rex_schema::model::SqlText::default())
    });
    let mut changed = any;
    while changed {
        changed = false;
        for model in 0..cx.models.len() {
            for key in 0..cx.models[model].foreign_keys.len() {
                let draft = &cx.models[model].foreign_keys[key];
                let target = draft.target;
                let pairs: Vec<(usize, usize)> =
                    draft.columns.iter().copied().zip(draft.target_columns.iter().copied()).collect();
                for (here, there) in pairs {
                    let native = cx.models[target].columns[there].native.clone();
                    let column = &mut cx.models[model].columns[here];
                    if column.made && column.native != native {
                        column.native = native;
                        changed = true;
                    }
                }
            }
        }
    }
}

/// Keys whose columns the user wrote, by `@fields`, have their targets' types.
fn compare_keys(cx: &mut Cx<'_>, model: ModelIx) {
    let mut found = Vec::new();
    for key in &cx.models[model].foreign_keys {
        let Some((names, place)) = &cx.field(model, key.field).attributes.fields else { continue };
        for ((&here, &there), name) in key.columns.iter().zip(&key.target_columns).zip(names) {
            let (here, there) = (&cx.models[model].columns[here], &cx.models[key.target].columns[there]);
            if here.native != there.native {
                let at = Place { span: name.span, ..*place };
                found.push(relations::fields_native(at, &name.text, here.place, there.place));
            }
        }
    }
    cx.diagnostics.extend(found);
}

//! Fifth pass: the columns of every model, in source order.

use std::collections::HashMap;

use rex_schema::model::SqlText;

use super::draft::{self, ColumnDraft, Shape};
use super::keys::{Part, field_parts};
use super::{Cx, FieldIx, ModelIx, embedded};
use crate::diagnostic::{names, types};

/// Makes the columns of all models, and finds those that clash.
pub(super) fn make(cx: &mut Cx<'_>) {
    for model in cx.types.clone().into_iter().chain(cx.with_rows()) {
        let fields = cx.models[model].fields.len();
        let mut taken = Taken::of(fields);
        cx.models[model].columns.reserve(fields);
        for field in 0..fields {
            make_field(cx, model, field, &mut taken);
        }
        use_named(cx, model);
    }
    drop_orphaned_keys(cx);
}

/// Columns of one model by name: as Rust has them, and as the database does.
struct Taken {
    rust: HashMap<String, usize>,
    /// Folded: SQLite compares without regard to case.
    database: HashMap<String, usize>,
}

impl Taken {
    /// None, with room for as many.
    fn of(columns: usize) -> Taken {
        Taken { rust: HashMap::with_capacity(columns), database: HashMap::with_capacity(columns) }
    }
}

fn make_field(cx: &mut Cx<'_>, model: ModelIx, field: FieldIx, taken: &mut Taken) {
    let draft = cx.field(model, field);
    let uses_fields = draft.attributes.fields.is_some();
    match (draft.shape, uses_fields) {
        (Shape::Scalar { list, nullable, .. }, _) => {
            let mut part = field_parts(cx, model, field).expect("a scalar has a column");
            if let (Some([key]), Some(part)) = (cx.models[model].key_parts.as_deref(), part.first_mut())
                && key.field == part.field
            {
                part.id_of = key.id_of;
            }
            add(cx, model, field, part, (list, nullable), taken);
        }
        (Shape::ToOne { optional, .. }, false) if draft.holds_key() => match field_parts(cx, model, field) {
            Some(parts) => add(cx, model, field, parts, (false, optional), taken),
            None => cx.models[model].fields[field].shape = Shape::Broken,
        },
        (Shape::Union { union, .. }, _) => {
            let (members, place) = (cx.unions[union].members.len(), draft.place());
            // What is true of its keys has a part for each pair of them.
            if cx.may_make(members.saturating_mul(members), place)
                && let Some(parts) = field_parts(cx, model, field)
            {
                add(cx, model, field, parts, (false, true), taken);
                if cx.field(model, field).columns.len() == members {
                    return;
                }
            }
            cx.models[model].fields[field].shape = Shape::Broken;
        }
        (Shape::Embedded { ty, optional }, _) => add_parts(cx, model, field, (ty, optional), taken),
        _ => {}
    }
}

/// The columns of a field that is an embedded type: all, or none where one clashes.
fn add_parts(
    cx: &mut Cx<'_>,
    model: ModelIx,
    field: FieldIx,
    (ty, optional): (ModelIx, bool),
    taken: &mut Taken,
) {
    let (name, place) = (cx.field(model, field).name(), cx.field(model, field).place());
    if !cx.may_make(weight(cx, ty), place) {
        cx.models[model].fields[field].shape = Shape::Broken;
        return;
    }
    let before = former_name(cx, model, field);
    let parts = cx.models[ty].columns.iter().enumerate();
    let parts: Vec<ColumnDraft> = parts
        .map(|(at, part)| ColumnDraft {
            part_of: Some(part.part_of.unwrap_or((ty, at))),
            may_be_absent: optional || part.may_be_absent,
            field: format!("{name}_{}", part.field),
            name: format!("{name}_{}", part.name),
            former: (before.is_some() || part.former.is_some()).then(|| {
                let part = part.former.as_ref().unwrap_or(&part.name);
                format!("{}_{part}", before.unwrap_or(name))
            }),
            place,
            owner: field,
            nullable: optional || part.nullable,
            ..part.clone()
        })
        .collect();
    let mut is_sound = embedded::is_sound(cx, ty);
    for part in &parts {
        if !is_sound {
            break;
        }
        if cx.models[model].has_rows() {
            cx.database_name("the column", place, &part.name, false);
        }
        is_sound = !clashes(cx, model, field, &part.field, &part.name, taken);
    }
    if !is_sound {
        cx.models[model].fields[field].shape = Shape::Broken;
        return;
    }
    for part in parts {
        let column = cx.models[model].columns.len();
        taken.rust.insert(part.field.clone(), column);
        taken.database.insert(part.name.to_lowercase(), column);
        cx.models[model].columns.push(part);
        cx.models[model].fields[field].columns.push(column);
    }
}

/// What the columns of an embedded type count for; each as long as the part that it comes from.
fn weight(cx: &Cx<'_>, ty: ModelIx) -> usize {
    let parts = cx.models[ty].columns.iter().enumerate();
    let origins = parts.map(|(at, part)| part.part_of.unwrap_or((ty, at)));
    let owners = origins.map(|(ty, at)| cx.field(ty, cx.models[ty].columns[at].owner));
    owners.map(|field| draft::weight(field.ast.span, false)).sum()
}

/// `@fields(a, b)`: the columns of the scalars that it names. That they fit is checked with the
/// foreign keys.
fn use_named(cx: &mut Cx<'_>, model: ModelIx) {
    for field in 0..cx.models[model].fields.len() {
        let draft = cx.field(model, field);
        let (Shape::ToOne { .. }, Some((names, _))) = (draft.shape, &draft.attributes.fields) else {
            continue;
        };
        let columns: Option<Vec<usize>> = names
            .iter()
            .map(|name| {
                let other = cx.field(model, cx.models[model].find(&name.text)?);
                let is_value = matches!(other.shape, Shape::Scalar { list: false, .. });
                other.columns.first().copied().filter(|_| is_value)
            })
            .collect();
        if let (Some(columns), true) = (columns, draft.holds_key()) {
            cx.models[model].fields[field].columns = columns;
        }
    }
}

/// A key over a relation whose target has no key is none.
fn drop_orphaned_keys(cx: &mut Cx<'_>) {
    for model in cx.with_rows() {
        let Some(key) = &cx.models[model].key else { continue };
        if key.fields.iter().any(|&field| cx.field(model, field).shape == Shape::Broken) {
            cx.models[model].key = None;
            cx.models[model].key_parts = None;
        }
    }
}

fn add(
    cx: &mut Cx<'_>,
    model: ModelIx,
    field: FieldIx,
    parts: Vec<Part>,
    (list, nullable): (bool, bool),
    taken: &mut Taken,
) {
    let draft = cx.field(model, field);
    let made = matches!(draft.shape, Shape::ToOne { .. } | Shape::Union { .. });
    let place = draft.place();
    let rules: Vec<_> = draft.attributes.rules.iter().map(|draft| draft.rule.clone()).collect();
    let named = written_name(cx, model, field, parts.len());
    let former = former_name(cx, model, field).map(str::to_owned);
    // Where it makes several, they begin with its name, and began with its former one.
    let start = if parts.len() > 1 { cx.field(model, field).name().len() } else { usize::MAX };
    for part in parts {
        let name = named.clone().unwrap_or_else(|| part.field.clone());
        if named.is_none() {
            cx.database_name("the column", place, &name, false);
        }
        if clashes(cx, model, field, &part.field, &name, taken) {
            continue;
        }
        let columns = &mut cx.models[model].columns;
        taken.rust.insert(part.field.clone(), columns.len());
        taken.database.insert(name.to_lowercase(), columns.len());
        let Part { field: rust, ty, id_of } = part;
        let (owner, default) = (field, None);
        let rules = rules.clone();
        let rest = name.get(start..).unwrap_or_default();
        columns.push(ColumnDraft {
            part_of: None,
            may_be_absent: false,
            former: former.as_ref().map(|former| format!("{former}{rest}")),
            field: rust,
            name,
            place,
            owner,
            made,
            ty,
            list,
            nullable,
            default,
            computed: None,
            on_update: None,
            backfill: None,
            native: SqlText::default(),
            rules,
            id_of,
        });
        let index = columns.len() - 1;
        cx.models[model].fields[field].columns.push(index);
    }
}

/// `@renamed_from("…")`: the column's former name, or that of the field where it is several columns.
fn former_name<'c>(cx: &'c Cx<'_>, model: ModelIx, field: FieldIx) -> Option<&'c str> {
    let former = &cx.field(model, field).attributes.of_column.renamed_from;
    former.as_ref().map(|(name, _)| name.as_str())
}

/// `@column("…")`, which a field of one column may have.
fn written_name(cx: &mut Cx<'_>, model: ModelIx, field: FieldIx, columns: usize) -> Option<String> {
    let draft = cx.field(model, field);
    let (name, at) = draft.attributes.column.clone()?;
    if columns != 1 {
        let is = format!("a relation with a key of {columns} columns");
        let diagnostic =
            types::attribute_target("column", at, "what has one column", draft.type_place(), &is);
        cx.report(diagnostic.fix("remove it", at, ""));
    }
    (columns == 1).then_some(name)
}

/// Whether another column has the name; then it is told. A column that a relation makes gives way
/// to a field, wherever the two stand.
fn clashes(cx: &mut Cx<'_>, model: ModelIx, field: FieldIx, rust: &str, name: &str, taken: &Taken) -> bool {
    let draft = cx.field(model, field);
    let (place, here, end) = (draft.place(), draft.name(), draft.end());
    let written = cx.models[model].find(rust).filter(|&other| other != field);
    let same_in_rust =
        written.or_else(|| taken.rust.get(rust).map(|&column| cx.models[model].columns[column].owner));
    if let Some(other) = same_in_rust {
        let other = cx.field(model, other);
        let is_relation = matches!(draft.shape, Shape::ToOne { .. });
        let usable = is_relation && matches!(other.shape, Shape::Scalar { list: false, .. });
        let what = if is_relation { "the relation" } else { "the field" };
        let diagnostic = match written {
            Some(_) => {
                let insert = usable.then_some(end);
                names::made_column_clash((what, here), rust, other.place(), place, insert)
            }
            None => names::two_made_columns(rust, (here, place), (other.name(), other.place())),
        };
        // An attribute that could not be read may have been `@fields`.
        if !cx.field(model, field).attributes.unsure {
            cx.report(diagnostic);
        }
        return true;
    }
    if let Some(&other) = taken.database.get(&name.to_lowercase()) {
        let other = &cx.models[model].columns[other];
        let place = cx.field(model, field).attributes.column.as_ref().map_or(place, |(_, at)| *at);
        let diagnostic = names::same_column(name, place, other.place, &other.field);
        cx.report(diagnostic);
        return true;
    }
    false
}

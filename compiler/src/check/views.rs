//! Views: that each has a query for every database, what its fields may say, and that no relation
//! holds a key to one.

use rex_grammar::ast::{self, Member};
use rex_schema::model::SqlText;

use super::draft::{Declared, FieldDraft, Shape};
use super::expr::sql_query;
use super::inverses::Side;
use super::{Cx, FieldIx, ModelIx};
use crate::diagnostic::{keys, lints, relations, types, views as told};
use crate::source::Place;

/// What a field of a view may say: what its values are in Rust, and how it leads to other rows.
/// The rest is about rows that are written, or about a table.
const ATTRIBUTES: [&str; 12] = [
    "id",
    "unique",
    "index",
    "column",
    "inverse",
    "fields",
    "references",
    "through",
    "allow",
    "sensitive",
    "rust",
    "deprecated",
];

/// Checks all views, once their statements are read.
pub(super) fn check(cx: &mut Cx<'_>) {
    for model in cx.with_rows() {
        if cx.models[model].storage.is_view {
            queries(cx, model);
            fields(cx, model);
            without_key(cx, model);
        }
    }
}

/// `sql("…")`, `sql(postgres: "…", sqlite: "…")`: one text does for both databases in a view. None
/// if it could not be read.
pub(super) fn sql(cx: &mut Cx<'_>, model: ModelIx, statement: &ast::Statement) -> Option<SqlText> {
    const USAGE: &str = "sql(\"select …\")`, or `sql(postgres: \"select …\", sqlite: \"select …\")";
    let (file, is_broken) = (cx.models[model].file, cx.models[model].broken);
    match (statement.groups.as_slice(), statement.strings.is_empty(), &*statement.clauses) {
        ([group], true, []) => {
            let sql = sql_query(cx, file, group)?;
            // The text becomes a part of another query, where it does not end one.
            let query = |text: String| text.trim().trim_end_matches(';').trim_end().to_owned();
            Some(SqlText { postgres: sql.postgres.map(query), sqlite: sql.sqlite.map(query) })
        }
        // A text that does not end takes the parentheses with it.
        _ if is_broken => None,
        _ => {
            cx.report(types::statement_arguments("sql", Place { file, span: statement.span }, USAGE));
            None
        }
    }
}

/// A view has a query. That it is there for each database was seen when it was read.
fn queries(cx: &mut Cx<'_>, model: ModelIx) {
    let draft = &cx.models[model];
    if draft.storage.sql.is_none() && !draft.broken {
        let diagnostic = told::view_without_sql(draft.place(), draft.name(), draft.inside());
        cx.report(diagnostic);
    }
}

/// Attributes and defaults that make no sense where rows are only read.
fn fields(cx: &mut Cx<'_>, model: ModelIx) {
    let draft = &cx.models[model];
    let (is_materialized, file) = (draft.storage.materialized.is_some(), draft.file);
    let mut found = Vec::new();
    for field in draft.fields.iter().filter(|field| field.file == file && is_within(draft.ast, field.ast)) {
        if let Some(default) = &field.ast.default {
            let ty = field.type_place();
            let place = Place { file, span: default.span };
            let whole = Place { span: ty.span.after().to(default.span), ..place };
            found.push(told::default_in_view(place, whole));
        }
        for attribute in &field.ast.attributes {
            let name = attribute.name.text.as_str();
            let is_index = name == "index" && !is_materialized;
            if super::attributes::is_known(name) && (is_index || !ATTRIBUTES.contains(&name)) {
                let place = Place { file, span: attribute.span };
                found.push(told::attribute_in_view(place, name, is_index));
            }
        }
    }
    for member in &draft.ast.members {
        if let Member::Statement(statement) = member
            && statement.keyword.text == "index"
            && !is_materialized
        {
            found.push(told::index_of_view(Place { file, span: statement.span }));
        }
    }
    found.extend(brought(cx, model));
    cx.diagnostics.extend(found);
}

/// What the mixins of a view bring that has no meaning there, told at the `with` that brings it.
fn brought(cx: &Cx<'_>, model: ModelIx) -> Vec<crate::diagnostic::Diagnostic> {
    let draft = &cx.models[model];
    let mut found = Vec::new();
    for field in &draft.fields {
        let Some(mixin) = field.mixin else { continue };
        let name = cx.models[mixin].name();
        let Some(with) = draft.ast.with.iter().find(|with| brings(cx, with.text.as_str(), mixin)) else {
            continue;
        };
        let place = Place { file: draft.file, span: with.span };
        let at = |span| Place { file: field.file, span };
        if let Some(default) = &field.ast.default {
            found.push(told::brought_to_view(place, name, "a default", at(default.span)));
        }
        for attribute in &field.ast.attributes {
            let attribute_name = attribute.name.text.as_str();
            if super::attributes::is_known(attribute_name)
                && attribute_name != "index"
                && !ATTRIBUTES.contains(&attribute_name)
            {
                found.push(told::brought_to_view(
                    place,
                    name,
                    &format!("`@{attribute_name}`"),
                    at(attribute.span),
                ));
            }
        }
    }
    // Once for each `with`: what else it brings is in the same mixin.
    let mut seen = std::collections::HashSet::new();
    found.retain(|diagnostic| seen.insert(diagnostic.primary.as_ref().map(|label| label.place)));
    found
}

/// Whether a name behind `with` leads to a mixin, itself or by what it takes in.
fn brings(cx: &Cx<'_>, name: &str, mixin: ModelIx) -> bool {
    let Some(Declared::Mixin(taken)) = cx.declared.get(name) else { return false };
    *taken == mixin || cx.models[*taken].mixins.contains(&mixin)
}

/// Whether a field was written in the view itself: what a mixin brings is the mixin's.
fn is_within(block: &ast::Block, field: &ast::Field) -> bool {
    block.span.contains(field.span)
}

fn without_key(cx: &mut Cx<'_>, model: ModelIx) {
    let draft = &cx.models[model];
    if !draft.names_key && !draft.broken && !draft.fields.is_empty() {
        let diagnostic = lints::view_without_key(draft.place(), draft.name());
        cx.report(diagnostic);
    }
}

/// Tells the to-ones that would hold a key to what has none: a view, and a table without one. What
/// is told is broken.
pub(super) fn check_keys(cx: &mut Cx<'_>) {
    for model in cx.with_rows() {
        for field in 0..cx.models[model].fields.len() {
            let draft = cx.field(model, field);
            let Shape::ToOne { target, .. } = draft.shape else { continue };
            if draft.holds_key() && !can_be_referred_to(cx, model, field, target) {
                cx.models[model].fields[field].shape = Shape::Broken;
            }
        }
    }
}

fn can_be_referred_to(cx: &mut Cx<'_>, model: ModelIx, field: FieldIx, target: ModelIx) -> bool {
    let (draft, there) = (cx.field(model, field), &cx.models[target]);
    let (here, place) = (cx.side(model, field), draft.type_place());
    if there.storage.is_view && !cx.models[model].storage.is_view {
        let edits = inverse_edits(cx, model, field, target);
        let diagnostic = relations::key_to_view(&here, place, there.name(), &edits);
        cx.report(diagnostic);
        return false;
    }
    let names_its_own = draft.attributes.references.is_some();
    if !there.names_key && !there.storage.is_table() && !names_its_own {
        let diagnostic = keys::target_without_key(place, there.name(), there.place());
        cx.report(diagnostic);
        return false;
    }
    true
}

/// Whether a join table can hold keys to both models; if not, it is told at the field, once.
pub(super) fn can_be_joined(cx: &mut Cx<'_>, (model, field): Side, models: [ModelIx; 2]) -> bool {
    let place = cx.field(model, field).bare_type_place();
    let fault = models.iter().map(|&model| &cx.models[model]).find_map(|draft| {
        let lacks_key = !draft.names_key && !draft.storage.is_table();
        match draft.storage.is_view {
            true => Some(relations::join_with_view(place, draft.name())),
            false => lacks_key.then(|| keys::target_without_key(place, draft.name(), draft.place())),
        }
    });
    let Some(diagnostic) = fault else { return true };
    // Both sides ask.
    if !cx.diagnostics.contains(&diagnostic) {
        cx.report(diagnostic);
    }
    false
}

/// What makes a to-one the other side of a view's: for each of the view's to-ones that leads here,
/// its name and the edits.
fn inverse_edits(
    cx: &Cx<'_>,
    model: ModelIx,
    field: FieldIx,
    view: ModelIx,
) -> Vec<(String, Vec<(Place, String)>)> {
    let draft = cx.field(model, field);
    let leads_here = |other: &&FieldDraft<'_>| {
        matches!(other.shape, Shape::ToOne { target, .. } if target == model) && other.holds_key()
    };
    let back = cx.models[view].fields.iter().filter(leads_here);
    back.map(|back| {
        let mut edits = vec![(draft.end(), format!(" @inverse({})", back.name()))];
        if matches!(draft.shape, Shape::ToOne { optional: false, .. }) {
            edits.insert(0, (draft.mark(), "?".to_owned()));
        }
        (back.name().to_owned(), edits)
    })
    .collect()
}

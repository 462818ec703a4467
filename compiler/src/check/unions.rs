//! Unions: references to a row of one of several models, a key for each.

use heck::ToSnakeCase;
use rex_grammar::ast;
use rex_schema::model::{Expr, Formula, Node, ValueType};

use super::draft::{Declared, IndexDraft, PartDraft, PartKey, Shape};
use super::keys::Part;
use super::{Cx, FieldIx, ModelIx};
use crate::diagnostic::{declarations, keys};
use crate::source::Place;

/// Finds the members of every union.
pub(super) fn resolve(cx: &mut Cx<'_>) {
    for union in 0..cx.unions.len() {
        let (item, file) = (cx.unions[union].ast, cx.unions[union].file);
        let mut members: Vec<(ModelIx, Place)> = Vec::new();
        let mut twice = Vec::new();
        for name in &item.members {
            let place = Place { file, span: name.span };
            match member(cx, name, place) {
                Some(model) => match members.iter().find(|(other, _)| *other == model) {
                    Some(&(_, first)) => twice.push((name, first)),
                    None => members.push((model, place)),
                },
                None => cx.unions[union].broken = true,
            }
        }
        cx.unions[union].broken |= item.broken;
        let is_small = members.len() < 2 && !cx.unions[union].broken;
        for (name, first) in &twice {
            let place = |span| Place { file, span };
            let whole = (!is_small).then(|| place(without(item, name)));
            cx.report(declarations::member_twice(place(name.span), &name.text, *first, whole));
        }
        if is_small && twice.is_empty() {
            let place = Place { file, span: item.name.span };
            let only = item.members.first().map(|name| name.text.as_str()).unwrap_or_default();
            cx.report(declarations::small_union(place, &item.name.text, only));
        }
        cx.unions[union].broken |= is_small;
        cx.unions[union].members = members;
    }
}

/// A name with the bar before it.
fn without(item: &ast::Union, name: &ast::Name) -> ast::Span {
    let before = item.members.iter().take_while(|other| other.span != name.span).last();
    before.map_or(name.span, |before| before.span.after().to(name.span))
}

fn member(cx: &mut Cx<'_>, name: &ast::Name, place: Place) -> Option<ModelIx> {
    match cx.declared.get(name.text.as_str()).copied() {
        Some(Declared::Model(model)) if !cx.models[model].storage.is_view => return Some(model),
        Some(found) => {
            let declared = cx.declaration(found);
            cx.report(declarations::no_member(place, &name.text, declared, []));
        }
        None => {
            let known = cx.model_names();
            cx.report(declarations::no_member(place, &name.text, None, known));
        }
    }
    None
}

/// Finds unions of models whose keys have several columns. Afterwards every union that is not
/// broken has a key of one column for each member.
pub(super) fn check_keys(cx: &mut Cx<'_>) {
    for union in 0..cx.unions.len() {
        for (model, place) in cx.unions[union].members.clone() {
            match cx.models[model].key_parts.as_deref() {
                Some([part]) if part.id_of == Some(model) => {}
                None => {
                    let there = &cx.models[model];
                    // Of a table of Rex's it was told.
                    if !there.names_key && !there.storage.is_table() {
                        let diagnostic = keys::target_without_key(place, there.name(), there.place());
                        cx.report(diagnostic);
                    }
                    cx.unions[union].broken = true;
                }
                Some(parts) => {
                    let key = cx.models[model].key.as_ref().map_or(cx.models[model].place(), |key| key.place);
                    let diagnostic =
                        declarations::member_key(place, cx.models[model].name(), parts.len(), key);
                    cx.report(diagnostic);
                    cx.unions[union].broken = true;
                }
            }
        }
    }
}

/// The name of a member's relation: `owner_user`.
pub(super) fn relation_name(cx: &Cx<'_>, field: &str, member: ModelIx) -> String {
    format!("{field}_{}", cx.models[member].name().to_snake_case())
}

/// The columns that a field makes that is a union: a key for each member. None if the union is
/// broken.
pub(super) fn parts(cx: &Cx<'_>, field: &str, union: usize) -> Option<Vec<Part>> {
    let draft = &cx.unions[union];
    if draft.broken {
        return None;
    }
    let parts = draft.members.iter().map(|&(member, _)| {
        let [key] = cx.models[member].key_parts.as_deref()? else { return None };
        let field = format!("{}_{}", relation_name(cx, field, member), key.field);
        Some(Part { field, ..key.clone() })
    });
    parts.collect()
}

/// The place among a union's members of a model that a field of the union may lead to.
pub(super) fn member_of(cx: &Cx<'_>, model: ModelIx, field: FieldIx, member: ModelIx) -> Option<usize> {
    let Shape::Union { union, .. } = cx.field(model, field).shape else { return None };
    cx.unions[union].members.iter().position(|&(other, _)| other == member)
}

/// A unique constraint or an index for each member of the unions that are among its parts.
pub(super) fn for_each_member(cx: &mut Cx<'_>, model: ModelIx, draft: IndexDraft) -> Vec<IndexDraft> {
    let whole_union = |part: &PartDraft| match part.key {
        PartKey::Field { field, column: None } => match cx.field(model, field).shape {
            Shape::Union { union, .. } => Some((field, union)),
            _ => None,
        },
        PartKey::Field { column: Some(_), .. } | PartKey::Formula(_) => None,
    };
    let found = draft.parts.iter().enumerate().find_map(|(at, part)| Some((at, whole_union(part)?)));
    let Some((at, (field, union))) = found else { return vec![draft] };
    let parts = cx.unions[union].members.len() * draft.parts.len();
    if !cx.may_make(parts, draft.place) {
        return Vec::new();
    }
    let mut drafts = Vec::new();
    for (place, (member, _)) in cx.unions[union].members.clone().into_iter().enumerate() {
        let column = cx.field(model, field).columns[place];
        let mut draft = draft.clone();
        draft.parts[at].key = PartKey::Field { field, column: Some(column) };
        if let Some((name, place)) = &mut draft.name {
            *name = relation_name(cx, name, member);
            cx.database_name("the index of a member", *place, name, true);
        }
        drafts.extend(for_each_member(cx, model, draft));
    }
    drafts
}

/// The condition of a unique constraint: what is written, and that the keys of unions among its
/// parts are set.
pub(super) fn condition(cx: &Cx<'_>, model: ModelIx, unique: &IndexDraft) -> Option<Formula> {
    let mut tests: Vec<Expr> = Vec::new();
    for part in &unique.parts {
        if let PartKey::Field { field, column: Some(column) } = part.key
            && let Shape::Union { .. } = cx.field(model, field).shape
        {
            let ty = ValueType { ty: cx.models[model].columns[column].ty, list: false };
            let key = Box::new(Expr::new(Node::Column(column), ty));
            tests.push(Expr::condition(Node::IsNotNull(key)));
        }
    }
    match &unique.condition {
        // Of the user's own text nothing is known; a row without the key equals no other anyway.
        Some(Formula::Sql(_)) => return unique.condition.clone(),
        Some(Formula::Expr(own)) => tests.push(own.clone()),
        None => {}
    }
    match tests.len() {
        0 | 1 => tests.pop().map(Formula::Expr),
        _ => Some(Formula::Expr(Expr::condition(Node::All(tests)))),
    }
}

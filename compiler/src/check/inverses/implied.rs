//! Lists without `@inverse`: the one candidate, or an error.

use heck::ToSnakeCase;
use rex_schema::names;

use super::{Relations, Side, may_lack_fields};
use crate::check::draft::{Link, Shape};
use crate::check::{Cx, FieldIx, ModelIx, join_tables};
use crate::diagnostic::relations;

/// Links every list that no `@inverse` and no `@through` has linked. All candidates are found
/// before the first is chosen: the order of files means nothing.
pub(super) fn resolve(cx: &mut Cx<'_>, relations: &mut Relations) {
    let lists: Vec<(Side, ModelIx)> =
        relations.all.iter().filter_map(|&side| Some((side, open_list(cx, relations, side)?))).collect();
    let candidates: Vec<Vec<FieldIx>> =
        lists.iter().map(|&(side, target)| candidates(cx, relations, side, target)).collect();
    let several = |side: Side| {
        lists.binary_search_by_key(&side, |&(side, _)| side).is_ok_and(|at| candidates[at].len() > 1)
    };
    for (&(side, target), found) in lists.iter().zip(&candidates) {
        if cx.field(side.0, side.1).link.is_some() {
            continue;
        }
        match found.as_slice() {
            [] => none(cx, relations, side, target),
            &[back] => one(cx, relations, side, (target, back), several((target, back))),
            found => ambiguous(cx, side, target, found),
        }
    }
}

/// The target of a list that says nothing about its other side.
fn open_list(cx: &Cx<'_>, relations: &Relations, side: Side) -> Option<ModelIx> {
    let draft = cx.field(side.0, side.1);
    match draft.shape {
        Shape::ToMany { target }
            if draft.attributes.inverse.is_none()
                && draft.attributes.through.is_none()
                && relations.claimant(side, target).is_none() =>
        {
            Some(target)
        }
        _ => None,
    }
}

/// The most candidates that are told.
const MAX_CANDIDATES: usize = 8;

fn candidates(cx: &Cx<'_>, relations: &Relations, side: Side, target: ModelIx) -> Vec<FieldIx> {
    let back = relations.back(side.0, target).iter().copied();
    back.filter(|&back| {
        let there = (target, back);
        let other = cx.field(target, back);
        there != side
            && relations.claimant(there, side.0).is_none()
            && match other.shape {
                Shape::ToOne { .. } | Shape::Union { .. } => other.holds_key(),
                _ => open_list(cx, relations, there).is_some(),
            }
    })
    .take(MAX_CANDIDATES)
    .collect()
}

/// `is_ambiguous`: the other side is a list with several candidates, and told there.
fn one(cx: &mut Cx<'_>, relations: &mut Relations, side: Side, there: Side, is_ambiguous: bool) {
    let is_list = matches!(cx.field(there.0, there.1).shape, Shape::ToMany { .. });
    if is_ambiguous {
        return;
    }
    if is_list && side.0 == there.0 {
        let ends = [side, there].map(|(model, field)| (cx.side(model, field), cx.field(model, field).end()));
        let diagnostic = relations::self_many(&ends);
        // Told once for both.
        if side < there {
            cx.report(diagnostic);
        }
    } else if is_list {
        join_tables::join(cx, side, there);
    } else if let Some((model, field)) = relations.claimant(there, side.0) {
        let (place, owner) = (cx.field(side.0, side.1).place(), cx.models[there.0].name());
        let name = cx.field(there.0, there.1).name();
        let diagnostic = relations::inverse_claimed(place, owner, name, &cx.side(model, field));
        cx.report(diagnostic);
    } else {
        relations.claim(there, side);
        cx.models[side.0].fields[side.1].link = Some(Link::Inverse(there.1));
    }
}

fn ambiguous(cx: &mut Cx<'_>, (model, field): Side, target: ModelIx, found: &[FieldIx]) {
    let insert = cx.field(model, field).end();
    // A list that is chosen must choose back, where it has a choice too.
    let is_self = model == target;
    let sides: Vec<_> = found
        .iter()
        .map(|&back| {
            let other = cx.field(target, back);
            let answers = is_self && matches!(other.shape, Shape::ToMany { .. });
            (cx.side(target, back), answers.then_some(other.end()))
        })
        .collect();
    cx.report(relations::ambiguous(&cx.side(model, field), &sides, insert));
}

fn none(cx: &mut Cx<'_>, relations: &Relations, side: Side, target: ModelIx) {
    let (model, field) = side;
    let draft = cx.field(model, field);
    if draft.attributes.join_table.is_some() {
        return join_tables::lone(cx, side, target);
    }
    if may_lack_fields(cx, target) || relations.told.contains(&side) || draft.attributes.unsure {
        return;
    }
    let here = cx.side(model, field);
    let taken = relations.back(model, target).iter().find_map(|&back| {
        let by = relations.claimant((target, back), model).filter(|&by| by != side)?;
        cx.field(target, back).holds_key().then_some((back, by))
    });
    let diagnostic = match taken {
        Some((back, by)) => {
            let (owner, name) = (cx.models[target].name(), cx.field(target, back).name());
            relations::inverse_claimed(here.place, owner, name, &cx.side(by.0, by.1))
                .note(format!("nothing else in `{owner}` points back to `{}`", here.model))
        }
        None if model == target => relations::no_way_back_to_itself(
            &here,
            cx.models[model].find("parent").is_none().then(|| cx.models[model].inside()),
            draft.end(),
            &join_tables::lone_names(cx, side),
        ),
        None => {
            let one = here.model.to_snake_case();
            let many = names::plural(&one);
            let inside =
                |name: &str| cx.models[target].find(name).is_none().then(|| cx.models[target].inside());
            relations::no_way_back(
                &here,
                cx.models[target].name(),
                (&one, inside(&one)),
                (&many, inside(&many)),
            )
        }
    };
    cx.report(diagnostic);
}

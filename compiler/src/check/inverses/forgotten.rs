//! A to-one that may have forgotten `@inverse`: the target holds a unique key back that no
//! inverse claims, no list of the target claims this field, and nothing here says that it holds
//! a key. It must not become a second key in silence.

use std::collections::HashMap;

use super::{Relations, Side, holds_unique_key};
use crate::check::draft::{IndexDraft, Link, Shape};
use crate::check::{Cx, FieldIx, ModelIx};
use crate::diagnostic::relations;
use crate::source::Place;

/// The unique keys from the first model to the second that no side claims.
type Unclaimed = HashMap<(ModelIx, ModelIx), Vec<FieldIx>>;

pub(super) fn unclaimed(cx: &Cx<'_>, relations: &Relations) -> Unclaimed {
    let mut unclaimed = Unclaimed::new();
    for (&(model, target), fields) in &relations.facing {
        let is_unclaimed = |&field: &FieldIx| {
            cx.field(model, field).link == Some(Link::Key)
                && relations.claimant((model, field), target).is_none()
                && holds_unique_key(cx, model, field, target)
        };
        unclaimed.insert((model, target), fields.iter().copied().filter(is_unclaimed).collect());
    }
    unclaimed
}

/// Tells such a to-one.
pub(super) fn check(cx: &mut Cx<'_>, relations: &Relations, unclaimed: &Unclaimed, (model, field): Side) {
    let draft = cx.field(model, field);
    let Shape::ToOne { target, optional } = draft.shape else { return };
    if draft.link != Some(Link::Key) || says_it_holds_a_key(cx, model, field) {
        return;
    }
    if relations.claimant((model, field), target).is_some() {
        return;
    }
    let back = unclaimed.get(&(target, model)).into_iter().flatten().copied();
    let back = back.into_iter().find(|&back| (target, back) != (model, field));
    if let Some(back) = back {
        let mut edits = vec![(draft.end(), format!(" @inverse({})", cx.field(target, back).name()))];
        if !optional {
            let ty = draft.type_place();
            edits.insert(0, (Place { span: ty.span.after(), ..ty }, "?".to_owned()));
        }
        let diagnostic =
            relations::forgotten_inverse(&cx.side(model, field), &cx.side(target, back), edits, draft.end());
        cx.report(diagnostic);
        // Whatever it is, nothing more is said about it.
        cx.models[model].fields[field].link = None;
    }
}

fn says_it_holds_a_key(cx: &Cx<'_>, model: ModelIx, field: FieldIx) -> bool {
    let draft = &cx.models[model];
    let named = |index: &IndexDraft| index.parts.iter().any(|part| part.field() == Some(field));
    !draft.fields[field].attributes.of_key.is_empty()
        || draft.key.as_ref().is_some_and(|key| key.fields.contains(&field))
        || draft.uniques.iter().chain(&draft.indexes).any(named)
}

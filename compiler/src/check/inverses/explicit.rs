//! Sides with `@inverse(name)`.

use super::{Relations, Side, holds_unique_key, target_of};
use crate::check::draft::{Link, Shape};
use crate::check::{Cx, FieldIx, ModelIx, join_tables, unions};
use crate::diagnostic::relations::{self, Elsewhere};
use crate::source::Place;

/// Links a side that names its other one.
pub(super) fn resolve(cx: &mut Cx<'_>, relations: &mut Relations, (model, field): Side) {
    let draft = cx.field(model, field);
    let (Some((name, _)), Some(target)) = (draft.attributes.inverse, target_of(draft.shape)) else { return };
    let place = Place { file: draft.file, span: name.span };
    let Some(back) = cx.models[target].find(&name.text) else {
        if !cx.models[target].broken {
            let back = relations.back(model, target);
            let fields = cx.may_suggest(back.len()).then(|| {
                let others = back.iter().filter(|&&back| (target, back) != (model, field));
                others.map(|&back| cx.field(target, back).name()).collect::<Vec<&str>>()
            });
            let diagnostic = relations::inverse_unknown(place, cx.models[target].name(), &name.text, fields);
            cx.report(diagnostic);
        }
        return;
    };
    if relations.told.contains(&(target, back)) || cx.field(target, back).shape == Shape::Broken {
        return;
    }
    if let Some(elsewhere) = fault(cx, relations, (model, field), (target, back)) {
        let declared = cx.field(target, back).place();
        cx.report(relations::inverse_elsewhere(place, declared, elsewhere));
        relations.told.extend([(model, field), (target, back)]);
        return;
    }
    if let Some((other_model, other_field)) = relations.claimant((target, back), model) {
        let (owner, other) = (cx.models[target].name(), cx.side(other_model, other_field));
        let diagnostic = relations::inverse_claimed(place, owner, &name.text, &other);
        cx.report(diagnostic);
        return;
    }
    relations.claim((target, back), (model, field));
    match (cx.field(model, field).shape, cx.field(target, back).shape) {
        (Shape::ToMany { .. }, Shape::ToMany { .. }) => join_tables::join(cx, (model, field), (target, back)),
        (Shape::ToOne { .. }, _) => one_to_one(cx, model, field, target, back),
        _ => cx.models[model].fields[field].link = Some(Link::Inverse(back)),
    }
}

/// Why a side cannot be the other one of another.
fn fault(cx: &Cx<'_>, relations: &Relations, here: Side, there: Side) -> Option<Elsewhere> {
    let (draft, other) = (cx.field(here.0, here.1), cx.field(there.0, there.1));
    let (name, model) = (other.name(), cx.models[here.0].name());
    let points_elsewhere = |is: &str| Elsewhere {
        message: format!("`{name}` does not point to `{model}`"),
        is: is.to_owned(),
        fixes: renames(cx, relations, here, there.0),
    };
    let no_side = |is: String, fixes: Vec<(String, Place, String)>| Elsewhere {
        message: format!("`{name}` is no side that `@inverse` can name here"),
        is,
        fixes,
    };
    Some(match other.shape {
        _ if here == there => Elsewhere {
            message: format!("`{name}` names itself as its other side"),
            is: "this is the field itself".to_owned(),
            fixes: match draft.shape {
                Shape::ToMany { .. } => lone_join(cx, here),
                _ => removal(cx, here).into_iter().collect(),
            },
        },
        Shape::Scalar { .. } | Shape::Embedded { .. } => points_elsewhere("this is no relation"),
        Shape::Union { .. } => match unions::member_of(cx, there.0, there.1, here.0) {
            Some(_) => return None,
            None => points_elsewhere("this is a union without it"),
        },
        shape if target_of(shape) != Some(here.0) => points_elsewhere("this points elsewhere"),
        Shape::ToOne { .. } if !other.holds_key() => no_side(
            "this names its other side too, so that none holds the key".to_owned(),
            [removal(cx, here), removal(cx, there)].into_iter().flatten().collect(),
        ),
        Shape::ToMany { .. } if matches!(draft.shape, Shape::ToOne { .. }) => no_side(
            format!("this is a list, so that `{}` holds the key", draft.name()),
            removal(cx, here).into_iter().collect(),
        ),
        Shape::ToMany { .. } if other.attributes.through.is_some() => {
            no_side("this goes through a model".to_owned(), removal(cx, here).into_iter().collect())
        }
        Shape::ToMany { .. } => {
            let names = other.attributes.inverse.map(|(name, _)| name.text.as_str())?;
            if names == draft.name() {
                return None;
            }
            no_side(format!("this names `{names}` as its other side"), Vec::new())
        }
        Shape::ToOne { .. } | Shape::Broken => return None,
    })
}

/// The fields that could have been meant.
fn renames(cx: &Cx<'_>, relations: &Relations, here: Side, target: ModelIx) -> Vec<(String, Place, String)> {
    let draft = cx.field(here.0, here.1);
    let Some((name, _)) = draft.attributes.inverse else { return Vec::new() };
    let place = Place { file: draft.file, span: name.span };
    let back = relations.back(here.0, target).iter().filter(|&&back| (target, back) != here);
    let keys =
        back.filter(|&&back| cx.field(target, back).holds_key()).map(|&back| cx.field(target, back).name());
    keys.map(|name| (format!("name the one that does: `@inverse({name})`"), place, name.to_owned())).collect()
}

fn removal(cx: &Cx<'_>, side: Side) -> Option<(String, Place, String)> {
    let draft = cx.field(side.0, side.1);
    let (_, place) = draft.attributes.inverse?;
    Some((format!("if `{}` holds the key, remove its `@inverse`", draft.name()), place, String::new()))
}

/// A many-to-many of a model with itself that one side alone declares.
fn lone_join(cx: &Cx<'_>, side: Side) -> Vec<(String, Place, String)> {
    let [table, this, that] = join_tables::lone_names(cx, side);
    let attribute = format!("@join_table(\"{table}\", \"{this}_id\", \"{that}_id\")");
    match cx.field(side.0, side.1).attributes.inverse {
        Some((_, place)) => {
            vec![(format!("for a many-to-many with one side, write `{attribute}`"), place, attribute)]
        }
        None => Vec::new(),
    }
}

fn one_to_one(cx: &mut Cx<'_>, model: ModelIx, field: FieldIx, target: ModelIx, back: FieldIx) {
    cx.models[model].fields[field].link = Some(Link::Inverse(back));
    let draft = cx.field(model, field);
    let (optional, place, ty) =
        (matches!(draft.shape, Shape::ToOne { optional: true, .. }), draft.place(), draft.type_place());
    if !optional {
        let diagnostic = relations::required_inverse(place, draft.name(), cx.field(target, back).place(), ty);
        cx.report(diagnostic);
    }
    let has_key = !cx.field(target, back).columns.is_empty();
    if has_key && !holds_unique_key(cx, target, back, model) {
        let insert = cx.field(target, back).end();
        let diagnostic = relations::not_unique(&cx.side(target, back), place, insert);
        cx.report(diagnostic);
    }
}

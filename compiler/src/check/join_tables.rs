//! Join tables of many-to-many relations.

use heck::ToSnakeCase;
use rex_schema::names as made;

use super::draft::{JoinDraft, Link};
use super::inverses::Side;
use super::{Cx, ModelIx, views};
use crate::diagnostic::{relations, types};
use crate::source::Place;

/// Two lists that face each other: a join table between them.
pub(super) fn join(cx: &mut Cx<'_>, a: Side, b: Side) {
    if cx.field(a.0, a.1).link.is_some() || cx.field(b.0, b.1).link.is_some() {
        return;
    }
    if !views::can_be_joined(cx, a.min(b), [a.0, b.0]) {
        return;
    }
    // The order of the sides is that of the tables' names; of a model with itself, the source's.
    let swap = (cx.models[a.0].table.as_str(), a) > (cx.models[b.0].table.as_str(), b);
    let (first, second) = if swap { (b, a) } else { (a, b) };
    let own = a.0 == b.0;
    let mut columns = [side_columns(cx, first, second, own), side_columns(cx, second, first, own)];
    let mut table = made::join_table(&cx.models[first.0].table, &cx.models[second.0].table);
    let mut place = cx.field(first.0, first.1).place();
    let named = [first, second].map(|side| cx.field(side.0, side.1).attributes.join_table.clone());
    if let [Some((one, first)), Some((other, second))] = &named
        && !agree(one, other)
    {
        cx.report(relations::two_join_tables(*second, *first));
    }
    for (side, given) in named.into_iter().enumerate() {
        let Some((names, at)) = given else { continue };
        table.clone_from(&names[0]);
        place = at;
        if let [_, this, that] = names.as_slice() {
            set_column(cx, &mut columns[side], this, at);
            set_column(cx, &mut columns[1 - side], that, at);
        }
    }
    let [first_columns, second_columns] = columns;
    let sides = [(first.0, first_columns), (second.0, second_columns)];
    let schema = cx.models[first.0].storage.schema_name().map(str::to_owned);
    cx.join_tables.push(JoinDraft { schema, table, place, sides, owner: first });
    let index = cx.join_tables.len() - 1;
    cx.models[first.0].fields[first.1].link = Some(Link::Join(index, 0));
    cx.models[second.0].fields[second.1].link = Some(Link::Join(index, 1));
}

/// Whether both sides say the same: each names its own column first.
fn agree(one: &[String], other: &[String]) -> bool {
    match (one, other) {
        ([a, this, that], [b, other_this, other_that]) => a == b && this == other_that && that == other_this,
        ([a, ..], [b, ..]) => a == b,
        _ => false,
    }
}

/// `@join_table` on one side alone declares the relation.
pub(super) fn lone(cx: &mut Cx<'_>, (model, field): Side, target: ModelIx) {
    let Some((names, place)) = cx.field(model, field).attributes.join_table.clone() else { return };
    if !views::can_be_joined(cx, (model, field), [model, target]) {
        return;
    }
    let [_, _, that] = lone_names(cx, (model, field));
    let that = if model == target { made::singular(&that) } else { cx.models[target].name().to_snake_case() };
    let mut sides = [
        (model, model_columns(cx, model, &cx.models[model].name().to_snake_case())),
        (target, model_columns(cx, target, &that)),
    ];
    if let [_, this, that] = names.as_slice() {
        set_column(cx, &mut sides[0].1, this, place);
        set_column(cx, &mut sides[1].1, that, place);
    }
    let schema = cx.models[model].storage.schema_name().map(str::to_owned);
    cx.join_tables.push(JoinDraft { schema, table: names[0].clone(), place, sides, owner: (model, field) });
    cx.models[model].fields[field].link = Some(Link::Join(cx.join_tables.len() - 1, 0));
}

/// What the join table of a model with itself may be called that one side alone declares: the
/// table, this side, that side.
pub(super) fn lone_names(cx: &Cx<'_>, (model, field): Side) -> [String; 3] {
    let this = cx.models[model].name().to_snake_case();
    let name = cx.field(model, field).name();
    let that = match made::singular(name) {
        that if that == this => format!("other_{that}"),
        that => that,
    };
    [format!("{this}_{name}"), this, that]
}

/// The columns of a join table that hold one side's key. Of a model with itself, the side is
/// called by the list that it is seen through: `follows: [User] @inverse(followers)` has
/// `follower_id` for those who follow.
fn side_columns(cx: &Cx<'_>, side: Side, other: Side, own: bool) -> Vec<String> {
    let prefix = match own {
        true => made::singular(cx.field(other.0, other.1).name()),
        false => cx.models[side.0].name().to_snake_case(),
    };
    model_columns(cx, side.0, &prefix)
}

fn model_columns(cx: &Cx<'_>, model: ModelIx, prefix: &str) -> Vec<String> {
    let parts = cx.models[model].key_parts.as_deref().unwrap_or_default();
    parts.iter().map(|part| format!("{prefix}_{}", part.field)).collect()
}

fn set_column(cx: &mut Cx<'_>, columns: &mut [String], name: &str, place: Place) {
    match columns {
        [column] => name.clone_into(column),
        [] => {}
        _ => cx.report(types::attribute_arguments(
            "join_table",
            place,
            Some(place),
            "@join_table(\"table\"): columns of a composite key have names of their own",
        )),
    }
}

//! Lints: what works, and is probably not meant.

use super::codes::Code::*;
use super::{Diagnostic, article};
use crate::source::Place;

pub(crate) fn unknown_lint<'a>(
    place: Place,
    name: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Diagnostic {
    let diagnostic = Diagnostic::new(E0314, place, format!("no lint is called `{name}`"));
    let known: Vec<&str> = known.into_iter().collect();
    match super::nearest(name, known.iter().copied()) {
        Some(near) => diagnostic.fix(format!("did you mean `{near}`?"), place, near),
        None if known.is_empty() => diagnostic,
        None => diagnostic.help(format!("lints are {}", super::listed(known, "and"))),
    }
}

pub(crate) fn naming_case(place: Place, kind: &str, name: &str, wanted: &str) -> Diagnostic {
    let case = match kind {
        "field" | "variant" => "fields and variants are `snake_case`",
        _ => "models, enums and other types are `UpperCamelCase`",
    };
    Diagnostic::new(W0001, place, format!("the {kind} `{name}` is not in the case of its kind"))
        .note(case)
        .fix(format!("rename it to `{wanted}`"), place, wanted)
}

pub(crate) fn unused_type(place: Place, kind: &str, name: &str) -> Diagnostic {
    let message = match kind {
        "mixin" => format!("no model takes in `{name}`"),
        _ => format!("no field has the type `{name}`"),
    };
    Diagnostic::new(W0003, place, message).help("remove it, or use it")
}

pub(crate) fn redundant_index(place: Place, name: &str, other: &str, first: Option<Place>) -> Diagnostic {
    let diagnostic = Diagnostic::new(W0004, place, format!("{name} is covered by {other}"))
        .note("each index costs every write; one whose columns begin another serves nothing")
        .fix("remove it", place, "");
    match first {
        Some(first) => diagnostic.see(first, "covered by this"),
        None => diagnostic,
    }
}

pub(crate) fn missing_fk_index(place: Place, field: &str) -> Diagnostic {
    Diagnostic::new(W0005, place, format!("the foreign key of `{field}` has no index"))
        .note("deleting or changing a target then reads the whole table")
        .fix("remove `@no_index`", place, "")
        .help("or silence this with `@allow(missing_fk_index)`")
}

pub(crate) fn int_key(place: Place, ty: &str, most: &str) -> Diagnostic {
    Diagnostic::new(W0006, place, format!("{} `{ty}` key ends at {most} rows", article(ty)))
        .note("a wider key costs nothing today and a rewrite of the table later")
        .fix("use `BigInt`", place, "BigInt")
}

pub(crate) fn float_money(place: Place, field: &str, ty: &str) -> Diagnostic {
    Diagnostic::new(W0007, place, format!("`{field}` looks like money, and `{ty}` rounds it")).fix(
        "use `Decimal(12, 2)`",
        place,
        "Decimal(12, 2)",
    )
}

pub(crate) fn required_cycle(place: Place, path: &str, end: Place) -> Diagnostic {
    Diagnostic::new(W0008, place, "no first row can be inserted")
        .note(format!("required keys go in a circle: {path}"))
        .fix("add `@deferrable`: it is then checked at the end of the transaction", end, " @deferrable")
        .help("or make one of them optional")
}

pub(crate) fn view_without_key(place: Place, name: &str) -> Diagnostic {
    Diagnostic::new(W0015, place, format!("the view `{name}` has no key"))
        .note("its rows can be found, but none can be got by its key, and no relation leads to one")
        .help("mark what tells the rows apart with `@id`, or silence this with `allow (view_without_key)`")
}

pub(crate) fn nullable_unique(place: Place, field: &str) -> Diagnostic {
    Diagnostic::new(W0009, place, format!("`{field}` may be null, and null equals nothing"))
        .note("rows that are null here may repeat the other parts")
        .help("make it required, or silence this with `allow (nullable_unique)`")
}

pub(crate) fn exclusive_length(place: Place, range: &str, limit: u32, instead: &str) -> Diagnostic {
    Diagnostic::new(W0011, place, format!("`{range}` leaves out {limit}, which the type allows"))
        .note(format!("the longest text has {} characters", limit - 1))
        .fix(format!("write `{instead}`"), place, instead)
}

/// `outcome` is what the check is for every row.
pub(crate) fn constant_check(place: Place, outcome: bool) -> Diagnostic {
    match outcome {
        true => Diagnostic::new(W0010, place, "this check is always true").help("remove it"),
        false => Diagnostic::new(W0010, place, "this check is never true")
            .note("no row could be written, but for those where it is unknown: where something is null"),
    }
}

/// `whole` where SQLite does without the index, not only without the clause.
pub(crate) fn postgres_only_index(place: Place, word: &str, whole: bool) -> Diagnostic {
    let message = match whole {
        true => format!("SQLite has no `{word}` index, and does without this one"),
        false => format!("SQLite's index does without `{word}`"),
    };
    Diagnostic::new(W0012, place, message)
        .help("where that is meant, say so: `allow (postgres_only_index)` in the model")
}

/// `others` are the places of the other cascades on the circle.
pub(crate) fn cascade_cycle(place: Place, path: &str, others: &[Place]) -> Diagnostic {
    let diagnostic = Diagnostic::new(W0013, place, "deletions go in a circle")
        .note(format!("deleting one row may delete far more than is meant: {path}"))
        .help("use `@on_delete(restrict)` for one of them, or silence this with `@allow(cascade_cycle)`");
    others.iter().take(4).fold(diagnostic, |diagnostic, &other| diagnostic.see(other, "and by this"))
}

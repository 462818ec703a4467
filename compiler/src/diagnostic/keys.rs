//! Keys, unique constraints and indexes.

use super::codes::Code::*;
use super::{Diagnostic, article, listed};
use crate::source::Place;

/// `end` is that of a field `id` that can be the key; `taken` whether there is a field `id`.
pub(crate) fn no_primary_key(
    model: &str,
    place: Place,
    inside: Place,
    end: Option<Place>,
    taken: bool,
) -> Diagnostic {
    let diagnostic = Diagnostic::new(E0501, place, format!("`{model}` has no primary key"))
        .note("every row needs a key, so that it can be found, changed and referred to");
    match end {
        None if taken => diagnostic.help("mark a field with `@id`, or name several: `id (a, b)`"),
        Some(end) => diagnostic.fix("mark the field `id`: add `@id`", end, " @id").safe(),
        None => diagnostic.fix(
            "add `id: BigInt = autoincrement() @id`",
            inside,
            "\n    id: BigInt = autoincrement() @id",
        ),
    }
}

pub(crate) fn target_without_key(place: Place, target: &str, there: Place) -> Diagnostic {
    Diagnostic::new(E0843, place, format!("`{target}` has no key that a relation could hold"))
        .see(there, "declared here")
        .help("give it one, or name columns that are unique there: `@references(…)`")
}

pub(crate) fn two_primary_keys(model: &str, place: Place, first: Place) -> Diagnostic {
    Diagnostic::new(E0502, place, format!("`{model}` has two primary keys"))
        .see(first, "the first one")
        .help("keep one, or write a composite key: `id (a, b)`")
}

/// `mark` is the `?` that makes it optional.
pub(crate) fn key_part(place: Place, field: &str, what: &str, key: Place, mark: Option<Place>) -> Diagnostic {
    let diagnostic =
        Diagnostic::new(E0503, key, format!("`{field}` is {what}, and cannot be part of a primary key"))
            .see(place, "declared here");
    match mark {
        Some(mark) => diagnostic.fix("make it required: remove `?`", mark, ""),
        None => diagnostic,
    }
}

pub(crate) fn other_side_part(place: Place, name: &str, declared: Place) -> Diagnostic {
    Diagnostic::new(E0509, place, format!("`{name}` is the other side of a relation, and has no column here"))
        .see(declared, "declared here")
}

pub(crate) fn unknown_order(place: Place, word: &str) -> Diagnostic {
    Diagnostic::new(E0311, place, format!("`{word}` says nothing about the order of an index"))
        .note("a part may add `asc`, `desc`, `nulls_first`, `nulls_last`")
        .also(|diagnostic| match word.to_lowercase() {
            word if word.starts_with("asc") => diagnostic.fix("write `asc`", place, "asc").safe(),
            word if word.starts_with("desc") => diagnostic.fix("write `desc`", place, "desc").safe(),
            _ => diagnostic.suggest(place, word, ["asc", "desc", "nulls_first", "nulls_last"]),
        })
}

pub(crate) fn no_order(place: Place, word: &str, keyword: &str) -> Diagnostic {
    Diagnostic::new(E0311, place, format!("`{keyword}` has no order, and takes no `{word}`")).fix(
        "remove it",
        place,
        "",
    )
}

pub(crate) fn too_many_columns(place: Place, keyword: &str, most: usize) -> Diagnostic {
    Diagnostic::new(E0510, place, format!("this `{keyword}` has more columns than {most}"))
        .note("PostgreSQL keeps no more in one index")
        .help("name fewer fields")
}

pub(crate) fn part_of_relation(place: Place, column: &str, relation: &str) -> Diagnostic {
    Diagnostic::new(E0509, place, format!("`{column}` is a part of the key of `{relation}`"))
        .note("a primary key takes all columns of a relation, or none")
        .fix(format!("name the relation: `{relation}`"), place, relation)
}

pub(crate) fn key_too_large(
    place: Place,
    model: &str,
    columns: usize,
    most: usize,
    depth: usize,
) -> Diagnostic {
    let message = match columns > most {
        true => format!("the key of `{model}` has {columns} columns, and {most} are the limit"),
        false => format!("the key of `{model}` reaches through more than {depth} models"),
    };
    Diagnostic::new(E0510, place, message)
        .help("give it a key of its own: `id: BigInt = autoincrement() @id`")
}

pub(crate) fn unknown_field<'a>(
    place: Place,
    model: &str,
    name: &str,
    fields: impl IntoIterator<Item = &'a str>,
) -> Diagnostic {
    let diagnostic = Diagnostic::new(E0504, place, format!("`{model}` has no field `{name}`"));
    let fields: Vec<&str> = fields.into_iter().collect();
    match super::nearest(name, fields.iter().copied()) {
        Some(near) => diagnostic.suggest(place, name, [near]),
        None if fields.is_empty() || fields.len() > 12 => diagnostic,
        None => diagnostic.help(format!("it has {}", super::listed(fields, "and"))),
    }
}

pub(crate) fn field_twice(place: Place, name: &str, first: Place) -> Diagnostic {
    Diagnostic::new(E0505, place, format!("`{name}` stands twice in the list"))
        .see(first, "first here")
        .help("keep one")
}

pub(crate) fn empty_list(place: Place, keyword: &str) -> Diagnostic {
    Diagnostic::new(E0506, place, format!("`{keyword}` names no field"))
        .help(format!("write `{keyword} (a, b)` with the names of fields"))
}

/// `end` is where the statement could go on.
pub(crate) fn not_indexable(
    place: Place,
    field: &str,
    what: &str,
    is_unique: bool,
    declared: Place,
    end: Option<Place>,
) -> Diagnostic {
    let cannot = if is_unique { "cannot be unique" } else { "is indexed by `gin` only" };
    let diagnostic = Diagnostic::new(E0507, place, format!("`{field}` is {what}, and {cannot}"))
        .see(declared, "declared here");
    match (end, is_unique) {
        (Some(end), _) => diagnostic.fix("add `using gin`", end, " using gin"),
        (None, true) => diagnostic.help("keep what is unique in a field of its own"),
        (None, false) => diagnostic.help(format!("write a statement: `index ({field}) using gin`")),
    }
}

pub(crate) fn key_cycle(place: Place, path: &str) -> Diagnostic {
    Diagnostic::new(E0508, place, "this key contains itself")
        .note(format!("the key of `{path}`"))
        .help("give one of the models a key of its own: `id: BigInt = autoincrement() @id`")
}

pub(crate) fn not_a_field(place: Place, keyword: &str) -> Diagnostic {
    Diagnostic::new(E0509, place, format!("`{keyword}` takes names of fields"))
}

pub(crate) fn to_many_part(place: Place, name: &str, declared: Place) -> Diagnostic {
    Diagnostic::new(
        E0509,
        place,
        format!("`{name}` is a list of rows of another table, and has no column here"),
    )
    .see(declared, "declared here")
}

/// `home.city.name`, where `city` is no embedded type.
pub(crate) fn no_parts(place: Place, owner: &str, declared: Place) -> Diagnostic {
    Diagnostic::new(E0509, place, format!("`{owner}` is one value, and has no parts"))
        .see(declared, "declared here")
}

/// An embedded type where a column is wanted.
pub(crate) fn whole_type(place: Place, name: &str, ty: &str, parts: &[String]) -> Diagnostic {
    let diagnostic =
        Diagnostic::new(E0509, place, format!("`{name}` is {} `{ty}` of several columns", article(ty)));
    match parts {
        [only] => diagnostic.fix(format!("name its part: `{only}`"), place, only),
        _ => diagnostic.help(format!("name a part: {}", listed(parts.iter().map(String::as_str), "or"))),
    }
}

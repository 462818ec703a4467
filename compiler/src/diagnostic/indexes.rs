//! The options of indexes and unique constraints.

use super::Diagnostic;
use super::codes::Code::*;
use crate::source::Place;
use rex_schema::Version;

pub(crate) fn unknown_method<'a>(
    place: Place,
    name: &str,
    methods: impl IntoIterator<Item = &'a str>,
) -> Diagnostic {
    let methods: Vec<&str> = methods.into_iter().collect();
    let diagnostic = Diagnostic::new(E0511, place, format!("no index method is called `{name}`"));
    match super::nearest(name, methods.iter().copied()) {
        Some(near) => diagnostic.suggest(place, name, [near]),
        None => diagnostic.help(format!("methods are {}", super::listed(methods, "and"))),
    }
}

/// `is_document` where the type is one that `gin` takes.
pub(crate) fn not_of_type(
    using: Place,
    method: &str,
    field: &str,
    what: &str,
    is_document: bool,
    declared: Place,
) -> Diagnostic {
    let diagnostic =
        Diagnostic::new(E0512, using, format!("a `{method}` index does not take `{field}`, which is {what}"))
            .see(declared, "declared here");
    match (is_document, method) {
        (true, _) => diagnostic.fix("write `using gin`", using, "using gin"),
        (false, "gist" | "gin") => diagnostic
            .note("with an operator class of an extension it may: `ops(\"…\")` behind the part")
            .fix(format!("remove `using {method}`"), using, ""),
        (false, _) => diagnostic.fix(format!("remove `using {method}`"), using, ""),
    }
}

pub(crate) fn does_not_sort(place: Place, method: &str) -> Diagnostic {
    Diagnostic::new(E0513, place, format!("a `{method}` index has no order"))
        .note("only `btree`, which is what an index is without `using`, gives rows in an order")
        .fix("remove it", place, "")
}

pub(crate) fn does_not_cover(place: Place, method: &str) -> Diagnostic {
    Diagnostic::new(E0513, place, format!("a `{method}` index holds no other columns"))
        .note("`btree`, `gist` and `spgist` take `include`")
        .fix("remove it", place, "")
}

pub(crate) fn does_not_cover_before(
    place: Place,
    method: &str,
    since: Version,
    least: Version,
) -> Diagnostic {
    let message =
        format!("a `{method}` index holds other columns since PostgreSQL {since}, and {least} must do");
    Diagnostic::new(E0513, place, message)
        .fix("remove it", place, "")
        .help(format!("or set `min_postgres = \"{since}\"` in the configuration"))
}

pub(crate) fn takes_one(using: Place, method: &str) -> Diagnostic {
    Diagnostic::new(E0513, using, format!("a `{method}` index has one part only"))
        .help("make an index for each, or leave out the method")
}

pub(crate) fn clause_out_of_place(place: Place, clause: &str, keyword: &str) -> Diagnostic {
    let note = match clause {
        "nulls_not_distinct" => "it says when rows are the same, which matters to `unique`",
        _ => "what is unique is kept by an index of its own kind, `btree`",
    };
    Diagnostic::new(E0514, place, format!("`{keyword}` takes no `{clause}`")).note(note).fix(
        "remove it",
        place,
        "",
    )
}

pub(crate) fn nulls_distinct_in_sqlite(place: Place) -> Diagnostic {
    Diagnostic::new(E0515, place, "SQLite has no `nulls_not_distinct`")
        .note("there null never equals null, so that the constraint would mean something else")
        .help("make the fields required, or add a partial one: `unique (a) where b == null`")
}

pub(crate) fn nulls_distinct_before(place: Place, least: Version) -> Diagnostic {
    Diagnostic::new(E0515, place, format!("`nulls_not_distinct` needs PostgreSQL 15, and {least} must do"))
        .help("set `min_postgres = \"15\"` in the configuration")
}

pub(crate) fn word_twice(place: Place, word: &str, first: Place, other: &str) -> Diagnostic {
    let message = match word == other {
        true => format!("`{word}` stands twice"),
        false => format!("`{word}` contradicts `{other}`"),
    };
    Diagnostic::new(E0516, place, message).see(first, "first here").fix("remove it", place, "")
}

pub(crate) fn no_collation(place: Place, field: &str, what: &str, declared: Place) -> Diagnostic {
    Diagnostic::new(E0517, place, format!("`{field}` is {what}, and has no collation"))
        .see(declared, "declared here")
        .note("a collation orders texts")
        .fix("remove it", place, "")
}

pub(crate) fn modifier_arguments(place: Place, word: &str) -> Diagnostic {
    let usage = match word {
        "ops" => "ops(\"gin_trgm_ops\")",
        _ => "collate(\"C\")",
    };
    Diagnostic::new(E0311, place, format!("`{word}` takes one text")).help(format!("it is written `{usage}`"))
}

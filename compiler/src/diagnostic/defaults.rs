//! Defaults.

use super::codes::Code::*;
use super::{Diagnostic, article};
use crate::source::Place;

pub(crate) fn wrong_type(
    place: Place,
    is: &str,
    ty: &str,
    field: Place,
    meant: Option<String>,
) -> Diagnostic {
    let diagnostic = Diagnostic::new(E0401, place, format!("{is} is no `{ty}`")).see(field, field_is(ty));
    match meant {
        // A name in quotes is one reading; a value without them is the only one.
        Some(meant) if is.starts_with("the name") && meant.starts_with('"') => {
            diagnostic.fix(format!("write `{meant}`"), place, meant)
        }
        Some(meant) => diagnostic.fix(format!("write `{meant}`"), place, meant).safe(),
        None => diagnostic,
    }
}

/// `wider` is a type that holds the number, and the place of the type.
pub(crate) fn out_of_range(
    place: Place,
    number: &str,
    ty: &str,
    (low, high): (i64, i64),
    wider: Option<(&str, Place)>,
) -> Diagnostic {
    let diagnostic = Diagnostic::new(E0402, place, format!("{number} is no `{ty}`"))
        .note(format!("{} `{ty}` is {low} to {high}", article(ty)));
    match wider {
        Some((wider, ty)) => diagnostic.fix(format!("make it {} `{wider}`", article(wider)), ty, wider),
        None => diagnostic,
    }
}

pub(crate) fn does_not_fit(place: Place, what: String, field: Place, ty: &str) -> Diagnostic {
    Diagnostic::new(E0403, place, what).see(field, field_is(ty))
}

fn field_is(ty: &str) -> String {
    format!("the field is {} `{ty}`", article(ty))
}

pub(crate) fn unknown_variant(
    place: Place,
    name: &str,
    owner: &str,
    variants: &[&str],
    declared: Place,
) -> Diagnostic {
    let diagnostic = Diagnostic::new(E0404, place, format!("`{owner}` has no variant `{name}`"))
        .see(declared, "declared here");
    match super::nearest(name, variants.iter().copied()) {
        Some(near) => diagnostic.suggest(place, name, [near]),
        None if variants.is_empty() || variants.len() > 12 => diagnostic,
        None => {
            diagnostic.help(format!("its variants are {}", super::listed(variants.iter().copied(), "and")))
        }
    }
}

pub(crate) fn malformed(place: Place, text: &str, ty: &str, form: &str) -> Diagnostic {
    Diagnostic::new(E0405, place, format!("`{text}` is no `{ty}`")).help(format!("write it as {form}"))
}

pub(crate) fn unknown_function(place: Place, name: &str) -> Diagnostic {
    let diagnostic = Diagnostic::new(E0406, place, format!("no function is called `{name}`"));
    match name {
        "gen_random_uuid" => diagnostic.fix("write `uuid4`", place, "uuid4").safe(),
        "uuid" => diagnostic.fix("write `uuid4`, or `uuid7` for keys", place, "uuid4"),
        "cuid" | "nanoid" | "ulid" => diagnostic.help("use the type `Uuid` with `uuid7()`"),
        "dbgenerated" => diagnostic.help("write `sql(\"…\")`"),
        _ => diagnostic
            .note(
                "defaults are made by `autoincrement()`, `now()`, `today()`, `uuid4()`, `uuid7()`, `sql(…)`",
            )
            .suggest(place, name, ["autoincrement", "now", "today", "uuid4", "uuid7", "sql"]),
    }
}

pub(crate) fn function_type(place: Place, name: &str, gives: &str, ty: &str, field: Place) -> Diagnostic {
    let diagnostic = Diagnostic::new(E0407, place, format!("`{name}()` gives {gives}, and no `{ty}`"))
        .see(field, field_is(ty));
    match (name, ty) {
        ("now", "Date") => diagnostic.fix("write `today()`", place, "today").safe(),
        ("today", "DateTime" | "LocalDateTime") => diagnostic.fix("write `now()`", place, "now"),
        ("uuid4" | "uuid7", _) => diagnostic.help("make it a `Uuid`"),
        _ => diagnostic,
    }
}

pub(crate) fn function_arguments(place: Place, name: &str) -> Diagnostic {
    Diagnostic::new(E0408, place, format!("`{name}` takes no arguments")).fix("remove them", place, "()")
}

pub(crate) fn list_for_scalar(place: Place, ty: &str, field: Place) -> Diagnostic {
    Diagnostic::new(E0409, place, "a list is the default of a field that holds one value")
        .see(field, field_is(ty))
}

/// `text` is the value as written, where it can be an element.
pub(crate) fn scalar_for_list(place: Place, text: Option<&str>, field: Place) -> Diagnostic {
    let diagnostic = Diagnostic::new(E0409, place, "one value is the default of a field that holds a list")
        .see(field, "the field is a list");
    match text {
        Some(text) => diagnostic.fix(format!("write `[{text}]`"), place, format!("[{text}]")).safe(),
        None => diagnostic.help("a list's default is a list of constants: `[]`"),
    }
}

pub(crate) fn on_relation(place: Place, field: &str) -> Diagnostic {
    Diagnostic::new(E0410, place, format!("`{field}` is a relation, and a relation has no default"))
        .help("a default belongs to a column: name it with `@fields(…)`")
}

pub(crate) fn autoincrement(place: Place, why: &str) -> Diagnostic {
    Diagnostic::new(E0411, place, "`autoincrement()` is for a primary key of one integer")
        .label(why.to_owned())
}

pub(crate) fn null_for_required(place: Place, ty: Place, is_list: bool) -> Diagnostic {
    if is_list {
        return Diagnostic::new(E0412, place, "the default is `null`, and a list is never null").fix(
            "write `[]`",
            place,
            "[]",
        );
    }
    Diagnostic::new(E0412, place, "the default is `null`, and the field is required").fix(
        "make the field optional",
        Place { span: ty.span.after(), ..ty },
        "?",
    )
}

/// `mark` is where the `?` of the type would be.
pub(crate) fn null_for_existing(place: Place, field: &str, mark: Place) -> Diagnostic {
    Diagnostic::new(E0412, place, format!("existing rows would hold `null`, and `{field}` is required")).fix(
        "make the field optional",
        mark,
        "?",
    )
}

pub(crate) fn on_union(place: Place, name: &str) -> Diagnostic {
    Diagnostic::new(E0410, place, format!("`{name}` is a union, and a union has no default"))
        .help("set it in each new row, or make it optional")
}

//! Types, attributes and statements.

use rex_schema::model::Scalar;

use super::codes::Code::*;
use super::{Diagnostic, listed, nearest};
use crate::source::Place;

/// How other languages call Rex's scalars.
const FOREIGN: [(&str, &str); 24] = [
    ("text", "String"),
    ("str", "String"),
    ("i16", "SmallInt"),
    ("int2", "SmallInt"),
    ("int16", "SmallInt"),
    ("i32", "Int"),
    ("int4", "Int"),
    ("int32", "Int"),
    ("integer", "Int"),
    ("i64", "BigInt"),
    ("int8", "BigInt"),
    ("int64", "BigInt"),
    ("long", "BigInt"),
    ("boolean", "Bool"),
    ("f32", "Float"),
    ("real", "Float"),
    ("f64", "Double"),
    ("timestamptz", "DateTime"),
    ("instant", "DateTime"),
    ("naivedatetime", "LocalDateTime"),
    ("jsonb", "Json"),
    ("blob", "Bytes"),
    ("bytea", "Bytes"),
    ("guid", "Uuid"),
];

/// Types of other languages that may be meant as one of Rex's; without arguments, a guess.
const ALIKE: [(&str, &str); 19] = [
    ("varchar", "String(255)"),
    ("char", "String(1)"),
    ("id", "BigInt"),
    ("serial", "Int"),
    ("bigserial", "BigInt"),
    ("number", "Double"),
    ("numeric", "Decimal(10, 2)"),
    ("money", "Decimal(19, 4)"),
    ("timestamp", "DateTime"),
    ("object", "Json"),
    ("charfield", "String(255)"),
    ("textfield", "String"),
    ("emailfield", "String"),
    ("integerfield", "Int"),
    ("booleanfield", "Bool"),
    ("datefield", "Date"),
    ("datetimefield", "DateTime"),
    ("jsonfield", "Json"),
    ("uuidfield", "Uuid"),
];

pub(crate) fn unknown_type<'a>(
    name: &str,
    place: Place,
    has_arguments: bool,
    declared: impl IntoIterator<Item = &'a str>,
) -> Diagnostic {
    let diagnostic = Diagnostic::new(E0301, place, format!("no type is called `{name}`"));
    let known: Vec<&str> = declared.into_iter().chain(Scalar::NAMES).collect();
    let folded = name.to_lowercase();
    if folded == "enum" {
        return diagnostic.help("declare the enum by itself, `enum Name { a, b }`, and write `Name` here");
    }
    if folded == "unsupported" {
        return diagnostic.help("for a type of the database's own, write `String @db(postgres: \"…\")`");
    }
    let functions = [
        ("autoincrement", "BigInt"),
        ("now", "DateTime"),
        ("today", "Date"),
        ("uuid4", "Uuid"),
        ("uuid7", "Uuid"),
    ];
    if let Some((function, ty)) = functions.iter().find(|(function, _)| has_arguments && *function == name) {
        return diagnostic.help(format!("a default stands behind the type: `{ty} = {function}()`"));
    }
    let find = |table: &[(&str, &'static str)]| {
        let row = table.iter().find(|(foreign, _)| *foreign == folded);
        row.map(|&(_, rex)| if has_arguments { rex.split('(').next().unwrap_or(rex) } else { rex })
    };
    if let Some(rex) = find(&FOREIGN) {
        return diagnostic.fix(format!("Rex calls it `{rex}`"), place, rex).safe();
    }
    if let Some(rex) = find(&ALIKE) {
        return diagnostic.fix(format!("Rex calls it `{rex}`"), place, rex);
    }
    match nearest(name, known) {
        Some(near) => diagnostic.suggest(place, name, [near]),
        None => diagnostic
            .note(format!("scalar types are {}", listed(Scalar::NAMES, "and")))
            .help(format!("declare it: `model {name} {{ … }}` or `enum {name} {{ … }}`")),
    }
}

pub(crate) fn unknown_model<'a>(
    name: &str,
    place: Place,
    known: impl IntoIterator<Item = &'a str>,
) -> Diagnostic {
    Diagnostic::new(E0301, place, format!("no model is called `{name}`")).suggest(place, name, known)
}

pub(crate) fn type_arguments(name: &str, place: Place, takes: &str) -> Diagnostic {
    Diagnostic::new(E0302, place, format!("`{name}` takes {takes}"))
}

pub(crate) fn type_argument_range(name: &str, place: Place, allowed: &str) -> Diagnostic {
    Diagnostic::new(E0303, place, format!("{name} is out of range")).help(allowed.to_owned())
}

pub(crate) fn optional_list(place: Place) -> Diagnostic {
    Diagnostic::new(E0125, place, "a list is not optional")
        .note("a list that holds nothing is empty: `[]`")
        .fix("remove `?`", place, "")
}

pub(crate) fn list_element(place: Place, why: &str) -> Diagnostic {
    Diagnostic::new(E0310, place, format!("a list cannot hold {why}"))
}

pub(crate) fn decimal_for_sqlite(place: Place, precision: u16) -> Diagnostic {
    Diagnostic::new(E0312, place, format!("SQLite holds 18 digits exactly, and this has {precision}"))
        .note("SQLite has no decimal type; Rex keeps them as scaled integers")
        .help("use a precision of at most 18, or configure `databases = [\"postgres\"]`")
}

/// What an attribute of another language is in Rex.
pub(crate) struct Translation {
    pub(crate) title: String,
    pub(crate) edits: Vec<(Place, String)>,
    /// Whether it says all that was written.
    pub(crate) whole: bool,
}

pub(crate) fn unknown_attribute<'a>(
    name: &str,
    place: Place,
    known: impl IntoIterator<Item = &'a str>,
    translation: Option<Translation>,
) -> Diagnostic {
    let diagnostic = Diagnostic::new(E0304, place, format!("no attribute is called `@{name}`"));
    if let Some(Translation { title, edits, whole }) = translation {
        let diagnostic = diagnostic.fix_all(title, edits);
        return if whole { diagnostic.safe() } else { diagnostic };
    }
    match name {
        "default" => diagnostic.help("a default stands behind `=`: `role: Role = reader`"),
        "relation" => diagnostic
            .help("a relation needs no attribute: `author: User`; `@fields(…)` names existing columns"),
        "map" => diagnostic.help("a column's name is `@column(\"…\")`, a variant's is `@name(\"…\")`"),
        "updatedAt" | "updated_at" => diagnostic.help("write `@on_update(now())`"),
        "ignore" => diagnostic.help("leave the field out"),
        _ => {
            let known: Vec<&str> = known.into_iter().collect();
            if let Some(same) = known.iter().find(|known| known.eq_ignore_ascii_case(name)) {
                return diagnostic.fix(format!("did you mean `@{same}`?"), place, *same).safe();
            }
            let list = listed(
                known.iter().map(|name| format!("@{name}")).collect::<Vec<_>>().iter().map(String::as_str),
                "and",
            );
            match nearest(name, known) {
                Some(near) => diagnostic.fix(format!("did you mean `@{near}`?"), place, near),
                None if list.is_empty() => diagnostic,
                None => diagnostic.help(format!("attributes are {list}")),
            }
        }
    }
}

pub(crate) fn attribute_twice(name: &str, place: Place, first: Place) -> Diagnostic {
    Diagnostic::new(E0305, place, format!("`@{name}` stands twice")).see(first, "first here").fix(
        "remove this one",
        place,
        "",
    )
}

pub(crate) fn contradiction(one: &str, at: Place, other: &str, first: Place, why: &str) -> Diagnostic {
    Diagnostic::new(E0313, at, format!("`@{one}` contradicts `@{other}`"))
        .see(first, format!("`@{other}` stands here"))
        .note(why.to_owned())
        .fix(format!("remove `@{one}`"), at, "")
}

pub(crate) fn attribute_target(name: &str, place: Place, takes: &str, field: Place, is: &str) -> Diagnostic {
    Diagnostic::new(E0306, place, format!("`@{name}` belongs on {takes}")).see(field, format!("this is {is}"))
}

/// `arguments` is where some are given.
pub(crate) fn attribute_arguments(
    name: &str,
    place: Place,
    arguments: Option<Place>,
    usage: &str,
) -> Diagnostic {
    let message = |says: &str| Diagnostic::new(E0307, place, format!("`@{name}` {says}"));
    match arguments {
        Some(arguments) if !usage.contains('(') => {
            message("takes no arguments").fix(format!("write `{usage}`"), arguments, "")
        }
        Some(_) => message("takes other arguments").help(format!("it is written `{usage}`")),
        None => message("lacks its arguments").help(format!("it is written `{usage}`")),
    }
}

pub(crate) fn names_in_quotes(arguments: Place, attribute: &str, names: &[&str]) -> Diagnostic {
    let rex = format!("({})", names.join(", "));
    Diagnostic::new(E0307, arguments, format!("names in `@{attribute}` stand without quotes"))
        .fix(format!("write `@{attribute}{rex}`"), arguments, rex)
        .safe()
}

/// `values` are the arguments without their names.
pub(crate) fn named_type_arguments(place: Place, ty: &str, values: &[&str]) -> Diagnostic {
    let rex = format!("({})", values.join(", "));
    let diagnostic = Diagnostic::new(E0302, place, "the arguments of a type have no names").fix(
        format!("write `{ty}{rex}`"),
        place,
        rex,
    );
    match values {
        [_] => diagnostic.safe(),
        _ => diagnostic,
    }
}

pub(crate) fn lint_in_quotes(place: Place, name: &str) -> Diagnostic {
    Diagnostic::new(E0311, place, "the name of a lint stands without quotes")
        .fix(format!("write `{name}`"), place, name)
        .safe()
}

pub(crate) fn on_update_action(place: Place, name: Place, action: &str) -> Diagnostic {
    Diagnostic::new(E0307, place, format!("`{action}` is an action of a foreign key, not a value"))
        .note("`@on_update` gives the value that every update writes")
        .fix("did you mean `@on_key_change`?", name, "on_key_change")
        .safe()
}

pub(crate) fn misplaced_statement(keyword: &str, place: Place, owner: &str) -> Diagnostic {
    let diagnostic = Diagnostic::new(E0308, place, format!("`{keyword}` does not belong in {owner}"));
    match keyword {
        "type" => diagnostic.help("it names the type of an enum; a table's name is `table \"…\"`"),
        "sql" | "materialized" => diagnostic.help("it belongs in a view"),
        "unmanaged" => diagnostic.help("a view that another tool makes is a `model` here, with `unmanaged`"),
        _ => diagnostic.help("its rows are those of a query, which is made anew when it changes"),
    }
}

pub(crate) fn statement_twice(keyword: &str, place: Place, first: Place) -> Diagnostic {
    Diagnostic::new(E0309, place, format!("`{keyword}` stands twice"))
        .see(first, "first here")
        .help("keep one")
}

pub(crate) fn statement_arguments(keyword: &str, place: Place, usage: &str) -> Diagnostic {
    Diagnostic::new(E0311, place, format!("`{keyword}` takes other parts than these"))
        .help(format!("it is written `{usage}`"))
}

//! Declarations as such.

use heck::ToSnakeCase;
use rex_grammar::ast::BlockKind;

use super::codes::Code::*;
use super::{Diagnostic, article, listed};
use crate::check::embedded::MAX_COLUMNS;
use crate::source::Place;

pub(crate) fn empty_enum(place: Place, name: &str) -> Diagnostic {
    Diagnostic::new(E0801, place, format!("`{name}` has no variants"))
        .help(format!("name them: `enum {name} {{ a, b }}`"))
}

pub(crate) fn empty_model(place: Place, name: &str, inside: Place) -> Diagnostic {
    Diagnostic::new(E0802, place, format!("`{name}` has no fields")).fix(
        "begin with `id: BigInt = autoincrement() @id`",
        inside,
        "\n    id: BigInt = autoincrement() @id\n",
    )
}

pub(crate) fn empty_mixin(place: Place, name: &str) -> Diagnostic {
    Diagnostic::new(E0803, place, format!("`{name}` has no members"))
        .note("a model that takes it in takes nothing")
        .help("give it fields, or remove it")
}

/// `names` are those on the circle, from the one that `place` names.
pub(crate) fn mixin_cycle(place: Place, names: &[&str]) -> Diagnostic {
    Diagnostic::new(E0805, place, format!("`{}` takes in itself", names[0]))
        .note(format!("`{}` takes in `{}`", names.join("` takes in `"), names[0]))
        .help("remove it here, or move what both need to a mixin of its own")
}

/// `declared` says where the name is declared, and as what, if it is.
pub(crate) fn no_mixin<'a>(
    place: Place,
    name: &str,
    declared: Option<(Place, &str)>,
    known: impl IntoIterator<Item = &'a str>,
) -> Diagnostic {
    match declared {
        Some((first, kind)) => {
            let diagnostic =
                Diagnostic::new(E0807, place, format!("`{name}` is {} {kind}, and no mixin", article(kind)))
                    .see(first, "declared here");
            match kind {
                "model" => diagnostic
                    .note("`with` takes in fields; a row of another model is a relation")
                    .help(format!("for a relation, write a field: `{}: {name}`", name.to_snake_case())),
                "type" => diagnostic.help(format!("write a field: `{}: {name}`", name.to_snake_case())),
                _ => diagnostic,
            }
        }
        None => {
            let diagnostic = Diagnostic::new(E0807, place, format!("no mixin is called `{name}`"))
                .suggest(place, name, known);
            match diagnostic.help.is_empty() {
                true => diagnostic.help(format!("declare it: `mixin {name} {{ … }}`")),
                false => diagnostic,
            }
        }
    }
}

/// `whole` is the name with the comma before it.
pub(crate) fn mixin_twice(place: Place, name: &str, first: Place, whole: Place) -> Diagnostic {
    Diagnostic::new(E0811, place, format!("`{name}` is taken in twice"))
        .see(first, "first here")
        .fix("remove this one", whole, "")
        .safe()
}

/// `names` are those of the declarations with the second field and the first, `places` the
/// fields'.
pub(crate) fn mixin_clash(place: Place, field: &str, names: [&str; 2], places: [Place; 2]) -> Diagnostic {
    let [later, first] = names;
    Diagnostic::new(E0808, place, format!("`{later}` has a field `{field}`, and so has `{first}`"))
        .see(places[1], format!("the field of `{first}`"))
        .see(places[0], format!("the field of `{later}`"))
        .help("rename or remove one of them")
}

/// A statement that an embedded type or a mixin cannot have.
pub(crate) fn no_statement_here(place: Place, keyword: &str, kind: BlockKind, whole: Place) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        E0809,
        place,
        format!("`{keyword}` does not belong in {} {}", article(kind.keyword()), kind.keyword()),
    );
    let diagnostic = match (kind, keyword) {
        (BlockKind::Mixin, "id") => diagnostic
            .note("a key of several fields is said by each model")
            .help("mark a field with `@id`, or write `id (…)` in the model"),
        (BlockKind::Mixin, _) => diagnostic.note("it is about one table, and a mixin is taken in by several"),
        (_, "unique" | "index" | "id") => diagnostic
            .note("an embedded type is part of the row that has it")
            .help(format!("write it in the model: `{keyword} (home.city)`")),
        _ => diagnostic.note("an embedded type is part of the row that has it").help("write it in the model"),
    };
    diagnostic.fix("remove it", whole, "")
}

pub(crate) fn named_in_mixin(name: Place, keyword: &str) -> Diagnostic {
    Diagnostic::new(E0809, name, format!("{} {keyword} of a mixin has no name", article(keyword)))
        .note("every model that takes it in would have the same; Rex makes one for each table")
        .fix("remove the name", name, "")
}

pub(crate) fn mixin_as_type(place: Place, name: &str, declared: Option<Place>) -> Diagnostic {
    let diagnostic = Diagnostic::new(E0820, place, format!("`{name}` is a mixin, and no type")).help(
        format!("take it in: `model … with {name}`; for a field of several values, declare it as `type`"),
    );
    match declared {
        Some(declared) => diagnostic.see(declared, "declared here"),
        None => diagnostic,
    }
}

pub(crate) fn empty_type(place: Place, name: &str) -> Diagnostic {
    Diagnostic::new(E0804, place, format!("`{name}` has no fields"))
        .note("a field of this type would have no column")
        .help("give it fields, or remove it")
}

/// `names` are those on the circle, from the one that `place` names.
pub(crate) fn type_cycle(place: Place, names: &[&str]) -> Diagnostic {
    Diagnostic::new(E0806, place, format!("`{}` contains itself", names[0]))
        .note(format!("`{}` contains `{}`", names.join("` contains `"), names[0]))
        .note("its columns would not end")
        .help("make one of them a model, and this a relation")
}

pub(crate) fn takes_no_mixin(place: Place, kind: &str, name: &str) -> Diagnostic {
    Diagnostic::new(E0810, place, format!("{} {kind} takes in no mixins", article(kind)))
        .help(format!("write the fields into `{name}`; models and mixins have `with`"))
}

pub(crate) fn too_many_made(place: Place, most: usize) -> Diagnostic {
    Diagnostic::new(E0812, place, "mixins, embedded types and unions make too many fields and columns")
        .note(format!("Rex stops at {most} in one schema"))
}

pub(crate) fn too_many_fields(place: Place, name: &str, most: usize) -> Diagnostic {
    Diagnostic::new(E0812, place, format!("`{name}` has more than {most} fields"))
        .note("Rex reads none from here on")
}

pub(crate) fn too_many_statements(place: Place, name: &str, most: usize) -> Diagnostic {
    Diagnostic::new(E0812, place, format!("`{name}` has more than {most} statements"))
        .note("Rex reads none from here on")
}

pub(crate) fn type_too_large(place: Place, name: &str, columns: usize, depth: usize) -> Diagnostic {
    let (what, most) = match columns > MAX_COLUMNS {
        true => (format!("{columns} columns"), format!("PostgreSQL's tables end at {MAX_COLUMNS} columns")),
        false => (format!("types in each other {depth} deep"), "Rex follows 16".to_owned()),
    };
    Diagnostic::new(E0812, place, format!("`{name}` has {what}")).note(most)
}

pub(crate) fn model_too_large(place: Place, name: &str, columns: usize) -> Diagnostic {
    Diagnostic::new(E0812, place, format!("the embedded types of `{name}` have {columns} columns"))
        .note(format!("PostgreSQL's tables end at {MAX_COLUMNS} columns"))
}

/// A field that is no value, in an embedded type.
pub(crate) fn no_value(place: Place, owner: &str, is: &str, declared: Option<Place>) -> Diagnostic {
    let diagnostic = Diagnostic::new(E0813, place, format!("{is} cannot be part of an embedded type"))
        .note(format!("`{owner}` holds values; keys and relations belong to a row"))
        .help("write the field in the model");
    match declared {
        Some(declared) => diagnostic.see(declared, "declared here"),
        None => diagnostic,
    }
}

/// `@id` and its like in an embedded type.
pub(crate) fn attribute_of_rows(place: Place, name: &str, whole: Place, allowed: &[&str]) -> Diagnostic {
    let diagnostic = Diagnostic::new(E0814, place, format!("`@{name}` belongs on a field of a model"))
        .note("an embedded type is part of the row that has it");
    match name {
        "unique" | "index" => diagnostic.help(format!("write it in the model: `{name} (home.city)`")),
        _ => {
            let allowed: Vec<String> = allowed.iter().map(|name| format!("@{name}")).collect();
            diagnostic.help(format!(
                "beside rules, parts have {}",
                listed(allowed.iter().map(String::as_str), "and")
            ))
        }
    }
    .fix("remove it", whole, "")
}

pub(crate) fn nothing_required(mark: Place, ty: &str, declared: Place) -> Diagnostic {
    Diagnostic::new(E0815, mark, format!("`{ty}` has no required part, and cannot be optional"))
        .see(declared, "declared here")
        .note("when all parts are null, nothing tells one that is absent from one without values")
        .fix("remove `?`: its parts may be null as it is", mark, "")
        .help("or make a part required")
}

pub(crate) fn default_of_type(place: Place, name: &str, whole: Place) -> Diagnostic {
    Diagnostic::new(E0816, place, format!("`{name}` has no default of its own"))
        .note("each part of an embedded type has its own, written where the part is declared")
        .fix("remove it", whole, "")
}

pub(crate) fn small_union(place: Place, name: &str, only: &str) -> Diagnostic {
    Diagnostic::new(E0821, place, format!("`{name}` has only one member"))
        .note(format!("a reference to `{only}` alone is a relation: `{}: {only}`", only.to_snake_case()))
        .help(format!("name the others: `union {name} = {only} | …`"))
}

/// `declared` says where the name is declared, and as what, if it is.
pub(crate) fn no_member<'a>(
    place: Place,
    name: &str,
    declared: Option<(Place, &str)>,
    known: impl IntoIterator<Item = &'a str>,
) -> Diagnostic {
    match declared {
        Some((first, kind)) => {
            Diagnostic::new(E0822, place, format!("`{name}` is {} {kind}, and no model", article(kind)))
                .see(first, "declared here")
                .note("a union refers to rows, by their keys")
        }
        None => {
            Diagnostic::new(E0822, place, format!("no model is called `{name}`")).suggest(place, name, known)
        }
    }
}

/// `whole` is the name with the bar before it.
/// `whole` is what to remove; none where nothing would be left to choose from.
pub(crate) fn member_twice(place: Place, name: &str, first: Place, whole: Option<Place>) -> Diagnostic {
    let diagnostic =
        Diagnostic::new(E0823, place, format!("`{name}` is a member twice")).see(first, "first here");
    match whole {
        Some(whole) => diagnostic.fix("remove this one", whole, "").safe(),
        None => diagnostic.help("name another model: a reference to one alone is a relation"),
    }
}

/// A member whose key is no single column with an id type of its own.
pub(crate) fn member_key(place: Place, name: &str, columns: usize, key: Place) -> Diagnostic {
    let diagnostic = match columns {
        1 => Diagnostic::new(E0824, place, format!("the key of `{name}` is that of another model")),
        _ => Diagnostic::new(E0824, place, format!("the key of `{name}` has {columns} columns")),
    };
    diagnostic
        .see(key, "the key")
        .note("a union holds a key of one column for each member, with a type that tells whose it is")
        .help(format!("give `{name}` a key of its own: `id: BigInt = autoincrement() @id`"))
}

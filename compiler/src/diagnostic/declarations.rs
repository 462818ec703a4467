//! Declarations as such.

use heck::ToSnakeCase;
use rex_grammar::ast::BlockKind;

use super::codes::Code::*;
use super::{Diagnostic, article};
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

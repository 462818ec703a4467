//! Attributes of columns: what is stored how, and what writes it.

use super::codes::Code::*;
use super::{Diagnostic, article, listed};
use crate::source::Place;

pub(crate) fn once_a_model(name: &str, model: &str, place: Place, first: Place) -> Diagnostic {
    Diagnostic::new(E0325, place, format!("`{model}` has two fields with `@{name}`"))
        .see(first, "first here")
        .fix("remove this one", place, "")
}

/// `place` is the mixin's name behind `with`; the others are those of the attributes.
pub(crate) fn once_by_mixin(
    name: &str,
    model: &str,
    place: Place,
    [first, second]: [Place; 2],
) -> Diagnostic {
    Diagnostic::new(E0325, place, format!("`{model}` gets a second field with `@{name}` here"))
        .see(first, "first here")
        .see(second, "and here")
        .help("take in one of them, or leave the other out of its mixin")
}

pub(crate) fn version_target(place: Place, whole: Place, field: Place, is: &str) -> Diagnostic {
    Diagnostic::new(E0306, place, "`@version` belongs on a required `Int` or `BigInt`")
        .see(field, format!("this is {is}"))
        .fix("remove it", whole, "")
}

pub(crate) fn version_optional(place: Place, mark: Place) -> Diagnostic {
    Diagnostic::new(E0306, place, "`@version` belongs on a required `Int` or `BigInt`")
        .see(mark, "this is optional")
        .fix("remove `?`", mark, "")
}

pub(crate) fn soft_delete_target(place: Place, whole: Place, field: Place, is: &str) -> Diagnostic {
    Diagnostic::new(E0306, place, "`@soft_delete` belongs on a `DateTime?`")
        .see(field, format!("this is {is}"))
        .note("it holds the time of the deletion, and nothing while there was none")
        .fix("remove it", whole, "")
}

pub(crate) fn soft_delete_required(place: Place, mark: Place) -> Diagnostic {
    Diagnostic::new(E0306, place, "`@soft_delete` belongs on a `DateTime?`")
        .note("it holds the time of the deletion, and nothing while there was none")
        .fix("make it optional", mark, "?")
}

/// `place` is the whole attribute, here and in those that follow.
pub(crate) fn former_is_present(place: Place, name: &str, kind: &str) -> Diagnostic {
    Diagnostic::new(E0326, place, format!("{kind} that is called `{name}` was not renamed"))
        .note("`renamed_from` holds the former name, which the next migration turns into the present one")
        .fix("remove it", place, "")
}

pub(crate) fn former_is_another(place: Place, name: &str, other: Place, kind: &str) -> Diagnostic {
    Diagnostic::new(E0326, place, format!("`{name}` is {kind} that is still there"))
        .see(other, "it stands here")
        .help("a name is a former one when nothing has it any more")
}

pub(crate) fn former_twice(place: Place, name: &str, first: Place) -> Diagnostic {
    Diagnostic::new(E0326, place, format!("two were called `{name}`")).see(first, "first here").fix(
        "remove this one",
        place,
        "",
    )
}

pub(crate) fn argument_twice(name: &str, place: Place, first: Place) -> Diagnostic {
    Diagnostic::new(E0307, place, format!("`{name}:` stands twice")).see(first, "first here").help("keep one")
}

pub(crate) fn unknown_argument<'a>(
    name: &str,
    place: Place,
    known: impl Iterator<Item = &'a str> + Clone,
) -> Diagnostic {
    let diagnostic = Diagnostic::new(E0307, place, format!("no database is called `{name}`"));
    match super::nearest(name, known.clone()) {
        Some(near) => diagnostic.fix(format!("did you mean `{near}`?"), place, near),
        None => diagnostic.help(format!("`databases` names {}", listed(known, "and"))),
    }
}

pub(crate) fn native_of_no_database(place: Place, text: &str, configured: &[&str]) -> Diagnostic {
    let all = configured.iter().map(|name| format!("{name}: {text}")).collect::<Vec<_>>().join(", ");
    let one = configured.first().copied().unwrap_or("postgres");
    Diagnostic::new(E0327, place, "which database has this type is not said")
        .note(format!(
            "{} are configured, and each has types of its own",
            listed(configured.iter().copied(), "and")
        ))
        .fix(format!("name it: `@db({one}: {text})`"), place, format!("{one}: {text}"))
        .help(format!("or both: `@db({all})`"))
}

pub(crate) fn database_not_configured(place: Place, name: &str) -> Diagnostic {
    Diagnostic::new(E0327, place, format!("`{name}` is not configured"))
        .help(format!("leave it out, or add \"{name}\" to `databases` in [package.metadata.rex]"))
}

pub(crate) fn empty_native(place: Place) -> Diagnostic {
    Diagnostic::new(E0328, place, "the type is empty")
        .help("write the type as the database calls it: `\"citext\"`")
}

pub(crate) fn sqlite_stores(place: Place, ty: &str, field: Place, stores: &str) -> Diagnostic {
    Diagnostic::new(E0329, place, format!("SQLite does not store {} `{ty}` so", article(ty)))
        .see(field, format!("Rex writes this as {stores}"))
        .note("Rex's tables are STRICT: a column takes values of its own type only, and `ANY` takes all")
        .help(match stores {
            "TEXT" => "begin with `TEXT` or `ANY`; a collation may follow: `TEXT COLLATE NOCASE`".to_owned(),
            stores => format!("write `{stores}` or `ANY`"),
        })
}

pub(crate) fn no_array_of_texts(place: Place, ty: &str, field: Place) -> Diagnostic {
    Diagnostic::new(E0332, place, format!("`{ty}` is no array of texts"))
        .see(field, "Rex writes this as a list of texts")
        .note("the elements of an array go to PostgreSQL in the form of their own type, and these are texts")
        .help("write `text[]`, `varchar(n)[]` or `citext[]`, or leave `@db` out")
}

pub(crate) fn not_a_path(place: Place, text: &str) -> Diagnostic {
    Diagnostic::new(E0330, place, format!("`{text}` is no path of a Rust type"))
        .help("write it as generated code names it: `\"crate::Email\"`")
}

pub(crate) fn path_elsewhere(place: Place, text: &str, meant: Option<String>) -> Diagnostic {
    let diagnostic = Diagnostic::new(E0330, place, format!("`{text}` does not begin at `crate::`")).note(
        "generated code implements Rex's traits for it, which Rust allows for a crate's own types only",
    );
    match meant {
        Some(meant) => diagnostic.fix(format!("write `{meant}`"), place, rex_grammar::quote(&meant)),
        None => diagnostic.help("wrap a foreign type in a struct of your own"),
    }
}

pub(crate) fn rust_type_twice(
    place: Place,
    path: &str,
    (is, field): (&str, Place),
    (other, first): (&str, Place),
) -> Diagnostic {
    Diagnostic::new(E0331, place, format!("`{path}` stands for {} `{is}` here", article(is)))
        .see(field, format!("this is {} `{is}`", article(is)))
        .see(first, format!("this is {} `{other}`", article(other)))
        .note("a Rust type becomes one kind of value")
        .help("make a type for each")
}

pub(crate) fn on_update_value(place: Place, what: &str, why: &str) -> Diagnostic {
    Diagnostic::new(E0413, place, format!("`@on_update` cannot write {what}"))
        .note(why.to_owned())
        .help("write a constant, or one of `now()`, `today()`, `uuid4()`, `uuid7()`")
}

pub(crate) fn default_of_soft_delete(place: Place, attribute: Place, whole: Place) -> Diagnostic {
    Diagnostic::new(E0414, place, "rows would be deleted from the beginning")
        .see(attribute, "a row with a time here is deleted")
        .fix("remove the default", whole, "")
}

pub(crate) fn local_date_time(place: Place, field: &str) -> Diagnostic {
    Diagnostic::new(W0014, place, format!("`{field}` looks like an instant, and has no zone"))
        .note("a `LocalDateTime` is what a clock on a wall shows; a `DateTime` is the same everywhere")
        .fix("use `DateTime`", place, "DateTime")
}

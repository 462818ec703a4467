//! Validation rules of fields.

use super::codes::Code::*;
use super::{Diagnostic, article};
use crate::source::Place;

/// `field` is the place of the field's type, which is `is`. `meant` is what says it of this type.
pub(crate) fn wrong_type(
    name: &str,
    place: Place,
    takes: &str,
    (is, field): (&str, Place),
    meant: Option<(String, Place)>,
) -> Diagnostic {
    let diagnostic = Diagnostic::new(E0730, place, format!("`@{name}` is a rule for {takes}"))
        .see(field, format!("this is {is}"));
    match meant {
        Some((text, place)) => {
            diagnostic.fix(format!("did you mean `@{}`?", text.trim_start_matches('@')), place, text)
        }
        None => diagnostic,
    }
}

/// An argument with a label that the attribute does not know.
pub(crate) fn unknown_argument(name: &str, label: &str, place: Place) -> Diagnostic {
    Diagnostic::new(E0307, place, format!("`@{name}` has no argument `{label}`"))
        .note("a rule takes `message`, which is said when a value breaks it")
        .suggest(place, label, ["message"])
}

/// Arguments that another language would have: `instead` is the whole argument in Rex's spelling.
pub(crate) fn not_a_range(name: &str, place: Place, instead: &str) -> Diagnostic {
    Diagnostic::new(E0307, place, format!("`@{name}` takes a range")).fix(
        format!("write `{instead}`"),
        place,
        instead,
    )
}

pub(crate) fn empty_range(place: Place, range: &str, instead: Option<String>) -> Diagnostic {
    let diagnostic = Diagnostic::new(E0731, place, format!("nothing lies in `{range}`"));
    match instead {
        Some(instead) => diagnostic.fix(format!("write `{instead}`"), place, instead),
        None => diagnostic,
    }
}

pub(crate) fn not_a_length(place: Place, text: &str) -> Diagnostic {
    Diagnostic::new(E0732, place, format!("`{text}` is no length"))
        .note("a length is a whole number from 0 on: characters, bytes or elements")
}

/// `field` is the place of the field's type, which is written `ty`.
pub(crate) fn not_a_value(place: Place, message: String, ty: &str, field: Place) -> Diagnostic {
    Diagnostic::new(E0732, place, message).see(field, format!("the field is {} `{ty}`", article(ty)))
}

pub(crate) fn bad_pattern(place: Place, fault: &str) -> Diagnostic {
    Diagnostic::new(E0733, place, "this pattern does not compile")
        .label(fault)
        .note("patterns have the syntax of the crate `regex`")
}

pub(crate) fn pattern_too_large(place: Place) -> Diagnostic {
    Diagnostic::new(E0733, place, "this pattern is too large")
        .note("each repetition `{n}` holds its inside n times over")
        .help("ask for less in the pattern, and bound the text by `@length`")
}

pub(crate) fn unsatisfiable(place: Place, why: String, field: Place) -> Diagnostic {
    Diagnostic::new(E0734, place, "no value satisfies this rule").see(field, why)
}

/// Two rules of one field, of which `why` says how they exclude each other.
pub(crate) fn excluded((one, place): (&str, Place), (other, first): (&str, Place), why: &str) -> Diagnostic {
    Diagnostic::new(E0735, place, format!("no value satisfies both `@{one}` and `@{other}`"))
        .see(first, format!("`@{other}` stands here"))
        .note(why.to_owned())
}

pub(crate) fn refused_value(place: Place, text: &str, (other, first): (&str, Place)) -> Diagnostic {
    Diagnostic::new(E0735, place, format!("`{text}` is one of these, and `@{other}` refuses it"))
        .see(first, format!("`@{other}` stands here"))
}

pub(crate) fn default_refused(place: Place, text: &str, (rule, first): (&str, Place)) -> Diagnostic {
    Diagnostic::new(E0736, place, format!("the default `{text}` breaks `@{rule}`"))
        .see(first, "the field's own rule")
        .note("a row that takes the default could not be written")
}

pub(crate) fn value_twice(place: Place, text: &str, first: Place, with_comma: Place) -> Diagnostic {
    Diagnostic::new(E0737, place, format!("`{text}` stands twice in the list"))
        .see(first, "first here")
        .fix("remove it", with_comma, "")
        .safe()
}

/// `crate_path` is the same path from the crate's root, if it reads as a path at all.
pub(crate) fn not_a_path(place: Place, text: &str, crate_path: Option<String>) -> Diagnostic {
    let diagnostic = Diagnostic::new(E0738, place, format!("`{text}` is no path of a function"))
        .note("generated code calls it, and so needs a path from the root of a crate");
    match crate_path {
        Some(path) => {
            let literal = rex_grammar::quote(&path);
            diagnostic.fix(format!("write `{path}`"), place, literal)
        }
        None => diagnostic.help("write it as `\"crate::rules::strong\"`"),
    }
}

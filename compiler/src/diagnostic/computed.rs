//! Columns that the database makes.

use super::Diagnostic;
use super::codes::Code::*;
use crate::source::Place;

/// `whole` is the default with its `=`.
pub(crate) fn with_default(place: Place, default: Place, whole: Place) -> Diagnostic {
    Diagnostic::new(E0313, place, "`@computed` contradicts the default")
        .see(default, "the default stands here")
        .note("the database makes the column of the others, and nothing else writes it")
        .fix("remove the default", whole, "")
}

/// `mark` is where the `?` of the type would be.
pub(crate) fn may_be_null(place: Place, field: &str, mark: Place) -> Diagnostic {
    Diagnostic::new(E0721, place, format!("this may be null, and `{field}` is required"))
        .note("what is made of an optional field may be null, and so may a division: by zero")
        .fix("make the field optional", mark, "?")
        .help("or give it a value: `coalesce(…, 0)`")
}

pub(crate) fn over_computed(place: Place, other: &str, declared: Place) -> Diagnostic {
    Diagnostic::new(E0722, place, format!("`{other}` is computed, and cannot be seen by another that is"))
        .see(declared, "declared here")
        .note("databases compute such columns in no particular order")
        .help("write what it is made of")
}

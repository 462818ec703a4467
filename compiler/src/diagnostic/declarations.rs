//! Declarations as such.

use super::Diagnostic;
use super::codes::Code::*;
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

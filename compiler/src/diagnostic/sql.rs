//! `sql(…)`: the user's own text for a database.

use rex_schema::Dialect;

use super::codes::Code::*;
use super::{Diagnostic, nearest};
use crate::source::Place;

/// A text without a label where two databases would read it. `among` others, it cannot stand at
/// all.
pub(crate) fn plain_for_two(place: Place, written: &str, among: bool) -> Diagnostic {
    let diagnostic = Diagnostic::new(E0320, place, "this text does not say which database it is for")
        .note("databases differ in what they understand: each has a text of its own");
    if among {
        return diagnostic.help("put `postgres:` or `sqlite:` before it");
    }
    diagnostic.fix(
        "write it for both, and change what differs",
        place,
        format!("postgres: {written}, sqlite: {written}"),
    )
}

/// `end` is where another argument would stand.
pub(crate) fn missing(place: Place, dialect: Dialect, end: Place) -> Diagnostic {
    let name = dialect.name();
    Diagnostic::new(E0321, place, format!("nothing stands here for {}", dialect.title()))
        .note("it is one of the configured databases")
        .help(format!("add `{name}: \"…\"`"))
        .see(end, "it would stand here")
}

pub(crate) fn empty(place: Place) -> Diagnostic {
    Diagnostic::new(E0322, place, "a text of SQL is needed here")
}

pub(crate) fn not_a_text(place: Place) -> Diagnostic {
    Diagnostic::new(E0323, place, "`sql` takes texts").help("write `sql(postgres: \"…\", sqlite: \"…\")`")
}

pub(crate) fn unknown_database(place: Place, name: &str) -> Diagnostic {
    let diagnostic = Diagnostic::new(E0323, place, format!("`{name}` is no database"));
    let known = ["postgres", "sqlite"];
    match name.to_lowercase().as_str() {
        "postgresql" | "pg" | "psql" => diagnostic.fix("write `postgres`", place, "postgres"),
        "sqlite3" => diagnostic.fix("write `sqlite`", place, "sqlite"),
        _ => match nearest(name, known) {
            Some(near) => diagnostic.fix(format!("did you mean `{near}`?"), place, near),
            None => diagnostic.help("databases are `postgres` and `sqlite`"),
        },
    }
}

pub(crate) fn twice(place: Place, name: &str) -> Diagnostic {
    Diagnostic::new(E0323, place, format!("`{name}` stands here twice"))
}

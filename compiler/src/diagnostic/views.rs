//! Views, and tables that belong to other tools.

use super::Diagnostic;
use super::codes::Code::*;
use crate::source::Place;

pub(crate) fn empty_view(place: Place, name: &str) -> Diagnostic {
    Diagnostic::new(E0802, place, format!("`{name}` has no fields"))
        .help("name the columns of its query, as in `total: BigInt`")
}

pub(crate) fn view_without_sql(place: Place, name: &str, inside: Place) -> Diagnostic {
    Diagnostic::new(E0840, place, format!("the view `{name}` has no query")).fix(
        "add `sql(\"select …\")`",
        inside,
        "\n    sql(\"select …\")\n",
    )
}

/// `whole` is the default with its `=`.
pub(crate) fn default_in_view(place: Place, whole: Place) -> Diagnostic {
    Diagnostic::new(E0841, place, "a field of a view has no default")
        .note("its values come from the query")
        .fix("remove it", whole, "")
}

pub(crate) fn attribute_in_view(place: Place, name: &str, is_index: bool) -> Diagnostic {
    let diagnostic = Diagnostic::new(E0841, place, format!("`@{name}` has no meaning in a view"));
    let diagnostic = match is_index {
        true => diagnostic.note("its rows are not kept, unless it is `materialized`"),
        false => diagnostic.note("its rows are those of a query, and only read"),
    };
    diagnostic.fix("remove it", place, "")
}

/// `what` is the first of all that a mixin brings to a view in vain.
pub(crate) fn brought_to_view(place: Place, mixin: &str, what: &str, there: Place) -> Diagnostic {
    Diagnostic::new(E0841, place, format!("`{mixin}` brings {what} to a view"))
        .see(there, "it has no meaning there")
        .note("the rows of a view are those of a query, and only read")
        .help("write the fields in the view, without it")
}

pub(crate) fn index_of_view(place: Place) -> Diagnostic {
    Diagnostic::new(E0841, place, "`index` has no meaning in a view")
        .note("its rows are not kept, unless it is `materialized`")
        .fix("remove it", place, "")
}

pub(crate) fn unmanaged_renamed(place: Place, unmanaged: Place) -> Diagnostic {
    Diagnostic::new(E0844, place, "`renamed_from` contradicts `unmanaged`")
        .see(unmanaged, "`unmanaged` stands here")
        .note("another tool owns the table, and renames it too")
        .help("keep one of the two")
}

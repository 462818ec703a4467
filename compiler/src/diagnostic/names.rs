//! Names: taken, reserved, too long.

use super::Diagnostic;
use super::codes::Code::*;
use crate::source::Place;

pub(crate) fn duplicate_declaration(name: &str, place: Place, first: Place) -> Diagnostic {
    Diagnostic::new(E0201, place, format!("`{name}` is declared twice"))
        .label("declared again")
        .see(first, "first declared here")
        .note("all files of the folder are one schema, with one namespace")
}

pub(crate) fn duplicate_field(owner: &str, name: &str, place: Place, first: Place) -> Diagnostic {
    Diagnostic::new(E0202, place, format!("`{owner}` has two fields `{name}`"))
        .label("declared again")
        .see(first, "first declared here")
        .help("rename or remove one")
}

pub(crate) fn duplicate_variant(owner: &str, name: &str, place: Place, first: Place) -> Diagnostic {
    Diagnostic::new(E0203, place, format!("`{owner}` has two variants `{name}`"))
        .label("declared again")
        .see(first, "first declared here")
        .help("remove one")
}

pub(crate) fn scalar_name(name: &str, place: Place) -> Diagnostic {
    Diagnostic::new(E0204, place, format!("`{name}` is a scalar type"))
        .help(format!("choose another name, for example `My{name}`"))
}

pub(crate) fn same_table(table: &str, place: Place, first: Place, other: &str) -> Diagnostic {
    Diagnostic::new(E0205, place, format!("the table `{table}` is taken by {other}"))
        .see(first, format!("{other} has it"))
        .note("databases compare these names without regard to case")
        .help("name this model's table: `table \"…\"`")
}

pub(crate) fn same_column(column: &str, place: Place, first: Place, other: &str) -> Diagnostic {
    Diagnostic::new(E0206, place, format!("the column `{column}` is taken by `{other}`"))
        .see(first, format!("`{other}` has it"))
        .help("name this one's column: `@column(\"…\")`")
}

/// `end` is that of the relation, where it can use the field.
pub(crate) fn made_column_clash(
    (what, relation): (&str, &str),
    field: &str,
    place: Place,
    first: Place,
    end: Option<Place>,
) -> Diagnostic {
    let diagnostic =
        Diagnostic::new(E0207, place, format!("`{field}` is the column that {what} `{relation}` makes"))
            .see(first, format!("`{relation}` makes `{field}`"));
    match end {
        Some(end) => diagnostic
            .fix(
                format!("let the relation use this field: `@fields({field})`"),
                end,
                format!(" @fields({field})"),
            )
            .help("or remove this field"),
        None => diagnostic.help("rename one of them"),
    }
}

pub(crate) fn generated_name(name: &str, place: Place, owner: &str, first: Option<Place>) -> Diagnostic {
    let diagnostic =
        Diagnostic::new(E0208, place, format!("the generated code needs the name `{name}` for {owner}"));
    match first {
        Some(first) => diagnostic.see(first, "needed because of this"),
        None => diagnostic,
    }
    .help("rename this declaration; `table \"…\"` keeps the table's name")
}

/// A union makes a relation for each member, and a field has the name of one.
pub(crate) fn made_relation_clash(union: &str, field: &str, place: Place, first: Place) -> Diagnostic {
    Diagnostic::new(E0207, place, format!("`{field}` is the relation that the union `{union}` makes"))
        .see(first, format!("`{union}` makes `{field}`"))
        .help("rename one of them")
}

/// Two relations, each with its place.
pub(crate) fn two_made_columns(
    column: &str,
    (one, place): (&str, Place),
    (other, first): (&str, Place),
) -> Diagnostic {
    Diagnostic::new(E0207, place, format!("`{one}` and `{other}` both make the column `{column}`"))
        .see(first, "the other field")
        .help("rename one of them")
}

/// A name that is empty, has a NUL, is longer than 63 bytes, or is reserved.
pub(crate) fn bad_database_name(what: &str, place: Place, name: &str) -> Diagnostic {
    let length = name.len();
    let message = match length {
        0 => format!("the name of {what} is empty"),
        _ if name.contains('\0') => format!("the name of {what} has a NUL character"),
        _ if length <= rex_schema::names::MAX => {
            let prefix = name.split('_').next().unwrap_or_default().to_lowercase();
            return Diagnostic::new(E0209, place, format!("the name of {what} begins with `{prefix}_`"))
                .note("such names belong to the database itself")
                .help("choose another name");
        }
        _ => format!("the name of {what} has {length} bytes, and PostgreSQL keeps 63"),
    };
    Diagnostic::new(E0209, place, message).help("choose a name of 1 to 63 bytes")
}

pub(crate) fn reserved_schema(place: Place, name: &str) -> Diagnostic {
    Diagnostic::new(E0209, place, format!("no schema can be called `{name}`"))
        .note("such names belong to the database itself")
        .help("choose another name")
}

pub(crate) fn same_constraint(name: &str, place: Place, first: Place) -> Diagnostic {
    Diagnostic::new(E0210, place, format!("two constraints or indexes are called `{name}`"))
        .see(first, "the other one")
        .help("give one of them another name")
}

pub(crate) fn postgres_type(name: &str, place: Place) -> Diagnostic {
    Diagnostic::new(E0211, place, format!("PostgreSQL has a type called `{name}` itself"))
        .help("name the enum's type: `type \"…\"` inside its braces")
}

pub(crate) fn same_type(name: &str, place: Place, first: Place) -> Diagnostic {
    Diagnostic::new(E0211, place, format!("two enums have the type `{name}`"))
        .see(first, "the other one")
        .help("name the enum's type: `type \"…\"` inside its braces")
}

pub(crate) fn index_and_table(name: &str, place: Place, first: Place) -> Diagnostic {
    Diagnostic::new(E0210, place, format!("an index and a table are both called `{name}`"))
        .see(first, "the table")
        .note("databases keep tables and indexes in one namespace")
        .help("choose another name")
}

pub(crate) fn same_join_column(table: &str, column: &str, place: Place) -> Diagnostic {
    Diagnostic::new(E0206, place, format!("the join table `{table}` has two columns `{column}`"))
        .help("name them: `@join_table(\"…\", \"…\", \"…\")`")
}

pub(crate) fn table_and_enum(name: &str, place: Place, first: Place) -> Diagnostic {
    Diagnostic::new(E0211, place, format!("the enum's type and a table are both called `{name}`"))
        .see(first, "the table")
        .note("PostgreSQL keeps tables and types in one namespace")
        .help("name the enum's type: `type \"…\"` inside its braces")
}

pub(crate) fn join_table_clash(table: &str, place: Place, first: Place, owner: &str) -> Diagnostic {
    Diagnostic::new(E0212, place, format!("the join table `{table}` has the name of {owner}"))
        .see(first, "the name is taken here")
        .help("name this relation's join table: `@join_table(\"…\", \"…\", \"…\")`")
}

pub(crate) fn unwritable(kind: &str, name: &str, place: Place) -> Diagnostic {
    let diagnostic = Diagnostic::new(E0213, place, format!("no {kind} can be called `{name}`"))
        .note("Rust does not take this name");
    match name {
        "Self" | "self" => diagnostic.help("choose another name, for example `SelfItem`"),
        _ => diagnostic.help("begin the name with a letter"),
    }
}

pub(crate) fn too_long(kind: &str, place: Place, length: usize) -> Diagnostic {
    Diagnostic::new(E0209, place, format!("the name of this {kind} has {length} bytes"))
        .help("choose a name of 1 to 63 bytes")
}

pub(crate) fn same_in_rust(kind: &str, name: &str, place: Place, other: &str, first: Place) -> Diagnostic {
    Diagnostic::new(E0214, place, format!("the {kind}s `{name}` and `{other}` are one name in Rust"))
        .see(first, format!("`{other}` is declared here"))
        .note("names are compared without underscores and case, since types are made of them")
        .help("rename one of them")
}

pub(crate) fn same_label(label: &str, place: Place, first: Place) -> Diagnostic {
    Diagnostic::new(E0215, place, format!("two variants are called `{label}` in the database"))
        .see(first, "the other one")
        .help("give one of them another `@name(\"…\")`")
}

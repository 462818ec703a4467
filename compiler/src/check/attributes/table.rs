//! The table of attributes: one row each.

/// A row of the table.
pub(super) struct Spec {
    pub(super) name: &'static str,
    pub(super) on: On,
    /// Whether it belongs to the side of a relation that holds a key.
    pub(super) of_key: bool,
    pub(super) usage: &'static str,
}

/// The kinds of field that an attribute may stand on.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum On {
    /// What has a column: a scalar, a to-one.
    Column,
    ToOne,
    ToMany,
    Relation,
    Any,
    /// Part of the language, and not built yet.
    Later,
}

const fn spec(name: &'static str, on: On, usage: &'static str) -> Spec {
    Spec { name, on, of_key: matches!(on, On::Column | On::ToOne), usage }
}

/// Every attribute of a field.
pub(super) const TABLE: &[Spec] = &[
    spec("id", On::Column, "@id"),
    spec("unique", On::Column, "@unique"),
    spec("index", On::Column, "@index"),
    spec("column", On::Column, "@column(\"name\")"),
    spec("inverse", On::Relation, "@inverse(field)"),
    spec("on_delete", On::ToOne, "@on_delete(cascade)"),
    spec("on_key_change", On::ToOne, "@on_key_change(cascade)"),
    spec("fields", On::ToOne, "@fields(a, b)"),
    spec("references", On::ToOne, "@references(x, y)"),
    spec("no_index", On::ToOne, "@no_index"),
    spec("deferrable", On::ToOne, "@deferrable"),
    spec("constraint", On::ToOne, "@constraint(\"name\")"),
    spec("through", On::ToMany, "@through(Model)"),
    spec("join_table", On::ToMany, "@join_table(\"table\", \"this_id\", \"that_id\")"),
    spec("allow", On::Any, "@allow(lint)"),
    spec("renamed_from", On::Later, ""),
    spec("backfill", On::Later, ""),
    spec("immutable", On::Later, ""),
    spec("on_update", On::Later, ""),
    spec("version", On::Later, ""),
    spec("soft_delete", On::Later, ""),
    spec("sensitive", On::Later, ""),
    spec("computed", On::Later, ""),
    spec("db", On::Later, ""),
    spec("rust", On::Later, ""),
    spec("deprecated", On::Later, ""),
    spec("length", On::Later, ""),
    spec("range", On::Later, ""),
    spec("pattern", On::Later, ""),
    spec("email", On::Later, ""),
    spec("url", On::Later, ""),
    spec("ip", On::Later, ""),
    spec("one_of", On::Later, ""),
    spec("non_empty", On::Later, ""),
    spec("trimmed", On::Later, ""),
    spec("validate", On::Later, ""),
];

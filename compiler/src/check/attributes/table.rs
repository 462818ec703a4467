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
    /// One value or a list of them.
    Scalar,
    /// A scalar of Rex's own, or a list of them.
    Native,
    /// What counts: a required `Int` or `BigInt`.
    Version,
    /// An optional `DateTime`.
    SoftDelete,
    ToOne,
    ToMany,
    Relation,
    Any,
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
    spec("renamed_from", On::Column, "@renamed_from(\"old\")"),
    spec("backfill", On::Column, "@backfill(value)"),
    spec("immutable", On::Column, "@immutable"),
    spec("on_update", On::Scalar, "@on_update(now())"),
    spec("version", On::Version, "@version"),
    spec("soft_delete", On::SoftDelete, "@soft_delete"),
    spec("sensitive", On::Scalar, "@sensitive"),
    spec("computed", On::Scalar, "@computed(a + b)"),
    spec("db", On::Native, "@db(postgres: \"citext\")"),
    spec("rust", On::Native, "@rust(\"crate::Email\")"),
    spec("deprecated", On::Any, "@deprecated(\"why\")"),
    spec("length", On::Scalar, "@length(1..=80)"),
    spec("range", On::Scalar, "@range(0..=150)"),
    spec("pattern", On::Scalar, "@pattern(r\"^[a-z]+$\")"),
    spec("email", On::Scalar, "@email"),
    spec("url", On::Scalar, "@url"),
    spec("ip", On::Scalar, "@ip"),
    spec("one_of", On::Scalar, "@one_of(\"a\", \"b\")"),
    spec("non_empty", On::Scalar, "@non_empty"),
    spec("trimmed", On::Scalar, "@trimmed"),
    spec("validate", On::Scalar, "@validate(\"crate::rules::strong\")"),
];

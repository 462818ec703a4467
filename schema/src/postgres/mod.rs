//! PostgreSQL, 13 and up: a native type for each of Rex's, so no checks are needed.

mod catalogue;
mod expr;
mod inspect;
mod locks;
mod native;
mod plan;
mod render;
mod types;
mod view;

use crate::dialect::Target;
use crate::model::{Column, Schema};

pub(crate) use render::{default, ty};
pub use types::{Constant, Default, Element, Type};

pub(crate) const TARGET: Target = Target {
    schemas: true,
    enums: true,
    comments: true,
    index_nulls: true,
    index_methods: true,
    nan: true,
    materialized_views: true,
    autoincrement_is_key: false,
    ty: types::ty,
    view_type: |schema, column| Some(types::view_type(schema, column)),
    default: types::default,
    rule: |_, _| None,
    expr: expr::text,
    random_uuid: "gen_random_uuid()",
    sql: |text| text.postgres.as_deref(),
    statements: render::statements,
    inspection: inspect::INSPECTION,
    plan: plan::plan,
    locks: Some(locks::locks),
};

/// What PostgreSQL calls the type of a column: `varchar(80)`, `"role"[]`.
pub fn type_name(schema: &Schema, column: &Column) -> String {
    match &column.native.postgres {
        Some(native) => native.clone(),
        None => ty(&types::of(schema, column.ty, column.list)),
    }
}

/// Whether PostgreSQL sends a type, or the elements of an array type, as it sends texts.
pub fn is_text(native: &str) -> bool {
    const TEXTS: [&str; 7] = ["text", "varchar", "char", "character", "bpchar", "citext", "name"];
    let word =
        native.split(|c: char| c.is_whitespace() || matches!(c, '(' | '[')).find(|word| !word.is_empty());
    word.is_some_and(|word| TEXTS.contains(&word.to_ascii_lowercase().as_str()))
}

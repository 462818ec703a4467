//! SQLite, 3.45 and up: strict tables of four types, narrowed to Rex's by checks.

mod cost;
mod expr;
mod inspect;
mod json;
mod plan;
mod rebuild;
mod render;
mod small;
mod table;
mod types;

use crate::dialect::Target;

pub use cost::can_read;
pub(crate) use render::{condition, default, ty};
pub use types::{Constant, Default, Rule, Type};

pub(crate) const TARGET: Target = Target {
    schemas: false,
    enums: false,
    comments: false,
    index_nulls: false,
    index_methods: false,
    nan: false,
    materialized_views: false,
    autoincrement_is_key: true,
    ty: types::ty,
    // A cast would make 0 of what is no number.
    view_type: |_, _| None,
    default: types::default,
    rule: types::rule,
    expr: expr::text,
    random_uuid: "unhex(hex(randomblob(6)) || '4' || substr(hex(randomblob(2)), 2) || \
                  substr('89AB', 1 + abs(random() % 4), 1) || substr(hex(randomblob(2)), 2) || hex(randomblob(6)))",
    sql: |text| text.sqlite.as_deref(),
    statements: render::statements,
    inspection: inspect::INSPECTION,
    plan: plan::plan,
    locks: None,
};

//! SQL text for each dialect: what build time and run time share.
//!
//! No dependencies, no I/O. Identifiers are quoted here and nowhere else; values are always
//! bound, except constants of the schema in DDL, which [`text`] quotes.
//!
//! A statement is a plain tree, [`Select`], [`Insert`], [`Update`] or [`Delete`], generic over
//! the type `V` of its values. Rendering writes its text and lists what has to be bound, in
//! order, by reference. The code generator renders trees of `()` (see [`fixed`]) and embeds the
//! text; the runtime renders trees that hold the user's values. There is no other renderer.
//!
//! Invariants:
//!
//! 1. Rendering is total: no tree is refused, and no value becomes text.
//! 2. The text of a tree depends on its shape only, never on its values, so that a prepared
//!    statement serves every value.
//!    [`Shape`] is what it depends on, told faster than the text is written.
//! 3. `AND` and `OR` are lists, so a chain of thousands of conditions is one level deep.

mod aggregate;
pub mod calendar;
pub mod compute;
pub mod digest;
mod expr;
pub mod fixed;
mod function;
pub mod migration;
mod render;
mod shape;
mod statement;
#[cfg(test)]
mod tests;
mod visit;

pub use aggregate::{
    Aggregate, AggregateFunction, Averaged, Bound, Frame, Listed, Ordered, Sum, Window, WindowFunction,
};
pub use compute::{Arithmetic, Function, Number};
pub use expr::{ColumnRef, Comparison, Direction, Expr, Kind, Name, Nulls, Order, TextTest};
pub use function::{Call, Moment, Part};
pub use render::{Bind, FAILS, Rendered, double_guards, integer_guard};
pub use shape::Shape;
pub use statement::{
    Array, Columns, Common, Delete, Distinct, Insert, Join, JoinKind, Lock, NewRows, OnConflict, Only,
    Projection, Select, SelectList, SetOperator, Source, Strength, Table, Update, Wait, Whole,
};

/// A database that SQL is written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Dialect {
    /// PostgreSQL 13 and up.
    Postgres,
    /// SQLite 3.45 and up.
    Sqlite,
}

impl Dialect {
    /// The name in configuration and in file names.
    pub fn name(self) -> &'static str {
        match self {
            Dialect::Postgres => "postgres",
            Dialect::Sqlite => "sqlite",
        }
    }

    /// The name that people know it by.
    pub fn title(self) -> &'static str {
        match self {
            Dialect::Postgres => "PostgreSQL",
            Dialect::Sqlite => "SQLite",
        }
    }
}

/// A quoted identifier: `users` becomes `"users"`.
pub fn ident(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 2);
    push_ident(&mut out, name);
    out
}

/// Appends a quoted identifier to `out`.
pub fn push_ident(out: &mut String, name: &str) {
    out.push('"');
    if name.contains('"') {
        out.push_str(&name.replace('"', "\"\""));
    } else {
        out.push_str(name);
    }
    out.push('"');
}

/// A quoted text constant: `it's` becomes `'it''s'`. For DDL only.
pub fn text(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}

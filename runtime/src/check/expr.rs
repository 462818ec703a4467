//! Expressions as the generated code has them: constant trees.

use rex_sql::compute::Number;
use rex_sql::{Arithmetic, Comparison, Function};

/// A `check` of the schema.
#[derive(Debug)]
pub struct CheckMeta {
    /// The constraint's name.
    pub name: &'static str,
    /// The columns that it is over, as places in the table's.
    pub columns: &'static [u16],
    /// What is not false of any row.
    pub condition: Expr,
    /// What is said when it is.
    pub message: Option<&'static str>,
}

/// An expression over the columns of a row. Its types have been checked.
#[derive(Debug)]
pub enum Expr {
    /// Null.
    Null,
    /// A constant of the type `Bool`.
    Bool(bool),
    /// An integer; a date or a time in its unit; the place of a variant in its enum.
    Int(i64),
    /// A constant of the type `Float` or `Double`.
    Double(f64),
    /// A constant of the type `Decimal`: its digits.
    Decimal(&'static str),
    /// A constant of the type `String`.
    Text(&'static str),
    /// A constant of the type `Bytes` or `Uuid`.
    Bytes(&'static [u8]),
    /// A place in the table's columns.
    Column(u16),
    /// The same number in a wider type.
    Widen(Number, &'static Expr),
    /// It does not hold.
    Not(&'static Expr),
    /// All hold.
    All(&'static [Expr]),
    /// One holds.
    Any(&'static [Expr]),
    /// A comparison of two.
    Compare(Comparison, &'static [Expr; 2]),
    /// It is null.
    IsNull(&'static Expr),
    /// It is not null.
    IsNotNull(&'static Expr),
    /// The first is among the others.
    In(&'static Expr, &'static [Expr]),
    /// The opposite number.
    Negate(Number, &'static Expr),
    /// The number without its sign.
    Abs(Number, &'static Expr),
    /// Arithmetic of two.
    Arithmetic(Arithmetic, Number, &'static [Expr; 2]),
    /// Any other function.
    Call(Function, &'static [Expr]),
}

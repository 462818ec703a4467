//! Typed expressions over the columns of one row: what checks, conditions of indexes, computed
//! columns and rules are made of. One tree is compiled to both databases' SQL and to Rust.
//!
//! Logic is three-valued, as in SQL: a comparison with null is unknown. The operands of an
//! operator have one type: where the user mixed them, a [`Node::Widen`] stands.

use rex_sql::{Arithmetic, Comparison, Dialect, Function};

use super::{Scalar, Type, Value};

/// A condition or a value, in Rex's language or in a database's own.
#[derive(Clone, Debug, PartialEq)]
pub enum Formula {
    /// Rex's: understood, checked, the same everywhere.
    Expr(Expr),
    /// `sql(…)`: the user's own text.
    Sql(SqlText),
}

/// A text of SQL for each database.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct SqlText {
    /// For PostgreSQL.
    pub postgres: Option<String>,
    /// For SQLite.
    pub sqlite: Option<String>,
}

impl SqlText {
    /// The text for a database.
    pub fn of(&self, dialect: Dialect) -> Option<&str> {
        match dialect {
            Dialect::Postgres => self.postgres.as_deref(),
            Dialect::Sqlite => self.sqlite.as_deref(),
        }
    }
}

/// An expression with its type.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// What it says.
    pub node: Node,
    /// The type of its value; null belongs to every type.
    pub ty: ValueType,
}

/// The type of an expression's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ValueType {
    /// What one value is (of one element, where `list`).
    pub ty: Type,
    /// Whether it is a list of `ty`.
    pub list: bool,
}

/// What an expression says.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// `null`
    Null,
    /// A constant of the expression's type.
    Value(Value),
    /// A place in the model's `columns`.
    Column(usize),
    /// The same number in a wider type, the expression's: an integer as a wider one, as `Decimal`
    /// or `Double`; a `Float` as `Double`; a `Decimal` with more digits behind the point.
    Widen(Box<Expr>),
    /// `!a`
    Not(Box<Expr>),
    /// `a && b && …`; at least two.
    All(Vec<Expr>),
    /// `a || b || …`; at least two.
    Any(Vec<Expr>),
    /// `a == b`, `a < b`, …: both of one type.
    Compare(Comparison, Box<Expr>, Box<Expr>),
    /// `a == null`
    IsNull(Box<Expr>),
    /// `a != null`
    IsNotNull(Box<Expr>),
    /// `a in [b, c]`: all of one type; at least one.
    In(Box<Expr>, Vec<Expr>),
    /// `-a`
    Negate(Box<Expr>),
    /// `a + b`, …: both of one type, which is the result's too, digits of a `Decimal` aside.
    Arithmetic(Arithmetic, Box<Expr>, Box<Expr>),
    /// `f(a, b)`
    Call(Function, Vec<Expr>),
}

impl Expr {
    /// An expression of a type.
    pub fn new(node: Node, ty: ValueType) -> Expr {
        Expr { node, ty }
    }

    /// A condition.
    pub fn condition(node: Node) -> Expr {
        Expr { node, ty: ValueType::of(Scalar::Bool) }
    }

    /// Calls `visit` with every column that is named within.
    pub fn columns(&self, visit: &mut impl FnMut(usize)) {
        match &self.node {
            Node::Null | Node::Value(_) => {}
            Node::Column(place) => visit(*place),
            Node::Widen(inner)
            | Node::Not(inner)
            | Node::IsNull(inner)
            | Node::IsNotNull(inner)
            | Node::Negate(inner) => inner.columns(visit),
            Node::All(list) | Node::Any(list) | Node::Call(_, list) => {
                list.iter().for_each(|inner| inner.columns(visit));
            }
            Node::Compare(_, left, right) | Node::Arithmetic(_, left, right) => {
                left.columns(visit);
                right.columns(visit);
            }
            Node::In(inner, list) => {
                inner.columns(visit);
                list.iter().for_each(|inner| inner.columns(visit));
            }
        }
    }
}

impl ValueType {
    /// One value of a scalar.
    pub fn of(scalar: Scalar) -> ValueType {
        ValueType { ty: Type::Scalar(scalar), list: false }
    }
}

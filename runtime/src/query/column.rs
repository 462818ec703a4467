//! Columns in conditions and orders.

use std::fmt;
use std::marker::PhantomData;

use rex_sql::{Comparison, Direction, Expr, TextTest};

use super::condition::Cond;
use super::order::Order;
use crate::fits::Fits;
use crate::meta::{ColumnMeta, Type};
use crate::model::Model;
use crate::scalar::Scalar;
use crate::value::Value;

/// A column of `M` that holds a `T`, as conditions and orders see it.
///
/// Logic is three-valued, as in SQL: a comparison with null is unknown, and a row is kept only
/// when its condition is true. `eq(None)` and `ne(None)` are tests for null.
pub struct Column<M, T> {
    place: u16,
    of: PhantomData<fn() -> (M, T)>,
}

impl<M, T> Column<M, T> {
    /// The column at a place in the model's table.
    pub const fn new(place: u16) -> Self {
        Column { place, of: PhantomData }
    }
}

impl<M, T> Clone for Column<M, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M, T> Copy for Column<M, T> {}

impl<M: Model, T> fmt::Debug for Column<M, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", M::META.name, self.meta().name)
    }
}

impl<M: Model, T> Column<M, T> {
    fn meta(self) -> &'static ColumnMeta {
        M::META.table.column(self.place)
    }

    fn cond(expr: Expr<Value>) -> Cond<M> {
        Cond::new(expr)
    }
}

#[allow(clippy::should_implement_trait, reason = "a condition is built, nothing is compared")]
impl<M: Model, T: Scalar> Column<M, T> {
    /// It equals the value; for `None`, it is null.
    pub fn eq<How>(self, value: impl Fits<T, How>) -> Cond<M> {
        Self::cond(compare(self.meta(), Comparison::Equal, value.fit().encode()))
    }

    /// It differs from the value; for `None`, it is not null.
    pub fn ne<How>(self, value: impl Fits<T, How>) -> Cond<M> {
        Self::cond(compare(self.meta(), Comparison::NotEqual, value.fit().encode()))
    }

    /// It is greater than the value.
    pub fn gt<How>(self, value: impl Fits<T, How>) -> Cond<M> {
        Self::cond(compare(self.meta(), Comparison::Greater, value.fit().encode()))
    }

    /// It is greater than the value or equals it.
    pub fn ge<How>(self, value: impl Fits<T, How>) -> Cond<M> {
        Self::cond(compare(self.meta(), Comparison::GreaterOrEqual, value.fit().encode()))
    }

    /// It is less than the value.
    pub fn lt<How>(self, value: impl Fits<T, How>) -> Cond<M> {
        Self::cond(compare(self.meta(), Comparison::Less, value.fit().encode()))
    }

    /// It is less than the value or equals it.
    pub fn le<How>(self, value: impl Fits<T, How>) -> Cond<M> {
        Self::cond(compare(self.meta(), Comparison::LessOrEqual, value.fit().encode()))
    }

    /// It lies between two values, both included.
    pub fn between<A, B>(self, low: impl Fits<T, A>, high: impl Fits<T, B>) -> Cond<M> {
        self.ge(low) & self.le(high)
    }

    /// It equals one of the values, of which there may be none or a hundred thousand.
    pub fn in_<V: Fits<T, How>, How>(self, values: impl IntoIterator<Item = V>) -> Cond<M> {
        let values = values.into_iter().map(|value| value.fit().encode()).collect();
        Self::cond(member(self.meta(), values))
    }

    /// It equals none of the values. Null does, as it does in Rust, where `None` is not among
    /// them.
    pub fn not_in<V: Fits<T, How>, How>(self, values: impl IntoIterator<Item = V>) -> Cond<M> {
        let values = values.into_iter().map(|value| value.fit().encode()).collect();
        Self::cond(not_member(self.meta(), values))
    }

    /// Smallest first; nulls last.
    pub fn asc(self) -> Order<M> {
        Order::new(rank(self.meta()), self.meta().nullable, Direction::Ascending)
    }

    /// Largest first; nulls first.
    pub fn desc(self) -> Order<M> {
        Order::new(rank(self.meta()), self.meta().nullable, Direction::Descending)
    }
}

impl<M: Model, T: Scalar> Column<M, Option<T>> {
    /// It is null.
    pub fn is_none(self) -> Cond<M> {
        Self::cond(Expr::IsNull(Box::new(Expr::column(self.meta().name))))
    }

    /// It is not null.
    pub fn is_some(self) -> Cond<M> {
        Self::cond(Expr::IsNotNull(Box::new(Expr::column(self.meta().name))))
    }
}

macro_rules! texts {
    ($($holds:ty)*) => {$(
        impl<M: Model> Column<M, $holds> {
            /// It contains the text, upper and lower case told apart.
            pub fn contains(self, text: impl Into<String>) -> Cond<M> {
                Self::cond(text_test(self.meta(), TextTest::Contains, text.into()))
            }

            /// It starts with the text, upper and lower case told apart.
            pub fn starts_with(self, text: impl Into<String>) -> Cond<M> {
                Self::cond(text_test(self.meta(), TextTest::StartsWith, text.into()))
            }

            /// It ends with the text, upper and lower case told apart.
            pub fn ends_with(self, text: impl Into<String>) -> Cond<M> {
                Self::cond(text_test(self.meta(), TextTest::EndsWith, text.into()))
            }

            /// It matches a pattern of SQL, upper and lower case told apart: `%` stands for any
            /// text, `_` for one character, and `\` before one of these for the character itself.
            pub fn like(self, pattern: impl Into<String>) -> Cond<M> {
                Self::cond(text_test(self.meta(), TextTest::Like, pattern.into()))
            }
        }
    )*};
}

texts! { String Option<String> }

pub(super) fn compare(column: &'static ColumnMeta, comparison: Comparison, value: Value) -> Expr<Value> {
    let plain = Expr::column(column.name);
    match (comparison, value) {
        (Comparison::Equal, Value::Null) => Expr::IsNull(Box::new(plain)),
        (Comparison::NotEqual, Value::Null) => Expr::IsNotNull(Box::new(plain)),
        (Comparison::Equal | Comparison::NotEqual, value) => {
            plain.compare(comparison, Expr::Value(operand(column, value)))
        }
        (_, value) => match column.ty {
            Type::Enum(labels) => {
                rank(column).compare(comparison, Expr::Rank(Box::new(Expr::Value(value)), labels))
            }
            _ => plain.compare(comparison, Expr::Value(operand(column, value))),
        },
    }
}

/// Nulls among the values are tested for apart: `IN` never finds one.
fn member(column: &'static ColumnMeta, values: Vec<Value>) -> Expr<Value> {
    let (values, has_null) = operands(column, values);
    let member = Expr::In(Box::new(Expr::column(column.name)), values);
    if has_null { member.or(Expr::IsNull(Box::new(Expr::column(column.name)))) } else { member }
}

fn not_member(column: &'static ColumnMeta, values: Vec<Value>) -> Expr<Value> {
    let (values, has_null) = operands(column, values);
    let other = Expr::NotIn(Box::new(Expr::column(column.name)), values);
    match (column.nullable, has_null) {
        (_, true) => other.and(Expr::IsNotNull(Box::new(Expr::column(column.name)))),
        (true, false) => other.or(Expr::IsNull(Box::new(Expr::column(column.name)))),
        (false, false) => other,
    }
}

fn operands(column: &'static ColumnMeta, values: Vec<Value>) -> (Vec<Value>, bool) {
    let before = values.len();
    let values: Vec<Value> = values
        .into_iter()
        .filter(|value| *value != Value::Null)
        .map(|value| operand(column, value))
        .collect();
    let has_null = values.len() < before;
    (values, has_null)
}

/// A value in the terms of its column.
fn operand(column: &ColumnMeta, value: Value) -> Value {
    in_terms_of(column.ty, value)
}

fn in_terms_of(ty: Type, value: Value) -> Value {
    match (ty, value) {
        (Type::Decimal { scale, .. }, Value::Decimal(number)) => number.against(scale),
        (Type::List(element), Value::List(values)) => {
            Value::List(values.into_iter().map(|value| in_terms_of(*element, value)).collect())
        }
        (_, value) => value,
    }
}

/// The column as it compares and sorts: an enum by the order in which its variants are declared.
fn rank(column: &'static ColumnMeta) -> Expr<Value> {
    let plain = Expr::column(column.name);
    match column.ty {
        Type::Enum(labels) => Expr::Rank(Box::new(plain), labels),
        _ => plain,
    }
}

fn text_test(column: &'static ColumnMeta, test: TextTest, text: String) -> Expr<Value> {
    Expr::Text(test, Box::new(Expr::column(column.name)), Value::Text(text))
}

//! Columns in conditions and orders.

use std::fmt;
use std::marker::PhantomData;

use rex_sql::{ColumnRef, Comparison, Direction, Expr, TextTest};

use super::condition::Cond;
use super::order::Order;
use super::place::{At, Place};
use crate::fits::Fits;
use crate::meta::{ColumnMeta, Type};
use crate::scalar::Scalar;
use crate::value::Value;

/// A column that holds a `T`, as conditions and orders see it; `P` is the place where it stands: a
/// model, or what a query joins.
///
/// Logic is three-valued, as in SQL: a comparison with null is unknown, and a row is kept only
/// when its condition is true. `eq(None)` and `ne(None)` are tests for null.
pub struct Column<P, T> {
    at: At,
    place: u16,
    of: PhantomData<fn() -> (P, T)>,
}

impl<P, T> Column<P, T> {
    /// The column at a place in the columns of a table.
    pub fn new(at: At, place: u16) -> Self {
        Column { at, place, of: PhantomData }
    }

    /// The table that it is a column of.
    #[doc(hidden)]
    pub fn at(&self) -> At {
        self.at
    }

    pub(crate) fn meta(self) -> &'static ColumnMeta {
        self.at.column(self.place)
    }

    /// Its value in a statement.
    pub(crate) fn reference(self) -> ColumnRef {
        let meta = self.meta();
        ColumnRef::of(self.at.source(), meta.name).shown(meta.as_text).sensitive(meta.sensitive)
    }
}

impl<P, T> Clone for Column<P, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P, T> Copy for Column<P, T> {}

impl<P, T> fmt::Debug for Column<P, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.at.table().name, self.meta().name)
    }
}

impl<P: Place, T> Column<P, T> {
    fn cond(expr: Expr<Value>) -> Cond<P::Scope> {
        Cond::new(expr)
    }

    fn plain(self) -> Expr<Value> {
        Expr::Column(self.reference())
    }
}

#[allow(clippy::should_implement_trait, reason = "a condition is built, nothing is compared")]
impl<P: Place, T: Scalar> Column<P, T> {
    /// It equals the value; for `None`, it is null.
    pub fn eq<How>(self, value: impl Fits<T, How>) -> Cond<P::Scope> {
        Self::cond(compare(self.plain(), self.meta(), Comparison::Equal, value.fit().encode()))
    }

    /// It differs from the value; for `None`, it is not null.
    pub fn ne<How>(self, value: impl Fits<T, How>) -> Cond<P::Scope> {
        Self::cond(compare(self.plain(), self.meta(), Comparison::NotEqual, value.fit().encode()))
    }

    /// It is greater than the value.
    pub fn gt<How>(self, value: impl Fits<T, How>) -> Cond<P::Scope> {
        Self::cond(compare(self.plain(), self.meta(), Comparison::Greater, value.fit().encode()))
    }

    /// It is greater than the value or equals it.
    pub fn ge<How>(self, value: impl Fits<T, How>) -> Cond<P::Scope> {
        Self::cond(compare(self.plain(), self.meta(), Comparison::GreaterOrEqual, value.fit().encode()))
    }

    /// It is less than the value.
    pub fn lt<How>(self, value: impl Fits<T, How>) -> Cond<P::Scope> {
        Self::cond(compare(self.plain(), self.meta(), Comparison::Less, value.fit().encode()))
    }

    /// It is less than the value or equals it.
    pub fn le<How>(self, value: impl Fits<T, How>) -> Cond<P::Scope> {
        Self::cond(compare(self.plain(), self.meta(), Comparison::LessOrEqual, value.fit().encode()))
    }

    /// It lies between two values, both included.
    pub fn between<A, B>(self, low: impl Fits<T, A>, high: impl Fits<T, B>) -> Cond<P::Scope> {
        self.ge(low) & self.le(high)
    }

    /// It equals one of the values, of which there may be none or a hundred thousand.
    pub fn in_<V: Fits<T, How>, How>(self, values: impl IntoIterator<Item = V>) -> Cond<P::Scope> {
        let values = values.into_iter().map(|value| value.fit().encode()).collect();
        Self::cond(member(self.plain(), self.meta(), values))
    }

    /// It equals none of the values. Null does, as it does in Rust, where `None` is not among
    /// them.
    pub fn not_in<V: Fits<T, How>, How>(self, values: impl IntoIterator<Item = V>) -> Cond<P::Scope> {
        let values = values.into_iter().map(|value| value.fit().encode()).collect();
        Self::cond(not_member(self.plain(), self.meta(), values))
    }

    /// Smallest first; nulls last.
    pub fn asc(self) -> Order<P::Scope> {
        Order::new(rank(self.plain(), self.meta()), self.meta().nullable, Direction::Ascending)
    }

    /// Largest first; nulls first.
    pub fn desc(self) -> Order<P::Scope> {
        Order::new(rank(self.plain(), self.meta()), self.meta().nullable, Direction::Descending)
    }
}

impl<P: Place, T: Scalar> Column<P, Option<T>> {
    /// It is null.
    pub fn is_none(self) -> Cond<P::Scope> {
        Self::cond(Expr::IsNull(Box::new(self.plain())))
    }

    /// It is not null.
    pub fn is_some(self) -> Cond<P::Scope> {
        Self::cond(Expr::IsNotNull(Box::new(self.plain())))
    }
}

macro_rules! texts {
    ($($holds:ty)*) => {$(
        impl<P: Place> Column<P, $holds> {
            /// It contains the text, upper and lower case told apart.
            pub fn contains(self, text: impl Into<String>) -> Cond<P::Scope> {
                Self::cond(text_test(self.plain(), TextTest::Contains, text.into()))
            }

            /// It starts with the text, upper and lower case told apart.
            pub fn starts_with(self, text: impl Into<String>) -> Cond<P::Scope> {
                Self::cond(text_test(self.plain(), TextTest::StartsWith, text.into()))
            }

            /// It ends with the text, upper and lower case told apart.
            pub fn ends_with(self, text: impl Into<String>) -> Cond<P::Scope> {
                Self::cond(text_test(self.plain(), TextTest::EndsWith, text.into()))
            }

            /// It matches a pattern of SQL, upper and lower case told apart: `%` stands for any
            /// text, `_` for one character, and `\` before one of these for the character itself.
            pub fn like(self, pattern: impl Into<String>) -> Cond<P::Scope> {
                Self::cond(text_test(self.plain(), TextTest::Like, pattern.into()))
            }
        }
    )*};
}

texts! { String Option<String> }

pub(super) fn compare(
    plain: Expr<Value>,
    column: &'static ColumnMeta,
    comparison: Comparison,
    value: Value,
) -> Expr<Value> {
    match (comparison, value) {
        (Comparison::Equal, Value::Null) => Expr::IsNull(Box::new(plain)),
        (Comparison::NotEqual, Value::Null) => Expr::IsNotNull(Box::new(plain)),
        (Comparison::Equal | Comparison::NotEqual, value) => {
            plain.compare(comparison, Expr::Value(operand(column, value)))
        }
        (_, value) => match column.ty {
            Type::Enum(labels) => {
                rank(plain, column).compare(comparison, Expr::Rank(Box::new(Expr::Value(value)), labels))
            }
            _ => plain.compare(comparison, Expr::Value(operand(column, value))),
        },
    }
}

/// Nulls among the values are tested for apart: `IN` never finds one.
fn member(plain: Expr<Value>, column: &'static ColumnMeta, values: Vec<Value>) -> Expr<Value> {
    let (values, has_null) = operands(column, values);
    let member = Expr::In(Box::new(plain.clone()), values);
    if has_null { member.or(Expr::IsNull(Box::new(plain))) } else { member }
}

fn not_member(plain: Expr<Value>, column: &'static ColumnMeta, values: Vec<Value>) -> Expr<Value> {
    let (values, has_null) = operands(column, values);
    let other = Expr::NotIn(Box::new(plain.clone()), values);
    match (column.nullable, has_null) {
        (_, true) => other.and(Expr::IsNotNull(Box::new(plain))),
        (true, false) => other.or(Expr::IsNull(Box::new(plain))),
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
fn rank(plain: Expr<Value>, column: &'static ColumnMeta) -> Expr<Value> {
    match column.ty {
        Type::Enum(labels) => Expr::Rank(Box::new(plain), labels),
        _ => plain,
    }
}

fn text_test(plain: Expr<Value>, test: TextTest, text: String) -> Expr<Value> {
    Expr::Text(test, Box::new(plain), Value::Text(text))
}

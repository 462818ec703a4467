//! What can be bound in raw SQL.

use crate::scalar::{Element, Scalar};
use crate::value::Value;

/// A value that raw SQL can bind: what columns hold, ids and enums of the schema, and texts, octets
/// and lists by reference. `None` is null.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` cannot be bound",
    label = "not a value of a database",
    note = "values are those that columns hold: i16, i32, i64, f64, bool, texts, octets, ids, enums, lists, or an `Option` of one"
)]
pub trait ToValue {
    /// The value to bind.
    fn to_value(self) -> Value;
}

#[diagnostic::do_not_recommend]
impl<T: Scalar> ToValue for T {
    fn to_value(self) -> Value {
        self.encode()
    }
}

macro_rules! by_reference {
    ($($from:ty => $to:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl ToValue for $from {
            fn to_value(self) -> Value {
                <$to>::from(self).encode()
            }
        }

        #[diagnostic::do_not_recommend]
        impl ToValue for Option<$from> {
            fn to_value(self) -> Value {
                self.map_or(Value::Null, ToValue::to_value)
            }
        }
    )*};
}

by_reference! {
    &str => String;
    &String => String;
    std::borrow::Cow<'_, str> => String;
    &[u8] => Vec<u8>;
}

#[diagnostic::do_not_recommend]
impl<T: Element> ToValue for &[T] {
    fn to_value(self) -> Value {
        self.to_vec().encode()
    }
}

#[diagnostic::do_not_recommend]
impl<T: Element, const N: usize> ToValue for [T; N] {
    fn to_value(self) -> Value {
        Vec::from(self).encode()
    }
}

//! Fields of several columns that are one value in Rust: embedded types, and unions.

use crate::error::{Error, Kind, Result};
use crate::row::Row;
use crate::scalar::Scalar;
use crate::value::Value;

/// A value of several columns: a struct for an embedded type, an enum for a union, or an `Option`
/// of either, which is none exactly when all columns are null.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no embedded type and no union of the schema",
    note = "only these are values of several columns"
)]
pub trait Composite: Clone + Send + Sync + 'static {
    /// How many columns it has.
    const WIDTH: usize;

    /// The same where it may be absent: `Option<Self>`, or itself where it is an `Option`.
    type Nullable: Composite;

    /// Appends the values to bind, one for each column.
    fn encode(self, values: &mut Vec<Value>);

    /// Reads the next columns of a row.
    ///
    /// # Errors
    ///
    /// When they hold something else.
    fn decode(row: &mut Row<'_>) -> Result<Self>;
}

impl<T: Composite> Composite for Option<T> {
    const WIDTH: usize = T::WIDTH;

    type Nullable = Self;

    fn encode(self, values: &mut Vec<Value>) {
        match self {
            Some(value) => value.encode(values),
            None => values.extend(std::iter::repeat_n(Value::Null, T::WIDTH)),
        }
    }

    fn decode(row: &mut Row<'_>) -> Result<Self> {
        if row.skip_nulls(T::WIDTH)? { Ok(None) } else { T::decode(row).map(Some) }
    }
}

/// The values of a field whose columns all have defaults: none stands for these.
pub fn or_defaults<T: Composite>(value: Option<T>, values: &mut Vec<Value>) {
    match value {
        Some(value) => value.encode(values),
        None => values.extend(std::iter::repeat_n(Value::Unset, T::WIDTH)),
    }
}

/// The keys of a union, of which the one at a place is set.
pub fn encode_member(key: impl Scalar, at: usize, width: usize, values: &mut Vec<Value>) {
    let first = values.len();
    values.extend(std::iter::repeat_n(Value::Null, width));
    values[first + at] = key.encode();
}

/// The member of a union whose key is set.
///
/// # Errors
///
/// Of [`Kind::Decode`], when none is.
pub fn decode_member<T, const N: usize>(members: [Option<T>; N]) -> Result<T> {
    let set = members.into_iter().flatten().next();
    set.ok_or_else(|| Error::new(Kind::Decode, "a union has no member: none of its keys is set"))
}

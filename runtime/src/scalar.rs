//! Rust types as values of columns.
//!
//! A scalar knows how it becomes a [`Value`] and how it is read from a [`Cell`], and no database.
//! Each date-time crate is a thin file here.

#[cfg(not(all(feature = "chrono", feature = "jiff", feature = "time")))]
mod absent;
#[cfg(feature = "chrono")]
mod chrono;
#[cfg(feature = "decimal")]
mod decimal;
#[cfg(feature = "jiff")]
mod jiff;
#[cfg(feature = "json")]
mod json;
mod label;
mod list;
#[cfg(any(feature = "chrono", feature = "jiff", feature = "time"))]
mod moment;
mod newtype;
#[cfg(feature = "time")]
mod time;
#[cfg(feature = "uuid")]
mod uuid;

#[cfg(not(all(feature = "chrono", feature = "jiff", feature = "time")))]
pub use absent::Absent;
#[cfg(feature = "json")]
pub use json::{decode_json, encode_json};
pub use label::{UnknownLabel, parse_variant, variant_of};
#[allow(unused_imports, reason = "used by whichever adapters are compiled in")]
pub(crate) use list::push_json;
pub use newtype::{decode_as, encode_as};

/// What the cells of date and time columns say, in days and microseconds.
#[cfg(any(feature = "chrono", feature = "jiff", feature = "time"))]
pub(crate) use moment::{date, instant, local, time as time_of_day};

use crate::value::{Cell, Fixed, Value};

/// The exact number of a cell, which knows how many digits it has behind the point.
pub(crate) fn fixed(cell: Cell<'_>) -> Option<Fixed> {
    match cell {
        #[cfg(feature = "decimal")]
        Cell::Wire(wire) | Cell::Numeric(wire) => decimal::numeric(wire),
        Cell::Scaled(units, scale) => Some(Fixed { mantissa: units.into(), scale }),
        _ => None,
    }
}

/// A Rust type that a column can hold.
#[diagnostic::on_unimplemented(
    message = "a column cannot hold a `{Self}`",
    note = "the schema's scalar types and enums are what columns hold"
)]
pub trait Scalar: Clone + Send + Sync + 'static {
    /// Its name in messages.
    const NAME: &'static str;

    /// The same or null: an `Option` of it, unless it is one itself.
    type Nullable: Scalar;

    /// Whether it may be read from an integer of a column that has a scale. Most types are not, and
    /// then the column is not asked.
    const SCALES: bool = true;

    /// What is known of an enum. Of other types, a value itself tells its type.
    const LABELS_OF: Option<Labels> = None;

    /// The value to bind.
    fn encode(self) -> Value;

    /// The value that a cell holds; none if that is something else.
    fn decode(cell: Cell<'_>) -> Option<Self>;
}

/// What the runtime knows of an enum.
#[derive(Clone, Copy, Debug)]
pub struct Labels {
    /// Its type's name in PostgreSQL, quoted.
    pub postgres: &'static str,
    /// The labels, in the order of their variants.
    pub all: &'static [&'static str],
}

/// A scalar that lists can hold.
#[diagnostic::on_unimplemented(message = "a list column cannot hold `{Self}`")]
pub trait Element: Scalar {}

/// The values of a key: one scalar, or a tuple of them.
pub trait KeyParts: Clone + Eq + std::hash::Hash + Send + Sync + 'static {
    /// How many columns it has.
    const LEN: usize;

    /// Appends the values to bind.
    fn encode(self, values: &mut Vec<Value>);

    /// Reads the next columns of a row.
    ///
    /// # Errors
    ///
    /// When they hold something else.
    fn decode(row: &mut crate::row::Row<'_>) -> crate::Result<Self>;
}

impl<T: Scalar + Eq + std::hash::Hash> KeyParts for T {
    const LEN: usize = 1;

    fn encode(self, values: &mut Vec<Value>) {
        values.push(Scalar::encode(self));
    }

    fn decode(row: &mut crate::row::Row<'_>) -> crate::Result<Self> {
        row.next()
    }
}

/// The key of a model that has none: nothing finds a row by it.
impl KeyParts for () {
    const LEN: usize = 0;

    fn encode(self, _values: &mut Vec<Value>) {}

    fn decode(_row: &mut crate::row::Row<'_>) -> crate::Result<Self> {
        Ok(())
    }
}

macro_rules! tuple_keys {
    ($($len:literal: $($part:ident)*;)*) => {$(
        impl<$($part: Scalar + Eq + std::hash::Hash),*> KeyParts for ($($part,)*) {
            const LEN: usize = $len;

            #[allow(non_snake_case, reason = "a variable for each type")]
            fn encode(self, values: &mut Vec<Value>) {
                let ($($part,)*) = self;
                values.extend([$(Scalar::encode($part)),*]);
            }

            fn decode(row: &mut crate::row::Row<'_>) -> crate::Result<Self> {
                Ok(($(row.next::<$part>()?,)*))
            }
        }
    )*};
}

tuple_keys! {
    2: A B;
    3: A B C;
    4: A B C D;
    5: A B C D E;
    6: A B C D E F;
    7: A B C D E F G;
    8: A B C D E F G H;
}

impl<T: Scalar> Scalar for Option<T> {
    const NAME: &'static str = T::NAME;
    const SCALES: bool = T::SCALES;
    const LABELS_OF: Option<Labels> = T::LABELS_OF;
    type Nullable = Self;

    fn encode(self) -> Value {
        self.map_or(Value::Null, T::encode)
    }

    #[inline]
    fn decode(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Null => Some(None),
            cell => T::decode(cell).map(Some),
        }
    }
}

impl Scalar for bool {
    const NAME: &'static str = "Bool";
    const SCALES: bool = false;
    type Nullable = Option<Self>;

    fn encode(self) -> Value {
        Value::Bool(self)
    }

    #[inline]
    fn decode(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Integer(0) | Cell::Wire([0]) => Some(false),
            Cell::Integer(1) | Cell::Wire([1]) => Some(true),
            _ => None,
        }
    }
}

macro_rules! integers {
    ($($rust:ident $name:literal $value:ident;)*) => {$(
        impl Scalar for $rust {
            const NAME: &'static str = $name;
            const SCALES: bool = false;
            type Nullable = Option<Self>;

            fn encode(self) -> Value {
                Value::$value(self)
            }

            #[inline]
            fn decode(cell: Cell<'_>) -> Option<Self> {
                integer(cell)?.try_into().ok()
            }
        }
    )*};
}

integers! {
    i16 "SmallInt" I16;
    i32 "Int" I32;
    i64 "BigInt" I64;
}

/// PostgreSQL's integers have 2, 4 or 8 bytes; which of them it is does not matter here.
#[inline]
fn integer(cell: Cell<'_>) -> Option<i64> {
    match cell {
        Cell::Integer(number) => Some(number),
        Cell::Wire(wire) => match wire.len() {
            2 => Some(i16::from_be_bytes(wire.try_into().ok()?).into()),
            4 => Some(i32::from_be_bytes(wire.try_into().ok()?).into()),
            8 => Some(i64::from_be_bytes(wire.try_into().ok()?)),
            _ => None,
        },
        _ => None,
    }
}

impl Scalar for f32 {
    const NAME: &'static str = "Float";
    const SCALES: bool = false;
    type Nullable = Option<Self>;

    fn encode(self) -> Value {
        Value::F32(self)
    }

    #[inline]
    fn decode(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Wire(wire) => Some(f32::from_be_bytes(wire.try_into().ok()?)),
            cell => f64::decode(cell).map(|number| number as f32),
        }
    }
}

impl Scalar for f64 {
    const NAME: &'static str = "Double";
    const SCALES: bool = false;
    type Nullable = Option<Self>;

    fn encode(self) -> Value {
        Value::F64(self)
    }

    #[inline]
    fn decode(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Real(number) => Some(number),
            Cell::Integer(number) => Some(number as f64),
            Cell::Wire(wire) => Some(f64::from_be_bytes(wire.try_into().ok()?)),
            _ => None,
        }
    }
}

impl Scalar for String {
    const NAME: &'static str = "String";
    const SCALES: bool = false;
    type Nullable = Option<Self>;

    fn encode(self) -> Value {
        Value::Text(self)
    }

    #[inline]
    fn decode(cell: Cell<'_>) -> Option<Self> {
        text(cell).map(str::to_owned)
    }
}

impl Scalar for Vec<u8> {
    const NAME: &'static str = "Bytes";
    const SCALES: bool = false;
    type Nullable = Option<Self>;

    fn encode(self) -> Value {
        Value::Bytes(self)
    }

    #[inline]
    fn decode(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Blob(bytes) | Cell::Wire(bytes) => Some(bytes.to_vec()),
            // An element of a list in SQLite.
            Cell::Text(hex) => from_hex(hex),
            _ => None,
        }
    }
}

/// The text of a cell: a text, or the label of an enum.
#[inline]
pub(crate) fn text(cell: Cell<'_>) -> Option<&str> {
    match cell {
        Cell::Text(text) => Some(text),
        Cell::Wire(wire) => std::str::from_utf8(wire).ok(),
        _ => None,
    }
}

fn from_hex(hex: &str) -> Option<Vec<u8>> {
    let pairs = hex.as_bytes().chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return None;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16);
    pairs.map(|pair| Some((digit(pair[0])? * 16 + digit(pair[1])?) as u8)).collect()
}

macro_rules! elements {
    ($($rust:ty)*) => {$(impl Element for $rust {})*};
}

elements! { bool i16 i32 i64 f32 f64 String Vec<u8> }

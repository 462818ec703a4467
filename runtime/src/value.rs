//! Values on their way to a database, and cells on their way back. Neither knows an adapter.

use std::fmt;

/// A value on its way to a database.
///
/// Date-times are integers here; the crates that people use for them live in
/// [`scalar`](crate::Scalar) only. `Debug` shows the kind and not the value: values never reach
/// a log unasked.
#[derive(Clone, PartialEq)]
pub enum Value {
    /// Null.
    Null,
    /// Nothing was said: the column's default.
    Unset,
    /// For `Bool`.
    Bool(bool),
    /// For `SmallInt`.
    I16(i16),
    /// For `Int`.
    I32(i32),
    /// For `BigInt`.
    I64(i64),
    /// For `Float`.
    F32(f32),
    /// For `Double`.
    F64(f64),
    /// For `String`.
    Text(String),
    /// For `Bytes`.
    Bytes(Vec<u8>),
    /// For `Uuid`.
    Uuid([u8; 16]),
    /// For `Decimal`. Where the column is known, its scale is the column's.
    Decimal(Fixed),
    /// For comparisons with a `Decimal` column that has too small a scale for the value: the
    /// value lies above `floor`, in units of the column's last digit, and below the next.
    BeyondScale {
        /// The value.
        value: Fixed,
        /// The largest number of the column's units that is not above it.
        floor: i128,
    },
    /// For `Date`: days since 1970-01-01.
    Date(i32),
    /// For `Time`: microseconds since midnight.
    Time(i64),
    /// For `DateTime`: microseconds since 1970-01-01T00:00:00Z.
    DateTime(i64),
    /// For `LocalDateTime`: microseconds since 1970-01-01T00:00:00 in no zone.
    LocalDateTime(i64),
    /// For `Json`: its text.
    Json(String),
    /// For an enum: the label.
    Label(&'static str),
    /// For a list.
    List(Vec<Value>),
}

impl Value {
    /// What it is, for messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Value::Null => "Null",
            Value::Unset => "Unset",
            Value::Bool(_) => "Bool",
            Value::I16(_) => "SmallInt",
            Value::I32(_) => "Int",
            Value::I64(_) => "BigInt",
            Value::F32(_) => "Float",
            Value::F64(_) => "Double",
            Value::Text(_) => "String",
            Value::Bytes(_) => "Bytes",
            Value::Uuid(_) => "Uuid",
            Value::Decimal(_) | Value::BeyondScale { .. } => "Decimal",
            Value::Date(_) => "Date",
            Value::Time(_) => "Time",
            Value::DateTime(_) => "DateTime",
            Value::LocalDateTime(_) => "LocalDateTime",
            Value::Json(_) => "Json",
            Value::Label(_) => "enum",
            Value::List(_) => "list",
        }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind())
    }
}

/// An exact decimal number: `mantissa / 10^scale`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fixed {
    /// All digits.
    pub mantissa: i128,
    /// How many of them stand after the point; at most 38.
    pub scale: u32,
}

impl Fixed {
    /// The same number with `scale` digits after the point, rounded half away from zero as
    /// PostgreSQL's `numeric(p, s)` does. None when it grows too large.
    pub fn round(self, scale: u32) -> Option<Fixed> {
        let mantissa = if scale >= self.scale {
            self.mantissa.checked_mul(power(scale - self.scale)?)?
        } else {
            let unit = power(self.scale - scale)?;
            let (whole, rest) = (self.mantissa / unit, self.mantissa % unit);
            // |rest| >= unit / 2 without doubling, which could overflow.
            if rest.unsigned_abs() >= unit.unsigned_abs().div_ceil(2) {
                whole + self.mantissa.signum()
            } else {
                whole
            }
        };
        Some(Fixed { mantissa, scale })
    }

    /// The value for a comparison with a column of `scale` digits after the point.
    pub fn against(self, scale: u32) -> Value {
        if self.scale <= scale {
            return Value::Decimal(self.round(scale).unwrap_or(self));
        }
        let Some(unit) = power(self.scale - scale) else { return Value::Decimal(self) };
        let floor = self.mantissa.div_euclid(unit);
        if self.mantissa.rem_euclid(unit) == 0 {
            Value::Decimal(Fixed { mantissa: floor, scale })
        } else {
            Value::BeyondScale { value: self, floor }
        }
    }

    /// Reads `-12.50`.
    pub fn parse(text: &str) -> Option<Fixed> {
        let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        let mut mantissa = 0i128;
        for digit in whole.bytes().chain(fraction.bytes()) {
            let digit = digit.is_ascii_digit().then(|| i128::from(digit - b'0'))?;
            mantissa = mantissa.checked_mul(10)?.checked_add(digit)?;
        }
        let mantissa = if text.starts_with('-') { -mantissa } else { mantissa };
        Some(Fixed { mantissa, scale: u32::try_from(fraction.len()).ok()? })
    }
}

impl fmt::Display for Fixed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.mantissa < 0 { "-" } else { "" };
        let scale = self.scale as usize;
        let digits = format!("{:0>width$}", self.mantissa.unsigned_abs(), width = scale + 1);
        let (whole, fraction) = digits.split_at(digits.len() - scale);
        let point = if scale == 0 { "" } else { "." };
        write!(f, "{sign}{whole}{point}{fraction}")
    }
}

fn power(exponent: u32) -> Option<i128> {
    10i128.checked_pow(exponent)
}

/// One value of a row on its way back, borrowed from the adapter.
#[derive(Clone, Copy, Debug)]
pub enum Cell<'a> {
    /// Null.
    Null,
    /// An integer.
    Integer(i64),
    /// An integer in units of a `Decimal` column's last digit, with the column's scale.
    Scaled(i64, u32),
    /// A floating-point number.
    Real(f64),
    /// A text.
    Text(&'a str),
    /// Octets.
    Blob(&'a [u8]),
    /// PostgreSQL's binary form; which type it is of is known at build time.
    Wire(&'a [u8]),
    /// A day, of a statement whose types are not known at build time: days since 1970-01-01.
    Date(i64),
    /// A time of day, likewise: microseconds since midnight.
    Time(i64),
    /// An instant, likewise: microseconds since 1970-01-01T00:00:00Z.
    DateTime(i64),
    /// A civil time, likewise: microseconds since 1970-01-01T00:00:00.
    LocalDateTime(i64),
    /// PostgreSQL's `numeric`, likewise, in its binary form.
    Numeric(&'a [u8]),
    /// PostgreSQL's array, likewise.
    Array(Array<'a>),
    /// A value of a type that no column of Rex has, by the type's name.
    Other(&'a str),
}

/// An array of PostgreSQL, with what its elements are.
#[derive(Clone, Copy)]
pub struct Array<'a> {
    /// Its binary form.
    pub wire: &'a [u8],
    /// What an element's binary form says.
    pub element: fn(&[u8]) -> Cell<'_>,
}

impl fmt::Debug for Array<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an array of {} bytes", self.wire.len())
    }
}

impl Cell<'_> {
    /// What it is, for messages; never the value.
    pub fn kind(&self) -> String {
        match self {
            Cell::Null => "null".to_owned(),
            Cell::Integer(_) | Cell::Scaled(..) => "an integer".to_owned(),
            Cell::Real(_) => "a floating-point number".to_owned(),
            Cell::Text(_) => "a text".to_owned(),
            Cell::Blob(blob) => format!("a blob of {} bytes", blob.len()),
            Cell::Wire(wire) => format!("a value of {} bytes", wire.len()),
            Cell::Date(_) => "a date".to_owned(),
            Cell::Time(_) => "a time of day".to_owned(),
            Cell::DateTime(_) => "a time with a zone".to_owned(),
            Cell::LocalDateTime(_) => "a time without a zone".to_owned(),
            Cell::Numeric(_) => "a numeric".to_owned(),
            Cell::Array(_) => "an array".to_owned(),
            Cell::Other(name) => format!("a value of the type `{name}`, which a cast makes readable"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn rounds(text: &str, scale: u32, expected: &str) {
        let rounded = Fixed::parse(text).and_then(|fixed| fixed.round(scale)).expect("a number");
        assert_eq!(rounded.to_string(), expected);
    }

    #[test]
    fn rounding_is_half_away_from_zero() {
        rounds("1.005", 2, "1.01");
        rounds("-1.005", 2, "-1.01");
        rounds("1.004999", 2, "1.00");
        rounds("0.5", 0, "1");
        rounds("-0.5", 0, "-1");
        rounds("0.49", 0, "0");
        rounds("2", 3, "2.000");
        rounds("-0.05", 2, "-0.05");
    }

    #[test]
    fn a_value_beyond_the_scale_lies_between_two_units() {
        let value = Fixed::parse("-1.005").expect("a number");
        assert_eq!(value.against(2), Value::BeyondScale { value, floor: -101 });
        assert_eq!(value.against(3), Value::Decimal(Fixed { mantissa: -1005, scale: 3 }));
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in ["", "-", ".", "1e5", "NaN", "1.2.3"] {
            assert_eq!(Fixed::parse(text), None, "{text}");
        }
    }
}

//! What is known of the scalar types.

use super::Scalar;

impl Scalar {
    /// Every scalar's name in the language, in the order of its documentation.
    pub const NAMES: [&'static str; 15] = [
        "Bool",
        "SmallInt",
        "Int",
        "BigInt",
        "Float",
        "Double",
        "Decimal",
        "String",
        "Bytes",
        "Uuid",
        "Date",
        "Time",
        "DateTime",
        "LocalDateTime",
        "Json",
    ];

    /// The name in the language, without arguments.
    pub fn name(self) -> &'static str {
        match self {
            Scalar::Bool => "Bool",
            Scalar::SmallInt => "SmallInt",
            Scalar::Int => "Int",
            Scalar::BigInt => "BigInt",
            Scalar::Float => "Float",
            Scalar::Double => "Double",
            Scalar::Decimal { .. } => "Decimal",
            Scalar::String { .. } => "String",
            Scalar::Bytes => "Bytes",
            Scalar::Uuid => "Uuid",
            Scalar::Date => "Date",
            Scalar::Time => "Time",
            Scalar::DateTime => "DateTime",
            Scalar::LocalDateTime => "LocalDateTime",
            Scalar::Json => "Json",
        }
    }

    /// Whether it is one of the integers.
    pub fn is_integer(self) -> bool {
        matches!(self, Scalar::SmallInt | Scalar::Int | Scalar::BigInt)
    }

    /// Whether values can be compared for equality and hashed: what a key needs.
    pub fn is_key(self) -> bool {
        !matches!(self, Scalar::Float | Scalar::Double | Scalar::Json)
    }
}

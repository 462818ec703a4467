//! The scalar types, and what is known of them.

/// The scalar types of the language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scalar {
    /// True or false.
    Bool,
    /// 16 bits, signed.
    SmallInt,
    /// 32 bits, signed.
    Int,
    /// 64 bits, signed.
    BigInt,
    /// IEEE 754, 32 bits.
    Float,
    /// IEEE 754, 64 bits.
    Double,
    /// Exact: `precision` digits in all, `scale` of them after the point.
    Decimal {
        /// 1 to 1000.
        precision: u16,
        /// 0 to `precision`.
        scale: u16,
    },
    /// Text; `max` in Unicode scalar values.
    String {
        /// No limit where none.
        max: Option<u32>,
    },
    /// Octets.
    Bytes,
    /// 128 bits.
    Uuid,
    /// A day of the Gregorian calendar.
    Date,
    /// A time of day, in microseconds.
    Time,
    /// An instant, in microseconds, UTC.
    DateTime,
    /// A civil date and time, in microseconds, without a zone.
    LocalDateTime,
    /// A JSON value.
    Json,
}

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

//! What the operators and functions of the language give: the one definition, which the SQL of
//! each database implements and which build time and run time compute by.
//!
//! Null is the operands' caller's to expect everywhere: every operation but `coalesce` is null when
//! an operand is.

use std::borrow::Cow;
use std::cmp::Ordering;

use crate::Comparison;

/// An operator of arithmetic. What leaves the type is an error, never another number; division
/// by zero is null; integers divide towards zero, and the remainder has the sign of the dividend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Arithmetic {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`; not of `Decimal`.
    Divide,
    /// `%`; not of `Float` and `Double`.
    Remainder,
}

/// A function of the language. Each is null when an argument is null, but for `coalesce`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Function {
    /// `length(String)` in Unicode scalar values, `length(Bytes)` in octets, `length([T])` in
    /// elements: a `BigInt`.
    Length,
    /// `lower(String)`: ASCII letters only.
    Lower,
    /// `upper(String)`: ASCII letters only.
    Upper,
    /// `trim(String)`: without the spaces at both ends, no other white space.
    Trim,
    /// `concat(String, …)`; null when one of them is.
    Concat,
    /// `starts_with(String, String)`
    StartsWith,
    /// `contains(String, String)`
    Contains,
    /// `abs(number)`
    Abs,
    /// `coalesce(a, b, …)`: the first that is not null; all of one type.
    Coalesce,
    /// `now()`, where the clock may be.
    Now,
    /// `today()`, where the clock may be: the day in UTC.
    Today,
}

impl Arithmetic {
    /// Every operator.
    pub const ALL: [Arithmetic; 5] = [
        Arithmetic::Add,
        Arithmetic::Subtract,
        Arithmetic::Multiply,
        Arithmetic::Divide,
        Arithmetic::Remainder,
    ];
}

impl Function {
    /// Every function: what is not here has no name, and cannot be called.
    pub const ALL: [Function; 11] = [
        Function::Length,
        Function::Lower,
        Function::Upper,
        Function::Trim,
        Function::Concat,
        Function::StartsWith,
        Function::Contains,
        Function::Abs,
        Function::Coalesce,
        Function::Now,
        Function::Today,
    ];

    /// What it is called in a schema.
    pub const fn name(self) -> &'static str {
        match self {
            Function::Length => "length",
            Function::Lower => "lower",
            Function::Upper => "upper",
            Function::Trim => "trim",
            Function::Concat => "concat",
            Function::StartsWith => "starts_with",
            Function::Contains => "contains",
            Function::Abs => "abs",
            Function::Coalesce => "coalesce",
            Function::Now => "now",
            Function::Today => "today",
        }
    }
}

/// A value as it is computed with.
#[derive(Clone, Debug, PartialEq)]
pub enum Datum<'a> {
    /// Null, which belongs to every type.
    Null,
    /// For `Bool`.
    Bool(bool),
    /// For the integers; for dates and times, in their units; for an enum, the variant's place.
    Int(i64),
    /// For `Float` and `Double`.
    Double(f64),
    /// For `Decimal`.
    Decimal(Exact),
    /// For `String`.
    Text(Cow<'a, str>),
    /// For `Bytes` and `Uuid`.
    Bytes(Cow<'a, [u8]>),
    /// For a list: how many elements it has.
    Elements(usize),
    /// For `Json`: there is one.
    Opaque,
}

/// An exact number: `mantissa / 10^scale`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exact {
    /// All digits.
    pub mantissa: i128,
    /// How many of them stand behind the point.
    pub scale: u32,
}

/// What numbers are computed as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Number {
    /// `SmallInt`
    I16,
    /// `Int`
    I32,
    /// `BigInt`
    I64,
    /// `Float` and `Double`
    Double,
    /// `Decimal` with so many digits behind the point.
    Decimal(u32),
}

/// Why there is no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// It leaves its type: an error in every database.
    Overflow,
    /// It has more digits than are computed with here; a database can tell.
    Beyond,
}

/// A result.
pub type Computed<'a> = Result<Datum<'a>, Failure>;

/// A comparison; unknown when an operand is null. Texts and octets compare byte by byte; NaN is
/// what PostgreSQL takes it for: the largest number, and equal to itself.
pub fn compare<'a>(comparison: Comparison, left: &Datum<'_>, right: &Datum<'_>) -> Datum<'a> {
    let Some(order) = order(left, right) else { return Datum::Null };
    Datum::Bool(match comparison {
        Comparison::Equal => order.is_eq(),
        Comparison::NotEqual => order.is_ne(),
        Comparison::Less => order.is_lt(),
        Comparison::LessOrEqual => order.is_le(),
        Comparison::Greater => order.is_gt(),
        Comparison::GreaterOrEqual => order.is_ge(),
    })
}

fn order(left: &Datum<'_>, right: &Datum<'_>) -> Option<Ordering> {
    Some(match (left, right) {
        (Datum::Bool(a), Datum::Bool(b)) => a.cmp(b),
        (Datum::Int(a), Datum::Int(b)) => a.cmp(b),
        (Datum::Double(a), Datum::Double(b)) => {
            a.partial_cmp(b).unwrap_or_else(|| a.is_nan().cmp(&b.is_nan()))
        }
        (Datum::Decimal(a), Datum::Decimal(b)) => a.order(*b)?,
        (Datum::Text(a), Datum::Text(b)) => a.as_bytes().cmp(b.as_bytes()),
        (Datum::Bytes(a), Datum::Bytes(b)) => a.cmp(b),
        _ => return None,
    })
}

/// `left operator right`, both of the type that the result has.
///
/// # Errors
///
/// When the result leaves the type.
pub fn arithmetic<'a>(
    operator: Arithmetic,
    number: Number,
    left: &Datum<'_>,
    right: &Datum<'_>,
) -> Computed<'a> {
    match (left, right) {
        (Datum::Int(a), Datum::Int(b)) => integer(operator, number, *a, *b),
        (Datum::Double(a), Datum::Double(b)) => double(operator, *a, *b),
        (Datum::Decimal(a), Datum::Decimal(b)) => decimal(operator, *a, *b),
        _ => Ok(Datum::Null),
    }
}

fn integer<'a>(operator: Arithmetic, number: Number, a: i64, b: i64) -> Computed<'a> {
    let result = match operator {
        Arithmetic::Add => a.checked_add(b),
        Arithmetic::Subtract => a.checked_sub(b),
        Arithmetic::Multiply => a.checked_mul(b),
        Arithmetic::Divide | Arithmetic::Remainder if b == 0 => return Ok(Datum::Null),
        Arithmetic::Divide => a.checked_div(b),
        // The smallest number by -1 leaves nothing over.
        Arithmetic::Remainder => Some(a.wrapping_rem(b)),
    };
    within(number, result)
}

/// An integer that must be of its type.
fn within<'a>(number: Number, result: Option<i64>) -> Computed<'a> {
    let fits = |value: &i64| match number {
        Number::I16 => i16::try_from(*value).is_ok(),
        Number::I32 => i32::try_from(*value).is_ok(),
        Number::I64 | Number::Double | Number::Decimal(_) => true,
    };
    result.filter(fits).map(Datum::Int).ok_or(Failure::Overflow)
}

fn double<'a>(operator: Arithmetic, a: f64, b: f64) -> Computed<'a> {
    let (result, vanishes) = match operator {
        Arithmetic::Add => (a + b, false),
        Arithmetic::Subtract => (a - b, false),
        Arithmetic::Multiply => (a * b, a != 0.0 && b != 0.0),
        Arithmetic::Divide | Arithmetic::Remainder if b == 0.0 => return Ok(Datum::Null),
        Arithmetic::Divide => (a / b, a != 0.0),
        Arithmetic::Remainder => (a % b, false),
    };
    if !a.is_finite() || !b.is_finite() {
        return Err(Failure::Beyond);
    }
    if result.is_infinite() || (result == 0.0 && vanishes) {
        return Err(Failure::Overflow);
    }
    Ok(Datum::Double(result))
}

fn decimal<'a>(operator: Arithmetic, a: Exact, b: Exact) -> Computed<'a> {
    if operator == Arithmetic::Multiply {
        let mantissa = a.mantissa.checked_mul(b.mantissa).ok_or(Failure::Beyond)?;
        return Ok(Datum::Decimal(Exact { mantissa, scale: a.scale + b.scale }));
    }
    let scale = a.scale.max(b.scale);
    let (a, b) = (a.to_scale(scale)?.mantissa, b.to_scale(scale)?.mantissa);
    let mantissa = match operator {
        Arithmetic::Add => a.checked_add(b),
        Arithmetic::Subtract => a.checked_sub(b),
        Arithmetic::Multiply | Arithmetic::Divide => None,
        Arithmetic::Remainder if b == 0 => return Ok(Datum::Null),
        Arithmetic::Remainder => a.checked_rem(b),
    };
    Ok(Datum::Decimal(Exact { mantissa: mantissa.ok_or(Failure::Beyond)?, scale }))
}

/// `-a`
///
/// # Errors
///
/// When the result leaves the type.
pub fn negate<'a>(number: Number, value: &Datum<'_>) -> Computed<'a> {
    Ok(match value {
        Datum::Int(value) => return within(number, value.checked_neg()),
        Datum::Double(value) => Datum::Double(-value),
        Datum::Decimal(value) => Datum::Decimal(Exact { mantissa: -value.mantissa, ..*value }),
        _ => Datum::Null,
    })
}

/// `abs(a)`
///
/// # Errors
///
/// When the result leaves the type.
pub fn abs<'a>(number: Number, value: &Datum<'_>) -> Computed<'a> {
    match value {
        Datum::Int(value) if *value < 0 => within(number, value.checked_neg()),
        Datum::Double(value) => Ok(Datum::Double(value.abs())),
        Datum::Decimal(value) => Ok(Datum::Decimal(Exact { mantissa: value.mantissa.abs(), ..*value })),
        Datum::Int(value) => Ok(Datum::Int(*value)),
        _ => Ok(Datum::Null),
    }
}

/// The same number in a wider type.
///
/// # Errors
///
/// When it has more digits than are computed with here.
pub fn widen<'a>(to: Number, value: Datum<'a>) -> Computed<'a> {
    Ok(match (to, value) {
        (Number::Double, Datum::Int(value)) => Datum::Double(value as f64),
        (Number::Decimal(scale), Datum::Int(value)) => {
            Datum::Decimal(Exact { mantissa: value.into(), scale: 0 }.to_scale(scale)?)
        }
        (Number::Decimal(scale), Datum::Decimal(value)) => Datum::Decimal(value.to_scale(scale)?),
        (_, value) => value,
    })
}

/// A function of texts, octets and lists: all but `abs`, `coalesce` and those of the clock.
pub fn call<'a>(function: Function, arguments: &[Datum<'a>]) -> Datum<'a> {
    if arguments.contains(&Datum::Null) {
        return Datum::Null;
    }
    let count = |length: usize| Datum::Int(i64::try_from(length).unwrap_or(i64::MAX));
    let text = |text: String| Datum::Text(Cow::Owned(text));
    match (function, arguments) {
        (Function::Length, [Datum::Text(text)]) => count(text.chars().count()),
        (Function::Length, [Datum::Bytes(bytes)]) => count(bytes.len()),
        (Function::Length, [Datum::Elements(length)]) => count(*length),
        (Function::Lower, [Datum::Text(of)]) => text(of.to_ascii_lowercase()),
        (Function::Upper, [Datum::Text(of)]) => text(of.to_ascii_uppercase()),
        (Function::Trim, [Datum::Text(of)]) => text(of.trim_matches(' ').to_owned()),
        (Function::StartsWith, [Datum::Text(of), Datum::Text(start)]) => {
            Datum::Bool(of.starts_with(&**start))
        }
        (Function::Contains, [Datum::Text(of), Datum::Text(part)]) => Datum::Bool(of.contains(&**part)),
        (Function::Concat, texts) => text(
            texts.iter().map(|one| if let Datum::Text(one) = one { &**one } else { "" }).collect::<String>(),
        ),
        _ => Datum::Null,
    }
}

impl Exact {
    /// The same number with more digits behind the point.
    fn to_scale(self, scale: u32) -> Result<Exact, Failure> {
        let power = 10i128.checked_pow(scale.saturating_sub(self.scale));
        let mantissa = power.and_then(|power| self.mantissa.checked_mul(power));
        Ok(Exact { mantissa: mantissa.ok_or(Failure::Beyond)?, scale: scale.max(self.scale) })
    }

    fn order(self, other: Exact) -> Option<Ordering> {
        let scale = self.scale.max(other.scale);
        Some(self.to_scale(scale).ok()?.mantissa.cmp(&other.to_scale(scale).ok()?.mantissa))
    }

    /// Reads digits with an optional sign and point; none where they are too many.
    pub fn parse(digits: &str) -> Option<Exact> {
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let mantissa = format!("{whole}{fraction}").parse().ok()?;
        Some(Exact { mantissa, scale: u32::try_from(fraction.len()).ok()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn gives(operator: Arithmetic, number: Number, a: i64, b: i64, expected: Computed<'_>) {
        assert_eq!(arithmetic(operator, number, &Datum::Int(a), &Datum::Int(b)), expected);
    }

    #[test]
    fn integers_stay_in_their_types() {
        gives(Arithmetic::Add, Number::I16, 32_767, 1, Err(Failure::Overflow));
        gives(Arithmetic::Add, Number::I32, 32_767, 1, Ok(Datum::Int(32_768)));
        gives(Arithmetic::Multiply, Number::I64, i64::MAX, 2, Err(Failure::Overflow));
        gives(Arithmetic::Divide, Number::I64, i64::MIN, -1, Err(Failure::Overflow));
        gives(Arithmetic::Remainder, Number::I64, i64::MIN, -1, Ok(Datum::Int(0)));
        gives(Arithmetic::Divide, Number::I64, -7, 2, Ok(Datum::Int(-3)));
        gives(Arithmetic::Remainder, Number::I64, -7, 2, Ok(Datum::Int(-1)));
        gives(Arithmetic::Divide, Number::I64, 1, 0, Ok(Datum::Null));
    }

    #[test]
    fn decimals_are_exact() {
        let of = |text: &str| Datum::Decimal(Exact::parse(text).expect("it is a number"));
        let sum = arithmetic(Arithmetic::Add, Number::Decimal(2), &of("0.1"), &of("-0.25"));
        assert_eq!(sum, Ok(of("-0.15")));
        let product = arithmetic(Arithmetic::Multiply, Number::Decimal(3), &of("1.5"), &of("0.25"));
        assert_eq!(product, Ok(of("0.375")));
        assert_eq!(compare(Comparison::Equal, &of("1.50"), &of("1.5")), Datum::Bool(true));
    }

    #[test]
    fn texts_are_counted_in_characters_and_folded_in_ascii() {
        let of = |text: &'static str| Datum::Text(text.into());
        assert_eq!(call(Function::Length, &[of("né🦀")]), Datum::Int(3));
        assert_eq!(call(Function::Upper, &[of("né")]), of("Né"));
        assert_eq!(call(Function::Trim, &[of("  \ta ")]), of("\ta"));
        assert_eq!(call(Function::Concat, &[of("a"), Datum::Null]), Datum::Null);
    }
}

//! `Decimal` columns as `rust_decimal::Decimal`.

use rust_decimal::Decimal;

use super::{Element, Scalar};
use crate::value::{Cell, Fixed, Value};

impl Scalar for Decimal {
    const NAME: &'static str = "Decimal";
    type Nullable = Option<Self>;

    fn encode(self) -> Value {
        Value::Decimal(Fixed { mantissa: self.mantissa(), scale: self.scale() })
    }

    fn decode(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Scaled(units, scale) => Decimal::try_from_i128_with_scale(units.into(), scale).ok(),
            // An element of a list in SQLite.
            Cell::Text(text) => from_fixed(Fixed::parse(text)?),
            Cell::Wire(wire) | Cell::Numeric(wire) => from_fixed(numeric(wire)?),
            _ => None,
        }
    }
}

impl Element for Decimal {}

fn from_fixed(fixed: Fixed) -> Option<Decimal> {
    Decimal::try_from_i128_with_scale(fixed.mantissa, fixed.scale).ok()
}

/// PostgreSQL's `numeric`: the number of digits in base 10,000, the weight of the first of them,
/// the sign, the scale, then the digits; each of 16 bits.
pub(super) fn numeric(wire: &[u8]) -> Option<Fixed> {
    let word = |place: usize| wire.get(place * 2..place * 2 + 2).map(|pair| [pair[0], pair[1]]);
    let count = usize::from(u16::from_be_bytes(word(0)?));
    let weight = i32::from(i16::from_be_bytes(word(1)?));
    let negative = match u16::from_be_bytes(word(2)?) {
        0x0000 => false,
        0x4000 => true,
        // NaN and the infinities.
        _ => return None,
    };
    let scale = u32::from(u16::from_be_bytes(word(3)?));
    let mut mantissa = 0i128;
    for place in 0..count {
        let digit = i128::from(u16::from_be_bytes(word(4 + place)?));
        mantissa = mantissa.checked_mul(10_000)?.checked_add(digit)?;
    }
    // The last digit counts 10,000 ^ (weight - count + 1).
    let exponent = 4 * (weight - count as i32 + 1) + scale as i32;
    let power = 10i128.checked_pow(exponent.unsigned_abs())?;
    let mantissa = if exponent >= 0 { mantissa.checked_mul(power)? } else { mantissa / power };
    Some(Fixed { mantissa: if negative { -mantissa } else { mantissa }, scale })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn reads(words: &[u16], expected: &str) {
        let wire: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
        let number = Decimal::decode(Cell::Wire(&wire)).expect("a number");
        assert_eq!(number.to_string(), expected);
    }

    #[test]
    fn numerics_are_read() {
        reads(&[0, 0, 0, 2], "0.00");
        reads(&[1, 0, 0, 0, 0], "0");
        reads(&[2, 0, 0, 2, 12, 3400], "12.34");
        reads(&[2, 0, 0x4000, 3, 12, 3450], "-12.345");
        reads(&[1, 1, 0, 0, 5], "50000");
        reads(&[1, 0xffff, 0, 4, 7], "0.0007");
        reads(&[1, 0xfffe, 0, 6, 700], "0.000007");
    }
}

//! Decimal constants at a fixed scale, as text, since their precision may exceed any integer's.

use std::cmp::Ordering;

/// The value times ten to the power of `scale`: `-1.5` at scale 2 is `-150`.
pub(crate) fn unscaled(text: &str, scale: u16) -> String {
    let digits = text.trim_start_matches(['+', '-']);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let scale = usize::from(scale);
    let all = format!("{whole}{fraction:0<scale$.scale$}");
    match all.trim_start_matches('0') {
        "" => "0".to_owned(),
        magnitude if text.starts_with('-') => format!("-{magnitude}"),
        magnitude => magnitude.to_owned(),
    }
}

/// The value with exactly `scale` digits after the point: `-1.5` at scale 2 is `-1.50`.
pub(crate) fn fixed(text: &str, scale: u16) -> String {
    let unscaled = unscaled(text, scale);
    if scale == 0 {
        return unscaled;
    }
    let sign = if unscaled.starts_with('-') { "-" } else { "" };
    let digits = format!("{:0>width$}", unscaled.trim_start_matches('-'), width = usize::from(scale) + 1);
    let (whole, fraction) = digits.split_at(digits.len() - usize::from(scale));
    format!("{sign}{whole}.{fraction}")
}

/// The order of two values: by sign, then by the digits before the point, then by those behind.
pub(crate) fn order(left: &str, right: &str) -> Ordering {
    let behind = |text: &str| text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let scale = u16::try_from(behind(left).max(behind(right))).unwrap_or(u16::MAX);
    let (left, right) = (unscaled(left, scale), unscaled(right, scale));
    let negative = |text: &str| text.starts_with('-');
    match (negative(&left), negative(&right)) {
        (false, true) => Ordering::Greater,
        (true, false) => Ordering::Less,
        (false, false) => magnitude(&left).cmp(&magnitude(&right)),
        (true, true) => magnitude(&right).cmp(&magnitude(&left)),
    }
}

/// Digits without leading zeros compare by their number first.
fn magnitude(unscaled: &str) -> (usize, &str) {
    let digits = unscaled.trim_start_matches('-');
    (digits.len(), digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_in_the_order_of_numbers() {
        let ordered = ["-10.5", "-10", "-9.99", "-0.1", "0", "0.05", "0.5", "9", "10.00"];
        for (at, left) in ordered.iter().enumerate() {
            for (place, right) in ordered.iter().enumerate() {
                assert_eq!(order(left, right), at.cmp(&place), "{left} and {right}");
            }
        }
        assert_eq!(order("-0.0", "0"), Ordering::Equal);
        assert_eq!(order("1.50", "1.5"), Ordering::Equal);
    }

    #[test]
    fn one_value_has_one_text() {
        for (text, scale, expected_unscaled, expected_fixed) in [
            ("1.5", 2, "150", "1.50"),
            ("+1.50", 2, "150", "1.50"),
            ("-1.5", 2, "-150", "-1.50"),
            ("0.05", 2, "5", "0.05"),
            ("-.05", 2, "-5", "-0.05"),
            ("-0.00", 2, "0", "0.00"),
            ("007", 0, "7", "7"),
            ("7", 3, "7000", "7.000"),
            ("12345678901234567890.1", 1, "123456789012345678901", "12345678901234567890.1"),
        ] {
            assert_eq!(unscaled(text, scale), expected_unscaled, "{text} at {scale}");
            assert_eq!(fixed(text, scale), expected_fixed, "{text} at {scale}");
        }
    }
}

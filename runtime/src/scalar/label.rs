//! Enums: what their generated implementations call.

use std::fmt;

use crate::value::Cell;

/// The variant of a cell's label.
pub fn variant_of<T: Copy>(labels: &[&str], variants: &[T], cell: Cell<'_>) -> Option<T> {
    find(labels, variants, super::text(cell)?)
}

/// The variant of a label.
///
/// # Errors
///
/// When the enum has no such label.
pub fn parse_variant<T: Copy>(
    labels: &'static [&'static str],
    variants: &[T],
    label: &str,
) -> Result<T, UnknownLabel> {
    find(labels, variants, label).ok_or(UnknownLabel { labels })
}

fn find<T: Copy>(labels: &[&str], variants: &[T], label: &str) -> Option<T> {
    let place = labels.iter().position(|known| *known == label)?;
    variants.get(place).copied()
}

/// A text that is no label of an enum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownLabel {
    labels: &'static [&'static str],
}

impl fmt::Display for UnknownLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected one of {}", self.labels.join(", "))
    }
}

impl std::error::Error for UnknownLabel {}

//! What stands in the place of types whose crate's feature is off, so that a program that lacks
//! the feature is told that, and nothing else.

use std::fmt;

use super::{Element, Scalar};
use crate::value::{Cell, Value};

/// A type without values: nothing makes one, and no program with it compiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Absent(());

impl fmt::Display for Absent {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl Scalar for Absent {
    const NAME: &'static str = "a type of a crate that is not compiled in";
    type Nullable = Option<Self>;

    fn encode(self) -> Value {
        Value::Null
    }

    fn decode(_: Cell<'_>) -> Option<Self> {
        None
    }
}

impl Element for Absent {}

//! `Uuid` columns as `uuid::Uuid`.

use uuid::Uuid;

use super::{Element, Scalar};
use crate::value::{Cell, Value};

impl Scalar for Uuid {
    const NAME: &'static str = "Uuid";
    type Nullable = Option<Self>;

    fn encode(self) -> Value {
        Value::Uuid(self.into_bytes())
    }

    fn decode(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Blob(bytes) | Cell::Wire(bytes) => Uuid::from_slice(bytes).ok(),
            // An element of a list in SQLite.
            Cell::Text(text) => Uuid::try_parse(text).ok(),
            _ => None,
        }
    }
}

impl Element for Uuid {}

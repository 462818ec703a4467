//! `Json` columns as `serde_json::Value`.

use serde_json::Value as Json;

use super::{Element, Scalar};
use crate::value::{Cell, Value};

impl Scalar for Json {
    const NAME: &'static str = "Json";

    fn encode(self) -> Value {
        Value::Json(self.to_string())
    }

    fn decode(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Text(text) => serde_json::from_str(text).ok(),
            // The first byte of a jsonb is its version; a json has none and is text at once.
            Cell::Wire([1, text @ ..]) | Cell::Wire(text) => serde_json::from_slice(text).ok(),
            _ => None,
        }
    }
}

impl Element for Json {}

//! `Json` columns as `serde_json::Value`, or as any type of serde's that `@rust("…")` names.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use super::{Element, Scalar};
use crate::value::{Cell, Value};

impl Scalar for Json {
    const NAME: &'static str = "Json";
    type Nullable = Option<Self>;

    fn encode(self) -> Value {
        Value::Json(self.to_string())
    }

    fn decode(cell: Cell<'_>) -> Option<Self> {
        decode_json(cell)
    }
}

impl Element for Json {}

/// A Rust type that stands for a `Json`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot stand for a `Json` of the schema",
    label = "serde's traits are missing",
    note = "what `@rust(\"…\")` names for a `Json` derives `serde::Serialize` and `serde::Deserialize`"
)]
pub trait Document: Serialize + DeserializeOwned {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned> Document for T {}

/// The value to bind of a type that stands for a `Json`. What serde refuses to write becomes the
/// empty text, which is no JSON and is refused before anything is sent.
pub fn encode_json(value: &impl Document) -> Value {
    Value::Json(serde_json::to_string(value).unwrap_or_default())
}

/// The value of a type that stands for a `Json`.
pub fn decode_json<T: Document>(cell: Cell<'_>) -> Option<T> {
    match cell {
        Cell::Text(text) => serde_json::from_str(text).ok(),
        // The first byte of a jsonb is its version; a json has none and is text at once.
        Cell::Wire([1, text @ ..]) | Cell::Wire(text) => serde_json::from_slice(text).ok(),
        _ => None,
    }
}

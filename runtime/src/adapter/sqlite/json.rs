//! What PostgreSQL's `@>` says of JSON, as a function of SQLite's.

use rusqlite::functions::{Context, FunctionFlags};
use serde_json::Value as Json;

use rusqlite::Connection as Driver;

/// Makes `rex_has_json(a, b)` known to a connection: whether the first has all that the second has.
pub(super) fn register(connection: &Driver) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_scalar_function("rex_has_json", 2, flags, |context| {
        let [Some(of), Some(wanted)] = [json(context, 0)?, json(context, 1)?] else { return Ok(None) };
        Ok(Some(has(&of, &wanted) || is_element(&of, &wanted)))
    })
}

fn json(context: &Context<'_>, place: usize) -> rusqlite::Result<Option<Json>> {
    let text: Option<String> = context.get(place)?;
    let parsed = text.map(|text| serde_json::from_str(&text)).transpose();
    parsed.map_err(|error| rusqlite::Error::UserFunctionError(Box::new(error)))
}

fn has(of: &Json, wanted: &Json) -> bool {
    match (of, wanted) {
        (Json::Object(of), Json::Object(wanted)) => {
            wanted.iter().all(|(key, wanted)| of.get(key).is_some_and(|of| has(of, wanted)))
        }
        (Json::Array(of), Json::Array(wanted)) => {
            wanted.iter().all(|wanted| of.iter().any(|of| has(of, wanted)))
        }
        (Json::Number(of), Json::Number(wanted)) => of == wanted || of.as_f64() == wanted.as_f64(),
        (of, wanted) => of == wanted,
    }
}

/// At the top, an array has what one of its elements is, unless that holds others itself.
fn is_element(of: &Json, wanted: &Json) -> bool {
    let Json::Array(of) = of else { return false };
    !wanted.is_array() && !wanted.is_object() && of.iter().any(|of| has(of, wanted))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn it_says_what_postgresql_says() {
        for (of, wanted, expected) in [
            (json!({"a": 1, "b": 2}), json!({"a": 1}), true),
            (json!({"a": 1}), json!({"a": 1.0}), true),
            (json!([1, 2, 2]), json!([2, 1, 1]), true),
            (json!([1, [2, 3]]), json!([[3]]), true),
            (json!([1, [2, 3]]), json!([3]), false),
            (json!(["a"]), json!("a"), true),
            (json!("a"), json!(["a"]), false),
            (json!({"a": ["b"]}), json!({"a": "b"}), false),
            (json!([{"a": 1}]), json!({"a": 1}), false),
        ] {
            assert_eq!(has(&of, &wanted) || is_element(&of, &wanted), expected, "{of} @> {wanted}");
        }
    }
}

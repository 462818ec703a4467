//! The columns of a table from words. Calls and paths for each cost rustc a twelfth of all that it does for a
//! model; texts cost it next to nothing, and are read when the constant is computed.

use super::{ColumnMeta, DefaultValue, Type};

/// Reads columns: `("id", "i64", "autoincrement")`, `("state", "$", "'draft")`, `("age", "i32?", "")`.
///
/// Each has its name, its type, and what a new row gets. Behind the type are `?` where it may be null, `~` where
/// PostgreSQL answers with it as text, `!` where nobody may see it, and `:` with what PostgreSQL calls the type
/// where that has a name of its own, in this order. `$` stands for the next of `types` or of `defaults`; behind
/// `'` is a label.
///
/// # Panics
///
/// When the words are none of the generator's, and so while compiling.
pub const fn columns<const N: usize>(
    words: [(&'static str, &'static str, &'static str); N],
    types: &[Type],
    defaults: &[DefaultValue],
) -> [ColumnMeta; N] {
    let mut columns = [const { ColumnMeta::new("", Type::Bool) }; N];
    let (mut place, mut type_at, mut default_at) = (0, 0, 0);
    while place < N {
        let (name, ty, default) = words[place];
        let (ty, named) = with_name(ty);
        let (ty, sensitive) = without(ty.as_bytes(), b'!');
        let (ty, as_text) = without(ty, b'~');
        let (ty, nullable) = without(ty, b'?');
        let ty = if let [b'$'] = ty {
            type_at += 1;
            types[type_at - 1]
        } else {
            scalar(ty)
        };
        let default = if let [b'$'] = default.as_bytes() {
            default_at += 1;
            defaults[default_at - 1]
        } else {
            self::default(default)
        };
        columns[place] = ColumnMeta { name, ty, nullable, default, as_text, sensitive, named };
        place += 1;
    }
    assert!(type_at == types.len() && default_at == defaults.len(), "each is some column's");
    columns
}

/// The word up to `:`, and what stands behind that.
const fn with_name(word: &'static str) -> (&'static str, Option<&'static str>) {
    let mut at = 0;
    while at < word.len() {
        if word.as_bytes()[at] == b':' {
            let (word, name) = word.split_at(at);
            return (word, Some(name.split_at(1).1));
        }
        at += 1;
    }
    (word, None)
}

/// The word without this at its end, and whether it was there.
const fn without(word: &[u8], end: u8) -> (&[u8], bool) {
    match word {
        [word @ .., last] if *last == end => (word, true),
        _ => (word, false),
    }
}

const fn scalar(word: &[u8]) -> Type {
    match word {
        b"i64" => Type::I64,
        b"text" => Type::Text,
        b"i32" => Type::I32,
        b"bool" => Type::Bool,
        b"datetime" => Type::DateTime,
        b"f64" => Type::F64,
        b"uuid" => Type::Uuid,
        b"i16" => Type::I16,
        b"f32" => Type::F32,
        b"bytes" => Type::Bytes,
        b"date" => Type::Date,
        b"time" => Type::Time,
        b"localdatetime" => Type::LocalDateTime,
        b"json" => Type::Json,
        _ => panic!("a type that the generator does not write"),
    }
}

const fn default(text: &'static str) -> DefaultValue {
    match text.as_bytes() {
        [] => DefaultValue::None,
        [b'\'', ..] => DefaultValue::Label(text.split_at(1).1),
        [b'0'..=b'9', ..] => DefaultValue::Int(number(text.as_bytes())),
        b"autoincrement" => DefaultValue::Autoincrement,
        b"now" => DefaultValue::Now,
        b"true" => DefaultValue::Bool(true),
        b"false" => DefaultValue::Bool(false),
        b"database" => DefaultValue::Database,
        b"today" => DefaultValue::Today,
        b"uuid4" => DefaultValue::Uuid4,
        b"uuid7" => DefaultValue::Uuid7,
        _ => panic!("a default that the generator does not write"),
    }
}

const fn number(digits: &[u8]) -> i64 {
    let (mut number, mut at) = (0, 0);
    while at < digits.len() {
        number = number * 10 + (digits[at] - b'0') as i64;
        at += 1;
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_into_columns() {
        const LABELS: &[&str] = &["draft", "done"];
        const PRICE: Type = Type::Decimal { precision: 12, scale: 2 };
        const COLUMNS: [ColumnMeta; 6] = columns(
            [
                ("id", "i64", "autoincrement"),
                ("price", "$?", ""),
                ("state", "$:\"my: state\"", "'draft"),
                ("at", "$?~!", "$"),
                ("count", "i32", "42"),
                ("my column", "text", ""),
            ],
            &[PRICE, Type::Enum(LABELS), Type::List(&Type::I16)],
            &[DefaultValue::Text("x; y")],
        );
        let shown: Vec<String> = COLUMNS.iter().map(|column| format!("{column:?}")).collect();
        let plain = |column: ColumnMeta| format!("{column:?}");
        let at = ColumnMeta::new("at", Type::List(&Type::I16)).nullable().as_text().sensitive();
        assert_eq!(
            shown,
            [
                plain(ColumnMeta::new("id", Type::I64).or(DefaultValue::Autoincrement)),
                plain(ColumnMeta::new("price", PRICE).nullable()),
                plain(
                    ColumnMeta::new("state", Type::Enum(LABELS))
                        .or(DefaultValue::Label("draft"))
                        .named("\"my: state\"")
                ),
                plain(at.or(DefaultValue::Text("x; y"))),
                plain(ColumnMeta::new("count", Type::I32).or(DefaultValue::Int(42))),
                plain(ColumnMeta::new("my column", Type::Text)),
            ]
        );
    }
}

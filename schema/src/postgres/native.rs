//! Types as PostgreSQL and its users write them.

use super::render;
use super::types::{Constant, Default, Element, Type};
use crate::database::Sql;
use crate::syntax;

impl PartialEq for Type {
    fn eq(&self, other: &Type) -> bool {
        let [left, right] = [self, other].map(plain);
        let same = match (&left.element, &right.element) {
            (Element::Native(left), Element::Native(right)) => syntax::is_same_text(left, right),
            (left, right) => left == right,
        };
        same && left.array == right.array
    }
}

impl PartialEq for Default {
    fn eq(&self, other: &Default) -> bool {
        let sql = |default: &Default| match default {
            Default::Sql(sql) => sql.clone(),
            default => Sql::written(render::default(default)),
        };
        sql(self) == sql(other)
    }
}

impl Default {
    /// Gives the labels in it other names.
    pub(crate) fn rename_labels(&mut self, rename: impl Fn(&str) -> String) {
        let constants = match self {
            Default::Constant(constant) => std::slice::from_mut(constant),
            Default::Array(constants) => constants.as_mut_slice(),
            _ => return,
        };
        for constant in constants {
            if let Constant::Text(label) = constant {
                *label = rename(label);
            }
        }
    }
}

/// The type without a native spelling, where it has another.
pub(super) fn plain(ty: &Type) -> Type {
    match &ty.element {
        Element::Native(text) => read(text),
        _ => ty.clone(),
    }
}

/// The type of a text: `character varying(20)[]`, `int4`.
pub(super) fn read(text: &str) -> Type {
    let (text, array) = match text.trim().strip_suffix("[]") {
        Some(element) => (element.trim(), true),
        None => (text.trim(), false),
    };
    match element(text) {
        Some(element) => Type { element, array },
        None => {
            let suffix = if array { "[]" } else { "" };
            Type { element: Element::Native(spelled(text) + suffix), array: false }
        }
    }
}

fn element(text: &str) -> Option<Element> {
    let (name, numbers) = parts(text)?;
    let element = match (name.as_str(), numbers.as_slice()) {
        ("boolean" | "bool", []) => Element::Boolean,
        ("smallint" | "int2", []) => Element::SmallInt,
        ("integer" | "int" | "int4", []) => Element::Integer,
        ("bigint" | "int8", []) => Element::BigInt,
        ("real" | "float4", []) => Element::Real,
        ("double precision" | "float8" | "float", []) => Element::DoublePrecision,
        ("numeric" | "decimal", [precision]) => {
            Element::Numeric { precision: u16::try_from(*precision).ok()?, scale: 0 }
        }
        ("numeric" | "decimal", [precision, scale]) => Element::Numeric {
            precision: u16::try_from(*precision).ok()?,
            scale: u16::try_from(*scale).ok()?,
        },
        ("text", []) => Element::Text,
        ("character varying" | "varchar", [max]) => Element::Varchar(*max),
        ("bytea", []) => Element::Bytea,
        ("uuid", []) => Element::Uuid,
        ("date", []) => Element::Date,
        ("time" | "time without time zone", []) => Element::Time,
        ("timestamptz" | "timestamp with time zone", []) => Element::Timestamptz,
        ("timestamp" | "timestamp without time zone", []) => Element::Timestamp,
        ("jsonb", []) => Element::Jsonb,
        _ => return None,
    };
    Some(element)
}

/// A type's words in lower case, and the numbers in its parentheses.
fn parts(text: &str) -> Option<(String, Vec<u32>)> {
    let text = text.to_ascii_lowercase();
    let (before, rest) = text.split_once('(').unwrap_or((&text, ""));
    let (inner, after) = rest.split_once(')').unwrap_or(("", ""));
    let words: Vec<&str> = before.split_whitespace().chain(after.split_whitespace()).collect();
    let numbers = inner.split(',').map(str::trim).filter(|number| !number.is_empty());
    Some((words.join(" "), numbers.map(|number| number.parse().ok()).collect::<Option<_>>()?))
}

/// A type that Rex has none like, in PostgreSQL's own words.
fn spelled(text: &str) -> String {
    let Some((name, numbers)) = parts(text) else { return text.to_owned() };
    let numbers: Vec<String> = numbers.iter().map(u32::to_string).collect();
    let numbers = if numbers.is_empty() { String::new() } else { format!("({})", numbers.join(",")) };
    match name.as_str() {
        "char" | "character" | "bpchar" if numbers.is_empty() && name != "bpchar" => {
            "character(1)".to_owned()
        }
        "char" | "character" => format!("character{numbers}"),
        "varchar" => format!("character varying{numbers}"),
        "varbit" | "bit varying" => format!("bit varying{numbers}"),
        "decimal" => format!("numeric{numbers}"),
        "timetz" | "time with time zone" => format!("time{numbers} with time zone"),
        "timestamptz" | "timestamp with time zone" => format!("timestamp{numbers} with time zone"),
        "time" | "time without time zone" => format!("time{numbers} without time zone"),
        "timestamp" | "timestamp without time zone" => format!("timestamp{numbers} without time zone"),
        _ => text.to_owned(),
    }
}

//! Rust, and Diesel's macros.

use heck::ToUpperCamelCase;
use rex_schema::names as made;

use super::sql::{model_name, scalar};
use super::{Translation, remove};

pub(super) fn translate(text: &str) -> Translation {
    // Attributes stand before what they are of.
    let text = match text.split_once('\n') {
        Some((attribute, rest)) if attribute.starts_with("#[") => rest.trim_start(),
        _ => text,
    };
    let first = text.split([' ', '\t', '\n', '(', '{']).next().unwrap_or_default();
    let macro_name = first.strip_suffix('!').map(|path| path.rsplit("::").next().unwrap_or(path));
    match (first, macro_name) {
        (_, Some("table")) => table(text.split_once('{').map_or("", |(_, inside)| inside)),
        (_, Some(_)) => Translation { note: "relations are found by themselves", ..remove() },
        ("pub", _) => visibility(text),
        ("struct", _) => {
            let rest = text.strip_prefix("struct").unwrap_or_default();
            Translation {
                rex: Some(format!("model{rest}")),
                title: Some("write `model`".to_owned()),
                note: "a `.rex` file declares models; Rust is made from them",
                ..Translation::default()
            }
        }
        ("use" | "impl" | "fn" | "mod" | "trait", _) => {
            Translation { note: "a `.rex` file declares models; Rust is made from them", ..remove() }
        }
        _ if text.starts_with("#[") => {
            Translation { note: "attributes stand behind a field's type: `slug: String @unique`", ..remove() }
        }
        _ if text.contains('{') => table(text),
        _ => column(text),
    }
}

/// `pub struct User {` is a model, and everything is public.
fn visibility(text: &str) -> Translation {
    let mut words = text.split_whitespace().skip(1);
    let note = "all that a schema declares is public";
    match (words.next(), words.next()) {
        (None, _) => Translation { note, sure: true, ..remove() },
        (Some(kind @ ("struct" | "enum")), Some(_)) => {
            let keyword = if kind == "struct" { "model" } else { "enum" };
            let rest = text.split_once(kind).map_or("", |(_, rest)| rest);
            let title = Some(format!("write `{keyword}`"));
            Translation { rex: Some(format!("{keyword}{rest}")), title, sure: true, note }
        }
        _ => Translation { note: "a `.rex` file declares models; Rust is made from them", ..remove() },
    }
}

/// `id -> Int4`
fn column(text: &str) -> Translation {
    let field = field(text);
    Translation {
        sure: field.is_some(),
        rex: field,
        note: "a field is `name: Type`",
        ..Translation::default()
    }
}

fn field(text: &str) -> Option<String> {
    let (name, ty) = text.split_once("->")?;
    Some(format!("{}: {}", name.trim(), rex_type(ty.trim())?))
}

/// `Nullable<Array<Text>>`; no deeper than a column's type ever is.
fn rex_type(text: &str) -> Option<String> {
    let inside = |name: &str, text: &str| {
        let inner = text.strip_prefix(name)?.trim().strip_prefix('<')?.strip_suffix('>')?;
        Some(inner.trim().to_owned())
    };
    if let Some(inner) = inside("Nullable", text) {
        let mark = if inner.starts_with("Array") { "" } else { "?" };
        let bare =
            inside("Array", &inner).map_or_else(|| named(&inner), |of| Some(format!("[{}]", named(&of)?)));
        return Some(format!("{}{mark}", bare?));
    }
    match inside("Array", text) {
        Some(inner) => {
            Some(format!("[{}]", named(inner.trim_start_matches("Nullable<").trim_end_matches('>'))?))
        }
        None => named(text),
    }
}

fn named(text: &str) -> Option<String> {
    Some(match text {
        "Nullable" | "Array" => return None,
        "Timestamp" => "LocalDateTime".to_owned(),
        other => scalar(&other.to_lowercase(), None)?.0,
    })
}

/// `users (id) { id -> Int4, … }`, as Diesel prints its tables.
fn table(text: &str) -> Translation {
    let note = "a table is a `model`, and a column is `name: Type`";
    Translation { rex: model(text), note, ..Translation::default() }
}

fn model(text: &str) -> Option<String> {
    let (head, body) = text.split_once('{')?;
    let head = head.lines().filter(|line| !line.trim().starts_with("use ")).collect::<Vec<_>>().join(" ");
    let (table, key) = match head.trim().split_once('(') {
        Some((table, key)) => {
            (table.trim().to_owned(), key.trim_end().trim_end_matches(')').trim().to_owned())
        }
        None => (head.trim().to_owned(), "id".to_owned()),
    };
    let mut lines = Vec::new();
    let body = body.split('}').next().unwrap_or_default();
    for part in body.split([',', '\n']).map(str::trim).filter(|part| part.contains("->")) {
        let field = field(part)?;
        let is_key = part.split("->").next().is_some_and(|name| name.trim() == key);
        lines.push(format!("    {field}{}", if is_key { " @id" } else { "" }));
    }
    if key.contains(',') {
        lines.push(format!("\n    id ({key})"));
    }
    let name = model_name(&table);
    let is_plain = !name.is_empty() && name == name.to_upper_camel_case() && !lines.is_empty();
    if made::table(&name) != table {
        lines.push(format!("\n    table {}", rex_grammar::quote(&table)));
    }
    is_plain.then(|| format!("model {name} {{\n{}\n}}", lines.join("\n")))
}

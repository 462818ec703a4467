//! Prisma's schema language, where it is not ours.

use rex_schema::model::Scalar;

use super::{Translation, remove};
use crate::diagnostic::Diagnostic;
use crate::diagnostic::codes::Code::*;
use crate::source::{Place, Sources};

/// `datasource db { … }`, `generator client { … }`
pub(super) fn translate(text: &str) -> Translation {
    let note = match text.starts_with("datasource") {
        true => {
            "the databases are named in Cargo.toml: `databases = [\"postgres\"]` in [package.metadata.rex]"
        }
        false => "a build script generates the code: `rex_build::compile(\"schema\")`",
    };
    Translation { note, ..remove() }
}

/// `@@index([a, b])`
pub(in super::super) fn double_at(place: Place, name: &str, args: &str) -> Diagnostic {
    let diagnostic =
        Diagnostic::new(E0110, place, format!("`@@{name}` is written as a statement of its own"));
    let inner = args.trim_start_matches('(').trim_end_matches(')').trim();
    let statement = match name {
        "id" | "unique" | "index" => statement(name, inner),
        "map" if inner.starts_with('"') => Some(format!("table {inner}")),
        "schema" if inner.starts_with('"') => Some(format!("schema {inner}")),
        _ => None,
    };
    match (statement, name) {
        (Some(rex), _) => diagnostic.fix(format!("write `{rex}`"), place, rex).safe(),
        (None, "id" | "unique" | "index") => {
            diagnostic.help(format!("write `{name} (…)` with the names of fields"))
        }
        (None, "map") => diagnostic.help("the table's name is `table \"…\"`"),
        (None, "ignore") => diagnostic.help("leave the model out: other tables may stay in the database"),
        (None, "fulltext") => diagnostic.help("write `index (…) using gin`"),
        (None, _) => diagnostic.help(
            "statements are `table`, `schema`, `id`, `unique`, `index`, `check`, `renamed_from`, `unmanaged` and \
             `allow`",
        ),
    }
}

/// `[a, b(sort: Desc)], map: "name"` as a statement; `name: "…"` is for Prisma's client alone.
fn statement(keyword: &str, inner: &str) -> Option<String> {
    let (list, rest) = match inner.strip_prefix('[') {
        Some(inside) => inside.split_once(']')?,
        None => (inner, ""),
    };
    let part = |part: &str| {
        let part = part.trim();
        match part.split_once('(') {
            Some((field, "sort: Desc)")) => Some(format!("{field} desc")),
            Some((field, "sort: Asc)")) => Some(field.to_owned()),
            Some(_) => None,
            None => (!part.is_empty() && !part.contains([':', '"'])).then(|| part.to_owned()),
        }
    };
    let parts: Option<Vec<String>> = list.split(',').map(part).collect();
    let mut name = String::new();
    for argument in rest.split(',').map(str::trim).filter(|argument| !argument.is_empty()) {
        match argument.split_once(':')? {
            ("map", value) => name = format!(" {}", value.trim()),
            ("name", _) => {}
            _ => return None,
        }
    }
    Some(format!("{keyword}{name} ({})", parts?.join(", ")))
}

/// `@db.VarChar(255)`; `name` is without arguments.
pub(in super::super) fn dotted(sources: &Sources, place: Place, name: &str) -> Diagnostic {
    let diagnostic = Diagnostic::new(E0111, place, format!("no attribute is called `@{name}`"));
    let Some(native) = name.strip_prefix("db.") else { return diagnostic };
    let text = &sources.text(place.file)[place.span.range()];
    let args = text.find('(').map_or("", |at| &text[at..]);
    let Some(rex) = column_type(native, args) else {
        return diagnostic.help("a column type of one database is `@db(postgres: \"…\")`");
    };
    let Some((written, ty)) = type_before(sources, place) else {
        return diagnostic.help(format!("use the type `{rex}`"));
    };
    if written == rex {
        return diagnostic.fix(format!("`{rex}` is that already: remove it"), place, "").safe();
    }
    // A length narrows what the type is anyway; another type has other values.
    let is_same = rex.split('(').next() == Some(written);
    let diagnostic =
        diagnostic.fix_all(format!("use the type `{rex}`"), vec![(ty, rex), (place, String::new())]);
    if is_same { diagnostic.safe() } else { diagnostic }
}

/// The type of ours that has this column.
fn column_type(native: &str, args: &str) -> Option<String> {
    Some(match native {
        "VarChar" | "Char" if !args.is_empty() => format!("String{args}"),
        "Decimal" if !args.is_empty() => format!("Decimal{args}"),
        "VarChar" | "Text" => "String".to_owned(),
        "Uuid" => "Uuid".to_owned(),
        "SmallInt" => "SmallInt".to_owned(),
        "Integer" => "Int".to_owned(),
        "BigInt" => "BigInt".to_owned(),
        "Real" => "Float".to_owned(),
        "DoublePrecision" => "Double".to_owned(),
        "Boolean" => "Bool".to_owned(),
        "Timestamptz" => "DateTime".to_owned(),
        "Timestamp" => "LocalDateTime".to_owned(),
        "Date" => "Date".to_owned(),
        "Time" => "Time".to_owned(),
        "Json" | "JsonB" => "Json".to_owned(),
        "ByteA" => "Bytes".to_owned(),
        _ => return None,
    })
}

/// The scalar type that stands second on the line.
fn type_before(sources: &Sources, place: Place) -> Option<(&str, Place)> {
    let text = sources.text(place.file);
    let start = text[..place.span.start as usize].rfind('\n').map_or(0, |at| at + 1);
    let line = &text[start..place.span.start as usize];
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let name = line.find(is_word)?;
    let after = name + line[name..].find(|c| !is_word(c))?;
    let at = after + line[after..].find(is_word)?;
    let end = at + line[at..].find(|c| !is_word(c)).unwrap_or(line.len() - at);
    let word = &line[at..end];
    let span = rex_grammar::ast::Span::new(start + at, start + end);
    Scalar::NAMES.contains(&word).then_some((word, Place { span, ..place }))
}

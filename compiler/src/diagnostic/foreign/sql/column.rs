//! A column of SQL as a field.

use super::model_name;
use super::tokens::Token;

/// A field.
pub(super) struct Column {
    pub(super) rex: String,
    /// Whether it says all that the column says.
    pub(super) sure: bool,
}

/// A type in lower case with its arguments. Gives Rex's type, and whether the two are the same.
pub(in super::super) fn scalar(name: &str, args: Option<&str>) -> Option<(String, bool)> {
    let with = |base: &str| args.map(|args| format!("{base}({args})"));
    let plain = |base: &str| Some((base.to_owned(), args.is_none()));
    match name {
        "smallint" | "int2" | "smallserial" => plain("SmallInt"),
        "int" | "integer" | "int4" | "serial" | "mediumint" => plain("Int"),
        "bigint" | "int8" | "bigserial" => plain("BigInt"),
        "bool" | "boolean" => plain("Bool"),
        "tinyint" if args == Some("1") => Some(("Bool".to_owned(), false)),
        "tinyint" => plain("SmallInt"),
        "real" | "float4" => plain("Float"),
        "double" | "float" | "float8" | "double precision" => plain("Double"),
        "numeric" | "decimal" => {
            Some((with("Decimal").unwrap_or("Decimal(10, 2)".to_owned()), args.is_some()))
        }
        "money" => Some(("Decimal(19, 4)".to_owned(), false)),
        "varchar" | "character varying" => Some((with("String").unwrap_or("String".to_owned()), true)),
        "char" | "character" | "bpchar" => Some((with("String").unwrap_or("String(1)".to_owned()), false)),
        "text" | "tinytext" | "mediumtext" | "longtext" | "clob" => plain("String"),
        "citext" => Some(("String".to_owned(), false)),
        "bytea" | "blob" | "binary" => plain("Bytes"),
        "uuid" => plain("Uuid"),
        "date" => plain("Date"),
        "time" => plain("Time"),
        "timestamptz" | "timestamp with time zone" => plain("DateTime"),
        "timestamp" | "datetime" | "timestamp without time zone" => Some(("LocalDateTime".to_owned(), false)),
        "json" | "jsonb" => plain("Json"),
        _ => None,
    }
}

/// What is said behind the type.
#[derive(Default)]
pub(super) struct Said {
    required: bool,
    pub(super) is_null: bool,
    pub(super) default: Option<String>,
    pub(super) attributes: Vec<String>,
    references: Option<References>,
    pub(super) sure: bool,
}

/// What is said behind a type; none where a part is unknown, or leads to another table.
pub(super) fn said(tokens: &[Token<'_>], ty: &str) -> Option<Said> {
    let mut said = Said { sure: true, ..Said::default() };
    read(tokens, ty, &mut said)?;
    said.references.is_none().then_some(said)
}

/// A key to another table.
pub(super) struct References {
    pub(super) model: String,
    /// ` @on_delete(…)`, as written behind a field.
    pub(super) actions: String,
}

/// `email VARCHAR(255) NOT NULL UNIQUE`; none where a part of it is unknown.
pub(super) fn column(tokens: &[Token<'_>]) -> Option<Column> {
    let name = tokens.first()?.name();
    let is_name = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let (ty, counts, mut sure, rest) = ty(tokens.get(1..).filter(|_| is_name && !name.is_empty())?)?;
    let mut said = Said { sure: true, ..Said::default() };
    if counts {
        said.default = Some("autoincrement()".to_owned());
    }
    read(rest, &ty, &mut said)?;
    sure &= said.sure;
    let mark = if said.required || ty.starts_with('[') { "" } else { "?" };
    let (name, ty) = match &said.references {
        Some(References { model, actions }) => {
            said.attributes.push(actions.trim_start().to_owned());
            (relation_name(name), model.clone())
        }
        None => (name, ty),
    };
    let default = said.default.map(|default| format!(" = {default}")).unwrap_or_default();
    let attributes: String =
        said.attributes.iter().filter(|text| !text.is_empty()).map(|text| format!(" {text}")).collect();
    sure &= said.references.is_none();
    Some(Column { rex: format!("{name}: {ty}{mark}{default}{attributes}"), sure })
}

/// The type, whether it counts rows, whether it is the same in Rex, and what follows.
fn ty<'t, 'a>(tokens: &'t [Token<'a>]) -> Option<(String, bool, bool, &'t [Token<'a>])> {
    let mut words = tokens.first()?.text.to_lowercase();
    let counts = words.ends_with("serial");
    let mut used = 1;
    let next = |at: usize| tokens.get(at).map(|token| token.text.to_lowercase()).unwrap_or_default();
    let has_zone = |at: usize| matches!(next(at).as_str(), "with" | "without") && next(at + 1) == "time";
    let mut args = tokens.get(used).and_then(|token| token.inside());
    used += usize::from(args.is_some());
    match (words.as_str(), next(used).as_str()) {
        ("double", "precision") | ("character", "varying") => {
            words = format!("{words} {}", next(used));
            used += 1;
            args = tokens.get(used).and_then(|token| token.inside());
            used += usize::from(args.is_some());
        }
        ("timestamp", _) if has_zone(used) => {
            words = format!("timestamp {} time zone", next(used));
            used += 3;
            args = None;
        }
        _ => {}
    }
    let (mut rex, sure) = scalar(&words, args)?;
    if next(used) == "[" && next(used + 1) == "]" {
        rex = format!("[{rex}]");
        used += 2;
    }
    Some((rex, counts, sure, tokens.get(used..)?))
}

/// Reads what stands behind the type, and forgets nothing silently.
fn read(mut rest: &[Token<'_>], ty: &str, said: &mut Said) -> Option<()> {
    while let Some(first) = rest.first() {
        let word = |at: usize| rest.get(at).map(|token| token.text.to_lowercase()).unwrap_or_default();
        let used = match (first.text.to_lowercase().as_str(), word(1).as_str()) {
            ("not", "null") => {
                said.required = true;
                2
            }
            ("null", _) => {
                said.is_null = true;
                1
            }
            ("unique", _) => {
                said.attributes.push("@unique".to_owned());
                1
            }
            ("primary", "key") => {
                said.required = true;
                said.attributes.insert(0, "@id".to_owned());
                2
            }
            ("auto_increment" | "autoincrement", _) => {
                said.default = Some("autoincrement()".to_owned());
                1
            }
            ("generated", _) => {
                let end = rest.iter().position(|token| token.text.eq_ignore_ascii_case("identity"))?;
                said.default = Some("autoincrement()".to_owned());
                end + 1 + usize::from(rest.get(end + 1).is_some_and(|token| token.inside().is_some()))
            }
            ("default", _) => default(rest.get(1..)?, ty, said)? + 1,
            ("references", _) => {
                said.references = Some(references(rest)?);
                rest.len()
            }
            // Said otherwise in Rex, or not at all: a person has to look.
            ("check" | "collate" | "constraint" | "comment", _) => {
                said.sure = false;
                2
            }
            _ => return None,
        };
        rest = rest.get(used..).unwrap_or_default();
    }
    Some(())
}

/// Reads a default, and gives how many tokens it took.
fn default(tokens: &[Token<'_>], ty: &str, said: &mut Said) -> Option<usize> {
    let first = tokens.first()?.text;
    let is_call = tokens.get(1).is_some_and(|token| token.inside().is_some());
    let is_number = first.starts_with(|c: char| c.is_ascii_digit());
    let default = match first.to_lowercase().as_str() {
        "null" => None,
        "true" | "false" => Some(first.to_lowercase()),
        "now" | "current_timestamp" | "localtimestamp" => Some("now()".to_owned()),
        "current_date" => Some("today()".to_owned()),
        "gen_random_uuid" | "uuid_generate_v4" => Some("uuid4()".to_owned()),
        "nextval" => Some("autoincrement()".to_owned()),
        "'{}'" if ty.starts_with('[') => Some("[]".to_owned()),
        "-" => {
            said.default = Some(format!("-{}", tokens.get(1)?.text));
            return Some(2);
        }
        _ if is_number => Some(first.to_owned()),
        _ if first.starts_with('\'') => Some(rex_grammar::quote(&string(first))),
        _ => return None,
    };
    said.default = default;
    Some(1 + usize::from(is_call))
}

/// What a string of SQL says.
fn string(token: &str) -> String {
    let inside = token.strip_prefix('\'').unwrap_or(token);
    inside.strip_suffix('\'').unwrap_or(inside).replace("''", "'")
}

/// `REFERENCES users (id) ON DELETE CASCADE`
pub(super) fn references(tokens: &[Token<'_>]) -> Option<References> {
    let model = model_name(tokens.get(1)?.name());
    let mut actions = String::new();
    for (at, token) in tokens.iter().enumerate() {
        let word = |at: usize| tokens.get(at).map(|token| token.text.to_lowercase()).unwrap_or_default();
        if !token.text.eq_ignore_ascii_case("on") {
            continue;
        }
        let attribute = if word(at + 1) == "delete" { "on_delete" } else { "on_key_change" };
        let action = match word(at + 2).as_str() {
            "set" => format!("set_{}", word(at + 3)),
            "no" => "no_action".to_owned(),
            other => other.to_owned(),
        };
        actions.push_str(&format!(" @{attribute}({action})"));
    }
    Some(References { model, actions })
}

/// `author_id` is the column of the relation `author`.
pub(super) fn relation_name(column: &str) -> &str {
    let column = column.trim().trim_matches(['"', '`']);
    column.strip_suffix("_id").filter(|name| !name.is_empty()).unwrap_or(column)
}

//! SQL's definitions of tables.

mod column;
mod tokens;

use heck::ToUpperCamelCase;
use rex_schema::names as made;

use super::Translation;
use tokens::{Token, tokens};

pub(super) use column::scalar;

/// A column, a constraint or a statement.
pub(super) fn translate(text: &str) -> Translation {
    let tokens = tokens(text);
    let words: Vec<String> = tokens.iter().map(|token| token.text.to_lowercase()).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["create", "table", ..] => Translation {
            rex: table(&tokens),
            note: "a table is a `model`, whose columns are fields: `name: Type`",
            ..Translation::default()
        },
        ["create", "type", ..] => Translation {
            rex: enumeration(&tokens),
            note: "a type with labels is an `enum`",
            ..Translation::default()
        },
        ["create", "index", ..] | ["create", "unique", "index", ..] => Translation {
            note: "an index is a statement of its model: `index (a, b)`, `unique (a, b)`",
            ..Translation::default()
        },
        ["create", "view", ..] | ["create", "materialized", ..] | ["create", "or", ..] => Translation {
            note: "a view is declared: `view Name { …  sql(\"select …\") }`",
            ..Translation::default()
        },
        ["create" | "alter" | "drop" | "insert" | "grant" | "comment" | "truncate", ..] => Translation {
            note: "a `.rex` file says what the tables are; what changes a database is a migration",
            ..Translation::default()
        },
        _ => match constraint(&tokens) {
            Some(translation) => translation,
            None => {
                let column = column::column(&tokens);
                let sure = column.as_ref().is_some_and(|column| column.sure);
                let rex = column.map(|column| column.rex);
                Translation {
                    rex,
                    sure,
                    note: "a field is `name: Type`, and is required unless it says `?`",
                    ..Translation::default()
                }
            }
        },
    }
}

/// What words of SQL behind a field are in Rex.
pub(super) struct Behind {
    /// What stands right behind the type: `?`, ` = default`.
    pub(super) of_type: String,
    pub(super) attributes: String,
    pub(super) is_sure: bool,
}

/// A field's type, what of Rex stands behind it, and the rest, which is SQL. None where a part of the
/// rest is unknown.
pub(super) fn behind_field(ty: &str, middle: &str, rest: &str) -> Option<Behind> {
    let said = column::said(&tokens(rest), ty)?;
    let mark = if said.is_null && !ty.ends_with('?') && !ty.starts_with('[') { "?" } else { "" };
    let default = match said.default {
        Some(_) if middle.trim_start().starts_with('=') => return None,
        Some(default) => format!(" = {default}"),
        None => String::new(),
    };
    let attributes = said.attributes.iter().map(|text| format!(" {text}")).collect();
    Some(Behind { of_type: format!("{mark}{default}"), attributes, is_sure: said.sure })
}

/// `PRIMARY KEY (a, b)` and its like.
fn constraint(tokens: &[Token<'_>]) -> Option<Translation> {
    let is =
        |at: usize, word: &str| tokens.get(at).is_some_and(|token| token.text.eq_ignore_ascii_case(word));
    if is(0, "constraint") {
        let name = tokens.get(1)?.name();
        return named(constraint(tokens.get(2..)?)?, name);
    }
    let group = |at: usize| tokens.get(at).and_then(|token| token.inside());
    let plain = |keyword: &str, inside: &str| Translation {
        rex: Some(format!("{keyword} ({})", inside.replace(['"', '`'], ""))),
        sure: true,
        note: "what concerns several fields is a statement of its model",
        ..Translation::default()
    };
    if is(0, "primary") && is(1, "key") {
        return Some(plain("id", group(2)?));
    }
    if is(0, "unique") {
        return Some(plain("unique", group(1).or_else(|| group(2)).or_else(|| group(3))?));
    }
    if is(0, "check") {
        let note = "conditions have Rust's operators: `==`, `&&`, `||`, `!`";
        return Some(Translation {
            rex: Some(format!("check ({})", group(1)?)),
            note,
            ..Translation::default()
        });
    }
    if is(0, "index") || is(0, "key") {
        return match group(1) {
            Some(inside) => Some(plain("index", inside)),
            None => named(plain("index", group(2)?), tokens.get(1)?.name()),
        };
    }
    if is(0, "foreign") && is(1, "key") {
        let fields = group(2)?;
        let references = column::references(tokens.get(3..)?)?;
        let field = column::relation_name(fields.split(',').next()?);
        let rex = format!("{field}: {}? @fields({fields}){}", references.model, references.actions);
        let note = "a relation is a field: `author: User` makes the column `author_id` by itself";
        return Some(Translation { rex: Some(rex), note, ..Translation::default() });
    }
    None
}

/// A statement's own name is a string behind its keyword.
fn named(mut statement: Translation, name: &str) -> Option<Translation> {
    let rex = statement.rex?;
    let (keyword, rest) = rex.split_once(' ')?;
    // A primary key has no name of its own, a relation says it otherwise.
    let rex = match keyword {
        "id" => rex.clone(),
        "unique" | "index" | "check" => format!("{keyword} {} {rest}", rex_grammar::quote(name)),
        _ => format!("{rex} @constraint({})", rex_grammar::quote(name)),
    };
    statement.rex = Some(rex);
    Some(statement)
}

/// `CREATE TABLE users (…)`
fn table(tokens: &[Token<'_>]) -> Option<String> {
    let at = tokens.iter().position(|token| token.inside().is_some())?;
    let name = tokens.get(at.checked_sub(1)?)?.name();
    let model = model_name(name);
    let (mut fields, mut statements) = (Vec::new(), Vec::new());
    for part in tokens::parts(tokens[at].inside()?) {
        let part = tokens::tokens(part);
        match constraint(&part) {
            Some(statement) => statements.push(format!("    {}", statement.rex?)),
            None => fields.push(format!("    {}", column::column(&part)?.rex)),
        }
    }
    if made::table(&model) != name {
        statements.push(format!("    table {}", rex_grammar::quote(name)));
    }
    if !statements.is_empty() {
        fields.push(String::new());
    }
    fields.append(&mut statements);
    (!model.is_empty()).then(|| format!("model {model} {{\n{}\n}}", fields.join("\n")))
}

/// `CREATE TYPE mood AS ENUM ('sad', 'ok')`
fn enumeration(tokens: &[Token<'_>]) -> Option<String> {
    let name = tokens.get(2)?.name().to_upper_camel_case();
    let labels = tokens.iter().find_map(|token| token.inside())?;
    let labels: Vec<&str> =
        tokens::parts(labels).into_iter().map(|part| part.trim().trim_matches('\'')).collect();
    let plain = |label: &&str| {
        label.starts_with(|c: char| c.is_ascii_lowercase())
            && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    let is_enum = tokens.iter().any(|token| token.text.eq_ignore_ascii_case("enum"));
    (is_enum && labels.iter().all(plain)).then(|| format!("enum {name} {{ {} }}", labels.join(", ")))
}

/// The model whose table is called so.
pub(super) fn model_name(table: &str) -> String {
    made::singular(table).to_upper_camel_case()
}

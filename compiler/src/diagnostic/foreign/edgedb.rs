//! EdgeDB's schema language.

use heck::ToSnakeCase;

use super::{Translation, remove};

/// Words before a property or a link.
const WORDS: [&str; 6] = ["required", "optional", "multi", "single", "property", "link"];

pub(super) fn translate(text: &str) -> Translation {
    let first = text.split([' ', '\t', '\n', '(']).next().unwrap_or_default();
    match first {
        "required" | "property" | "link" | "single" if text == first => {
            Translation { note: "a field is required unless its type says `?`", ..remove() }
        }
        "optional" if text == first => {
            Translation { note: "what may be absent has `?` behind its type", ..remove() }
        }
        "multi" if text == first => {
            Translation { note: "many are in brackets: `friends: [Person]`", ..remove() }
        }
        "module" => Translation {
            note: "all files of the folder are one schema: declarations stand side by side, in no module",
            ..Translation::default()
        },
        "constraint" => Translation {
            note: "rules are attributes behind a field's type: `name: String @unique @length(1..)`",
            ..Translation::default()
        },
        "alias" => Translation { note: "a query with a name is a `view`", ..Translation::default() },
        "index" => index(text),
        "scalar" => scalar(text),
        "abstract" | "type" => declaration(text),
        _ if text.contains(":=") => Translation {
            note: "what the database computes is a field: `total: Int @computed(price * 2)`",
            ..Translation::default()
        },
        _ => property(text),
    }
}

/// `index on (.title)`
fn index(text: &str) -> Translation {
    let rex = text.split_once('(').map(|(_, parts)| format!("index ({}", parts.replace(['.', '('], "")));
    let rex = rex.filter(|rex| rex.ends_with(')'));
    Translation { rex, note: "an index names fields", ..Translation::default() }
}

/// `scalar type Color extending enum<Red, Green>`
fn scalar(text: &str) -> Translation {
    let note = "scalar types are built in, and a set of names is an `enum`";
    let name = text.split_whitespace().nth(2).unwrap_or_default();
    let labels = text.split_once("enum<").and_then(|(_, labels)| labels.split('>').next());
    let rex = labels.map(|labels| {
        let labels: Vec<String> = labels.split(',').map(|label| label.trim().to_snake_case()).collect();
        format!("enum {name} {{ {} }}", labels.join(", "))
    });
    Translation { rex, note, ..Translation::default() }
}

/// `abstract type Named {`, `type Person extending Named {`, with its lines. One that is not understood
/// becomes a comment.
fn declaration(text: &str) -> Translation {
    let note =
        "a type with a table is a `model`; one that others extend is a `mixin`, taken in `with` its name";
    let (head, rest) = text.split_once('{').unwrap_or((text, ""));
    let keyword = if head.starts_with("abstract") { "mixin" } else { "model" };
    let title = head.trim_start_matches("abstract").trim_start().trim_start_matches("type").trim();
    let title = title.replace(" extending ", " with ");
    let rest: String = rest.split('\n').map(member).collect::<Vec<_>>().join("\n");
    Translation {
        rex: Some(format!("{keyword} {title} {{{rest}")),
        title: Some(format!("write `{keyword} {title} {{`")),
        note,
        ..Translation::default()
    }
}

fn member(line: &str) -> String {
    let bare = line.trim().trim_end_matches(';');
    let indent = &line[..line.len() - line.trim_start().len()];
    match bare {
        "" | "}" => line.to_owned(),
        _ => match translate(bare).rex.filter(|rex| !rex.is_empty()) {
            Some(rex) => format!("{indent}{rex}"),
            None => format!("{indent}// {bare}"),
        },
    }
}

/// `required property name -> str`
fn property(text: &str) -> Translation {
    let note = "a field is `name: Type`, required unless its type says `?`, and many are `[Type]`";
    let rex = field(text);
    Translation { rex, note, ..Translation::default() }
}

fn field(text: &str) -> Option<String> {
    let (head, ty) = text.split_once("->").or_else(|| text.split_once(':'))?;
    let mut words: Vec<&str> = head.split_whitespace().collect();
    let name = words.pop()?;
    let ty = scalar_type(ty.trim())?;
    let has = |word: &str| words.contains(&word);
    let is_known = words.iter().all(|word| WORDS.contains(word));
    let ty = match (has("multi"), has("required")) {
        (true, _) => format!("[{ty}]"),
        (false, true) => ty,
        (false, false) => format!("{ty}?"),
    };
    is_known.then(|| format!("{name}: {ty}"))
}

fn scalar_type(text: &str) -> Option<String> {
    Some(match text.trim_start_matches("std::") {
        "str" => "String".to_owned(),
        "int16" => "SmallInt".to_owned(),
        "int32" => "Int".to_owned(),
        "int64" => "BigInt".to_owned(),
        "float32" => "Float".to_owned(),
        "float64" => "Double".to_owned(),
        "bool" => "Bool".to_owned(),
        "datetime" => "DateTime".to_owned(),
        "uuid" => "Uuid".to_owned(),
        "json" => "Json".to_owned(),
        "bytes" => "Bytes".to_owned(),
        "cal::local_datetime" => "LocalDateTime".to_owned(),
        "cal::local_date" => "Date".to_owned(),
        "cal::local_time" => "Time".to_owned(),
        name => {
            let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            let is_type = is_name && name.starts_with(|c: char| c.is_ascii_uppercase());
            return is_type.then(|| name.to_owned());
        }
    })
}

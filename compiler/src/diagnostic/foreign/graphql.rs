//! GraphQL's schema language.

use rex_schema::model::Scalar;

use super::{Translation, remove};

pub(super) fn translate(text: &str) -> Translation {
    let mut words = text.split_whitespace();
    let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    match first {
        "type" if second.is_empty() => Translation {
            rex: Some("model".to_owned()),
            sure: true,
            note: "what has an id is a `model`; a `type` of Rex is a part of one, without a table of its own",
            ..Translation::default()
        },
        "type" | "interface" => implements(text, if first == "type" { "model" } else { "mixin" }),
        "scalar" if Scalar::NAMES.contains(&second) => {
            Translation { note: "scalar types are built in", ..remove() }
        }
        "scalar" => Translation {
            note: "scalar types are built in; a Rust type over one is `@rust(\"…\")` on the field",
            ..remove()
        },
        "input" => Translation { note: "what a row is made from needs no declaration", ..remove() },
        "extend" => Translation {
            note: "a declaration stands in one place: write these fields there",
            ..Translation::default()
        },
        "directive" | "schema" | "query" | "mutation" | "fragment" => {
            Translation { note: "a `.rex` file says what is stored, not how it is asked for", ..remove() }
        }
        _ if text.starts_with('"') => Translation {
            rex: Some(format!("/// {}", text.trim_matches('"').trim())),
            sure: true,
            note: "documentation begins with `///`",
            ..Translation::default()
        },
        _ => arguments(text),
    }
}

/// `type Post implements Node & Entity @key(fields: "id") {`: the head alone is translated.
fn implements(text: &str, keyword: &str) -> Translation {
    let (head, rest) = text.split_once('{').unwrap_or((text, ""));
    let (head, directives) = head.split_once('@').unwrap_or((head, ""));
    let note = match directives {
        "" => "an interface is a `mixin`, and a model takes it in `with` its name",
        _ => "attributes stand on fields; an interface is a `mixin`, and a model takes it in `with` its name",
    };
    let (title, interfaces) = match head.split_once("implements") {
        Some((title, interfaces)) => (title, interfaces.replace('&', ",")),
        None => (head, String::new()),
    };
    let name = title.split_whitespace().nth(1).unwrap_or_default();
    let mixins: Vec<&str> = interfaces.split([',', ' ']).filter(|name| !name.is_empty()).collect();
    let with = if mixins.is_empty() { String::new() } else { format!(" with {}", mixins.join(", ")) };
    let rex = format!("{keyword} {name}{with} {{{rest}");
    let title = Some(format!("write `{keyword} {name}{with} {{`"));
    Translation { rex: Some(rex), title, sure: false, note }
}

/// `posts(first: Int = 10): [Post]`
fn arguments(text: &str) -> Translation {
    let note = "a field takes no arguments: a list is filtered where it is asked for";
    let rex = match (text.find('('), text.find("):")) {
        (Some(open), Some(close)) => {
            // Without the marks of what is required, which would be told next.
            format!("{}{}", &text[..open], &text[close + 1..]).replace('!', "")
        }
        _ => return Translation { note, ..Translation::default() },
    };
    Translation { rex: Some(rex), note, ..Translation::default() }
}

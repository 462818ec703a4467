//! TypeScript's classes and interfaces, as its libraries describe tables with them.

use super::{Translation, remove};

pub(super) fn translate(text: &str) -> Translation {
    let first = text.split([' ', '\t', '\n', '(']).next().unwrap_or_default();
    match first {
        "import" => Translation { note: "all files of the folder are one schema", ..remove() },
        "export" => export(text),
        "const" | "let" => Translation { note: "a schema declares no constants", ..Translation::default() },
        "readonly" | "private" | "public" | "protected" | "declare" if !text.contains(' ') => Translation {
            note: "all that a schema declares is public; what is never updated is `@immutable`",
            ..remove()
        },
        "constructor" | "static" => {
            Translation { note: "a model holds fields, and no functions", ..remove() }
        }
        _ => Translation {
            note: "a class is a `model`, and attributes stand behind a field's type: `email: String @unique`",
            ..Translation::default()
        },
    }
}

/// `export class User {`: the head alone is translated.
fn export(text: &str) -> Translation {
    let note = "a class is a `model`, and all that a schema declares is public";
    let words: Vec<&str> = text.split_whitespace().take(5).collect();
    let kind = words.iter().find_map(|word| match *word {
        "class" | "interface" => Some((*word, "model")),
        "type" => Some(("type", "type")),
        "enum" => Some(("enum", "enum")),
        _ => None,
    });
    let Some((word, keyword)) = kind else { return Translation { note, ..Translation::default() } };
    let rest = text.split_once(word).map_or("", |(_, rest)| rest);
    let is_block = rest.split('\n').next().is_some_and(|line| line.contains('{'));
    Translation {
        rex: is_block.then(|| format!("{keyword}{rest}")),
        title: Some(format!("write `{keyword}`")),
        note,
        ..Translation::default()
    }
}

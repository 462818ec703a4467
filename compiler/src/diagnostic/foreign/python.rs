//! Python's classes: Django's models, and SQLAlchemy's.

mod field;

use super::{Translation, remove};

pub(super) fn translate(text: &str) -> Translation {
    let first = text.split([' ', '\t', '\n', '(', '=']).next().unwrap_or_default();
    match first {
        "from" | "import" => Translation { note: "all files of the folder are one schema", ..remove() },
        "class" if text.contains("Meta") && !text.contains('(') => Translation {
            note: "what concerns the table are statements: `table \"…\"`, `unique (a, b)`, `index (a)`",
            ..Translation::default()
        },
        "class" => class(text),
        "def" | "return" | "pass" => Translation {
            note: "a model holds fields and statements, and no functions",
            ..Translation::default()
        },
        "__tablename__" => Translation {
            rex: text.split_once('=').and_then(|(_, name)| table(name)),
            note: "the table's name is a statement",
            ..Translation::default()
        },
        _ => Translation {
            rex: field::translate(text),
            note: "a field is `name: Type = default @attribute`",
            ..Translation::default()
        },
    }
}

fn table(name: &str) -> Option<String> {
    let name = name.trim().trim_matches(['"', '\'']);
    let is_plain = !name.is_empty() && !name.contains(['"', '\\', '\'']);
    is_plain.then(|| format!("table \"{name}\""))
}

/// `class Post(models.Model):`, with its fields. A line that is not understood becomes a comment.
fn class(text: &str) -> Translation {
    let note = "a class is a `model`, and a field is `name: Type = default @attribute`";
    let mut lines = text.lines();
    let head = lines.next().unwrap_or_default();
    let name = head.trim_start_matches("class").split(['(', ':']).next().unwrap_or_default().trim();
    let rest: Vec<String> = lines.map(str::trim).filter(|line| !line.is_empty()).map(member).collect();
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let key = match rest.iter().any(|line| line.contains("@id")) {
        true => "",
        false => "    id: BigInt = autoincrement() @id\n",
    };
    let body: String = rest.iter().map(|line| format!("    {line}\n")).collect();
    let rex = is_name.then(|| format!("model {name} {{\n{key}{body}}}"));
    Translation { rex, note, ..Translation::default() }
}

fn member(line: &str) -> String {
    let is_table = line.starts_with("__tablename__");
    let rex = match line.split_once('=') {
        Some((_, name)) if is_table => table(name),
        _ => field::translate(line),
    };
    rex.unwrap_or_else(|| format!("// {line}"))
}

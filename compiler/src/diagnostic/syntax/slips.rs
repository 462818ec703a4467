//! What was meant, where it is clear: spellings that are nearly Rex's.

use rex_grammar::SyntaxErrorKind as Kind;
use rex_grammar::ast::Span;

use crate::diagnostic::codes::Code::*;
use crate::diagnostic::{Diagnostic, expressions};
use crate::source::{Place, Sources};

/// Spellings that the grammar reads all the same.
pub(super) fn slip(sources: &Sources, place: Place, kind: &Kind) -> Diagnostic {
    let at = |span| Place { file: place.file, span };
    let text = &sources.text(place.file)[place.span.range()];
    match kind {
        Kind::TypeSpelling { rex } => type_spelling(place, rex.as_deref()),
        Kind::OptionalName { end } => {
            let diagnostic = Diagnostic::new(E0134, place, "`?` stands behind a type, not behind a name");
            let edit = (place, String::new());
            match end {
                Some(end) => diagnostic
                    .fix_all("move it behind the type", vec![edit, (at(*end), "?".to_owned())])
                    .safe(),
                None => diagnostic.fix("remove it", place, "").safe(),
            }
        }
        Kind::Walrus => expressions::foreign(place, ":=", "=", vec![(place, "=".to_owned())]),
        Kind::Colons => expressions::foreign(place, "::", ".", vec![(place, ".".to_owned())]),
        Kind::DefaultWithoutType { ty } => {
            let diagnostic = Diagnostic::new(E0107, place, format!("`{text}` has no type"));
            let behind = sources.text(place.file)[place.span.end as usize..].trim_start();
            match ty {
                Some(ty) if behind.starts_with('=') => {
                    diagnostic.fix(format!("write `{text}: {ty}`"), at(place.span.after()), format!(": {ty}"))
                }
                _ => diagnostic
                    .help(format!("a field is `name: Type = default`, for example `{text}: Int = 5`")),
            }
        }
        Kind::BareArgument { name, value, end } if name == "default" => {
            Diagnostic::new(E0131, place, "a default stands behind its type, after `=`")
                .note("a field is `name: Type = default @attribute`")
                .fix_all(
                    format!("write `= {value}`"),
                    vec![(at(*end), format!(" = {value}")), (place, String::new())],
                )
                .safe()
        }
        Kind::BareArgument { name, value, .. } => {
            Diagnostic::new(E0307, place, format!("the arguments of `@{name}` stand in parentheses"))
                .fix(format!("write `@{name}({value})`"), place, format!("@{name}({value})"))
                .safe()
        }
        _ => surplus_bar(place, matches!(kind, Kind::SurplusBar { members: 2.. })),
    }
}

fn type_spelling(place: Place, rex: Option<&str>) -> Diagnostic {
    match rex {
        Some(rex) => Diagnostic::new(E0134, place, format!("this type is written `{rex}`"))
            .note("what may be absent is `T?`, and many are `[T]`")
            .fix(format!("write `{rex}`"), place, rex)
            .safe(),
        None => Diagnostic::new(E0134, place, "this is no type of Rex's")
            .note("what may be absent is `T?`, many are `[T]`, and a closed set of names is an `enum`")
            .help("for values of any shape, write `Json`"),
    }
}

fn surplus_bar(place: Place, is_enough: bool) -> Diagnostic {
    let diagnostic = Diagnostic::new(E0101, place, "no model stands behind this `|`");
    match is_enough {
        true => diagnostic.fix("remove it, or name another", place, ""),
        false => diagnostic.help("a union has two members at least: `union Owner = User | Group`"),
    }
}

/// The rest of a statement that names no fields in parentheses.
fn in_parentheses(line: &str) -> String {
    // `index by_title on posts (title)`, `unique index (title)`
    if let Some((words, parts)) = line.split_once('(')
        && parts.trim_end().ends_with(')')
        && !words.trim().is_empty()
    {
        let mut names = words.split_whitespace().take_while(|word| !word.eq_ignore_ascii_case("on"));
        let name = names.next().filter(|word| !word.eq_ignore_ascii_case("index"));
        let is_name = |name: &&str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let name = name.filter(is_name).map(|name| format!("\"{name}\" ")).unwrap_or_default();
        return format!("{name}({}", parts.trim_end());
    }
    let bare = line.strip_prefix("on ").unwrap_or(line).trim();
    let inside = [('[', ']'), ('(', ')')]
        .iter()
        .find_map(|&(open, close)| bare.strip_prefix(open).and_then(|bare| bare.strip_suffix(close)));
    format!("({})", inside.unwrap_or(bare))
}

/// What was meant by something unexpected, where that is clear.
pub(super) fn intended(
    sources: &Sources,
    place: Place,
    found: &str,
    expected: &[&'static str],
    diagnostic: Diagnostic,
) -> Diagnostic {
    let rest = &sources.text(place.file)[place.span.start as usize..];
    let line = rest.split(['\n', '}']).next().unwrap_or_default().split("//").next().unwrap_or_default();
    let line = line.trim_end().trim_end_matches([',', ';']);
    let to = |length: usize| {
        let start = place.span.start as usize;
        Place { span: Span::new(start, start + length), ..place }
    };
    let keyword = found.to_lowercase();
    let is_clause = keyword != found && ["where", "using", "include"].contains(&keyword.as_str());
    match (found, expected) {
        (_, ["names in parentheses" | "a condition in parentheses"]) if !line.is_empty() => {
            let text = in_parentheses(line);
            diagnostic.fix(format!("write `{text}`"), to(line.len()), text)
        }
        ("-", _) if rest.starts_with("--") => {
            diagnostic.fix("a comment begins with `//`", to(2), "//").safe()
        }
        ("#", _) => diagnostic.fix("a comment begins with `//`", place, "//"),
        ("?", ["`:`"]) => diagnostic.help("what may be absent has `?` behind its type: `name: String?`"),
        ("{", expected) if expected.contains(&"a value") => {
            diagnostic.help("JSON stands in a text: `\"{}\"`")
        }
        ("{", ["a type"]) => diagnostic.help("declare it: `type Name { … }`, and write `Name` here"),
        ("{", expected) if expected.contains(&"an attribute") => {
            diagnostic.help("what concerns a field are attributes behind its type: `name: String @unique`")
        }
        ("|", expected) if expected.contains(&"an attribute") => {
            diagnostic.help("a reference to a row of one of several models is a `union`, declared by itself")
        }
        ("Date", _) if sources.text(place.file)[..place.span.start as usize].ends_with("new ") => {
            diagnostic.help("a default is a constant or a function: `DateTime = now()`")
        }
        (text, ["a type"]) if text.starts_with('"') => {
            diagnostic.help("a closed set of names is an `enum`: declare `enum Name { a, b }`, and write `Name` here")
        }
        ("\"\"", [keywords]) if rest.starts_with("\"\"\"") && keywords.starts_with("`model`") => {
            diagnostic.help("documentation begins with `///`, on each line")
        }
        ("extends" | "implements" | "extending" | "inherits" | ":", expected) if expected.contains(&"`{`") => diagnostic
            .note("fields that several models have in common are a `mixin`")
            .fix("write `with`", place, if found == ":" { " with" } else { "with" }),
        ("=", expected) if expected.contains(&"`{`") => diagnostic
            .note("a type has no second name; `type Name { … }` is several fields together")
            .help("write the type itself where it is used; `@rust(\"crate::Name\")` on a field gives it a type of yours"),
        ("abstract", [keywords]) if keywords.starts_with("`model`") => {
            let words = line.find("model").filter(|at| line["abstract".len()..*at].trim().is_empty());
            let diagnostic = diagnostic.note("fields that several models have in common are a `mixin`");
            match words {
                Some(at) => diagnostic.fix("write `mixin`", to(at + "model".len()), "mixin"),
                None => diagnostic,
            }
        }
        ("include" | "import", [keywords]) if keywords.starts_with("`model`") => {
            diagnostic.fix("all files of the folder are one schema: remove it", to(line.len()), "")
        }
        (";", expected) if expected.contains(&"`,`") => diagnostic.fix("write `,`", place, ",").safe(),
        (_, expected) if is_clause && expected.contains(&"`where`") => {
            diagnostic.fix(format!("write `{keyword}`"), place, keyword).safe()
        }
        _ => diagnostic,
    }
}

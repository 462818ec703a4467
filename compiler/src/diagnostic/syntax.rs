//! Syntax: what the grammar found, in words.

mod slips;

use rex_grammar::ast::Span;
use rex_grammar::{
    MAX_BYTES, MAX_DECLARATION, MAX_DEPTH, MAX_MEMBERS, MAX_PARTS, MAX_TOKENS, SyntaxError,
    SyntaxErrorKind as Kind,
};

use super::codes::Code::*;
use super::{Diagnostic, foreign, listed};
use crate::source::{FileId, Place, Sources};

/// Words for a fault of syntax.
pub(crate) fn syntax(sources: &Sources, file: FileId, error: &SyntaxError) -> Diagnostic {
    let place = Place { file, span: error.span };
    let at = |span| Place { file, span };
    match &error.kind {
        Kind::Unexpected { found, expected } => unexpected(sources, place, found, expected),
        Kind::UnknownDeclaration { word } => {
            Diagnostic::new(E0102, place, format!("`{word}` declares nothing"))
                .note("a declaration begins with `model`, `enum`, `type`, `mixin`, `view` or `union`")
                .also(|diagnostic| match word.to_lowercase().as_str() {
                    "class" | "table" | "struct" | "entity" | "object" | "interface" | "record" => {
                        diagnostic.fix("write `model`", place, "model").safe()
                    }
                    _ => diagnostic.suggest(place, word, ["model", "enum", "type", "mixin", "view", "union"]),
                })
        }
        Kind::Unclosed { bracket } => {
            let close = closing(*bracket);
            Diagnostic::new(E0103, place, format!("this `{bracket}` is never closed"))
                .label("opened here")
                .help(format!("add `{close}` where it ends"))
        }
        Kind::MissingBrace { is_closed } => {
            let diagnostic = Diagnostic::new(E0101, place, "no `{` opens what follows").label("expected `{`");
            match is_closed {
                true => diagnostic.fix("add it", place, " {").safe(),
                false => diagnostic.help("put it between `{` and `}`"),
            }
        }
        Kind::Mismatched { open, open_span, close } => {
            let wanted = closing(*open);
            Diagnostic::new(E0104, place, format!("`{close}` does not close `{open}`"))
                .see(at(*open_span), "opened here")
                .fix(format!("close it with `{wanted}`"), place, wanted)
        }
        Kind::Unopened { bracket } => Diagnostic::new(
            E0105,
            place,
            format!("this `{bracket}` closes nothing"),
        )
        .fix("remove it", place, ""),
        Kind::MissingColon => {
            let name = text(sources, place);
            Diagnostic::new(E0106, place, format!("`{name}` has no colon before its type"))
                .note("a field is `name: Type`")
                .fix("add `:`", at(error.span.after()), ":")
                .safe()
        }
        Kind::MissingType => {
            let name = text(sources, place);
            Diagnostic::new(E0107, place, format!("`{name}` has no type"))
                .help(format!("a field is `name: Type`, for example `{name}: String`"))
        }
        Kind::Foreign { language, whole } => foreign::foreign(sources, place, *language, *whole),
        Kind::SqlBehindField { whole, ty } => foreign::behind_field(sources, place, *whole, *ty),
        Kind::Generic { rex, is_sure } => foreign::generic(place, rex, *is_sure),
        Kind::Bidirectional { character, escapes } => {
            foreign::bidirectional(file, error.span, *character, *escapes)
        }
        other => spelling(sources, place, other).unwrap_or_else(|| limits(sources, place, other)),
    }
}

fn unexpected(sources: &Sources, place: Place, found: &str, expected: &[&'static str]) -> Diagnostic {
    let message = match found {
        "" => "the line ends too early".to_owned(),
        found => format!("unexpected `{found}`"),
    };
    let diagnostic = Diagnostic::new(E0101, place, message);
    let diagnostic = match expected {
        [] => diagnostic,
        [one] => diagnostic.label(format!("expected {one}")),
        [init @ .., last] => diagnostic.label(format!("expected {} or {last}", init.join(", "))),
    };
    slips::intended(sources, place, found, expected, diagnostic)
}

/// Spellings of other languages.
fn spelling(sources: &Sources, place: Place, kind: &Kind) -> Option<Diagnostic> {
    let at = |span| Place { file: place.file, span };
    Some(match kind {
        Kind::ArraySuffix { element } => {
            Diagnostic::new(E0108, place, format!("a list is written `[{element}]`"))
                .fix(format!("write `[{element}]`"), place, format!("[{element}]"))
                .safe()
        }
        Kind::BangSuffix { others } => {
            let all = [place.span].into_iter().chain(others.iter().copied());
            Diagnostic::new(E0109, place, "a type is required without `!`")
                .note("only optional types carry a mark: `String?`")
                .fix_all("remove it", all.map(|span| (at(span), String::new())).collect())
                .safe()
        }
        Kind::TypeSpelling { .. }
        | Kind::OptionalName { .. }
        | Kind::Walrus
        | Kind::Colons
        | Kind::DefaultWithoutType { .. }
        | Kind::BareArgument { .. }
        | Kind::SurplusBar { .. } => slips::slip(sources, place, kind),
        Kind::DoubleAt { name, args } => foreign::prisma::double_at(place, name, args),
        Kind::DoubleAtOnField { name } => {
            Diagnostic::new(E0110, place, format!("an attribute has one `@`: `@{name}`"))
                .fix("remove one", place, "@")
                .safe()
        }
        Kind::DottedAttribute { name } => foreign::prisma::dotted(sources, place, name),
        Kind::Regex { pattern } => {
            Diagnostic::new(E0112, place, "a regular expression is written as a raw string")
                .fix(format!("write `r\"{pattern}\"`"), place, format!("r\"{pattern}\""))
                .safe()
        }
        Kind::DottedType => Diagnostic::new(E0133, place, "a type is one name, without a dot")
            .note("a relation is to a model, as in `author: User`, and finds its key by itself")
            .fix(format!("remove `{}`", text(sources, place)), place, ""),
        Kind::BadName => bad_name(sources, place),
        Kind::DoubleOptional => Diagnostic::new(E0113, place, "a type can be optional once")
            .fix("remove the second `?`", place, "")
            .safe(),
        Kind::AttributeBeforeType { text: attribute, end } => {
            let mut diagnostic =
                Diagnostic::new(E0114, place, format!("`{attribute}` stands before the type"))
                    .fix("move it behind the type", place, "")
                    .safe();
            if let Some(fix) = diagnostic.fixes.last_mut() {
                fix.edits.push((at(*end), format!(" {attribute}")));
            }
            diagnostic
        }
        Kind::ForeignOperator { found, rex, edits } => {
            let edits = edits.iter().map(|(span, text)| (at(*span), text.clone())).collect();
            super::expressions::foreign(place, found, rex, edits)
        }
        Kind::Separator { found, others } => {
            let all = [place].into_iter().chain(others.iter().map(|span| at(*span)));
            Diagnostic::new(E0115, place, format!("nothing is separated by this `{found}`"))
                .note("fields and statements stand one after another, without commas or semicolons")
                .fix_all(each("remove", others), all.map(|place| (place, String::new())).collect())
                .safe()
        }
        Kind::SurplusComma => Diagnostic::new(E0115, place, "no variant stands before this `,`")
            .fix("remove it", place, "")
            .safe(),
        Kind::Quotes { rex, is_name: true } => Diagnostic::new(E0130, place, "a name stands without quotes")
            .fix(format!("write `{rex}`"), place, rex)
            .safe(),
        Kind::Quotes { rex, .. } => Diagnostic::new(E0130, place, "a text stands in double quotes")
            .fix(format!("write `{rex}`"), place, rex)
            .safe(),
        Kind::LateDefault { text, end } => {
            Diagnostic::new(E0131, place, "a default stands before the attributes")
                .note("a field is `name: Type = default @attribute`")
                .fix_all(
                    format!("move `{text}` behind the type"),
                    vec![(at(*end), format!(" {text}")), (place, String::new())],
                )
                .safe()
        }
        Kind::VariantValue { value } => {
            let diagnostic = Diagnostic::new(E0129, place, "a variant has no value")
                .note("it is stored under its name, or under what `@name(\"…\")` says");
            let named = value.as_ref().map(|value| format!(" @name({})", rex_grammar::quote(value)));
            let diagnostic = match named {
                Some(text) => diagnostic.fix(format!("write `{}`", text.trim()), place, text),
                None => diagnostic,
            };
            diagnostic.fix("remove it", place, "")
        }
        Kind::MissingComma { others } => {
            let all = [place].into_iter().chain(others.iter().map(|span| at(*span)));
            let title = match others.len() {
                0 => "add `,`".to_owned(),
                1 => "add `,` here, and in one more place of the enum".to_owned(),
                more => format!("add `,` here, and in {more} more places of the enum"),
            };
            Diagnostic::new(E0116, place, "variants are separated by commas")
                .fix_all(title, all.map(|place| (place, ",".to_owned())).collect())
                .safe()
        }
        _ => return None,
    })
}

/// What is to be done with one of a block, and with the others of it.
fn each(what: &str, others: &[Span]) -> String {
    match others.len() {
        0 => format!("{what} it"),
        1 => format!("{what} it, and the other one of the block"),
        more => format!("{what} it, and {more} others of the block"),
    }
}

/// A name with characters that names do not have.
fn bad_name(sources: &Sources, place: Place) -> Diagnostic {
    let name = text(sources, place);
    let diagnostic = Diagnostic::new(E0132, place, format!("`{name}` cannot be a name")).note(
        "names are made of the letters `a` to `z` and `A` to `Z`, digits and `_`, and begin with no digit",
    );
    let plain = name.replace(['-', '$'], "_");
    let plain = if plain.starts_with(|c: char| c.is_ascii_digit()) { format!("_{plain}") } else { plain };
    match plain.is_ascii() {
        true => diagnostic.fix(format!("write `{plain}`"), place, plain),
        false => diagnostic.help(format!(
            "spell it with these; `@column(\"{name}\")` gives a field's column any name, and `table \"…\"` a table"
        )),
    }
}

/// A number that is none, with the one that was meant.
fn bad_number(sources: &Sources, place: Place) -> Diagnostic {
    let number = text(sources, place);
    let diagnostic = Diagnostic::new(E0120, place, format!("`{number}` is no number"))
        .help("a number is digits, with `_` between them and one `.` at most: `1_000`, `1.5`");
    let (sign, digits) = match number.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", number),
    };
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let hexadecimal = digits.strip_prefix("0x").and_then(|digits| u64::from_str_radix(digits, 16).ok());
    let rex = match (digits.strip_prefix('.'), digits.strip_suffix('.'), hexadecimal) {
        (Some(fraction), _, _) if is_digits(fraction) => format!("{sign}0.{fraction}"),
        (_, Some(whole), _) if is_digits(whole) => format!("{sign}{whole}"),
        (_, _, Some(number)) => format!("{sign}{number}"),
        _ => return diagnostic,
    };
    diagnostic.fix(format!("write `{rex}`"), place, rex)
}

/// Tokens that are none, and limits.
fn limits(sources: &Sources, place: Place, kind: &Kind) -> Diagnostic {
    match kind {
        Kind::UnterminatedString => Diagnostic::new(E0117, place, "this string does not end")
            .note("a string ends on its own line; `r\"…\"` may have several")
            .help("add `\"` where it ends"),
        Kind::UnterminatedComment => {
            Diagnostic::new(E0118, place, "this comment does not end").help("add `*/` where it ends")
        }
        Kind::BadEscape { escape } => Diagnostic::new(E0119, place, format!("`{escape}` is no escape"))
            .note(format!(
                "escapes are {}",
                listed(["\\n", "\\r", "\\t", "\\0", "\\\\", "\\\"", "\\x41", "\\u{1f980}"], "and")
            ))
            .help("write `\\\\` for a backslash, or a raw string: `r\"…\"`"),
        Kind::BadNumber => bad_number(sources, place),
        Kind::TooDeep => Diagnostic::new(E0121, place, format!("nested deeper than {MAX_DEPTH}"))
            .help("put fewer brackets into each other"),
        Kind::Nul => Diagnostic::new(E0123, place, "a NUL byte").fix("remove it", place, "").safe(),
        Kind::DanglingDoc => dangling_doc(place),
        _ => sizes(sources, place, kind),
    }
}

/// Files, and parts of them, that are too large to be read.
fn sizes(sources: &Sources, place: Place, kind: &Kind) -> Diagnostic {
    let more = |what: &str| {
        Diagnostic::new(E0122, place, format!("more than {MAX_PARTS} {what}"))
            .note("this file is not read any further")
    };
    match kind {
        Kind::TooManyParts { bracket: '{' } => {
            more("parts in this block").help("values that are so many are rows of a model")
        }
        Kind::TooManyParts { bracket: '[' } => {
            more("elements in this list").help("values that are so many are rows of a model")
        }
        Kind::TooManyParts { .. } => more("parts in these parentheses"),
        Kind::TooManyNames => more("names behind one another"),
        Kind::TooManyAttributes => more("attributes behind one another"),
        Kind::TooManyDeclarations => {
            more("declarations in one file").help("split it: all files of the folder are one schema")
        }
        Kind::TooManyMembers => Diagnostic::new(
            E0122,
            place,
            format!("more than {MAX_MEMBERS} fields and statements in one file"),
        )
        .note("none is read from here on")
        .help("split it: all files of the folder are one schema"),
        Kind::LargeDeclaration => Diagnostic::new(
            E0122,
            place,
            format!("more than {MAX_DECLARATION} words and signs in one declaration"),
        )
        .note("this file is not read any further"),
        Kind::TooLarge { bytes } => {
            let name = sources.name(place.file);
            Diagnostic::placeless(E0122, format!("`{name}` has {bytes} bytes, and {MAX_BYTES} are the limit"))
                .help("split it: all files of the folder are one schema")
        }
        _ => {
            let name = sources.name(place.file);
            Diagnostic::placeless(E0122, format!("`{name}` has more than {MAX_TOKENS} words and signs"))
                .help("split it: all files of the folder are one schema")
        }
    }
}

pub(crate) fn dangling_doc(place: Place) -> Diagnostic {
    Diagnostic::new(W0002, place, "this documents nothing")
        .note("`///` documents the declaration, field or variant that follows it")
        .help("use `//` for a comment")
}

fn text(sources: &Sources, place: Place) -> &str {
    &sources.text(place.file)[place.span.range()]
}

fn closing(open: char) -> char {
    match open {
        '(' => ')',
        '[' => ']',
        _ => '}',
    }
}

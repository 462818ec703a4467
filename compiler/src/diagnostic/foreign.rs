//! Lines of other languages, in Rex's spelling.
//!
//! The grammar tells that a line is SQL, GraphQL, Rust or Prisma's; here it is translated, as far
//! as one line can be. A translation is *sure* where it says all that was written, and no more.

mod edgedb;
mod graphql;
pub(super) mod prisma;
mod python;
mod rust;
mod sql;
mod typescript;

use std::collections::HashSet;

use rex_grammar::Language;
use rex_grammar::ast::Span;

use super::Diagnostic;
use super::codes::Code::*;
use crate::source::{FileId, Place, Sources};

/// What a line of another language is in Rex.
#[derive(Debug, Default)]
struct Translation {
    /// What takes its place; empty to remove it. None where it has no place in a schema.
    rex: Option<String>,
    /// What the edit does, where "write `…`" does not say it.
    title: Option<String>,
    /// Whether a machine may apply it unasked.
    sure: bool,
    /// How Rex says this, or that it need not be said.
    note: &'static str,
}

/// Words for a line of another language. `whole` is all that belongs to it.
pub(super) fn foreign(sources: &Sources, place: Place, language: Language, whole: Span) -> Diagnostic {
    let text =
        sources.text(place.file)[whole.range()].lines().map(without_comment).collect::<Vec<_>>().join("\n");
    let text = text.trim_end().trim_end_matches([',', ';']).trim_end();
    let (name, translation) = match language {
        Language::Sql => ("SQL", sql::translate(text)),
        Language::GraphQl => ("GraphQL", graphql::translate(text)),
        Language::Rust => ("Rust", rust::translate(text)),
        Language::Prisma => ("Prisma's language", prisma::translate(text)),
        Language::Python => ("Python", python::translate(text)),
        Language::TypeScript => ("TypeScript", typescript::translate(text)),
        Language::EdgeDb => ("EdgeDB's language", edgedb::translate(text)),
    };
    let Translation { rex, title, sure, note } = translation;
    let mut diagnostic = Diagnostic::new(E0126, place, format!("this is {name}"));
    if !note.is_empty() {
        diagnostic = diagnostic.note(note);
    }
    let Some(rex) = rex else { return diagnostic };
    let title = title.unwrap_or_else(|| match rex.split_once('\n') {
        Some((head, _)) => format!("write `{head} … }}`"),
        None => format!("write `{rex}`"),
    });
    let diagnostic = diagnostic.fix(title, Place { span: whole, ..place }, rex);
    if sure { diagnostic.safe() } else { diagnostic }
}

/// Words of SQL behind a field that is Rex's so far.
pub(super) fn behind_field(sources: &Sources, place: Place, whole: Span, ty: Span) -> Diagnostic {
    let text = sources.text(place.file);
    let diagnostic = Diagnostic::new(E0126, place, "this is SQL")
        .note("a field is `name: Type = default @attribute`, and is required unless it says `?`");
    let head = &text[whole.start as usize..ty.end as usize];
    let middle = text[ty.end as usize..place.span.start as usize].trim_end();
    let said = sql::behind_field(&text[ty.range()], middle, &text[place.span.range()]);
    let Some(sql::Behind { of_type, attributes, is_sure }) = said else { return diagnostic };
    let title = format!("write `{head}{of_type}{middle}{attributes}`");
    let rest = Span { start: ty.end + middle.len() as u32, end: whole.end };
    let mut edits = vec![(Place { span: ty.after(), ..place }, of_type)];
    edits.retain(|(_, text)| !text.is_empty());
    edits.push((Place { span: rest, ..place }, attributes));
    let diagnostic = diagnostic.fix_all(title, edits);
    if is_sure { diagnostic.safe() } else { diagnostic }
}

/// A line up to its comment, ours or SQL's.
fn without_comment(line: &str) -> &str {
    let mut quote = None;
    let mut before = ' ';
    for (at, c) in line.char_indices() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (None, '/' | '-') if before == c => return line[..at - 1].trim_end(),
            _ => {}
        }
        before = c;
    }
    line
}

/// It says nothing that a schema has to say.
fn remove() -> Translation {
    Translation { rex: Some(String::new()), title: Some("remove it".to_owned()), ..Translation::default() }
}

/// Words of lines of other languages that may be names of declarations, as written or in Rex's
/// spelling.
pub(crate) fn seemingly_declared(sources: &Sources, diagnostics: &[Diagnostic]) -> HashSet<String> {
    let mut names = HashSet::new();
    for diagnostic in diagnostics.iter().filter(|diagnostic| diagnostic.code == E0126) {
        let written =
            diagnostic.primary.iter().map(|label| &sources.text(label.place.file)[label.place.span.range()]);
        let rex = diagnostic.fixes.iter().flat_map(|fix| &fix.edits).map(|(_, text)| text.as_str());
        let first_lines = written.chain(rex).filter_map(|text| text.lines().next());
        let words = first_lines.flat_map(|line| line.split(|c: char| !(c.is_alphanumeric() || c == '_')));
        names.extend(words.filter(|word| word.starts_with(char::is_uppercase)).map(str::to_owned));
    }
    names
}

/// `Option<String>`, with Rex's spelling.
pub(super) fn generic(place: Place, rex: &str, is_sure: bool) -> Diagnostic {
    let diagnostic = Diagnostic::new(E0127, place, "a type has no angle brackets")
        .note("what may be absent is `T?`, and many are `[T]`")
        .fix(format!("write `{rex}`"), place, rex);
    if is_sure { diagnostic.safe() } else { diagnostic }
}

/// A character that turns the direction of text. `escapes` is whether an escape may stand there.
pub(super) fn bidirectional(file: FileId, span: Span, character: char, escapes: bool) -> Diagnostic {
    let place = Place { file, span };
    let number = character as u32;
    let name = match character {
        '\u{202a}' => "LEFT-TO-RIGHT EMBEDDING",
        '\u{202b}' => "RIGHT-TO-LEFT EMBEDDING",
        '\u{202c}' => "POP DIRECTIONAL FORMATTING",
        '\u{202d}' => "LEFT-TO-RIGHT OVERRIDE",
        '\u{202e}' => "RIGHT-TO-LEFT OVERRIDE",
        '\u{2066}' => "LEFT-TO-RIGHT ISOLATE",
        '\u{2067}' => "RIGHT-TO-LEFT ISOLATE",
        '\u{2068}' => "FIRST STRONG ISOLATE",
        _ => "POP DIRECTIONAL ISOLATE",
    };
    let diagnostic = Diagnostic::new(E0128, place, format!("the invisible character U+{number:04X}, {name}"))
        .note("it turns the direction of what follows: what is shown is not what is read");
    match escapes {
        true => {
            let escape = format!("\\u{{{number:x}}}");
            diagnostic.fix(format!("write `{escape}`"), place, escape).safe()
        }
        false => diagnostic.fix("remove it", place, ""),
    }
}

//! The checker: from syntax trees to a schema, and all that is wrong on the way.
//!
//! Terms: a *draft* is a declaration on its way to the schema. A field whose type could not be
//! made out is *broken*: it was told once, and nothing more is said about it.

mod attributes;
mod backfill;
mod checks;
mod clashes;
mod columns;
mod computed;
mod context;
mod declare;
mod defaults;
mod draft;
pub(crate) mod embedded;
mod enums;
mod expr;
mod fields;
mod finish;
mod foreign_keys;
mod former;
mod inverses;
mod join_tables;
mod keys;
mod lints;
mod literals;
mod methods;
mod mixins;
mod options;
mod patterns;
mod renames;
mod rules;
mod schema;
mod statements;
mod storage;
mod stored;
mod through;
mod unions;
mod views;
mod written;

use rex_grammar::ast;
use rex_schema::names;

use crate::diagnostic;
use crate::parallel;
use crate::source::{FileId, Sources};
use context::Cx;
pub use options::{Checked, Level, Options};

/// Checks a schema. The passes are those below, in order; none of them stops the next.
pub fn check(sources: &Sources, options: &Options) -> Checked {
    let ids: Vec<FileId> = sources.ids().collect();
    if is_too_large(sources) {
        let nothing = schema::assemble(&Cx::new(sources, options, Vec::new()));
        return Checked {
            diagnostics: vec![diagnostic::configuration::too_many_words(MAX_TOKENS)],
            schema: nothing,
        };
    }
    let parsed = parallel::map(&ids, |&id| rex_grammar::parse(sources.text(id)));
    let mut diagnostics = Vec::new();
    let mut files: Vec<ast::File> = Vec::with_capacity(parsed.len());
    for (id, (file, errors)) in ids.into_iter().zip(parsed) {
        diagnostics.extend(errors.iter().map(|error| diagnostic::syntax::syntax(sources, id, error)));
        files.push(file);
    }
    let mut cx = Cx::new(sources, options, diagnostics);
    declare::declare(&mut cx, &files);
    unions::resolve(&mut cx);
    fields::resolve(&mut cx);
    mixins::take_in(&mut cx);
    fields::find_empty(&mut cx);
    embedded::resolve(&mut cx);
    statements::read_keys(&mut cx);
    views::check(&mut cx);
    views::check_keys(&mut cx);
    keys::resolve(&mut cx);
    unions::check_keys(&mut cx);
    columns::make(&mut cx);
    statements::read_indexes(&mut cx);
    defaults::check(&mut cx);
    computed::check(&mut cx);
    written::check(&mut cx);
    former::check(&mut cx);
    rules::check(&mut cx);
    inverses::resolve(&mut cx);
    foreign_keys::make(&mut cx);
    stored::check(&mut cx);
    backfill::check(&mut cx);
    clashes::check(&mut cx);
    storage::check_former(&mut cx);
    lints::check(&mut cx);
    renames::complete(&mut cx, &files);
    let schema = schema::assemble(&cx);
    let diagnostics = cx.finish();
    Checked { diagnostics, schema }
}

/// How many words and signs all files of a schema may have: those of 13,000 models of 15 fields.
const MAX_TOKENS: usize = 1_500_000;

/// Whether there are more. Each has a byte at least, so that few schemas are looked through for it.
fn is_too_large(sources: &Sources) -> bool {
    let bytes: usize = sources.ids().map(|id| sources.text(id).len()).sum();
    bytes > MAX_TOKENS
        && sources.ids().map(|id| rex_grammar::count_tokens(sources.text(id))).sum::<usize>() > MAX_TOKENS
}

/// What may be the field that a longer name is made of: `home` and `home_city` of `home_city.name`.
/// The names of fields are no longer than a database holds.
fn heads(name: &str) -> impl Iterator<Item = &str> {
    let ends = name.match_indices(['_', '.']).map(|(at, _)| at);
    ends.take_while(|&at| at <= names::MAX).map(|at| &name[..at])
}

/// A model, by its place among the drafts.
type ModelIx = usize;
/// A field, by its place in its model.
type FieldIx = usize;

/// Documentation as one text.
fn docs(lines: &[ast::Doc]) -> String {
    match lines {
        [] => String::new(),
        [line] => line.text.clone(),
        lines => lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join("\n"),
    }
}

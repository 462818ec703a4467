//! What holds of every text, whoever wrote it. The tests hold it on fixtures and on what mutation
//! makes of them, `tests/fuzz` on what a fuzzer finds.

use rex_compiler::codegen::{self, Layout};
use rex_compiler::diagnostic::{Colour, render};
use rex_compiler::{Checked, Options, Place, Sources};
use rex_schema::Dialect;

/// Parsing gives errors in order, in places that are text.
pub(crate) fn parsed(text: &str) {
    let (_, errors) = rex_grammar::parse(text);
    assert!(errors.is_sorted_by_key(|error| error.span.start), "errors are in order: {errors:?}");
    for error in &errors {
        assert!(text.get(error.span.range()).is_some(), "{error:?} is no text");
    }
}

/// Checking gives diagnostics in order, in places that are text, which can be drawn.
pub(crate) fn checked(sources: &Sources) -> Checked {
    let checked = rex_compiler::check(sources, &Options::default());
    let is_text = |place: &Place| sources.text(place.file).get(place.span.range()).is_some();
    for diagnostic in &checked.diagnostics {
        let labels = diagnostic.primary.iter().chain(&diagnostic.secondary).map(|label| &label.place);
        let edits = diagnostic.fixes.iter().flat_map(|fix| &fix.edits).map(|(place, _)| place);
        assert!(labels.chain(edits).all(is_text), "no text: {diagnostic:?}");
    }
    let places = checked.diagnostics.iter().map(|diagnostic| diagnostic.primary.as_ref().map(|it| it.place));
    let starts = places.map(|place| place.map(|place| (place.file, place.span.start)));
    assert!(starts.is_sorted(), "diagnostics are in order");
    render(sources, &checked.diagnostics, Colour::Never);
    checked
}

/// What is generated is Rust, of schemas with errors too: editors see it.
pub(crate) fn generated(checked: &Checked) {
    let databases = Options::default().databases;
    let options = codegen::Options {
        databases,
        datetime: Default::default(),
        serde: true,
        layout: Layout::Modules,
        migrations: false,
    };
    for file in codegen::generate(checked.partial(), &options) {
        if let Err(error) = syn::parse_file(&file.text) {
            panic!("{error}:\n{}", file.text);
        }
    }
}

/// The tables can be made in SQLite. SQL of the user's own may be wrong, and is left out.
pub(crate) fn created(text: &str, checked: &Checked) {
    let own = ["sql", "@db", "view", "\"rtree", "collate"].iter().any(|word| text.contains(word));
    let Some(schema) = checked.schema().filter(|_| !own) else { return };
    let database = rusqlite::Connection::open_in_memory().expect("a database in memory");
    for statement in rex_schema::create(schema, Dialect::Sqlite) {
        if let Err(error) = database.execute_batch(&statement) {
            panic!("{error}:\n{statement}");
        }
    }
}

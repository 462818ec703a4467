//! The formatter: what its layout is, and that it loses nothing.
//!
//! `fixtures/format` holds schemas whose layout is far from the canonical one; their snapshots show
//! both. Nothing is listed here.

mod contents;
mod generate;
mod properties;
mod spans;

use std::fs;
use std::time::{Duration, Instant};

use rex_grammar::{MAX_BYTES, SyntaxErrorKind};

use super::diagnostics::fixture::{self, Fixture};
use crate::support::busy::busy;
use crate::support::mutate::{Random, mutate};
use crate::support::sources::root;
use properties::formatted;

fn texts(fixture: &Fixture) -> impl Iterator<Item = (&str, &str)> {
    fixture.sources.ids().map(|id| (fixture.sources.name(id), fixture.sources.text(id)))
}

/// Every `.rex` file below a folder, and its path.
fn schemas(folder: &str) -> Vec<(String, String)> {
    let loaded = rex_build::load(&root().join(folder), folder);
    assert!(loaded.diagnostics.is_empty() && !loaded.paths.is_empty(), "{folder} has schemas");
    let sources = loaded.sources;
    sources.ids().map(|id| (sources.name(id).to_owned(), sources.text(id).to_owned())).collect()
}

/// The examples of a Markdown file.
fn examples(path: &str) -> Vec<(String, String)> {
    let text = fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    let blocks = text.split("\n```rex\n").skip(1);
    let examples: Vec<_> = blocks
        .map(|block| block.split("```").next().unwrap_or_default())
        .map(|example| (path.to_owned(), example.to_owned()))
        .collect();
    assert!(!examples.is_empty(), "{path} has examples");
    examples
}

#[test]
fn there_is_one_layout() {
    for fixture in fixture::all(&["format"]) {
        for (name, text) in texts(&fixture) {
            let formatted = formatted(text).unwrap_or_else(|| panic!("{name} has no errors"));
            let shown = text.replace('\r', "␍").replace('\t', "␉").replace('\u{feff}', "␟");
            let mut settings = insta::Settings::clone_current();
            settings.set_snapshot_path(root().join("tests/suite/snapshots/format"));
            settings.set_prepend_module_to_snapshot(false);
            settings.set_omit_expression(true);
            settings.bind(|| {
                insta::assert_snapshot!(
                    fixture.name.as_str(),
                    format!("=== as written\n{shown}\n=== formatted\n{formatted}")
                );
            });
        }
    }
}

#[test]
fn our_own_schemas_are_laid_out() {
    let mut all = schemas("tests/blog/schema");
    all.extend(schemas("tests/bench/schema"));
    all.extend(examples("README.md"));
    for (name, text) in all {
        assert_eq!(formatted(&text).as_ref(), Some(&text), "{name}: run `rexc fmt`");
    }
}

#[test]
fn fixtures_lose_nothing() {
    for fixture in fixture::all(&["valid", "lints", "invalid"]) {
        for (name, text) in texts(&fixture) {
            let formatted = formatted(text);
            assert!(fixture.kind != "valid" || formatted.is_some(), "{name} has no errors");
        }
    }
}

/// Runs a check on random texts for a while; what fails is shown.
fn for_a_while(mut text: impl FnMut(&mut Random) -> String) -> (usize, usize) {
    let read = |name: &str| std::env::var(name).ok().and_then(|value| value.parse().ok());
    let mut random = Random(read("REX_FUZZ_SEED").unwrap_or(0x9e37_79b9));
    let (start, time) = (Instant::now(), Duration::from_secs(read("REX_FUZZ_SECONDS").unwrap_or(2)));
    let (mut sound, mut all) = (0, 0);
    while start.elapsed() < time {
        let text = text(&mut random);
        let result = std::panic::catch_unwind(|| formatted(&text));
        let laid_out = result.unwrap_or_else(|_| panic!("formatting fails:\n{text:?}\n{text}"));
        sound += usize::from(laid_out.is_some());
        all += 1;
    }
    (sound, all)
}

#[test]
fn random_schemas_lose_nothing() {
    let (sound, all) = for_a_while(generate::schema);
    assert!(sound * 100 >= all * 98, "{sound} of {all} random schemas have no errors");
}

#[test]
fn mutated_schemas_lose_nothing() {
    let fixtures = fixture::all(&["format", "valid", "lints", "invalid"]);
    let texts: Vec<&str> = fixtures.iter().flat_map(texts).map(|(_, text)| text).collect();
    let (sound, all) = for_a_while(|random| mutate(texts[random.below(texts.len())], random));
    assert!(sound * 50 >= all, "{sound} of {all} mutated schemas have no errors");
}

#[test]
fn what_would_be_too_large_stays_as_it_is() {
    let text = model(&format!("a: A = {}{}{}", "[1, ".repeat(120), "1, ".repeat(9_900), "]".repeat(120)));
    assert!(text.len() < 40_000 && formatted(&text).is_none());
    let errors = rex_grammar::format(&text).errors;
    assert!(matches!(errors[0].kind, SyntaxErrorKind::TooLarge { bytes } if bytes > MAX_BYTES), "{errors:?}");
}

/// A model with one line in it.
fn model(line: &str) -> String {
    format!("model A {{\n    {line}\n}}\n")
}

#[test]
fn large_files_are_formatted_soon() {
    const MANY: usize = 1_000;
    let deep = |open: &str, close: &str| model(&format!("a: A = {}1{}", open.repeat(126), close.repeat(126)));
    let long = "a".repeat(20_000);
    let cases = [
        deep("(", ")"),
        deep("[", "]"),
        deep("f(", ")"),
        deep("(/* c */", ")"),
        deep("( // c\n", ")"),
        model(&format!("a: {}A{}", "[".repeat(126), "]".repeat(126))),
        model(&format!("a: A = {}1", "-".repeat(100))),
        model(&format!("a: A = 1{}", " + 1".repeat(400))),
        model(&format!("a: A = [{}]", "1, ".repeat(MANY))),
        model(&format!("a: A {}", "@a ".repeat(MANY))),
        model(&format!("{long}: A\n{}", "    b: B = 1 @id\n".repeat(200))),
        model(&format!("a: A = \"{long}\" @id\n{}", "    b: B = 1 @id\n".repeat(200))),
        format!("/* {long} */\n{}// {long}\n", "/* */ ".repeat(MANY)),
        format!("union A = {}B\n", "B | ".repeat(MANY)),
        format!("enum A {{ {} }}\n", "b, ".repeat(MANY)),
        format!("model A with {}B {{}}\n", "B, ".repeat(MANY)),
        "/// a\n".repeat(MANY),
        "// a\n\n\n".repeat(MANY),
    ];
    for text in cases {
        let start = busy();
        assert!(formatted(&text).is_some(), "{:.60}", text);
        let time = busy() - start;
        assert!(time < Duration::from_secs(10), "{:.60} took {time:?}", text);
    }
}

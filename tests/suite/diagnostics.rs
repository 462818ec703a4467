//! What the compiler says about schemas, right and wrong ones: the files of `fixtures`.
//!
//! `fixtures/invalid` and `fixtures/lints` hold schemas that are wrong in one way, named after the
//! code that must be told (`E0301_unknown_type.rex`), and schemas that are wrong in many, whose
//! lines end with what is told there (`//~ E0301 W0001`). `fixtures/valid` holds schemas of which
//! nothing is said. A folder is a schema of several files. Nothing is listed here.

mod configuration;
mod fixes;
pub(super) mod fixture;
mod limits;
mod pages;
#[cfg(target_os = "linux")]
mod processes;
pub(super) mod robustness;
mod slips;
mod summary;
mod table;

use std::collections::BTreeSet;

use rex_compiler::Checked;
use rex_compiler::diagnostic::{Code, REGISTRY};

use crate::support::sources::root;
use fixture::Fixture;

/// Compares with a snapshot that holds the source and what came of it.
fn snapshot(folder: &str, name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(root().join("tests/suite/snapshots/diagnostics").join(folder));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

fn check(fixture: &Fixture) -> Checked {
    rex_compiler::check(&fixture.sources, &fixture.options)
}

fn codes(checked: &Checked) -> Vec<Code> {
    checked.diagnostics.iter().map(|diagnostic| diagnostic.code).collect()
}

#[test]
fn what_is_wrong_is_told() {
    let mut faults = Vec::new();
    for fixture in fixture::all(&["invalid", "lints"]) {
        let checked = check(&fixture);
        let found = codes(&checked);
        if let Some(code) = fixture.code() {
            let is_told = found.first().is_some_and(|first| first.as_str() == code);
            let others = found.iter().filter(|found| found.as_str() != code).count();
            if !is_told || others > 0 {
                faults.push(format!("{}: {found:?}, and only {code} is wrong", fixture.name));
            }
        } else if fixture.told(&checked.diagnostics) != fixture.marks() {
            let (told, marks) = (fixture.told(&checked.diagnostics), fixture.marks());
            faults.push(format!("{}: told {told:#?}, marked {marks:#?}", fixture.name));
        }
        snapshot(
            &fixture.kind,
            &fixture.name,
            &format!("{}\n{}", fixture.text(), fixture.render(&checked.diagnostics)),
        );
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_code_has_a_fixture() {
    let mut triggered: BTreeSet<Code> =
        configuration::diagnostics().iter().map(|diagnostic| diagnostic.code).collect();
    for fixture in fixture::all(&["invalid", "lints"]) {
        let own = codes(&check(&fixture)).into_iter().filter(|code| fixture.code() == Some(code.as_str()));
        triggered.extend(own);
    }
    let missing: Vec<&Code> = REGISTRY.iter().filter(|code| !triggered.contains(code)).collect();
    assert!(missing.is_empty(), "no fixture triggers {missing:?}");
}

#[test]
fn nothing_is_said_of_what_is_right() {
    let mut faults = Vec::new();
    for fixture in fixture::all(&["valid"]) {
        let checked = check(&fixture);
        faults.extend((!checked.diagnostics.is_empty()).then(|| fixture.render(&checked.diagnostics)));
        let summary = summary::summary(checked.partial());
        snapshot("valid", &fixture.name, &format!("{}\n{summary}", fixture.text()));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn messages_are_in_the_style_of_the_house() {
    let mut faults = Vec::new();
    for fixture in fixture::all(&["invalid", "lints"]) {
        for diagnostic in check(&fixture).diagnostics {
            let lines = diagnostic.notes.iter().chain(&diagnostic.help);
            for text in lines.chain([&diagnostic.message]).map(|text| text.trim()) {
                let ends = text.ends_with('.') && !text.ends_with("…");
                let capital = text.chars().next().is_some_and(char::is_uppercase);
                let is_name = ["SQLite", "PostgreSQL", "Rex", "Rust", "JSON", "RFC"]
                    .iter()
                    .any(|name| text.starts_with(name));
                let quotes = text.matches('`').count() % 2 == 1;
                if ends || (capital && !is_name) || quotes || text.contains('\n') {
                    faults.push(format!("{}: {text}", diagnostic.code.as_str()));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// One cause, one diagnostic: a line that is wrong in several ways says so itself (`//~ E0701 E0701`).
#[test]
fn what_is_wrong_once_is_told_once() {
    let mut faults = Vec::new();
    for fixture in fixture::all(&["invalid", "lints"]) {
        let (told, marks) = (fixture.told(&check(&fixture).diagnostics), fixture.marks());
        for mark in told.chunk_by(|a, b| a == b).filter(|same| same.len() > 1) {
            if marks.iter().filter(|other| *other == &mark[0]).count() != mark.len() {
                faults.push(format!("{}: {} is told {} times", fixture.name, mark[0], mark.len()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

//! One table of all codes: what triggers each, whether an edit is offered and holds, and whether a
//! page explains it. `cargo test … table -- --nocapture` prints it.

use std::collections::{BTreeMap, BTreeSet};

use rex_compiler::diagnostic::edit::apply;
use rex_compiler::diagnostic::{Applicability, Code, Diagnostic, Fix, REGISTRY};
use rex_compiler::{Options, Sources, check};

use super::{configuration, fixture, pages};

/// What is known of a code.
#[derive(Default)]
struct Row {
    /// The fixtures that are named after it, and those with many faults that mark it.
    fixtures: BTreeSet<String>,
    safe: usize,
    choices: usize,
    /// Edits that leave what they are offered for.
    broken: usize,
}

#[test]
fn no_code_has_a_gap() {
    let rows = rows();
    let mut table = format!("{:5}  {:20}  {:15}  {:5}  fixture\n", "code", "lint", "edits", "page");
    let mut gaps = Vec::new();
    for &code in REGISTRY {
        let row = rows.get(&code);
        let is_explained = pages::faults(code).is_empty();
        let edits = row.map(edits).unwrap_or_default();
        let page = if is_explained { "holds" } else { "GAP" };
        let fixture = row.and_then(|row| row.fixtures.first()).map_or("GAP", String::as_str);
        let lint = code.lint().unwrap_or_default();
        table.push_str(&format!("{:5}  {lint:20}  {edits:15}  {page:5}  {fixture}\n", code.as_str()));
        if row.is_none_or(|row| row.broken > 0 || row.fixtures.is_empty()) || !is_explained {
            gaps.push(code.as_str());
        }
    }
    table.push_str(&format!("\n{} codes, {} with a gap\n", REGISTRY.len(), gaps.len()));
    println!("{table}");
    super::snapshot("table", "all", &table);
    assert!(gaps.is_empty(), "gaps at {gaps:?}");
}

/// Whether its edits may be applied unasked. How many there are is for the fixtures to say.
fn edits(row: &Row) -> &'static str {
    match (row.broken, row.safe, row.choices) {
        (1.., ..) => "GAP",
        (0, 0, 0) => "",
        (0, _, 0) => "safe",
        (0, 0, _) => "to choose",
        (0, ..) => "safe, to choose",
    }
}

fn rows() -> BTreeMap<Code, Row> {
    let mut rows: BTreeMap<Code, Row> = BTreeMap::new();
    for diagnostic in configuration::diagnostics() {
        rows.entry(diagnostic.code).or_default().fixtures.insert("configuration.rs".to_owned());
    }
    for fixture in fixture::all(&["invalid", "lints"]) {
        let before = check(&fixture.sources, &Options::default()).diagnostics;
        for diagnostic in &before {
            let is_own = fixture.code().is_none_or(|code| code == diagnostic.code.as_str());
            let row = rows.entry(diagnostic.code).or_default();
            if is_own {
                row.fixtures.insert(fixture.name.clone());
            }
            for fix in &diagnostic.fixes {
                match fix.applicability {
                    Applicability::Safe => row.safe += 1,
                    Applicability::Choice => row.choices += 1,
                }
                row.broken += usize::from(!holds(&fixture.sources, &before, diagnostic.code, fix));
            }
        }
    }
    rows
}

/// Whether an edit mends one fault of its code.
pub(super) fn holds(sources: &Sources, before: &[Diagnostic], code: Code, fix: &Fix) -> bool {
    let after = check(&apply(sources, &[fix]), &Options::default()).diagnostics;
    let count = |all: &[Diagnostic]| all.iter().filter(|diagnostic| diagnostic.code == code).count();
    count(&after) < count(before)
}

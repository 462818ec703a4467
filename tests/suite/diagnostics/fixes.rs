//! Every edit that is offered mends what it is offered for.

use rex_compiler::diagnostic::edit::{apply, compatible};
use rex_compiler::diagnostic::{Code, Diagnostic};
use rex_compiler::{Options, Sources, check};
use rex_schema::{Dialect, lower, render};

use super::{fixture, table};

#[test]
fn offered_edits_mend_what_they_are_offered_for() {
    let mut faults = Vec::new();
    let mut tried = 0;
    for fixture in fixture::all(&["invalid", "lints"]) {
        let before = check(&fixture.sources, &Options::default()).diagnostics;
        for (diagnostic, fix) in before.iter().flat_map(|d| d.fixes.iter().map(move |fix| (d, fix))) {
            tried += 1;
            let after = check(&apply(&fixture.sources, &[fix]), &Options::default()).diagnostics;
            if !table::holds(&fixture.sources, &before, diagnostic.code, fix) {
                faults.push(format!("{}: `{}` leaves {}", fixture.name, fix.title, diagnostic.code.as_str()));
            }
            // What is read again may be wrong in itself.
            let is_syntax =
                |other: &Diagnostic| other.code.as_str().starts_with("E01") && other.code != diagnostic.code;
            let reads_more =
                diagnostic.code == Code::E0126 && fix.edits.iter().any(|(_, text)| text.contains('{'));
            if !reads_more && count(&after, is_syntax) > count(&before, is_syntax) {
                faults.push(format!("{}: `{}` breaks the syntax", fixture.name, fix.title));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(tried > 100, "too few edits: {tried}");
}

#[test]
fn safe_edits_come_to_an_end() {
    let mut faults = Vec::new();
    for fixture in fixture::all(&["invalid", "lints", "valid"]) {
        let mut sources = fixture.sources.clone();
        let before = check(&sources, &Options::default()).diagnostics;
        for round in 0.. {
            let diagnostics = check(&sources, &Options::default()).diagnostics;
            let chosen = compatible(diagnostics.iter().filter_map(Diagnostic::safe_fix), |fix| fix);
            if chosen.is_empty() {
                let left = count(&diagnostics, |other| before.iter().all(|it| it.code != other.code));
                // What is mended may bring to light what stood behind it.
                let is_one = fixture.code().is_some();
                faults
                    .extend((is_one && left > 0).then(|| format!("{}: {left} of other codes", fixture.name)));
                break;
            }
            if round == 5 {
                faults.push(format!("{}: still {}", fixture.name, chosen[0].title));
                break;
            }
            sources = apply(&sources, &chosen);
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn names_in_another_case_are_mended_wherever_they_stand() {
    let tables = |sources: &Sources| {
        let checked = check(sources, &Options::default());
        let schema = checked.schema().expect("naming is a lint");
        [Dialect::Sqlite, Dialect::Postgres].map(|dialect| render(&lower(schema, dialect)))
    };
    let fixtures = fixture::all(&["lints"]);
    for fixture in fixtures.iter().filter(|fixture| fixture.code() == Some("W0001")) {
        let mut sources = fixture.sources.clone();
        loop {
            let diagnostics = check(&sources, &Options::default()).diagnostics;
            let chosen = compatible(diagnostics.iter().filter_map(Diagnostic::safe_fix), |fix| fix);
            if chosen.is_empty() {
                break;
            }
            sources = apply(&sources, &chosen);
        }
        assert_eq!(tables(&sources), tables(&fixture.sources), "the database stays as it is");
        let left = check(&sources, &Options::default()).diagnostics;
        let text = sources.ids().map(|id| sources.text(id)).collect::<String>();
        super::snapshot(
            "lints",
            &format!("{}_mended", fixture.name),
            &format!("{text}\n{}", fixture::Fixture { sources, ..fixture.clone() }.render(&left)),
        );
    }
}

fn count(diagnostics: &[Diagnostic], is: impl Fn(&Diagnostic) -> bool) -> usize {
    diagnostics.iter().filter(|diagnostic| is(diagnostic)).count()
}

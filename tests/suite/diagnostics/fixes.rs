//! Every edit that is offered mends what it is offered for.

use rex_compiler::diagnostic::{Diagnostic, Fix};
use rex_compiler::{Options, Sources, check};

use super::fixture;

#[test]
fn offered_edits_mend_what_they_are_offered_for() {
    let mut faults = Vec::new();
    let mut tried = 0;
    for fixture in fixture::all(&["invalid", "lints"]) {
        let before = check(&fixture.sources, &Options::default()).diagnostics;
        for (diagnostic, fix) in before.iter().flat_map(|d| d.fixes.iter().map(move |fix| (d, fix))) {
            tried += 1;
            let after = check(&apply(&fixture.sources, fix), &Options::default()).diagnostics;
            let left = count(&after, |other| other.code == diagnostic.code);
            if left >= count(&before, |other| other.code == diagnostic.code) {
                faults.push(format!("{}: `{}` leaves {}", fixture.name, fix.title, diagnostic.code.as_str()));
            }
            let is_syntax =
                |other: &Diagnostic| other.code.as_str().starts_with("E01") && other.code != diagnostic.code;
            if count(&after, is_syntax) > count(&before, is_syntax) {
                faults.push(format!("{}: `{}` breaks the syntax", fixture.name, fix.title));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(tried > 100, "too few edits: {tried}");
}

fn count(diagnostics: &[Diagnostic], is: impl Fn(&Diagnostic) -> bool) -> usize {
    diagnostics.iter().filter(|diagnostic| is(diagnostic)).count()
}

/// The sources after an edit.
fn apply(sources: &Sources, fix: &Fix) -> Sources {
    let mut edited = Sources::default();
    for id in sources.ids() {
        let mut text = sources.text(id).to_owned();
        // From the end; of two at one place, the first stands first afterwards.
        let mut edits: Vec<_> = fix.edits.iter().filter(|(place, _)| place.file == id).rev().collect();
        edits.sort_by_key(|(place, _)| std::cmp::Reverse(place.span));
        for (place, replacement) in edits {
            text.replace_range(place.span.range(), replacement);
        }
        edited.add(sources.name(id), text);
    }
    edited
}

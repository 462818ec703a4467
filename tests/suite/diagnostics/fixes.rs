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

/// Mends all that a machine may mend.
fn mended(sources: &Sources) -> Sources {
    let mut sources = sources.clone();
    for _ in 0..6 {
        let diagnostics = check(&sources, &Options::default()).diagnostics;
        let chosen = compatible(diagnostics.iter().filter_map(Diagnostic::safe_fix), |fix| fix);
        if chosen.is_empty() {
            break;
        }
        sources = apply(&sources, &chosen);
    }
    sources
}

fn with_each_text(sources: &Sources, change: impl Fn(&str) -> String) -> Sources {
    let mut changed = Sources::default();
    for id in sources.ids() {
        changed.add(sources.name(id), change(sources.text(id)));
    }
    changed
}

fn text(sources: &Sources) -> String {
    sources.ids().map(|id| sources.text(id)).collect()
}

/// Where a space stands that is in no comment and no text, nor on a line with quotes.
fn gaps(text: &str) -> Vec<usize> {
    let mut gaps = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if !line.contains(['"', '\'', '/', '#', '*']) {
            gaps.extend(line.match_indices(' ').map(|(space, _)| at + space));
        }
        at += line.len();
    }
    gaps
}

/// A comment at each place where one may stand: in the middle of what is mended, too.
#[test]
fn safe_edits_lose_no_comment() {
    const COMMENTS: [&str; 3] = [" /* kept */ ", " // kept\n", " /* kept */ // kept */\n"];
    let mut tried = 0;
    for fixture in fixture::all(&["invalid", "lints"]) {
        let Some(id) = fixture.sources.ids().next() else { continue };
        let whole = fixture.sources.text(id);
        let all = gaps(whole);
        for (nth, &gap) in all.iter().enumerate().step_by(all.len() / 12 + 1) {
            let comment = COMMENTS[nth % COMMENTS.len()];
            let mut sources = Sources::default();
            sources.add("a.rex", format!("{}{comment}{}", &whole[..gap], &whole[gap..]));
            let after = text(&mended(&sources));
            let kept = |text: &str| text.matches("kept").count();
            assert_eq!(kept(&text(&sources)), kept(&after), "{}: {}\n{after}", fixture.name, text(&sources));
            tried += 1;
        }
    }
    assert!(tried > 1_000, "too few: {tried}");
}

/// Documentation stays, where it stands before what is mended or within it.
#[test]
fn safe_edits_lose_no_documentation() {
    for fixture in fixture::all(&["invalid", "lints"]) {
        let lines = |text: &str| text.lines().map(|line| format!("/// kept\n{line}\n")).collect::<String>();
        let sources = with_each_text(&fixture.sources, lines);
        let (before, after) = (text(&sources), text(&mended(&sources)));
        let kept = |text: &str| text.matches("kept").count();
        assert_eq!(kept(&before), kept(&after), "{}: {before}\n{after}", fixture.name);
    }
}

#[test]
fn line_ends_are_of_no_concern_to_safe_edits() {
    for fixture in fixture::all(&["invalid", "lints"]) {
        let windows = with_each_text(&fixture.sources, |text| text.replace('\n', "\r\n"));
        let unix = with_each_text(&fixture.sources, |text| text.replace("\r\n", "\n"));
        let (windows, unix) = (text(&mended(&windows)), text(&mended(&unix)));
        assert_eq!(windows.replace("\r\n", "\n"), unix, "{}", fixture.name);
    }
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

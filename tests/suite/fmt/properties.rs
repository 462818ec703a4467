//! What holds whatever is formatted.

use rex_grammar::{SyntaxErrorKind, format, parse};

use super::contents::contents;
use super::spans;

/// Formats a text, and holds that nothing is lost. Gives the new text; none if it has errors.
pub(super) fn formatted(text: &str) -> Option<String> {
    let formatted = format(text);
    if !formatted.errors.is_empty() {
        assert_eq!(formatted.text, text, "what has errors stays as it is");
        return None;
    }
    let (mut before, lints) = parse(text);
    let (mut after, lints_after) = parse(&formatted.text);
    assert!(lints.iter().chain(&lints_after).all(|lint| lint.kind == SyntaxErrorKind::DanglingDoc));
    assert_eq!(lints.len(), lints_after.len(), "as much documentation of nothing");
    spans::clear(&mut before);
    spans::clear(&mut after);
    assert_eq!(before, after, "the same tree");
    assert_eq!(contents(text), contents(&formatted.text), "the same comments, in the same places");
    assert_eq!(format(&formatted.text).text, formatted.text, "formatting again changes nothing");
    let is_clean = |line: &str| !line.ends_with([' ', '\t', '\r']);
    let in_a_string = formatted.text.contains("r\"") || formatted.text.contains("r#\"");
    assert!(in_a_string || formatted.text.lines().all(is_clean), "no white space at a line's end");
    assert!(formatted.text.is_empty() || formatted.text.ends_with('\n') && !formatted.text.ends_with("\n\n"));
    Some(formatted.text)
}

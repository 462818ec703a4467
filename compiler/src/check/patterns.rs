//! Regular expressions of `@pattern`: whether they compile, and what they match.

use regex_syntax::ast;
use regex_syntax::hir::{Hir, HirKind};

/// What is wrong with a pattern.
pub(super) enum Fault {
    /// It does not parse: the bytes of the pattern that are wrong, and why.
    Syntax { start: usize, end: usize, what: String },
    /// It compiles to more than a program should carry.
    TooLarge,
}

/// The most states that a pattern may have, roughly. What is larger takes the runtime megabytes.
const MOST: u64 = 1_000_000;

/// Checks a pattern.
pub(super) fn check(pattern: &str) -> Result<(), Fault> {
    let hir = regex_syntax::parse(pattern).map_err(|error| fault(&error))?;
    if size(&hir) > MOST { Err(Fault::TooLarge) } else { Ok(()) }
}

/// A sound pattern, to be matched; none where that would take long.
pub(super) fn compile(pattern: &str) -> Option<regex::Regex> {
    const MOST_HERE: u64 = 20_000;
    let is_small = regex_syntax::parse(pattern).is_ok_and(|hir| size(&hir) <= MOST_HERE);
    is_small.then(|| regex::Regex::new(pattern).ok())?
}

fn fault(error: &regex_syntax::Error) -> Fault {
    let (span, what) = match error {
        regex_syntax::Error::Parse(error) => (error.span(), reason(error.kind())),
        regex_syntax::Error::Translate(error) => (error.span(), error.kind().to_string()),
        other => return Fault::Syntax { start: 0, end: 0, what: other.to_string() },
    };
    Fault::Syntax { start: span.start.offset, end: span.end.offset, what }
}

/// Why it does not parse; a word more where people of other dialects need it.
fn reason(kind: &ast::ErrorKind) -> String {
    match kind {
        ast::ErrorKind::UnsupportedLookAround => "look-around does not exist here".to_owned(),
        ast::ErrorKind::UnsupportedBackreference => "backreferences do not exist here".to_owned(),
        kind => kind.to_string(),
    }
}

/// Roughly how many states the compiled pattern has. Nesting is bounded by the parser.
fn size(hir: &Hir) -> u64 {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => 1,
        HirKind::Literal(literal) => literal.0.len() as u64,
        HirKind::Class(class) => match class {
            regex_syntax::hir::Class::Unicode(class) => 2 * class.ranges().len() as u64 + 1,
            regex_syntax::hir::Class::Bytes(class) => class.ranges().len() as u64 + 1,
        },
        HirKind::Repetition(repetition) => {
            let times = repetition.max.unwrap_or(repetition.min).max(1);
            size(&repetition.sub).saturating_mul(times.into()).saturating_add(1)
        }
        HirKind::Capture(capture) => size(&capture.sub).saturating_add(2),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().fold(1, |sum, part| sum.saturating_add(size(part)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_have_their_place() {
        for (pattern, place) in
            [("a(b", 1..2), ("[a", 0..1), ("a(?=b)", 1..4), (r"\p{Nope}", 0..8), ("*", 0..0)]
        {
            match check(pattern) {
                Err(Fault::Syntax { start, end, .. }) => assert_eq!(start..end, place, "{pattern}"),
                _ => panic!("{pattern} does not parse"),
            }
        }
    }

    #[test]
    fn what_is_common_is_no_large_pattern() {
        for pattern in [r"^\w{1,255}$", r"^[\w.-]{1,64}@[\w.-]{1,255}$", r"^\p{L}[\p{L}\p{M} '-]{0,120}$"] {
            assert!(check(pattern).is_ok(), "{pattern}");
        }
        assert!(matches!(check("((a{100}){100}){200}"), Err(Fault::TooLarge)));
        assert!(matches!(check("(((((a{9999}){9999}){9999}){9999}){9999}){9999}"), Err(Fault::TooLarge)));
    }
}

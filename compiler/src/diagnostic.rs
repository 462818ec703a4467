//! What is told to the user: one function for each diagnostic, by area.
//!
//! Wording: lower case, no full stop, code in backticks; what is, then why, then the edit.

mod codes;
pub(crate) mod columns;
pub(crate) mod computed;
pub mod configuration;
pub(crate) mod declarations;
pub(crate) mod defaults;
pub mod edit;
pub mod explain;
pub(crate) mod expressions;
mod foreign;
pub(crate) mod indexes;
pub(crate) mod keys;
pub(crate) mod lints;
pub mod migrations;
pub(crate) mod names;
pub(crate) mod relations;
mod render;
pub(crate) mod rules;
pub(crate) mod sql;
pub(crate) mod syntax;
pub(crate) mod types;
pub(crate) mod views;

pub use codes::{Code, REGISTRY};
pub use edit::{Applicability, Fix};
pub(crate) use foreign::seemingly_declared;
pub use render::{Colour, printable, render};

use crate::source::Place;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The schema is not what was meant; nothing is compiled.
    Error,
    /// A lint: the schema is compiled.
    Warning,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnostic {
    /// Which.
    pub code: Code,
    /// How bad it is: as the code says, unless a lint is denied.
    pub severity: Severity,
    /// What is, in one line.
    pub message: String,
    /// The characters that are wrong; none for a fault that stands in no file.
    pub primary: Option<Label>,
    /// Other places that explain it.
    pub secondary: Vec<Label>,
    /// Why, where the message does not say.
    pub notes: Vec<String>,
    /// How to mend it.
    pub help: Vec<String>,
    /// Edits that mend it.
    pub fixes: Vec<Fix>,
}

/// A place with a word about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// Where.
    pub place: Place,
    /// The word; may be empty.
    pub text: String,
}

impl Diagnostic {
    pub(crate) fn new(code: Code, place: Place, message: impl Into<String>) -> Diagnostic {
        let primary = Some(Label { place, text: String::new() });
        Diagnostic { primary, ..Diagnostic::placeless(code, message) }
    }

    pub(crate) fn placeless(code: Code, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            code,
            severity: code.severity(),
            message: short(message.into()),
            primary: None,
            secondary: Vec::new(),
            notes: Vec::new(),
            help: Vec::new(),
            fixes: Vec::new(),
        }
    }

    /// A word at the primary place.
    pub(crate) fn label(mut self, text: impl Into<String>) -> Diagnostic {
        if let Some(primary) = &mut self.primary {
            primary.text = short(text.into());
        }
        self
    }

    /// Another place that explains it.
    pub(crate) fn see(mut self, place: Place, text: impl Into<String>) -> Diagnostic {
        self.secondary.push(Label { place, text: short(text.into()) });
        self
    }

    pub(crate) fn note(mut self, text: impl Into<String>) -> Diagnostic {
        self.notes.push(short(text.into()));
        self
    }

    pub(crate) fn help(mut self, text: impl Into<String>) -> Diagnostic {
        self.help.push(short(text.into()));
        self
    }

    /// An edit that mends it; its title is a help line too. Somebody has to choose it, unless it
    /// is said to be [`safe`](Diagnostic::safe).
    pub(crate) fn fix(self, title: impl Into<String>, place: Place, text: impl Into<String>) -> Diagnostic {
        self.fix_all(title, vec![(place, text.into())])
    }

    /// Edits that belong together.
    pub(crate) fn fix_all(mut self, title: impl Into<String>, edits: Vec<(Place, String)>) -> Diagnostic {
        let title = short(title.into());
        self.help.push(title.clone());
        self.fixes.push(Fix { title, edits, applicability: Applicability::Choice });
        self
    }

    /// The last edit may be applied by a machine unasked: it has one reading, and mends no more
    /// than the fault.
    pub(crate) fn safe(mut self) -> Diagnostic {
        if let Some(fix) = self.fixes.last_mut() {
            fix.applicability = Applicability::Safe;
        }
        self
    }

    /// The edit that a machine may apply unasked: the only one, if it is safe.
    pub fn safe_fix(&self) -> Option<&Fix> {
        match self.fixes.as_slice() {
            [fix] if fix.applicability == Applicability::Safe => Some(fix),
            _ => None,
        }
    }

    /// "did you mean", where one of the candidates is near.
    pub(crate) fn suggest<'a>(
        self,
        place: Place,
        wrong: &str,
        candidates: impl IntoIterator<Item = &'a str>,
    ) -> Diagnostic {
        match nearest(wrong, candidates) {
            // Another case is another spelling; another letter may be another name.
            Some(near) if near.eq_ignore_ascii_case(wrong) => {
                self.fix(format!("did you mean `{near}`?"), place, near).safe()
            }
            Some(near) => self.fix(format!("did you mean `{near}`?"), place, near),
            None => self,
        }
    }

    /// What one of several cases adds.
    pub(crate) fn also(self, add: impl FnOnce(Diagnostic) -> Diagnostic) -> Diagnostic {
        add(self)
    }

    /// Error or warning.
    pub fn severity(&self) -> Severity {
        self.severity
    }
}

/// The longest word that near ones are looked for, in bytes.
const MAX_WORD: usize = 64;

/// The candidate that was probably meant: the same word in another case, or the smallest edit
/// distance, at most a third of the word.
pub fn nearest<'a>(wrong: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if wrong.len() > MAX_WORD {
        return None;
    }
    let (folded, letters) = (wrong.to_lowercase(), letters(wrong));
    let most = |candidate: &str| wrong.len().max(candidate.len()).max(3) / 3;
    candidates
        .into_iter()
        .filter(|candidate| *candidate != wrong && candidate.len().abs_diff(wrong.len()) <= most(candidate))
        .filter(|candidate| differing(letters, self::letters(candidate)) <= most(candidate))
        .map(|candidate| (strsim::osa_distance(&folded, &candidate.to_lowercase()), candidate))
        .filter(|&(distance, candidate)| distance <= most(candidate))
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, candidate)| candidate)
}

/// Which letters a word has, capital or not: a bit for each, several letters to one outside of ASCII.
fn letters(word: &str) -> u64 {
    word.bytes().fold(0, |letters, byte| letters | 1 << (byte.to_ascii_lowercase() % 64))
}

/// How many edits there are at least between words of such letters: each brings one letter at most,
/// and takes one.
fn differing(a: u64, b: u64) -> usize {
    (a & !b).count_ones().max((b & !a).count_ones()) as usize
}

/// Cuts the middle out of a text that only a name of absurd length makes so long.
fn short(text: String) -> String {
    const MOST: usize = 800;
    if text.len() <= MOST {
        return text;
    }
    let head: String = text.chars().take(MOST / 4).collect();
    let tail: Vec<char> = text.chars().rev().take(MOST / 8).collect();
    format!("{head}…{}", tail.iter().rev().collect::<String>())
}

/// `a`, `b` and `c`
pub(crate) fn listed<'a>(words: impl IntoIterator<Item = &'a str>, last: &str) -> String {
    let words: Vec<String> = words.into_iter().map(|word| format!("`{word}`")).collect();
    match words.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [init @ .., end] => format!("{} {last} {end}", init.join(", ")),
    }
}

/// "an" before a vowel's letter, "a" otherwise.
pub(crate) fn article(word: &str) -> &'static str {
    match word.trim_start_matches('`').chars().next() {
        Some('a' | 'e' | 'i' | 'o' | 'A' | 'E' | 'I' | 'O') => "an",
        _ => "a",
    }
}

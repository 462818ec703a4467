//! Edits that mend faults, and what becomes of a text by them.

use std::collections::BTreeMap;

use crate::source::{FileId, Place, Sources};

/// An edit that mends a fault.
#[derive(Clone, Debug, PartialEq)]
pub struct Fix {
    /// What it does.
    pub title: String,
    /// What is replaced by what. Of two insertions at one place, the first stands first afterwards.
    pub edits: Vec<(Place, String)>,
    /// Whether a machine may apply it unasked.
    pub applicability: Applicability,
}

/// Whether a machine may apply an edit unasked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applicability {
    /// There is one reading, and the edit says it in Rex's spelling: nothing else changes by it.
    Safe,
    /// Somebody has to choose: it guesses a name, drops what was written, adds a column or a
    /// constraint, changes a type, or is one of several readings.
    Choice,
}

impl Fix {
    /// Whether a comment stands in what is replaced, and not in what replaces it.
    pub(crate) fn loses_a_comment(&self, sources: &Sources) -> bool {
        self.edits.iter().any(|(place, _)| {
            let replaced = &sources.text(place.file)[place.span.range()];
            comments(replaced).any(|comment| !self.edits.iter().any(|(_, text)| text.contains(comment)))
        })
    }
}

/// The comments of a text, without the white space at their ends.
fn comments(text: &str) -> impl Iterator<Item = &str> {
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < text.len() {
            let rest = &text[at..];
            let (length, is_comment) = match rest.as_bytes() {
                [b'"', ..] => (quoted(rest), false),
                [b'/', b'/', ..] => (rest.find('\n').unwrap_or(rest.len()), true),
                [b'/', b'*', ..] => (rest.find("*/").map_or(rest.len(), |end| end + 2), true),
                _ => (rest.chars().next().map_or(1, char::len_utf8), false),
            };
            at += length;
            if is_comment {
                return Some(rest[..length].trim_end());
            }
        }
        None
    })
}

/// How long the text in quotes is that a text begins with.
fn quoted(text: &str) -> usize {
    let mut escaped = false;
    let ends = |c: char| {
        let ends = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    };
    text[1..].find(ends).map_or(text.len(), |end| end + 2)
}

/// The sources after edits, none of which overlap.
pub fn apply(sources: &Sources, fixes: &[&Fix]) -> Sources {
    let mut edited = Sources::default();
    for id in sources.ids() {
        edited.add(sources.name(id), apply_to(sources, id, fixes));
    }
    edited
}

fn apply_to(sources: &Sources, file: FileId, fixes: &[&Fix]) -> String {
    let all = fixes.iter().flat_map(|fix| &fix.edits);
    let mut edits: Vec<&(Place, String)> = all.filter(|(place, _)| place.file == file).collect();
    edits.sort_by_key(|(place, _)| place.span);
    let text = sources.text(file);
    let (mut out, mut at) = (String::with_capacity(text.len()), 0);
    for (place, replacement) in edits {
        let range = place.span.range();
        // Edits that overlap are not applied together: the first one counts.
        if range.start < at {
            continue;
        }
        out.push_str(&text[at..range.start]);
        out.push_str(replacement);
        at = range.end;
        if replacement.is_empty() && !range.is_empty() {
            at = tidy_up(text, range.start, at, &mut out);
        }
    }
    out.push_str(&text[at..]);
    out
}

/// Removes the white space that stood before what was removed, and the line if nothing else is on
/// it. Gives where the rest of the text begins.
fn tidy_up(text: &str, start: usize, end: usize, out: &mut String) -> usize {
    let rest = &text[end..];
    let is_last = rest.trim_start_matches([' ', '\t', '\r']).starts_with('\n') || rest.trim().is_empty();
    if !is_last && !rest.starts_with([' ', '\t', ',', ')']) {
        return end;
    }
    let kept = out.trim_end_matches([' ', '\t']).len();
    let is_alone =
        is_last && (kept == 0 || out[..kept].ends_with('\n')) && text[..start].ends_with(&out[kept..]);
    out.truncate(kept);
    match is_alone {
        true => end + rest.find('\n').map_or(rest.len(), |newline| newline + 1),
        false => end,
    }
}

/// As many as can be applied together, in order: those whose edits overlap or touch none of an
/// earlier one.
pub fn compatible<'a, T>(candidates: impl IntoIterator<Item = T>, fix: impl Fn(&T) -> &'a Fix) -> Vec<T> {
    // Where the characters that change begin, and where they end.
    let mut taken: BTreeMap<(FileId, u32), u32> = BTreeMap::new();
    let mut chosen = Vec::new();
    for candidate in candidates {
        let edits = &fix(&candidate).edits;
        let is_free = |(place, _): &(Place, String)| {
            let before = taken.range((place.file, 0)..=(place.file, place.span.end)).next_back();
            before.is_none_or(|(_, &end)| end < place.span.start)
        };
        if edits.iter().all(is_free) {
            for (place, _) in edits {
                let end = taken.entry((place.file, place.span.start)).or_default();
                *end = place.span.end.max(*end);
            }
            chosen.push(candidate);
        }
    }
    chosen
}

//! Two schemas that grew from one, as one again: declaration by declaration, and line by line within.
//!
//! ```text
//! base ──▶ ours           a declaration that only one of them changed is that one's
//!   └────▶ theirs         of one that both changed, lines that only one of them changed
//! ```
//!
//! Texts are in canonical layout. How lines are aligned is no difference.

use rex_grammar::ast::Span;
use rex_grammar::{format, parse};
use similar::{Algorithm, DiffOp, capture_diff_slices};

/// Merges. The error names the declarations that both changed at the same place.
pub(super) fn merge(base: &str, ours: &str, theirs: &str) -> Result<String, Vec<String>> {
    let (base, ours, theirs) = (declarations(base), declarations(ours), declarations(theirs));
    let mut names: Vec<&str> = ours.iter().map(|(name, _)| name.as_str()).collect();
    for (name, _) in &theirs {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    let (mut merged, mut conflicts) = (Vec::new(), Vec::new());
    for name in names {
        let of =
            |all: &[(String, String)]| all.iter().find(|(one, _)| one == name).map(|(_, text)| text.clone());
        match declaration(of(&base), of(&ours), of(&theirs)) {
            Ok(text) => merged.extend(text),
            Err(()) => conflicts.push(name.to_owned()),
        }
    }
    match conflicts.is_empty() {
        true => Ok(format(&(merged.join("\n\n") + "\n")).text),
        false => Err(conflicts),
    }
}

/// The declarations of a text, by name, each with what stands before it. What stands before the first or
/// behind the last belongs to them.
fn declarations(text: &str) -> Vec<(String, String)> {
    let (file, _) = parse(text);
    let mut from = 0;
    let count = file.items.len();
    let one = |(place, item): (usize, &rex_grammar::ast::Item)| {
        let Span { end, .. } = whole(item);
        let end = if place + 1 == count { text.len() } else { line_end(text, end as usize) };
        let part = text[from..end].trim_matches('\n').to_owned();
        from = end;
        (item.name().text.clone(), part)
    };
    file.items.iter().enumerate().map(one).collect()
}

fn whole(item: &rex_grammar::ast::Item) -> Span {
    use rex_grammar::ast::Item;
    match item {
        Item::Block(block) => block.span,
        Item::Enum(item) => item.span,
        Item::Union(item) => item.span,
    }
}

/// With a comment behind it.
fn line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |end| at + end + 1)
}

/// One declaration; none where it goes.
fn declaration(
    base: Option<String>,
    ours: Option<String>,
    theirs: Option<String>,
) -> Result<Option<String>, ()> {
    let same = |one: &Option<String>, other: &Option<String>| match (one, other) {
        (Some(one), Some(other)) => lines(one) == lines(other),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    };
    if same(&ours, &theirs) || same(&base, &theirs) {
        return Ok(ours);
    }
    if same(&base, &ours) {
        return Ok(theirs);
    }
    match (base, ours, theirs) {
        (Some(base), Some(ours), Some(theirs)) => within(&base, &ours, &theirs).map(Some),
        _ => Err(()),
    }
}

/// Lines without what aligns them.
fn lines(text: &str) -> Vec<String> {
    text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

/// Lines that one of them changed. What both put in at the same place is there one after the other.
fn within(base: &str, ours: &str, theirs: &str) -> Result<String, ()> {
    let (base, ours, theirs) = (lines(base), lines(ours), lines(theirs));
    let mine = changes(&base, &ours);
    let mut others = changes(&base, &theirs);
    others.retain(|change| !mine.contains(change));
    let is_deletion = |change: &Change| change.lines.is_empty();
    let meets = |one: &Change, other: &Change| one.start < other.end && other.start < one.end;
    for one in &mine {
        if others.iter().any(|other| meets(one, other) && !(is_deletion(one) && is_deletion(other))) {
            return Err(());
        }
    }
    let all = || mine.iter().chain(&others);
    let mut merged: Vec<&String> = Vec::new();
    for at in 0..=base.len() {
        merged.extend(all().filter(|change| change.start == at).flat_map(|change| &change.lines));
        let is_gone = all().any(|change| (change.start..change.end).contains(&at));
        merged.extend(base.get(at).filter(|_| !is_gone));
    }
    Ok(merged.into_iter().map(String::as_str).collect::<Vec<_>>().join("\n"))
}

/// Lines of the base that are other lines now.
#[derive(Clone, Debug, PartialEq)]
struct Change {
    start: usize,
    end: usize,
    lines: Vec<String>,
}

fn changes(base: &[String], other: &[String]) -> Vec<Change> {
    let ops = capture_diff_slices(Algorithm::Myers, base, other);
    let change = |op: DiffOp| match op {
        DiffOp::Equal { .. } => None,
        DiffOp::Delete { old_index, old_len, .. } => {
            Some(Change { start: old_index, end: old_index + old_len, lines: Vec::new() })
        }
        DiffOp::Insert { old_index, new_index, new_len } => Some(Change {
            start: old_index,
            end: old_index,
            lines: other[new_index..new_index + new_len].to_vec(),
        }),
        DiffOp::Replace { old_index, old_len, new_index, new_len } => Some(Change {
            start: old_index,
            end: old_index + old_len,
            lines: other[new_index..new_index + new_len].to_vec(),
        }),
    };
    ops.into_iter().filter_map(change).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str =
        "model A {\n    id:   BigInt  @id\n    name: String\n}\n\nmodel B {\n    id: BigInt  @id\n}\n";

    fn with(text: &str, from: &str, to: &str) -> String {
        let changed = text.replace(from, to);
        assert_ne!(changed, text, "{from}");
        format(&changed).text
    }

    #[test]
    fn changes_of_other_places_go_together() {
        let ours = with(BASE, "name: String\n", "name: String\n    longer_name: Int\n");
        let theirs = with(BASE, "model B", "/// Documented.\nmodel C { id: BigInt @id }\n\nmodel B");
        let merged = merge(BASE, &ours, &theirs).expect("nothing is in the way");
        assert_eq!(
            merged,
            with(
                &ours,
                "model B {\n    id: BigInt  @id\n}\n",
                "model B {\n    id: BigInt  @id\n}\n\n/// Documented.\nmodel C { id: BigInt @id }\n"
            )
        );
        assert_eq!(merge(BASE, BASE, &theirs).map(|text| declarations(&text).len()), Ok(3));
        assert_eq!(merge(BASE, &ours, BASE), Ok(ours));
    }

    #[test]
    fn two_fields_at_one_place_are_both_there() {
        let ours = with(BASE, "name: String\n", "name: String\n    one: Int\n");
        let theirs = with(BASE, "name: String\n", "name: String\n    other: Int\n");
        let merged = merge(BASE, &ours, &theirs).expect("nothing is in the way");
        assert!(merged.contains("    one:   Int\n    other: Int\n}"), "{merged}");
    }

    #[test]
    fn what_goes_stays_away() {
        let ours = with(BASE, "    name: String\n", "");
        let theirs = with(BASE, "id:   BigInt  @id\n", "id:   BigInt  @id\n    more: Int\n");
        let merged = merge(BASE, &ours, &theirs).expect("nothing is in the way");
        assert!(merged.contains("more: Int") && !merged.contains("name"), "{merged}");
        let gone = with(BASE, "\nmodel B {\n    id: BigInt  @id\n}\n", "");
        assert_eq!(declarations(&merge(BASE, &gone, &theirs).expect("nothing is in the way")).len(), 1);
    }

    #[test]
    fn two_readings_of_one_line_are_told() {
        let ours = with(BASE, "name: String", "name: Int");
        let theirs = with(BASE, "name: String", "name: BigInt");
        assert_eq!(merge(BASE, &ours, &theirs), Err(vec!["A".to_owned()]));
        let gone = with(BASE, "model A {\n    id:   BigInt  @id\n    name: String\n}\n\n", "");
        assert_eq!(merge(BASE, &ours, &gone), Err(vec!["A".to_owned()]));
        assert_eq!(merge(BASE, &ours, &ours), Ok(ours.clone()));
    }
}

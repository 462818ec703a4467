//! The order in which tables and views are created, so that each finds what it needs.

mod reads;

use std::collections::HashMap;
use std::mem;

use crate::database::{Table, View};

/// Places in `tables`: each table after those that it refers to, source order otherwise. Where
/// tables refer to each other in a cycle, only keys of that cycle lead to a later table.
pub(crate) fn creation(tables: &[Table]) -> Vec<usize> {
    after(&targets(tables))
}

/// Places in `views`: each view after those that its query reads, source order otherwise.
pub(crate) fn of_views(views: &[View]) -> Vec<usize> {
    let is_of = |view: &View, (schema, name): &(Option<String>, String)| {
        view.name == *name && schema.as_deref().is_none_or(|schema| is_in(view, schema))
    };
    let of = |view: &View| {
        let read = reads::tables(view.query.0.as_str());
        let found = read.iter().flat_map(|name| (0..views.len()).filter(|&at| is_of(&views[at], name)));
        found.collect()
    };
    match views {
        [] | [_] => (0..views.len()).collect(),
        several => after(&several.iter().map(of).collect::<Vec<_>>()),
    }
}

/// A view without a schema is in that of its database.
fn is_in(view: &View, schema: &str) -> bool {
    view.schema.as_deref().map_or(["public", "main"].contains(&schema), |own| own == schema)
}

/// Each place after those that it needs, in order otherwise.
fn after(needed: &[Vec<usize>]) -> Vec<usize> {
    let mut seen = vec![false; needed.len()];
    let mut order = Vec::with_capacity(needed.len());
    for start in 0..needed.len() {
        // Depth first, with the path at hand instead of on the stack: chains may be long. Each
        // step is a place and how many of those that it needs have been followed.
        let mut path = if mem::replace(&mut seen[start], true) { vec![] } else { vec![(start, 0)] };
        while let Some((place, followed)) = path.last_mut() {
            match needed[*place].get(*followed) {
                Some(&target) => {
                    *followed += 1;
                    if !mem::replace(&mut seen[target], true) {
                        path.push((target, 0));
                    }
                }
                None => {
                    order.push(*place);
                    path.pop();
                }
            }
        }
    }
    order
}

/// Renames in an order in which each new name is free. Where names go round in a circle, one of them
/// is parked under another meanwhile; whether a rename is one that was asked for, or the way to such
/// a place.
pub(crate) fn renames(wanted: &[(&str, &str)]) -> Vec<(String, String, bool)> {
    let mut left: Vec<(String, String)> =
        wanted.iter().map(|(old, new)| ((*old).to_owned(), (*new).to_owned())).collect();
    let mut order = Vec::new();
    while !left.is_empty() {
        let is_free = |new: &str| !left.iter().any(|(old, _)| old == new);
        match left.iter().position(|(_, new)| is_free(new)) {
            Some(place) => {
                let (old, new) = left.remove(place);
                order.push((old, new, true));
            }
            None => {
                let parked = format!("_rex_old_{}", left[0].0);
                order.push((left[0].0.clone(), parked.clone(), false));
                left[0].0 = parked;
            }
        }
    }
    order
}

/// For each table, the places of those that it refers to.
fn targets(tables: &[Table]) -> Vec<Vec<usize>> {
    let places: HashMap<(Option<&str>, &str), usize> =
        tables.iter().enumerate().map(|(place, table)| (table.id(), place)).collect();
    let of = |table: &Table| {
        table.foreign_keys.iter().filter_map(|key| places.get(&key.target_id()).copied()).collect()
    };
    tables.iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::renames;

    #[test]
    fn new_names_are_free_when_they_are_taken() {
        let order = |wanted: &[(&str, &str)]| {
            let all = renames(wanted).into_iter();
            all.map(|(old, new, is_real)| format!("{old}>{new}{}", if is_real { "" } else { "?" }))
                .collect::<Vec<_>>()
        };
        assert_eq!(order(&[("a", "b"), ("b", "c")]), ["b>c", "a>b"]);
        assert_eq!(order(&[("a", "b"), ("b", "a")]), ["a>_rex_old_a?", "b>a", "_rex_old_a>b"]);
    }
}

//! The order in which tables are created, so that foreign keys find their targets.

use std::collections::HashMap;
use std::mem;

use crate::database::Table;

/// Places in `tables`: each table after those that it refers to, source order otherwise. Where
/// tables refer to each other in a cycle, only keys of that cycle lead to a later table.
pub(crate) fn creation(tables: &[Table]) -> Vec<usize> {
    let targets = targets(tables);
    let mut seen = vec![false; tables.len()];
    let mut order = Vec::with_capacity(tables.len());
    for start in 0..tables.len() {
        // Depth first, with the path at hand instead of on the stack: chains may be long. Each
        // step is a table and how many of its targets have been followed.
        let mut path = if mem::replace(&mut seen[start], true) { vec![] } else { vec![(start, 0)] };
        while let Some((table, followed)) = path.last_mut() {
            match targets[*table].get(*followed) {
                Some(&target) => {
                    *followed += 1;
                    if !mem::replace(&mut seen[target], true) {
                        path.push((target, 0));
                    }
                }
                None => {
                    order.push(*table);
                    path.pop();
                }
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

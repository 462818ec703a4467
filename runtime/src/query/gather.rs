//! Puts rows that were loaded by key to the parents that have the key.

use std::collections::HashMap;

use crate::scalar::KeyParts;

/// The keys of some parents, and which rows were found for each.
pub(super) struct Gather<K> {
    groups: HashMap<K, Group>,
    found: usize,
}

#[derive(Default)]
struct Group {
    /// Places of rows, in the order in which they came.
    rows: Vec<usize>,
    /// How many parents have the key.
    parents: usize,
}

impl<K: KeyParts> Gather<K> {
    pub(super) fn new(parents: &[Option<K>]) -> Self {
        let mut groups = HashMap::<K, Group>::with_capacity(parents.len());
        for key in parents.iter().flatten() {
            groups.entry(key.clone()).or_default().parents += 1;
        }
        Gather { groups, found: 0 }
    }

    /// Each key once.
    pub(super) fn distinct(&self) -> Vec<K> {
        self.groups.keys().cloned().collect()
    }

    /// The next row was found for this key.
    pub(super) fn found(&mut self, key: K) {
        // A key that the database takes for equal and Rust does not has no parent here.
        if let Some(group) = self.groups.get_mut(&key) {
            group.rows.push(self.found);
        }
        self.found += 1;
    }

    /// The rows of each parent. A row is cloned only for parents that share it.
    pub(super) fn groups<T: Clone>(mut self, parents: &[Option<K>], rows: Vec<T>) -> Vec<Vec<T>> {
        let mut rows: Vec<Option<T>> = rows.into_iter().map(Some).collect();
        let mut group = |key: &K| {
            let Some(group) = self.groups.get_mut(key) else { return Vec::new() };
            group.parents -= 1;
            let last = group.parents == 0;
            let row = |place: &usize| if last { rows[*place].take() } else { rows[*place].clone() };
            group.rows.iter().filter_map(row).collect()
        };
        parents.iter().map(|key| key.as_ref().map_or_else(Vec::new, &mut group)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_parent_gets_its_rows_in_order() {
        let parents = [Some(1i64), None, Some(2), Some(1), Some(3)];
        let mut gather = Gather::new(&parents);
        assert_eq!(gather.distinct().len(), 3);
        for key in [2, 1, 1] {
            gather.found(key);
        }
        let groups = gather.groups(&parents, vec!["x", "a", "b"]);
        assert_eq!(groups, [vec!["a", "b"], vec![], vec!["x"], vec!["a", "b"], vec![]]);
    }
}

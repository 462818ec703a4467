//! Puts rows that were loaded by key to the parents that have the key.

use std::collections::HashMap;

use crate::scalar::KeyParts;

/// The keys of some parents, and which rows were found for each.
pub(super) struct Gather<K> {
    /// The place of each key's group.
    places: HashMap<K, usize>,
    /// Each key once, in the order of the parents.
    keys: Vec<K>,
    groups: Vec<Group>,
    /// The group of each parent; none where its key is null.
    parents: Vec<Option<usize>>,
    /// The group of each row that was found; none of a row without a parent.
    rows: Vec<Option<usize>>,
}

#[derive(Clone, Copy, Default)]
struct Group {
    rows: usize,
    /// How many parents have the key.
    parents: usize,
}

impl<K: KeyParts> Gather<K> {
    pub(super) fn new(parents: &[Option<K>]) -> Self {
        let mut gather = Gather {
            places: HashMap::with_capacity(parents.len()),
            keys: Vec::with_capacity(parents.len()),
            groups: Vec::with_capacity(parents.len()),
            parents: Vec::with_capacity(parents.len()),
            rows: Vec::new(),
        };
        for key in parents {
            let place = key.as_ref().map(|key| gather.add(key));
            gather.parents.push(place);
        }
        gather
    }

    fn add(&mut self, key: &K) -> usize {
        let place = *self.places.entry(key.clone()).or_insert(self.keys.len());
        if place == self.keys.len() {
            self.keys.push(key.clone());
            self.groups.push(Group::default());
        }
        self.groups[place].parents += 1;
        place
    }

    /// Each key once.
    pub(super) fn distinct(&self) -> &[K] {
        &self.keys
    }

    /// The next row was found for this key.
    pub(super) fn found(&mut self, key: K) {
        // Most rows follow one with the same key.
        let last = self.rows.last().copied().flatten().filter(|last| self.keys[*last] == key);
        // A key that the database takes for equal and Rust does not has no parent here.
        let place = last.or_else(|| self.places.get(&key).copied());
        if let Some(place) = place {
            self.groups[place].rows += 1;
        }
        self.rows.push(place);
    }

    /// The rows of each parent. A row is cloned only for parents that share it.
    pub(super) fn groups<T: Clone>(mut self, rows: Vec<T>) -> Vec<Vec<T>> {
        let mut filled: Vec<Vec<T>> =
            self.groups.iter().map(|group| Vec::with_capacity(group.rows)).collect();
        for (row, place) in rows.into_iter().zip(self.rows) {
            if let Some(place) = place {
                filled[place].push(row);
            }
        }
        let mut group = |place: usize| {
            self.groups[place].parents -= 1;
            let last = self.groups[place].parents == 0;
            if last { std::mem::take(&mut filled[place]) } else { filled[place].clone() }
        };
        self.parents.into_iter().map(|place| place.map_or_else(Vec::new, &mut group)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_parent_gets_its_rows_in_order() {
        let parents = [Some(1i64), None, Some(2), Some(1), Some(3)];
        let mut gather = Gather::new(&parents);
        assert_eq!(gather.distinct(), [1, 2, 3]);
        for key in [2, 1, 9, 1] {
            gather.found(key);
        }
        let groups = gather.groups(vec!["x", "a", "of nobody", "b"]);
        assert_eq!(groups, [vec!["a", "b"], vec![], vec!["x"], vec!["a", "b"], vec![]]);
    }
}

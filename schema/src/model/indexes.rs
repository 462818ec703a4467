//! Unique constraints and indexes: how they are made, and what they find.

use super::{Expr, Formula, Index, IndexKey, IndexPart, Node, Unique};

impl Unique {
    /// A plain constraint over some columns.
    pub fn new(name: impl Into<String>, columns: Vec<usize>, fields: Vec<String>) -> Unique {
        Unique { name: name.into(), columns, fields, condition: None, nulls_not_distinct: false }
    }

    /// Whether values of its columns lead to one row at most: it is over all rows, or over those in
    /// which its own columns are set.
    pub fn finds_one_row(&self) -> bool {
        match &self.condition {
            None => true,
            Some(Formula::Expr(condition)) => self.asks_for_itself(condition),
            Some(Formula::Sql(_)) => false,
        }
    }

    fn asks_for_itself(&self, condition: &Expr) -> bool {
        if let Node::All(list) = &condition.node {
            return list.iter().all(|one| self.asks_for_itself(one));
        }
        let Node::IsNotNull(inner) = &condition.node else { return false };
        matches!(inner.node, Node::Column(place) if self.columns.contains(&place))
    }
}

impl Index {
    /// A plain index of these parts.
    pub fn new(name: impl Into<String>, parts: Vec<IndexPart>) -> Index {
        Index { name: name.into(), parts, condition: None, method: None, include: Vec::new() }
    }

    /// The places of its columns; none if a part is no column.
    pub fn columns(&self) -> Option<Vec<usize>> {
        self.parts.iter().map(IndexPart::column).collect()
    }
}

impl IndexPart {
    /// A column, smallest first.
    pub fn new(column: usize) -> IndexPart {
        IndexPart { key: IndexKey::Column(column), descending: false, nulls: None, collate: None, ops: None }
    }

    /// The place of its column, if it is one.
    pub fn column(&self) -> Option<usize> {
        match &self.key {
            IndexKey::Column(column) => Some(*column),
            IndexKey::Formula(_) => None,
        }
    }
}

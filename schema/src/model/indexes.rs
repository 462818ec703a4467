//! Unique constraints and indexes: what they are, how they are made, and what they find.

use super::{Expr, Formula, Node};

/// A unique constraint.
#[derive(Clone, Debug, PartialEq)]
pub struct Unique {
    /// The constraint's name in the database.
    pub name: String,
    /// Places in the model's `columns`.
    pub columns: Vec<usize>,
    /// The fields as the user named them (`author`, `title`): the method is `by_author_title`
    /// made of these, a relation's name standing for its columns.
    pub fields: Vec<String>,
    /// Which rows it holds for, if not all: it is a unique index then, not a constraint.
    pub condition: Option<Formula>,
    /// Whether null equals null (PostgreSQL 15 and up).
    pub nulls_not_distinct: bool,
}

/// An index that is no constraint.
#[derive(Clone, Debug, PartialEq)]
pub struct Index {
    /// The index's name in the database.
    pub name: String,
    /// Its parts, in order.
    pub parts: Vec<IndexPart>,
    /// Which rows it holds, if not all.
    pub condition: Option<Formula>,
    /// PostgreSQL's method (`gin`); `btree` where none. SQLite has no index with another.
    pub method: Option<String>,
    /// Places of columns that it holds along, in PostgreSQL.
    pub include: Vec<usize>,
}

/// A part of an index.
#[derive(Clone, Debug, PartialEq)]
pub struct IndexPart {
    /// What is sorted.
    pub key: IndexKey,
    /// Largest first.
    pub descending: bool,
    /// Where nulls stand; the database's own habit where none.
    pub nulls: Option<Nulls>,
    /// The collation's name.
    pub collate: Option<String>,
    /// PostgreSQL's operator class (`gin_trgm_ops`).
    pub ops: Option<String>,
}

/// What a part of an index sorts.
#[derive(Clone, Debug, PartialEq)]
pub enum IndexKey {
    /// A place in the model's `columns`.
    Column(usize),
    /// What is made of them.
    Formula(Formula),
}

/// Where nulls stand in an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nulls {
    /// Before all values.
    First,
    /// After all values.
    Last,
}

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

//! A relation from a model to itself, followed to a given depth: one statement for each level.

use super::load::{Load, LoadOf};
use crate::adapter::{BoxFuture, Session};
use crate::error::Result;
use crate::model::{Many, Relation};

/// A row, and what a relation to its own model leads to, and so on.
#[derive(Clone, Debug, PartialEq)]
pub struct Tree<M> {
    /// The row.
    pub row: M,
    /// What it leads to; nothing at the depth that was asked for.
    pub below: Vec<Tree<M>>,
}

/// What one row leads to.
type Trees<M> = Vec<Tree<M>>;

/// The relation `R` to be loaded to a given depth: what [`Load::depth`] gives.
#[must_use = "a load does nothing until it is handed to `with`"]
pub struct Deep<R: Relation> {
    load: Load<R>,
    depth: u32,
}

impl<R: Relation> Clone for Deep<R> {
    fn clone(&self) -> Self {
        Deep { load: self.load.clone(), depth: self.depth }
    }
}

impl<R: Relation<Card = Many, To = <R as Relation>::From>> Load<R> {
    /// Loads it for the rows that it leads to as well, and so on: so many levels, each with the same
    /// filter, order and limit. A level is one statement.
    pub fn depth(self, levels: u32) -> Deep<R> {
        Deep { load: self, depth: levels }
    }
}

#[diagnostic::do_not_recommend]
impl<R: Relation<Card = Many, To = <R as Relation>::From>> LoadOf<R::From> for Deep<R> {
    type Out = Trees<R::From>;

    fn fetch<'s>(
        &'s self,
        session: &'s dyn Session,
        rows: &'s [R::From],
    ) -> BoxFuture<'s, Result<Vec<Self::Out>>> {
        self.level(session, rows, self.depth)
    }
}

impl<R: Relation<Card = Many, To = <R as Relation>::From>> Deep<R> {
    fn level<'s>(
        &'s self,
        session: &'s dyn Session,
        rows: &'s [R::From],
        depth: u32,
    ) -> BoxFuture<'s, Result<Vec<Trees<R::From>>>> {
        Box::pin(async move {
            if depth == 0 || rows.is_empty() {
                return Ok(rows.iter().map(|_| Vec::new()).collect());
            }
            let levels = self.load.fetch(session, rows).await?;
            let lengths: Vec<usize> = levels.iter().map(Vec::len).collect();
            let all: Vec<R::From> = levels.into_iter().flatten().collect();
            let below = self.level(session, &all, depth - 1).await?;
            let mut trees = all.into_iter().zip(below).map(|(row, below)| Tree { row, below });
            Ok(lengths.into_iter().map(|length| trees.by_ref().take(length).collect()).collect())
        })
    }
}

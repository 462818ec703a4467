//! Selecting, and rows that are made one.

use rex_sql::{Expr, Order};

use super::joined::Query;
use super::selection::{Keys, Mode, Selection};
use super::source::Extent;
use super::{Selected, Statement};
use crate::query::place::Grouped;
use crate::query::tail::count;
use crate::query::{Cond, Orders};
use crate::value::Value;

/// A query whose rows agree in keys, and are made one by them. Select what is wanted of each group:
/// its keys, which closures are handed first, and aggregates of its columns.
///
/// ```text
/// .group_by(|(_, a)| (a.id, a.name))
/// .having(|_, _| count().gt(5))
/// .select(|(_, name), (p, _)| (name, count(), p.published_at.max()))
/// ```
#[must_use = "groups are sent when values of them are selected and awaited"]
pub struct Groups<S: Extent, H> {
    query: Query<S>,
    keys: H,
}

impl<S: Extent, H: Clone> Clone for Groups<S, H> {
    fn clone(&self) -> Self {
        Groups { query: self.query.clone(), keys: self.keys.clone() }
    }
}

pub(crate) fn group<S: Extent, K: Keys<S>>(
    mut query: Query<S>,
    keys: impl FnOnce(S::Columns<S>) -> K,
) -> Groups<S, K::Handed> {
    let mut terms = Vec::new();
    let keys = keys(query.columns()).keys(&mut terms);
    query.statement.group_by(terms);
    Groups { query, keys }
}

pub(crate) fn distinct_on<S: Extent, K: Keys<S>>(
    mut query: Query<S>,
    keys: impl FnOnce(S::Columns<S>) -> K,
) -> Query<S> {
    let mut terms = Vec::new();
    _ = keys(query.columns()).keys(&mut terms);
    query.statement.distinct_on(terms);
    query
}

pub(crate) fn select<S: Extent, K: Mode<S>, X: Selection<K>>(
    mut query: Query<S>,
    selection: impl FnOnce(S::Columns<S>) -> X,
) -> Selected<X::Row> {
    let mut terms = Vec::new();
    let read = selection(query.columns()).select(&mut terms);
    if K::GROUPED {
        query.statement.grouped = true;
    } else {
        query.statement.by_key(&query.entries);
    }
    Selected::new(query.statement, terms, read)
}

impl<S: Extent, H: Clone> Groups<S, H> {
    fn statement(&mut self) -> &mut Statement {
        &mut self.query.statement
    }

    /// Keeps only groups for which the condition is true. Several must all be true.
    pub fn having(mut self, cond: impl FnOnce(H, S::Columns<S>) -> Cond<Grouped<S>>) -> Self {
        let cond: Expr<Value> = cond(self.keys.clone(), self.query.columns()).into_expr();
        let having = &mut self.statement().select.having;
        *having = Some(match having.take() {
            Some(having) => having.and(cond),
            None => cond,
        });
        self
    }

    /// Sorts the groups. A further order sorts those that are equal by the ones before.
    pub fn order<O: Orders<Grouped<S>>>(mut self, order: impl FnOnce(H, S::Columns<S>) -> O) -> Self {
        let order = order(self.keys.clone(), self.query.columns());
        let mut keys: Vec<Order<Value>> = Vec::new();
        order.push_to(&mut keys);
        self.statement().select.order.extend(keys);
        self
    }

    /// At most so many groups.
    pub fn limit(mut self, groups: u64) -> Self {
        self.statement().select.limit = Some(Value::I64(count(groups)));
        self
    }

    /// Leaves out so many groups at the start.
    pub fn offset(mut self, groups: u64) -> Self {
        self.statement().select.offset = Some(Value::I64(count(groups)));
        self
    }

    /// Selects values of each group: its keys, aggregates of its columns, and what is computed of
    /// these.
    pub fn select<X: Selection<Grouped<S>>>(
        self,
        selection: impl FnOnce(H, S::Columns<S>) -> X,
    ) -> Selected<X::Row> {
        let mut terms = Vec::new();
        let read = selection(self.keys.clone(), self.query.columns()).select(&mut terms);
        Selected::new(self.query.statement, terms, read)
    }
}

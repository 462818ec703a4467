//! Which columns a statement mentions, and changes all over one.

use crate::aggregate::{Aggregate, Window, WindowFunction};
use crate::expr::{ColumnRef, Expr, Order};
use crate::statement::{Distinct, Projection, Select, Source};

/// What is asked of a column.
type Test<'t> = &'t mut dyn FnMut(&ColumnRef) -> bool;

impl<V> Expr<V> {
    /// Whether a column is mentioned of which the test is true, in the queries within it too.
    pub fn any_column(&self, test: Test<'_>) -> bool {
        match self {
            Expr::Column(column) | Expr::Next(column) => test(column),
            Expr::Value(_) | Expr::Typed(..) | Expr::Key(_) => false,
            Expr::All(list) | Expr::Any(list) | Expr::Call(_, list) => any(list, test),
            Expr::Not(one)
            | Expr::IsNull(one)
            | Expr::IsNotNull(one)
            | Expr::In(one, _)
            | Expr::NotIn(one, _)
            | Expr::Text(_, one, _)
            | Expr::Negate(_, one)
            | Expr::Abs(_, one)
            | Expr::Widen { of: one, .. }
            | Expr::Rank(one, _)
            | Expr::General(one, _) => one.any_column(test),
            Expr::Compare(_, sides) => sides.iter().any(|side| side.any_column(test)),
            Expr::Same(left, right) | Expr::TextOf(_, left, right) | Expr::Arithmetic(_, _, left, right) => {
                left.any_column(test) || right.any_column(test)
            }
            Expr::Case(branches, last) => {
                branches.iter().any(|(when, then)| when.any_column(test) || then.any_column(test))
                    || last.as_ref().is_some_and(|last| last.any_column(test))
            }
            Expr::InSelect(columns, select) => columns.iter().any(&mut *test) || select.any_column(test),
            Expr::InQuery(one, select) => one.any_column(test) || select.any_column(test),
            Expr::Exists(select) | Expr::Query(select) => select.any_column(test),
            Expr::Aggregate(aggregate) => aggregate.any_column(test),
            Expr::Window(window) => window.any_column(test),
        }
    }
}

impl<V> Aggregate<V> {
    fn any_column(&self, test: Test<'_>) -> bool {
        any(&self.of, test) || any(&self.filter, test) || in_order(&self.order, test)
    }
}

impl<V> Window<V> {
    fn any_column(&self, test: Test<'_>) -> bool {
        let of = match &self.function {
            WindowFunction::Aggregate(aggregate) => aggregate.any_column(test),
            WindowFunction::Lag(of, _)
            | WindowFunction::Lead(of, _)
            | WindowFunction::First(of)
            | WindowFunction::Last(of)
            | WindowFunction::Nth(of, _) => of.any_column(test),
            WindowFunction::RowNumber
            | WindowFunction::Rank
            | WindowFunction::DenseRank
            | WindowFunction::PercentRank
            | WindowFunction::CumulativeDistribution
            | WindowFunction::Tile(_) => false,
        };
        of || any(&self.partition, test) || in_order(&self.order, test)
    }
}

impl<V> Select<V> {
    /// Whether a column is mentioned of which the test is true, otherwise than to be answered with
    /// as it is.
    pub fn any_column(&self, test: Test<'_>) -> bool {
        self.with.iter().any(|common| common.query.any_column(test))
            || self.in_projection(test)
            || self.in_source(&self.from, test)
            || self.joins.iter().any(|join| self.in_source(&join.source, test) || join.on.any_column(test))
            || any(&self.filter, test)
            || any(&self.group, test)
            || any(&self.having, test)
            || in_order(&self.order, test)
            || self.compound.iter().any(|(_, select)| select.any_column(test))
    }

    fn in_projection(&self, test: Test<'_>) -> bool {
        let keys = match &self.distinct {
            Distinct::On(keys) => any(keys, test),
            Distinct::All | Distinct::Rows => false,
        };
        let values = match &self.projection {
            Projection::Values(values) => values.iter().any(|value| match value {
                Expr::Column(_) => false,
                value => value.any_column(test),
            }),
            Projection::Columns(_)
            | Projection::Listed(_)
            | Projection::Whole(_)
            | Projection::Count
            | Projection::Exists => false,
        };
        keys || values
    }

    fn in_source(&self, source: &Source<V>, test: Test<'_>) -> bool {
        match source {
            Source::Table(_) | Source::Common(_) => false,
            Source::Query(select) => select.any_column(test),
        }
    }
}

fn any<'e, V: 'e>(exprs: impl IntoIterator<Item = &'e Expr<V>>, test: Test<'_>) -> bool {
    exprs.into_iter().any(|expr| expr.any_column(test))
}

fn in_order<V>(order: &[Order<V>], test: Test<'_>) -> bool {
    order.iter().any(|key| key.by.any_column(test))
}

impl<V> Expr<V> {
    /// Hands the expressions that it is directly made of to `visit`; not those of queries in it.
    fn each(&mut self, visit: &mut dyn FnMut(&mut Expr<V>)) {
        match self {
            Expr::Column(_)
            | Expr::Next(_)
            | Expr::Value(_)
            | Expr::Typed(..)
            | Expr::Key(_)
            | Expr::InSelect(..)
            | Expr::Exists(_)
            | Expr::Query(_) => {}
            Expr::All(list) | Expr::Any(list) | Expr::Call(_, list) => list.iter_mut().for_each(visit),
            Expr::Not(one)
            | Expr::IsNull(one)
            | Expr::IsNotNull(one)
            | Expr::In(one, _)
            | Expr::NotIn(one, _)
            | Expr::Text(_, one, _)
            | Expr::Negate(_, one)
            | Expr::Abs(_, one)
            | Expr::Widen { of: one, .. }
            | Expr::Rank(one, _)
            | Expr::General(one, _)
            | Expr::InQuery(one, _) => visit(one),
            Expr::Compare(_, sides) => sides.iter_mut().for_each(visit),
            Expr::Same(left, right) | Expr::TextOf(_, left, right) | Expr::Arithmetic(_, _, left, right) => {
                visit(left);
                visit(right);
            }
            Expr::Case(branches, last) => {
                for (when, then) in branches {
                    visit(when);
                    visit(then);
                }
                last.iter_mut().for_each(|last| visit(last));
            }
            Expr::Aggregate(aggregate) => aggregate.each(visit),
            Expr::Window(window) => window.each(visit),
        }
    }

    /// Hands the aggregates that it is made of to `visit`; not those within aggregates, or in queries.
    pub fn each_aggregate(&mut self, visit: &mut dyn FnMut(&mut Expr<V>)) {
        match self {
            Expr::Aggregate(_) => visit(self),
            other => other.each(&mut |expr| expr.each_aggregate(visit)),
        }
    }

    /// The tables that it names stand `by` further in the statement. It is of a query with one table,
    /// and of those that belong to it.
    pub fn move_sources(&mut self, by: u16) {
        self.move_within(by, 0);
    }

    fn move_within(&mut self, by: u16, depth: u16) {
        let moved = |column: &mut ColumnRef| {
            if column.up == depth {
                column.source += by;
            }
        };
        match self {
            Expr::Column(column) | Expr::Next(column) => moved(column),
            Expr::InSelect(columns, _) => columns.iter_mut().for_each(moved),
            Expr::Exists(select) | Expr::Query(select) => select.move_within(by, depth + 1),
            Expr::InQuery(one, select) => {
                one.move_within(by, depth);
                select.move_within(by, depth + 1);
            }
            other => other.each(&mut |expr| expr.move_within(by, depth)),
        }
    }
}

impl<V> Aggregate<V> {
    fn each(&mut self, visit: &mut dyn FnMut(&mut Expr<V>)) {
        let order = self.order.iter_mut().map(|key| &mut key.by);
        self.of.iter_mut().chain(&mut self.filter).chain(order).for_each(visit);
    }
}

impl<V> Window<V> {
    fn each(&mut self, visit: &mut dyn FnMut(&mut Expr<V>)) {
        match &mut self.function {
            WindowFunction::Aggregate(aggregate) => aggregate.each(visit),
            WindowFunction::Lag(of, _)
            | WindowFunction::Lead(of, _)
            | WindowFunction::First(of)
            | WindowFunction::Last(of)
            | WindowFunction::Nth(of, _) => visit(of),
            WindowFunction::RowNumber
            | WindowFunction::Rank
            | WindowFunction::DenseRank
            | WindowFunction::PercentRank
            | WindowFunction::CumulativeDistribution
            | WindowFunction::Tile(_) => {}
        }
        let order = self.order.iter_mut().map(|key| &mut key.by);
        self.partition.iter_mut().chain(order).for_each(visit);
    }
}

impl<V> Select<V> {
    fn move_within(&mut self, by: u16, depth: u16) {
        let values = match &mut self.projection {
            Projection::Values(values) => values.as_mut_slice(),
            Projection::Columns(_)
            | Projection::Listed(_)
            | Projection::Whole(_)
            | Projection::Count
            | Projection::Exists => &mut [],
        };
        let joins = self.joins.iter_mut().map(|join| &mut join.on);
        let order = self.order.iter_mut().map(|key| &mut key.by);
        let exprs = values.iter_mut().chain(joins).chain(&mut self.filter).chain(&mut self.group);
        exprs.chain(&mut self.having).chain(order).for_each(|expr| expr.move_within(by, depth));
    }
}

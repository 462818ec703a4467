//! Which columns a statement mentions.

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
            | Expr::Rank(one, _) => one.any_column(test),
            Expr::Compare(_, left, right)
            | Expr::Same(left, right)
            | Expr::TextOf(_, left, right)
            | Expr::Arithmetic(_, _, left, right) => left.any_column(test) || right.any_column(test),
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
            Projection::Columns(_) | Projection::Count | Projection::Exists => false,
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

//! Values of several rows.

use std::fmt::Write as _;

use super::{Bind, Writer};
use crate::Dialect;
use crate::aggregate::{
    Aggregate, AggregateFunction, Averaged, Bound, Frame, Listed, Ordered, Sum, Window, WindowFunction,
};
use crate::expr::Expr;

/// The window that an aggregate is computed over, if it is one.
type Over<'a, V> = Option<&'a Window<V>>;

impl<'a, V> Writer<'a, V> {
    pub(super) fn aggregate(&mut self, aggregate: &'a Aggregate<V>, over: Over<'a, V>) {
        match aggregate.function {
            AggregateFunction::Count => self.of("count", "", "", aggregate, over),
            AggregateFunction::Sum(sum) => self.sum(sum, aggregate, over),
            AggregateFunction::Average(averaged) => self.average(averaged, aggregate, over),
            AggregateFunction::Least(ordered) => self.extreme(false, ordered, aggregate, over),
            AggregateFunction::Greatest(ordered) => self.extreme(true, ordered, aggregate, over),
            AggregateFunction::Texts => self.of("string_agg", "", "", aggregate, over),
            AggregateFunction::List(listed) => self.whole_list(listed, aggregate, over),
        }
    }

    /// PostgreSQL widens sums, and computes those of `real` in `real`.
    fn sum(&mut self, sum: Sum, aggregate: &'a Aggregate<V>, over: Over<'a, V>) {
        match (self.dialect, sum) {
            (Dialect::Sqlite, _) | (Dialect::Postgres, Sum::Decimal) => {
                self.of("sum", "", "", aggregate, over);
            }
            (Dialect::Postgres, Sum::Integer) => {
                self.push("CAST(");
                self.of("sum", "", "", aggregate, over);
                self.push(" AS bigint)");
            }
            (Dialect::Postgres, Sum::Double) => {
                self.of("sum", "CAST(", " AS double precision)", aggregate, over);
            }
        }
    }

    fn average(&mut self, averaged: Averaged, aggregate: &'a Aggregate<V>, over: Over<'a, V>) {
        match (self.dialect, averaged) {
            (Dialect::Postgres, _) => {
                self.push("CAST(");
                self.of("avg", "", "", aggregate, over);
                self.push(" AS double precision)");
            }
            (Dialect::Sqlite, Averaged::Plain) => self.of("avg", "", "", aggregate, over),
            // The units are exact until they are divided once.
            (Dialect::Sqlite, Averaged::Decimal(scale)) => {
                self.push("(CAST(");
                self.of("sum", "", "", aggregate, over);
                self.push(" AS REAL) / (");
                self.of("count", "", "", aggregate, over);
                _ = write!(self.out, " * 1{:0<width$}.0))", "", width = scale as usize);
            }
        }
    }

    /// PostgreSQL has no `max` of truth values, and none of octets and UUIDs before 18.
    fn extreme(&mut self, greatest: bool, ordered: Ordered, aggregate: &'a Aggregate<V>, over: Over<'a, V>) {
        let name = if greatest { "max" } else { "min" };
        match (self.dialect, ordered) {
            (Dialect::Postgres, Ordered::Bool) => {
                self.of(if greatest { "bool_or" } else { "bool_and" }, "", "", aggregate, over);
            }
            (Dialect::Postgres, Ordered::Uuid) => {
                self.push("CAST(");
                self.of(name, "CAST(", " AS text) COLLATE \"C\"", aggregate, over);
                self.push(" AS uuid)");
            }
            (Dialect::Postgres, Ordered::Bytes) => {
                self.push("decode(");
                self.of(name, "encode(", ", 'hex') COLLATE \"C\"", aggregate, over);
                self.push(", 'hex')");
            }
            (Dialect::Sqlite, Ordered::Enum(labels)) => {
                self.push("CASE ");
                let ranks: String =
                    labels.iter().enumerate().map(|(place, label)| when(label, place)).collect();
                self.of(name, "CASE ", &format!("{ranks} END"), aggregate, over);
                for (place, label) in labels.iter().enumerate() {
                    _ = write!(self.out, " WHEN {place} THEN {}", crate::text(label));
                }
                self.push(" END");
            }
            (Dialect::Sqlite, Ordered::Plain | Ordered::Bool | Ordered::Bytes | Ordered::Uuid)
            | (Dialect::Postgres, Ordered::Plain | Ordered::Enum(_)) => {
                self.of(name, "", "", aggregate, over)
            }
        }
    }

    /// Of no rows, SQLite's list is empty, and PostgreSQL's is null.
    fn whole_list(&mut self, listed: Listed, aggregate: &'a Aggregate<V>, over: Over<'a, V>) {
        match (self.dialect, listed) {
            (Dialect::Postgres, _) => {
                self.push("COALESCE(");
                self.of("array_agg", "", "", aggregate, over);
                self.push(", '{}')");
            }
            (Dialect::Sqlite, Listed::Plain) => self.of("json_group_array", "", "", aggregate, over),
            (Dialect::Sqlite, Listed::Bytes) => {
                self.of("json_group_array", "lower(hex(", "))", aggregate, over);
            }
            (Dialect::Sqlite, Listed::Decimal(scale)) => self.digits(scale, aggregate, over),
        }
    }

    /// The units as the digits that they are.
    fn digits(&mut self, scale: u32, aggregate: &'a Aggregate<V>, over: Over<'a, V>) {
        let Some(of) = aggregate.of.as_ref() else { return };
        let of = self.captured(of);
        let (width, unit) = (scale as usize, format!("1{:0<width$}", "", width = scale as usize));
        let digits = match scale {
            0 => format!("CAST({of} AS TEXT)"),
            _ => format!(
                "printf('%s%d.%0{width}d', iif({of} < 0, '-', ''), abs({of}) / {unit}, abs({of}) % {unit})"
            ),
        };
        self.called("json_group_array", aggregate, over, |this| this.push(&digits));
    }

    /// `name(DISTINCT before of behind, between ORDER BY …) FILTER (WHERE …) OVER (…)`
    fn of(&mut self, name: &str, before: &str, behind: &str, aggregate: &'a Aggregate<V>, over: Over<'a, V>) {
        self.called(name, aggregate, over, |this| match &aggregate.of {
            None => this.push("*"),
            Some(of) => {
                this.push(before);
                this.expr(of);
                this.push(behind);
            }
        });
    }

    fn called(
        &mut self,
        name: &str,
        aggregate: &'a Aggregate<V>,
        over: Over<'a, V>,
        of: impl FnOnce(&mut Self),
    ) {
        self.push(name);
        self.push(if aggregate.distinct { "(DISTINCT " } else { "(" });
        of(self);
        if let Some(between) = &aggregate.between {
            self.push(", ");
            self.bind(Bind::One(between));
        }
        self.order(&aggregate.order);
        self.push(")");
        self.counted(aggregate);
        if let Some(window) = over {
            self.over(window);
        }
    }

    /// Which rows count: a list leaves nulls out, as everything else does by itself.
    fn counted(&mut self, aggregate: &'a Aggregate<V>) {
        let present = match (aggregate.function, &aggregate.of) {
            (AggregateFunction::List(_), Some(of)) => Some(of),
            _ => None,
        };
        if present.is_none() && aggregate.filter.is_none() {
            return;
        }
        self.push(" FILTER (WHERE ");
        if let Some(of) = present {
            self.expr(of);
            self.push(" IS NOT NULL");
        }
        if let Some(filter) = &aggregate.filter {
            if present.is_some() {
                self.push(" AND ");
            }
            self.expr(filter);
        }
        self.push(")");
    }

    pub(super) fn window(&mut self, window: &'a Window<V>) {
        match &window.function {
            WindowFunction::Aggregate(aggregate) => return self.aggregate(aggregate, Some(window)),
            WindowFunction::RowNumber => self.push("row_number()"),
            WindowFunction::Rank => self.push("rank()"),
            WindowFunction::DenseRank => self.push("dense_rank()"),
            WindowFunction::PercentRank => self.push("percent_rank()"),
            WindowFunction::CumulativeDistribution => self.push("cume_dist()"),
            WindowFunction::Tile(parts) => {
                self.push(if self.dialect == Dialect::Postgres { "CAST(ntile(" } else { "ntile(" });
                self.small(parts);
                self.push(")");
            }
            WindowFunction::Lag(of, rows) => self.beside("lag", of, Some(rows)),
            WindowFunction::Lead(of, rows) => self.beside("lead", of, Some(rows)),
            WindowFunction::First(of) => self.beside("first_value", of, None),
            WindowFunction::Last(of) => self.beside("last_value", of, None),
            WindowFunction::Nth(of, row) => self.beside("nth_value", of, Some(row)),
        }
        self.over(window);
        if matches!((&window.function, self.dialect), (WindowFunction::Tile(_), Dialect::Postgres)) {
            self.push(" AS bigint)");
        }
    }

    fn beside(&mut self, name: &str, of: &'a Expr<V>, number: Option<&'a V>) {
        self.push(name);
        self.push("(");
        self.expr(of);
        if let Some(number) = number {
            self.push(", ");
            self.small(number);
        }
        self.push(")");
    }

    /// A bound number of rows where PostgreSQL wants an `integer`.
    fn small(&mut self, value: &'a V) {
        self.push("CAST(");
        self.integer(value);
        self.push(" AS integer)");
    }

    fn over(&mut self, window: &'a Window<V>) {
        self.push(" OVER (");
        let start = self.out.len();
        if !window.partition.is_empty() {
            self.push("PARTITION BY ");
            self.list(window.partition.iter(), Self::expr);
        }
        self.order(&window.order);
        if let Some(Frame { start, end }) = &window.frame {
            self.push(" ROWS BETWEEN ");
            self.bound(start);
            self.push(" AND ");
            self.bound(end);
        }
        // Nothing stands before the space of the first of them.
        if self.out[start..].starts_with(' ') {
            self.out.remove(start);
        }
        self.push(")");
    }

    fn bound(&mut self, bound: &'a Bound<V>) {
        match bound {
            Bound::Start => self.push("UNBOUNDED PRECEDING"),
            Bound::Before(rows) => {
                self.integer(rows);
                self.push(" PRECEDING");
            }
            Bound::Here => self.push("CURRENT ROW"),
            Bound::Behind(rows) => {
                self.integer(rows);
                self.push(" FOLLOWING");
            }
            Bound::End => self.push("UNBOUNDED FOLLOWING"),
        }
    }
}

fn when(label: &str, place: usize) -> String {
    format!(" WHEN {} THEN {place}", crate::text(label))
}

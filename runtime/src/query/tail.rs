//! What a finder and an eager load have in common: which rows, in which order, how many.

use rex_sql::{ColumnRef, Direction, Expr, Join, Lock, Nulls, Order, Projection, Select, Strength, Wait};

use super::order::Types;
use super::{Cond, Orders, Scope};
use crate::meta::TableMeta;
use crate::model::{Path, Relation, RelationMeta, Through};
use crate::value::Value;

#[derive(Clone, Debug, Default)]
pub(crate) struct Tail {
    filter: Option<Expr<Value>>,
    order: Vec<Order<Value>>,
    /// The type of what each key of the order sorts.
    types: Types,
    /// Whether and how the rows are locked.
    lock: Option<Lock>,
    limit: Option<i64>,
    offset: Option<i64>,
    scope: Scope,
}

impl Tail {
    /// Of what a relation leads to: the row that a key refers to is there, deleted or not.
    pub(crate) fn of<R: Relation>() -> Self {
        let scope = if R::META.holds_key { Scope::All } else { Scope::Live };
        Tail { scope, ..Tail::default() }
    }

    pub(crate) fn see(&mut self, scope: Scope) {
        self.scope = scope;
    }

    pub(crate) fn scope(&self) -> Scope {
        self.scope
    }

    pub(crate) fn filter<M>(&mut self, cond: Cond<M>) {
        self.and(cond.into_expr());
    }

    fn and(&mut self, expr: Expr<Value>) {
        self.filter = Some(match self.filter.take() {
            Some(filter) => filter.and(expr),
            None => expr,
        });
    }

    pub(crate) fn order<M>(&mut self, orders: impl Orders<M>) {
        orders.types(&mut self.types);
        orders.push_to(&mut self.order);
    }

    /// The keys of the order, and the type of what each sorts; there is no order then.
    pub(crate) fn take_order(&mut self) -> (Vec<Order<Value>>, Types) {
        (std::mem::take(&mut self.order), std::mem::take(&mut self.types))
    }

    pub(crate) fn lock(&mut self, strength: Strength) {
        let wait = self.lock.map_or(Wait::Until, |lock| lock.wait);
        self.lock = Some(Lock { strength, wait });
    }

    pub(crate) fn wait(&mut self, wait: Wait) {
        let strength = self.lock.map_or(Strength::Update, |lock| lock.strength);
        self.lock = Some(Lock { strength, wait });
    }

    pub(crate) fn limit(&mut self, rows: u64) {
        self.limit = Some(count(rows));
    }

    /// The smaller of the limits holds.
    pub(crate) fn cap(&mut self, rows: Option<i64>) {
        if let Some(rows) = rows {
            self.limit = Some(self.limit.map_or(rows, |limit| limit.min(rows)));
        }
    }

    pub(crate) fn offset(&mut self, rows: u64) {
        self.offset = Some(count(rows));
    }

    pub(crate) fn is_ordered(&self) -> bool {
        !self.order.is_empty()
    }

    pub(crate) fn is_limited(&self) -> bool {
        self.limit.is_some() || self.offset.is_some()
    }

    /// How many of so many rows are left.
    pub(crate) fn kept(&self, rows: i64) -> i64 {
        (rows - self.offset.unwrap_or(0)).max(0).min(self.limit.unwrap_or(i64::MAX))
    }

    pub(crate) fn into_filter(self, table: &TableMeta) -> Option<Expr<Value>> {
        self.scope.narrow(table, self.filter)
    }

    /// Where the order does not matter to the caller but some order is needed.
    pub(crate) fn order_by_key(&mut self, table: &TableMeta) {
        if self.order.is_empty() {
            let key = table.names(table.key.columns).map(|name| Order {
                by: Expr::column(name),
                direction: Direction::Ascending,
                nulls: Nulls::Never,
            });
            self.order.extend(key);
        }
    }

    pub(crate) fn select(self, projection: Projection<Value>, table: &TableMeta) -> Select<Value> {
        Select {
            filter: self.scope.narrow(table, self.filter),
            order: self.order,
            lock: self.lock,
            limit: self.limit.map(Value::I64),
            offset: self.offset.map(Value::I64),
            ..Select::new(projection, table.table())
        }
    }
}

/// SQL's integers end at `i64::MAX`, which no table reaches.
pub(crate) fn count(rows: u64) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}

/// The columns that hold a relation's key, and the table between, joined.
pub(crate) fn path(relation: &RelationMeta, to: &'static TableMeta) -> (Vec<ColumnRef>, Vec<Join<Value>>) {
    match relation.path {
        Path::Direct { to: columns } => {
            (columns.iter().map(|place| to.column(*place).shown()).collect(), Vec::new())
        }
        Path::Through(through) => {
            let key = through.from.iter().map(|place| through.table.column(*place));
            let key = key.map(|column| ColumnRef { source: 1, ..column.shown() }).collect();
            (key, vec![Join::inner(through.table.table(), meets(through, to))])
        }
    }
}

fn meets(through: &Through, to: &'static TableMeta) -> Expr<Value> {
    let there = through.table.names(through.to).map(|name| Expr::Column(ColumnRef::of(1, name)));
    let target = to.names(through.target).map(Expr::column);
    let pairs = there.zip(target).map(|(there, target)| there.equals(target));
    // A row between that is deleted joins nothing.
    Expr::All(pairs.chain(Scope::Live.condition(through.table, 1)).collect())
}

/// The columns equal one of the keys, whose values stand one behind another.
pub(crate) fn among(columns: &[ColumnRef], keys: Vec<Value>) -> Expr<Value> {
    if let ([column], true) = (columns, keys.len() != 1) {
        return Expr::In(Box::new(Expr::Column(column.clone())), keys);
    }
    let (width, mut values) = (columns.len().max(1), keys.into_iter());
    let keys = 0..values.len() / width;
    let mut rows: Vec<Expr<Value>> = keys.map(|_| equal(columns, values.by_ref().take(width))).collect();
    if rows.len() == 1 { rows.remove(0) } else { Expr::Any(rows) }
}

/// The columns equal the key.
pub(crate) fn equal(columns: &[ColumnRef], key: impl IntoIterator<Item = Value>) -> Expr<Value> {
    all_of(
        columns
            .iter()
            .cloned()
            .zip(key)
            .map(|(column, value)| Expr::Column(column).equals(Expr::Value(value))),
    )
}

/// All hold; one by itself makes no list.
pub(crate) fn all_of(mut conditions: impl Iterator<Item = Expr<Value>>) -> Expr<Value> {
    match (conditions.next(), conditions.next()) {
        (Some(only), None) => only,
        (first, second) => Expr::All(first.into_iter().chain(second).chain(conditions).collect()),
    }
}

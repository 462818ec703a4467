//! What is computed of several rows: aggregates, and functions of the rows around each row.

use crate::expr::{Expr, Order};

/// A value of several rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Aggregate<V> {
    /// What is computed.
    pub function: AggregateFunction,
    /// Of what; the number of rows is of nothing.
    pub of: Option<Expr<V>>,
    /// What stands between texts.
    pub between: Option<V>,
    /// Whether equal values count once.
    pub distinct: bool,
    /// In which order the values are taken.
    pub order: Vec<Order<V>>,
    /// Which rows.
    pub filter: Option<Expr<V>>,
}

/// What is computed of several values; nulls do not count. Of no value it is null, but for the counts
/// and the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AggregateFunction {
    /// How many there are: a `BigInt`.
    Count,
    /// The sum, in the type that it has.
    Sum(Sum),
    /// The mean, a `Double`, of numbers of this type.
    Average(Averaged),
    /// The smallest.
    Least(Ordered),
    /// The largest.
    Greatest(Ordered),
    /// All texts, one behind the other.
    Texts,
    /// All values as a list.
    List(Listed),
}

/// What a sum is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sum {
    /// A `BigInt`; an error where it leaves that.
    Integer,
    /// A `Double`.
    Double,
    /// A `Decimal` of as many digits after the point as its values have.
    Decimal,
}

/// What a mean is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Averaged {
    /// Integers, `Float` or `Double`.
    Plain,
    /// `Decimal` of so many digits after the point.
    Decimal(u32),
}

/// Types that are ordered each in its own way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ordered {
    /// As the database orders them.
    Plain,
    /// `Bool`
    Bool,
    /// `Bytes`
    Bytes,
    /// `Uuid`
    Uuid,
    /// An enum of these labels.
    Enum(&'static [&'static str]),
}

/// What a list is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Listed {
    /// What stands in JSON as SQLite has it.
    Plain,
    /// `Bytes` and `Uuid`
    Bytes,
    /// `Decimal` of so many digits after the point.
    Decimal(u32),
}

/// A value of the rows around each row.
#[derive(Clone, Debug, PartialEq)]
pub struct Window<V> {
    /// What is computed.
    pub function: WindowFunction<V>,
    /// Only rows that agree in these values count.
    pub partition: Vec<Expr<V>>,
    /// In which order they stand.
    pub order: Vec<Order<V>>,
    /// Which of them, seen from each row.
    pub frame: Option<Frame<V>>,
}

/// What is computed of the rows around each row. Numbers of rows are `BigInt`s.
#[derive(Clone, Debug, PartialEq)]
pub enum WindowFunction<V> {
    /// The row's number.
    RowNumber,
    /// The number of the first row that stands equal.
    Rank,
    /// How many different rows stand before, and one.
    DenseRank,
    /// The rank as a part of all, from 0 to 1.
    PercentRank,
    /// Which part of all rows stands before or equal.
    CumulativeDistribution,
    /// Into which of so many parts of equal size the row falls.
    Tile(V),
    /// A value of the row that stands so many rows before.
    Lag(Expr<V>, V),
    /// A value of the row that stands so many rows behind.
    Lead(Expr<V>, V),
    /// A value of the first row.
    First(Expr<V>),
    /// A value of the last row.
    Last(Expr<V>),
    /// A value of the row of this number.
    Nth(Expr<V>, V),
    /// An aggregate.
    Aggregate(Aggregate<V>),
}

/// Which rows count, seen from each row.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame<V> {
    /// The first.
    pub start: Bound<V>,
    /// The last.
    pub end: Bound<V>,
}

/// Where a frame ends.
#[derive(Clone, Debug, PartialEq)]
pub enum Bound<V> {
    /// Nowhere before.
    Start,
    /// So many rows before.
    Before(V),
    /// At the row itself.
    Here,
    /// So many rows behind.
    Behind(V),
    /// Nowhere behind.
    End,
}

impl<V> Aggregate<V> {
    /// `function(of)`
    pub fn new(function: AggregateFunction, of: Option<Expr<V>>) -> Self {
        Aggregate { function, of, between: None, distinct: false, order: Vec::new(), filter: None }
    }

    pub(crate) fn has_query(&self) -> bool {
        let order = self.order.iter().map(|key| &key.by);
        self.of.iter().chain(&self.filter).chain(order).any(Expr::has_query)
    }
}

impl<V> Window<V> {
    pub(crate) fn has_query(&self) -> bool {
        let of = match &self.function {
            WindowFunction::Aggregate(aggregate) => aggregate.has_query(),
            WindowFunction::Lag(of, _)
            | WindowFunction::Lead(of, _)
            | WindowFunction::First(of)
            | WindowFunction::Last(of)
            | WindowFunction::Nth(of, _) => of.has_query(),
            WindowFunction::RowNumber
            | WindowFunction::Rank
            | WindowFunction::DenseRank
            | WindowFunction::PercentRank
            | WindowFunction::CumulativeDistribution
            | WindowFunction::Tile(_) => false,
        };
        of || self.partition.iter().chain(self.order.iter().map(|key| &key.by)).any(Expr::has_query)
    }
}

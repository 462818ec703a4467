//! Conditions and orders as trees.

use std::borrow::Cow;

use crate::Select;
use crate::aggregate::{Aggregate, Window};
use crate::compute::{Arithmetic, Number};
use crate::function::Call;

/// A name of the schema, not yet quoted.
pub type Name = Cow<'static, str>;

/// A column of one of the tables of a statement.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ColumnRef {
    /// The place of its table: 0 is the table after `FROM`, 1 the first joined one.
    pub source: u16,
    /// The column's name.
    pub name: Name,
    /// How many queries further out its table is: 0 is a table of the query that it stands in.
    pub up: u16,
    /// Whether PostgreSQL answers with it as text: a type whose own form nobody here reads.
    pub as_text: bool,
    /// Whether what it is compared with is never shown.
    pub sensitive: bool,
}

impl ColumnRef {
    /// The place of the row that an insert could not write, in what it changes instead.
    pub const NEW: u16 = u16::MAX;

    /// A column of the statement's first table.
    pub fn new(name: impl Into<Name>) -> Self {
        ColumnRef::of(0, name)
    }

    /// A column of the table at place `source`.
    pub fn of(source: u16, name: impl Into<Name>) -> Self {
        ColumnRef { source, name: name.into(), up: 0, as_text: false, sensitive: false }
    }

    /// The same column, as it is named in a query within its own.
    #[must_use]
    pub fn outer(self) -> Self {
        ColumnRef { up: self.up + 1, ..self }
    }

    /// The same, and PostgreSQL answers with it as text if `as_text` says so.
    #[must_use]
    pub fn shown(self, as_text: bool) -> Self {
        ColumnRef { as_text, ..self }
    }

    /// The same, and what it is compared with is never shown if `sensitive` says so.
    #[must_use]
    pub fn sensitive(self, sensitive: bool) -> Self {
        ColumnRef { sensitive, ..self }
    }
}

/// A condition or a value. Three-valued, as in SQL: a comparison with null is unknown.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr<V> {
    /// A column's value.
    Column(ColumnRef),
    /// A bound value, of the type of what stands beside it.
    Value(V),
    /// A bound value of a type of its own.
    Typed(V, Kind),
    /// The column's number and one: what a version becomes.
    Next(ColumnRef),
    /// All hold; true when empty.
    All(Vec<Expr<V>>),
    /// One holds; false when empty.
    Any(Vec<Expr<V>>),
    /// It does not hold.
    Not(Box<Expr<V>>),
    /// A comparison of two values.
    Compare(Comparison, Box<[Expr<V>; 2]>),
    /// It is null.
    IsNull(Box<Expr<V>>),
    /// It is not null.
    IsNotNull(Box<Expr<V>>),
    /// It equals one of the values: one bound array whatever their number, false when there are
    /// none.
    In(Box<Expr<V>>, Vec<V>),
    /// It equals none of the values; true when there are none.
    NotIn(Box<Expr<V>>, Vec<V>),
    /// The columns, taken together, are a row of the query.
    InSelect(Vec<ColumnRef>, Box<Select<V>>),
    /// It equals a row of the query, which has one column; unknown as `IN` is.
    InQuery(Box<Expr<V>>, Box<Select<V>>),
    /// Neither is null and they are equal, or both are null.
    Same(Box<Expr<V>>, Box<Expr<V>>),
    /// The query has a row. Its columns that are further out are those of this one.
    Exists(Box<Select<V>>),
    /// The value of a query that has one column and at most one row; null without a row.
    Query(Box<Select<V>>),
    /// A test of a text.
    Text(TextTest, Box<Expr<V>>, V),
    /// The same of a text that is no value.
    TextOf(TextTest, Box<Expr<V>>, Box<Expr<V>>),
    /// Arithmetic of two numbers of one type. What leaves the type is an error.
    Arithmetic(Arithmetic, Number, Box<Expr<V>>, Box<Expr<V>>),
    /// The number with the other sign.
    Negate(Number, Box<Expr<V>>),
    /// The number without its sign.
    Abs(Number, Box<Expr<V>>),
    /// The number in a wider type.
    Widen {
        /// The number.
        of: Box<Expr<V>>,
        /// Its type.
        from: Number,
        /// The wider one.
        to: Number,
    },
    /// A function's value.
    Call(Call, Vec<Expr<V>>),
    /// The value behind the first condition that is true, or the last one.
    Case(Vec<(Expr<V>, Expr<V>)>, Option<Box<Expr<V>>>),
    /// The place of an enum's label in the order in which its variants are declared. On
    /// PostgreSQL enums compare so by themselves, and this is the inner expression.
    Rank(Box<Expr<V>>, &'static [&'static str]),
    /// A value of several rows.
    Aggregate(Box<Aggregate<V>>),
    /// A value of the rows around each row.
    Window(Box<Window<V>>),
    /// The same value, of its type in general where PostgreSQL knows a narrower one: `text`, and no
    /// `varchar(80)`.
    General(Box<Expr<V>>, Kind),
    /// The value at a place of [`Select::group`], or of the query's
    /// [`Distinct::On`](crate::Distinct::On).
    Key(u16),
}

/// The type of a bound value, where nothing beside it tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `Bool`
    Bool,
    /// `SmallInt`
    I16,
    /// `Int`
    I32,
    /// `BigInt`
    I64,
    /// `Float`
    F32,
    /// `Double`
    F64,
    /// `Decimal`
    Decimal,
    /// `String`
    Text,
    /// `Bytes`
    Bytes,
    /// `Uuid`
    Uuid,
    /// `Date`
    Date,
    /// `Time`
    Time,
    /// `DateTime`
    DateTime,
    /// `LocalDateTime`
    LocalDateTime,
    /// `Json`
    Json,
    /// A key of an object in JSON. SQLite takes a path for it, so its value is bound as
    /// [`Bind::Member`](crate::Bind::Member).
    Member,
    /// A label of an enum, by its type's name in PostgreSQL.
    Label(&'static str),
}

impl Kind {
    /// What PostgreSQL calls it.
    pub fn postgres(self) -> &'static str {
        match self {
            Kind::Bool => "boolean",
            Kind::I16 => "smallint",
            Kind::I32 => "integer",
            Kind::I64 => "bigint",
            Kind::F32 => "real",
            Kind::F64 => "double precision",
            Kind::Decimal => "numeric",
            Kind::Text | Kind::Member => "text",
            Kind::Bytes => "bytea",
            Kind::Uuid => "uuid",
            Kind::Date => "date",
            Kind::Time => "time",
            Kind::DateTime => "timestamptz",
            Kind::LocalDateTime => "timestamp",
            Kind::Json => "jsonb",
            Kind::Label(name) => name,
        }
    }
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `<>`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl Comparison {
    /// Every comparison.
    pub const ALL: [Comparison; 6] = [
        Comparison::Equal,
        Comparison::NotEqual,
        Comparison::Less,
        Comparison::LessOrEqual,
        Comparison::Greater,
        Comparison::GreaterOrEqual,
    ];

    /// The operator in SQL.
    pub fn sql(self) -> &'static str {
        match self {
            Comparison::Equal => "=",
            Comparison::NotEqual => "<>",
            Comparison::Less => "<",
            Comparison::LessOrEqual => "<=",
            Comparison::Greater => ">",
            Comparison::GreaterOrEqual => ">=",
        }
    }
}

/// A test of a text; upper and lower case differ on every database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TextTest {
    /// It contains the value.
    Contains,
    /// It starts with the value.
    StartsWith,
    /// It ends with the value.
    EndsWith,
    /// It matches the value as a pattern of `LIKE`: `%` any text, `_` one character, `\` takes
    /// away their meaning. SQLite has this test as `GLOB` only, so its value is bound as
    /// [`Bind::Pattern`](crate::Bind::Pattern).
    Like,
}

/// A key to sort by.
#[derive(Clone, Debug, PartialEq)]
pub struct Order<V> {
    /// What is sorted.
    pub by: Expr<V>,
    /// Up or down.
    pub direction: Direction,
    /// Where nulls stand.
    pub nulls: Nulls,
}

/// Up or down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Smallest first.
    Ascending,
    /// Largest first.
    Descending,
}

/// Where nulls stand in an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Nulls {
    /// The key is never null.
    Never,
    /// As if null were the largest value, PostgreSQL's habit: last going up, first going down.
    Largest,
    /// Before all others.
    First,
    /// After all others.
    Last,
}

impl<V> Expr<V> {
    /// A column of the statement's first table.
    pub fn column(name: impl Into<Name>) -> Self {
        Expr::Column(ColumnRef::new(name))
    }

    /// `self` compared with `other`.
    pub fn compare(self, comparison: Comparison, other: Expr<V>) -> Self {
        Expr::Compare(comparison, Box::new([self, other]))
    }

    /// `self = other`
    pub fn equals(self, other: Expr<V>) -> Self {
        self.compare(Comparison::Equal, other)
    }

    /// Both hold. Chains become one list.
    pub fn and(self, other: Expr<V>) -> Self {
        Expr::All(match (self, other) {
            (Expr::All(mut list), Expr::All(others)) => {
                list.extend(others);
                list
            }
            (Expr::All(mut list), one) => {
                list.push(one);
                list
            }
            (one, Expr::All(list)) => std::iter::once(one).chain(list).collect(),
            (one, other) => vec![one, other],
        })
    }

    /// One of both holds. Chains become one list.
    pub fn or(self, other: Expr<V>) -> Self {
        let mut any = match self {
            Expr::Any(list) => list,
            one => vec![one],
        };
        match other {
            Expr::Any(list) => any.extend(list),
            one => any.push(one),
        }
        Expr::Any(any)
    }

    /// Whether a query stands in it that may name columns of the query around it.
    pub fn has_query(&self) -> bool {
        match self {
            Expr::Exists(_) | Expr::Query(_) => true,
            Expr::Column(_)
            | Expr::Value(_)
            | Expr::Typed(..)
            | Expr::Next(_)
            | Expr::InSelect(..)
            | Expr::Key(_) => false,
            Expr::Aggregate(aggregate) => aggregate.has_query(),
            Expr::Window(window) => window.has_query(),
            Expr::All(list) | Expr::Any(list) | Expr::Call(_, list) => list.iter().any(Expr::has_query),
            Expr::Not(one)
            | Expr::IsNull(one)
            | Expr::IsNotNull(one)
            | Expr::In(one, _)
            | Expr::NotIn(one, _)
            | Expr::InQuery(one, _)
            | Expr::Text(_, one, _)
            | Expr::Negate(_, one)
            | Expr::Abs(_, one)
            | Expr::Widen { of: one, .. }
            | Expr::Rank(one, _)
            | Expr::General(one, _) => one.has_query(),
            Expr::Compare(_, sides) => sides.iter().any(Expr::has_query),
            Expr::Same(left, right) | Expr::TextOf(_, left, right) | Expr::Arithmetic(_, _, left, right) => {
                left.has_query() || right.has_query()
            }
            Expr::Case(branches, last) => {
                branches.iter().any(|(when, then)| when.has_query() || then.has_query())
                    || last.as_ref().is_some_and(|last| last.has_query())
            }
        }
    }

    /// It does not hold. Two negations are none.
    pub fn negate(self) -> Self {
        match self {
            Expr::Not(inner) => *inner,
            one => Expr::Not(Box::new(one)),
        }
    }
}

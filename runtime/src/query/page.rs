//! Pages: the rows of a finder a part at a time, each part found by the last row of the one before.
//!
//! Where a page begins is a condition over the keys of its order, so that a later page costs what the
//! first one does, and rows that come and go meanwhile move no others. The primary key is the last key
//! of each order: no two rows are equal.

mod cursor;
mod seal;

use rex_sql::{Comparison, Direction, Expr, Nulls, Order, Projection, Select};

pub use cursor::Cursor;
pub use seal::seal_cursors;

use super::expr::{Side, Term, compare};
use super::find::{Find, Parts, select_rows};
use super::load::Loads;
use super::order::Types;
use crate::Pending;
use crate::adapter::{Access, BoxFuture, Session, Work};
use crate::db::Db;
use crate::error::{Error, Kind, Result};
use crate::meta::{ModelMeta, Type};
use crate::model::{Many, Model};
use crate::operation::Operation;
use crate::row::Row;
use crate::value::Value;

/// One page of rows.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// The rows, in the order of the finder, whichever way it was turned.
    pub rows: Vec<T>,
    /// Where the next page begins; none if this is the last one.
    pub next: Option<Cursor>,
    /// Where the page before begins; none if this is the first one.
    pub previous: Option<Cursor>,
}

impl<M: Model, L: Loads<M>> Find<M, L, Many> {
    /// At most so many rows from a cursor on, and cursors to the pages beside: the first page for
    /// none. One statement, and one for each relation that is loaded along. A limit and an offset of
    /// the finder play no part.
    ///
    /// ```text
    /// let page = db.post().find().order(|p| p.created_at.desc()).page(20, None).await?;
    /// let text = page.next.map(|cursor| cursor.to_string());              // for a link
    /// let cursor = text.parse()?;
    /// let page = db.post().find().order(|p| p.created_at.desc()).page(20, Some(&cursor)).await?;
    /// ```
    ///
    /// # Errors
    ///
    /// Of [`Kind::InvalidValue`] for a cursor that was altered, or is of another order, and for an
    /// order by JSON or lists; of a model without a key.
    pub fn page(self, rows: u64, from: Option<&Cursor>) -> Pending<Page<L::Row>> {
        let outcome = Paging::new(M::META, self, rows, from);
        Box::pin(async move {
            let (db, mut paging) = outcome.map_err(titled::<M>)?;
            let access = if L::ANY { Access::Snapshot } else { Access::Read };
            if paging.operation.is_some() {
                db.run(access, &mut paging).await.map_err(titled::<M>)?;
            }
            Ok(paging.page())
        })
    }
}

fn titled<M: Model>(error: Error) -> Error {
    error.with_operation(format!("{}.page", M::META.name))
}

/// A key of the order.
#[derive(Clone, Debug)]
struct Key {
    /// As it compares with a value: an enum by its label.
    term: Term,
    order: Order<Value>,
}

/// A page that is being read.
struct Paging<M: Model, L: Loads<M>> {
    operation: Option<Operation>,
    keys: Vec<Key>,
    shape: String,
    size: usize,
    /// Whether it began at a cursor.
    is_first: bool,
    backwards: bool,
    loads: L,
    rows: Vec<L::Row>,
    /// The values of the keys in the first row and in the last.
    ends: Option<(Vec<Value>, Vec<Value>)>,
    more: bool,
    of: std::marker::PhantomData<fn() -> M>,
}

impl<M: Model, L: Loads<M>> Paging<M, L> {
    fn new(
        meta: &'static ModelMeta,
        find: Find<M, L, Many>,
        size: u64,
        from: Option<&Cursor>,
    ) -> Result<(Db, Self)> {
        let Parts { db, order, types, select, loads } = find.into_parts();
        let keys = keys(meta, order, types)?;
        let shape = shape(meta, &keys);
        let place = from.map(|cursor| cursor.open(&shape, keys.iter().map(|key| key.term.ty))).transpose()?;
        let backwards = place.as_ref().is_some_and(|place| place.backwards);
        let size = usize::try_from(size).unwrap_or(usize::MAX).min(usize::MAX - 1);
        let operation = select.map(|mut select| {
            let columns = meta.table.columns.iter().map(|column| Expr::Column(column.shown()));
            let values = columns.chain(keys.iter().map(|key| key.term.expr.clone())).collect();
            select.projection = Projection::Values(values);
            select.order = keys.iter().map(|key| turned(key.order.clone(), backwards)).collect();
            select.limit = Some(Value::I64(i64::try_from(size).unwrap_or(i64::MAX - 1) + 1));
            select.offset = None;
            if let Some(place) = &place {
                let behind = behind(&keys, &place.values, backwards);
                select.filter = Some(match select.filter.take() {
                    Some(filter) => filter.and(behind),
                    None => behind,
                });
            }
            select_rows(meta, "page", select)
        });
        let (is_first, rows, of) = (place.is_none(), Vec::new(), std::marker::PhantomData);
        let paging = Paging {
            operation,
            keys,
            shape,
            size,
            is_first,
            backwards,
            loads,
            rows,
            ends: None,
            more: false,
            of,
        };
        Ok((db, paging))
    }

    fn page(self) -> Page<L::Row> {
        let cursor = |values: &[Value], backwards| Cursor::seal(&self.shape, values, backwards);
        // Where it came from, there is a row.
        let (before, after) = match self.backwards {
            true => (self.more, true),
            false => (!self.is_first, self.more),
        };
        let ends = self.ends.as_ref();
        Page {
            previous: ends.filter(|_| before).map(|(first, _)| cursor(first, true)),
            next: ends.filter(|_| after).map(|(_, last)| cursor(last, false)),
            rows: self.rows,
        }
    }
}

impl<M: Model, L: Loads<M>> Work for Paging<M, L> {
    fn run<'s>(&'s mut self, session: &'s dyn Session) -> BoxFuture<'s, Result<()>> {
        Box::pin(async {
            let Some(operation) = &self.operation else { return Ok(()) };
            let (keys, width) = (&self.keys, M::META.table.columns.len());
            let mut found: Vec<(M, Vec<Value>)> = Vec::new();
            let mut sink = |row: &mut Row<'_>| {
                let cells = row.cells();
                let value =
                    |(place, key): (usize, &Key)| cursor::value(key.term.ty, cells.cell(width + place)?);
                let values = keys.iter().enumerate().map(value).collect::<Result<Vec<Value>>>()?;
                row.enter(M::META.table.columns);
                found.push((M::from_row(row)?, values));
                Ok(())
            };
            session.execute(operation, &mut sink).await?;
            self.more = found.len() > self.size;
            found.truncate(self.size);
            if self.backwards {
                found.reverse();
            }
            let (rows, values): (Vec<M>, Vec<Vec<Value>>) = found.into_iter().unzip();
            self.ends = values.first().cloned().zip(values.last().cloned());
            self.rows = self.loads.load(session, rows).await?;
            Ok(())
        })
    }
}

/// The keys of an order, behind which the primary key stands.
fn keys(meta: &'static ModelMeta, order: Vec<Order<Value>>, types: Types) -> Result<Vec<Key>> {
    let table = &meta.table;
    if table.key.columns.is_empty() {
        let message = format!("`{}` has no key, so that no row of it says where a page ends", table.name);
        return Err(Error::new(Kind::InvalidValue, message));
    }
    let mut keys: Vec<Key> = order.into_iter().zip(types.all()).map(|(order, ty)| key(order, ty)).collect();
    let direction = keys.last().map_or(Direction::Ascending, |key| key.order.direction);
    for place in table.key.columns {
        let column = table.column(*place);
        let is_there = |key: &Key| matches!(&key.term.expr, Expr::Column(it) if it.name == column.name && it.source == 0);
        if !keys.iter().any(is_there) {
            let term = Term { expr: Expr::column(column.name), ty: Some(column.ty), nullable: false };
            keys.push(key(Order { by: term.rank(), direction, nulls: Nulls::Never }, Some(column.ty)));
        }
    }
    match keys.iter().find(|key| matches!(key.term.ty, Some(Type::Json | Type::List(_)))) {
        Some(_) => {
            Err(Error::new(Kind::InvalidValue, "pages are not ordered by JSON or lists: they have no order"))
        }
        None => Ok(keys),
    }
}

fn key(order: Order<Value>, ty: Option<Type>) -> Key {
    let expr = match &order.by {
        Expr::Rank(of, _) => (**of).clone(),
        by => by.clone(),
    };
    Key { term: Term { expr, ty, nullable: order.nulls != Nulls::Never }, order }
}

/// What a cursor is for: the same text for every value.
fn shape(meta: &ModelMeta, keys: &[Key]) -> String {
    let mut select = Select::new(Projection::Count, meta.table.table());
    select.projection = Projection::Columns(Vec::new());
    select.order = keys.iter().map(|key| key.order.clone()).collect();
    format!("{} {}", meta.name, select.render(rex_sql::Dialect::Postgres).sql)
}

fn turned(order: Order<Value>, turn: bool) -> Order<Value> {
    if !turn {
        return order;
    }
    let direction = match order.direction {
        Direction::Ascending => Direction::Descending,
        Direction::Descending => Direction::Ascending,
    };
    let nulls = match order.nulls {
        Nulls::First => Nulls::Last,
        Nulls::Last => Nulls::First,
        same @ (Nulls::Never | Nulls::Largest) => same,
    };
    Order { direction, nulls, ..order }
}

/// The rows behind one that has these values: those that are behind it in the first key, or agree with
/// it in that and are behind it in the second, and so on.
fn behind(keys: &[Key], values: &[Value], backwards: bool) -> Expr<Value> {
    let mut ways = Vec::with_capacity(keys.len());
    let mut agree: Vec<Expr<Value>> = Vec::new();
    for (key, value) in keys.iter().zip(values) {
        let order = turned(key.order.clone(), backwards);
        if let Some(beyond) = beyond(&key.term, &order, value) {
            ways.push(Expr::All(agree.iter().cloned().chain([beyond]).collect()));
        }
        agree.push(compare(key.term.clone(), Comparison::Equal, Side::Value(value.clone())));
    }
    let behind = Expr::Any(ways);
    match (keys.first(), values.first()) {
        // An index finds the beginning by this; it finds none by what is connected by `OR`.
        (Some(key), Some(value)) if !key.term.nullable && keys.len() > 1 => {
            let comparison = match turned(key.order.clone(), backwards).direction {
                Direction::Ascending => Comparison::GreaterOrEqual,
                Direction::Descending => Comparison::LessOrEqual,
            };
            compare(key.term.clone(), comparison, Side::Value(value.clone())).and(behind)
        }
        _ => behind,
    }
}

/// What is behind a value in the order of one key; none if nothing is.
fn beyond(term: &Term, order: &Order<Value>, value: &Value) -> Option<Expr<Value>> {
    let nulls_last = match (order.nulls, order.direction) {
        (Nulls::Last, _) | (Nulls::Largest | Nulls::Never, Direction::Ascending) => true,
        (Nulls::First, _) | (Nulls::Largest | Nulls::Never, Direction::Descending) => false,
    };
    let comparison = match order.direction {
        Direction::Ascending => Comparison::Greater,
        Direction::Descending => Comparison::Less,
    };
    match (value, nulls_last) {
        (Value::Null, true) => None,
        (Value::Null, false) => Some(Expr::IsNotNull(Box::new(term.expr.clone()))),
        (value, _) => {
            let beyond = compare(term.clone(), comparison, Side::Value(value.clone()));
            let or_null = term.nullable && nulls_last;
            Some(if or_null { beyond.or(Expr::IsNull(Box::new(term.expr.clone()))) } else { beyond })
        }
    }
}

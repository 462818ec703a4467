//! Finders: queries for the rows of one model.

mod asked;
mod statement;

use std::future::IntoFuture;
use std::marker::PhantomData;

use rex_sql::{Expr, Projection, Select};

use asked::Asked;
pub(crate) use asked::explained;
pub(crate) use statement::select_rows;
use statement::{apply, begin, listed, matching};

use super::counted::{Counted, ToMany};
use super::load::{Along, Append, Load, Loads};
use super::order::Types;
use super::place::columns as columns_of;
use super::shape::{Entry, Groups, Keys, Mode, Query, Selected, Selection, Statement, calls, group};
use super::tail::Tail;
use super::{Cond, Orders, Scope};
use crate::Pending;
use crate::adapter::{Access, BoxFuture, Session, Work};
use crate::db::Db;
use crate::error::{Error, Kind, Result};
use crate::meta::ModelMeta;
use crate::model::{Cardinality, Many, Maybe, Model, One, Relation, SoftDelete, Writable};
use crate::operation::Operation;
use crate::row::Row;
use crate::scalar::KeyParts;
use crate::stream::{Found, Rows};
use crate::value::Value;
use crate::write::{Deletion, Matching, Update, Wraps, mark_matching, remove_matching};

/// A query for rows of `M`, each with what `L` loads along with it; `C` is how many are wanted.
///
/// Awaiting it sends it: `Vec` of rows, one row, or an `Option`.
#[must_use = "a query is sent when it is awaited"]
pub struct Find<M: Model, L = (), C = Many> {
    db: Db,
    name: &'static str,
    pub(super) tail: Tail,
    start: Start,
    loads: L,
    of: PhantomData<fn() -> (M, C)>,
}

impl<M: Model, L: Clone, C> Clone for Find<M, L, C> {
    fn clone(&self) -> Self {
        Find {
            db: self.db.clone(),
            tail: self.tail.clone(),
            start: self.start.clone(),
            loads: self.loads.clone(),
            ..*self
        }
    }
}

/// A finder taken apart.
pub(super) struct Parts<L> {
    pub(super) db: Db,
    pub(super) order: Vec<rex_sql::Order<Value>>,
    /// The type of what each key of the order sorts.
    pub(super) types: Types,
    /// The query without its order; none if it leads nowhere.
    pub(super) select: Option<Select<Value>>,
    pub(super) loads: L,
}

/// Where a query starts.
#[derive(Clone)]
enum Start {
    /// At the model's table.
    Table,
    /// At a row, along a relation.
    Row { relation: &'static crate::model::RelationMeta, key: Vec<Value> },
    /// At a row whose key is null, which leads nowhere.
    Nowhere,
}

impl<M: Model> Find<M> {
    pub(crate) fn new(db: Db) -> Self {
        Find { db, name: "find", tail: Tail::default(), start: Start::Table, loads: (), of: PhantomData }
    }
}

impl<M: Model, C> Find<M, (), C> {
    pub(crate) fn along<R: Relation<To = M, Card = C>>(db: Db, key: Option<R::Key>) -> Self {
        let start = match key {
            None => Start::Nowhere,
            Some(key) => {
                let mut values = Vec::with_capacity(R::Key::LEN);
                key.encode(&mut values);
                Start::Row { relation: R::META, key: values }
            }
        };
        Find { db, name: R::META.name, tail: Tail::of::<R>(), start, loads: (), of: PhantomData }
    }
}

impl<M: Model, L, C> Find<M, L, C> {
    /// Keeps only rows for which the condition is true. Several filters must all be true.
    pub fn filter(mut self, cond: impl FnOnce(M::Columns<M>) -> Cond<M>) -> Self {
        self.tail.filter(cond(columns_of::<M>()));
        self
    }

    /// Keeps only rows for which the condition is true, if there is a value to ask about: a filter of a
    /// form that may be empty.
    pub fn filter_if<V>(self, value: Option<V>, cond: impl FnOnce(M::Columns<M>, V) -> Cond<M>) -> Self {
        match value {
            Some(value) => self.filter(|columns| cond(columns, value)),
            None => self,
        }
    }

    /// Sorts the rows. A further order sorts those that are equal by the ones before.
    pub fn order<O: Orders<M>>(mut self, order: impl FnOnce(M::Columns<M>) -> O) -> Self {
        self.tail.order(order(columns_of::<M>()));
        self
    }

    /// At most so many rows.
    pub fn limit(mut self, rows: u64) -> Self {
        self.tail.limit(rows);
        self
    }

    /// Leaves out so many rows at the start.
    pub fn offset(mut self, rows: u64) -> Self {
        self.tail.offset(rows);
        self
    }

    /// Loads a relation along with each row: one more statement, however many rows there are.
    pub fn with<X: Along<M>>(self, relation: impl FnOnce(M::Columns<M>) -> X) -> Find<M, L::Out, C>
    where
        L: Append<X::Load>,
    {
        let loads = self.loads.append(relation(columns_of::<M>()).load());
        Find { db: self.db, name: self.name, tail: self.tail, start: self.start, loads, of: PhantomData }
    }

    /// Counts the rows of a relation along with each row, without loading them: one more statement,
    /// however many rows there are.
    pub fn with_count<R>(self, relation: impl FnOnce(M::Columns<M>) -> Load<R>) -> Find<M, L::Out, C>
    where
        R: Relation<From = M>,
        R::Card: ToMany,
        L: Append<Counted<R>>,
    {
        self.with(|columns| Counted::new(relation(columns)))
    }

    /// The first row, if there is one; by the primary key if no order is given.
    pub fn first(mut self) -> Find<M, L, Maybe> {
        self.tail.order_by_key(&M::META.table);
        self.wanting("first")
    }

    /// The first row, or an error of [`Kind::NotFound`]; by the primary key if no order is given.
    pub fn one(mut self) -> Find<M, L, One> {
        self.tail.order_by_key(&M::META.table);
        self.wanting("one")
    }

    fn wanting<D>(self, name: &'static str) -> Find<M, L, D> {
        Find { db: self.db, name, tail: self.tail, start: self.start, loads: self.loads, of: PhantomData }
    }

    /// The rows as they come, a part at a time, each with what is loaded along with it: see [`Rows`].
    pub fn stream(self) -> Rows<L::Row>
    where
        L: Loads<M>,
    {
        let select = match self.start {
            Start::Nowhere => return Rows::none(),
            start => apply(&M::META.table, self.tail, &start),
        };
        Rows::new(self.db, Found::<M, L>::new(select_rows(M::META, "stream", select), self.loads))
    }

    pub(super) fn into_parts(mut self) -> Parts<L> {
        let (order, types) = self.tail.take_order();
        let select = match self.start {
            Start::Nowhere => None,
            start => Some(apply(&M::META.table, self.tail, &start)),
        };
        Parts { db: self.db, order, types, select, loads: self.loads }
    }

    /// What the database does to find the rows: PostgreSQL's `EXPLAIN`, SQLite's `EXPLAIN QUERY PLAN`.
    /// Nothing is found, and nothing is loaded along. The text is for reading, and differs from
    /// version to version.
    pub fn explain(self) -> Pending<String> {
        let select = match self.start {
            Start::Nowhere => None,
            start => Some(apply(&M::META.table, self.tail, &start)),
        };
        let db = self.db;
        Box::pin(async move {
            match select {
                Some(select) => explained(M::META, &db, select).await,
                None => Ok("nothing is sent: the key is null, and leads nowhere".to_owned()),
            }
        })
    }

    /// How many rows there are.
    pub fn count(self) -> Pending<i64> {
        let query = Asked { meta: M::META, name: "count", tail: self.tail, start: self.start };
        let rows = self.db;
        Box::pin(async move { Ok(query.scalar(&rows, Projection::Count).await?.unwrap_or(0)) })
    }

    /// Whether there is a row.
    pub fn exists(self) -> Pending<bool> {
        let query = Asked { meta: M::META, name: "exists", tail: self.tail, start: self.start };
        let db = self.db;
        Box::pin(async move { Ok(query.scalar::<bool>(&db, Projection::Exists).await?.unwrap_or(false)) })
    }

    /// Changes all of these rows.
    pub fn update(self) -> M::Update<Matching>
    where
        M: Writable,
    {
        let target = match self.start {
            Start::Nowhere => Matching::none(),
            start => Matching::new(matching(M::META, self.tail, &start)),
        };
        M::Update::wrap(Update::new(self.db, target))
    }

    /// Deletes all of these rows; answers with how many there were. Where a field has
    /// `@soft_delete`, that writes the time to it, in rows that are not deleted yet.
    pub fn delete(mut self) -> Pending<u64>
    where
        M: Writable,
    {
        if M::META.table.upkeep.soft_delete.is_none() {
            return self.remove("delete");
        }
        match self.tail.scope() {
            Scope::Deleted => Box::pin(async { Ok(0) }),
            Scope::Live | Scope::All => {
                self.tail.see(Scope::Live);
                self.mark("delete", Deletion::Now)
            }
        }
    }

    /// Sees rows that are deleted too.
    pub fn with_deleted(mut self) -> Self
    where
        M: SoftDelete,
    {
        self.tail.see(Scope::All);
        self
    }

    /// Sees only rows that are deleted.
    pub fn only_deleted(mut self) -> Self
    where
        M: SoftDelete,
    {
        self.tail.see(Scope::Deleted);
        self
    }

    /// Takes back the deletion of those of these rows that are deleted; answers with how many
    /// there were.
    pub fn restore(mut self) -> Pending<u64>
    where
        M: SoftDelete,
    {
        self.tail.see(Scope::Deleted);
        self.mark("restore", Deletion::Never)
    }

    /// Deletes all of these rows for good; answers with how many there were. Those that are
    /// deleted already are seen after [`with_deleted`](Self::with_deleted) or
    /// [`only_deleted`](Self::only_deleted).
    pub fn delete_forever(self) -> Pending<u64>
    where
        M: SoftDelete,
    {
        self.remove("delete_forever")
    }

    fn remove(self, name: &'static str) -> Pending<u64> {
        match self.start {
            Start::Nowhere => Box::pin(async { Ok(0) }),
            start => remove_matching::<M>(self.db, name, matching(M::META, self.tail, &start)),
        }
    }

    fn mark(self, name: &'static str, deletion: Deletion) -> Pending<u64> {
        match self.start {
            Start::Nowhere => Box::pin(async { Ok(0) }),
            start => mark_matching::<M>(self.db, name, deletion, matching(M::META, self.tail, &start)),
        }
    }
}

impl<M: Model> Find<M> {
    /// The same as a query that other tables can be joined to.
    fn query(self) -> Query<M> {
        // What it answers with is said later.
        let projection = Projection::Count;
        let mut select = match &self.start {
            Start::Nowhere => self.tail.select(projection, &M::META.table),
            start => begin(&M::META.table, projection, self.tail, start),
        };
        if let Start::Nowhere = self.start {
            select.filter = Some(Expr::Any(Vec::new()));
        }
        let statement = Statement::new(self.db, M::META, self.name, select);
        let mut entries = Vec::with_capacity(4);
        entries.push(Entry::model::<M>(0));
        Query::new(statement, entries)
    }
}

impl<M: Model> Find<M> {
    /// Selects of each row a column or an expression, the whole row, a tuple of up to twelve of these, or
    /// a struct by [`row!`](macro@crate::row). Of aggregates alone, over all rows: one row.
    pub fn select<X, K>(self, selection: impl FnOnce(M::Columns<M>) -> X) -> Selected<X::Row>
    where
        X: Selection<K>,
        K: Mode<M>,
    {
        group::select(self.query(), selection)
    }

    /// Makes one row of all that agree in the keys, which are handed to what follows.
    pub fn group_by<K: Keys<M>>(self, keys: impl FnOnce(M::Columns<M>) -> K) -> Groups<M, K::Handed> {
        group::group(self.query(), keys)
    }

    /// Keeps the first of the rows that agree in the keys, by the order; the rows are sorted by the keys
    /// first.
    pub fn distinct_on<K: Keys<M>>(self, keys: impl FnOnce(M::Columns<M>) -> K) -> Query<M> {
        group::distinct_on(self.query(), keys)
    }
}

calls! { [M: Model] Find<M>, M }

impl<M: Model, L: Loads<M>, C: Cardinality> IntoFuture for Find<M, L, C> {
    type Output = Result<C::Of<L::Row>>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(mut self) -> Self::IntoFuture {
        self.tail.cap(C::LIMIT);
        let operation = match self.start {
            Start::Nowhere => None,
            start => Some(select_rows(M::META, self.name, listed(M::META, self.tail, &start))),
        };
        let Find { db, name, loads, .. } = self;
        Box::pin(async move {
            let rows = match operation {
                None => Vec::new(),
                Some(operation) if L::ANY => {
                    let mut work = Finding { operation, loads, rows: Vec::new() };
                    let outcome = db.run(Access::Snapshot, &mut work).await;
                    outcome.map_err(|error| error.with_operation(title::<M>(name)))?;
                    work.rows
                }
                Some(operation) => {
                    let mut rows = Vec::new();
                    db.execute(&operation, &mut sink(&mut rows)).await?;
                    L::alone(rows).expect("nothing is loaded with them")
                }
            };
            C::gather(rows).ok_or_else(|| not_found(M::META).with_operation(title::<M>(name)))
        })
    }
}

/// A find as a work: the rows, then whatever is loaded with them.
struct Finding<M: Model, L: Loads<M>> {
    operation: Operation,
    loads: L,
    rows: Vec<L::Row>,
}

impl<M: Model, L: Loads<M>> Work for Finding<M, L> {
    fn run<'s>(&'s mut self, session: &'s dyn Session) -> BoxFuture<'s, Result<()>> {
        Box::pin(async {
            let mut rows = Vec::new();
            session.execute(&self.operation, &mut sink(&mut rows)).await?;
            self.rows = self.loads.load(session, rows).await?;
            Ok(())
        })
    }
}

/// Takes rows of a model.
pub(crate) fn sink<M: Model>(rows: &mut Vec<M>) -> impl FnMut(&mut Row<'_>) -> Result<()> + Send {
    |row| {
        row.enter(M::META.table.columns);
        rows.push(M::from_row(row)?);
        Ok(())
    }
}

fn title<M: Model>(name: &str) -> String {
    format!("{}.{name}", M::META.name)
}

pub(crate) fn not_found(meta: &ModelMeta) -> Error {
    Error::new(Kind::NotFound, format!("there is no such row in `{}`", meta.table.name))
}

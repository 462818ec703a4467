//! Links: the rows of a table between two models, which hold two keys; what else such a row has, it
//! has by default.

use std::fmt;
use std::marker::PhantomData;

use rex_sql::{ColumnRef, Delete, Expr, Insert, NewRows, OnConflict};

use super::changes::{Update, Wraps};
use super::defaults::{fallback, now, store};
use super::insert::{MAX_BINDS, MAX_ROWS};
use crate::Pending;
use crate::adapter::{Access, BoxFuture, Session, Work};
use crate::db::Db;
use crate::error::{Error, Kind, Result};
use crate::fits::Key;
use crate::model::{Model, Path, Relation, Through, WithData, Writable};
use crate::operation::{Operation, Shape};
use crate::query::{Side, among, equal};
use crate::row::NoRows;
use crate::scalar::KeyParts;
use crate::validate;
use crate::value::Value;

/// What sets the fields of a link over a model.
type DataOf<R> = <<R as WithData>::Link as Writable>::Update<()>;

/// The links of one row along a many-to-many relation.
#[must_use = "nothing happens before `add`, `remove`, `set` or `clear`"]
pub struct Links<R: Relation> {
    db: Db,
    key: Vec<Value>,
    relation: PhantomData<fn() -> R>,
}

impl<R: Relation> fmt::Debug for Links<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Links({}.{})", R::From::META.name, R::META.name)
    }
}

impl<R: Relation> Links<R> {
    /// The links of the row with a key.
    pub fn new(db: Db, key: <R::From as Model>::Key) -> Self {
        Links { db, key: values(key), relation: PhantomData }
    }

    /// Links these rows too; those that are linked already stay so. Answers with how many links
    /// are new.
    #[allow(clippy::should_implement_trait, reason = "it adds rows to links, not numbers")]
    pub fn add<K: Key<R::To>>(self, rows: impl IntoIterator<Item = K>) -> Pending<u64> {
        let keys = keys::<R, K>(rows);
        self.send(|links| links.inserts(keys, Vec::new()))
    }

    /// Links these rows too, each with this data: `.add_with([tag.id], |link| link.weight(3))`. Those that
    /// are linked already stay as they are. Answers with how many links are new.
    pub fn add_with<K: Key<R::To>>(
        self,
        rows: impl IntoIterator<Item = K>,
        data: impl FnOnce(DataOf<R>) -> DataOf<R>,
    ) -> Pending<u64>
    where
        R: WithData,
    {
        let keys = keys::<R, K>(rows);
        let set = data(DataOf::<R>::wrap(Update::new(self.db.clone(), ()))).unwrap().into_set();
        self.send(|links| {
            let mut data = Vec::with_capacity(set.len());
            validate::changes(R::Link::META, &set)?;
            for (place, side) in set {
                let Side::Value(mut value) = side else { return Err(computed()) };
                store(links.through.table.column(place), &mut value)?;
                data.push((place, value));
            }
            links.inserts(keys, data)
        })
    }

    pub(super) fn add_keys(self, keys: Vec<<R::To as Model>::Key>) -> Pending<u64> {
        let keys = keys.into_iter().map(values).collect();
        self.send(|links| links.inserts(keys, Vec::new()))
    }

    /// Unlinks these rows. Answers with how many were linked.
    pub fn remove<K: Key<R::To>>(self, rows: impl IntoIterator<Item = K>) -> Pending<u64> {
        let keys = keys::<R, K>(rows);
        self.send(|links| Ok(links.deletes(keys)))
    }

    /// Unlinks all rows. Answers with how many were linked.
    pub fn clear(self) -> Pending<u64> {
        self.send(|links| Ok(vec![links.delete(None)]))
    }

    /// Links these rows and no others.
    pub fn set<K: Key<R::To>>(self, rows: impl IntoIterator<Item = K>) -> Pending<()> {
        let keys = keys::<R, K>(rows);
        let written = self.send(|links| {
            let mut operations = vec![links.delete_others(keys.clone())];
            operations.extend(links.inserts(keys, Vec::new())?);
            Ok(operations)
        });
        Box::pin(async move { written.await.map(|_| ()) })
    }

    fn send(self, operations: impl FnOnce(&LinkTable) -> Result<Vec<Operation>>) -> Pending<u64> {
        let Path::Through(through) = R::META.path else {
            return Box::pin(async { Err(no_links::<R>()) });
        };
        let table = LinkTable { model: R::From::META, name: R::META.name, through, key: self.key };
        let operations = operations(&table);
        let (db, title) = (self.db, format!("{}.{}", R::From::META.name, R::META.name));
        Box::pin(async move {
            let operations = operations.map_err(|error| error.with_operation(title.clone()))?;
            let access = if operations.len() > 1 { Access::Atomic } else { Access::Write };
            let mut work = Linking { operations, written: 0 };
            if !work.operations.is_empty() {
                db.run(access, &mut work).await.map_err(|error| error.with_operation(title))?;
            }
            Ok(work.written)
        })
    }
}

#[cold]
fn no_links<R: Relation>() -> Error {
    let message = format!(
        "`{}` is no many-to-many relation, so that there are no links: a row of `{}` holds the key, which is set there",
        R::META.name,
        R::To::META.name
    );
    Error::new(Kind::InvalidValue, message).with_operation(format!("{}.{}", R::From::META.name, R::META.name))
}

#[cold]
fn computed() -> Error {
    Error::new(Kind::InvalidValue, "a new link has no fields yet to compute from: give it values")
}

fn keys<R: Relation, K: Key<R::To>>(rows: impl IntoIterator<Item = K>) -> Vec<Vec<Value>> {
    rows.into_iter().map(|row| values(row.into_key())).collect()
}

fn values<K: KeyParts>(key: K) -> Vec<Value> {
    let mut values = Vec::with_capacity(K::LEN);
    key.encode(&mut values);
    values
}

/// A table between, seen from one row.
struct LinkTable {
    model: &'static crate::meta::ModelMeta,
    name: &'static str,
    through: &'static Through,
    key: Vec<Value>,
}

impl LinkTable {
    fn operation(&self, shape: Shape) -> Operation {
        Operation { model: self.model, name: self.name, table: self.through.table, shape }
    }

    /// What else the table has gets what is given or its default, the same in all rows.
    fn inserts(&self, keys: Vec<Vec<Value>>, data: Vec<(u16, Value)>) -> Result<Vec<Operation>> {
        let through = self.through;
        let mut places: Vec<u16> = through.from.iter().chain(through.to).copied().collect();
        let others =
            (0u16..).zip(through.table.columns).filter(|(_, column)| !column.default.is_the_databases());
        let is_given = |place: &u16| data.iter().any(|(given, _)| given == place);
        let others: Vec<_> =
            others.filter(|(place, _)| !places.contains(place) && !is_given(place)).collect();
        let now = now();
        let defaults = others.iter().map(|(_, column)| fallback(column, &column.default, now));
        let mut rest = defaults.collect::<Result<Vec<Value>>>()?;
        places.extend(others.iter().map(|(place, _)| place));
        let (given, values): (Vec<u16>, Vec<Value>) = data.into_iter().unzip();
        places.extend(given);
        rest.extend(values);
        let columns: Vec<_> = places.iter().map(|place| through.table.column(*place).name.into()).collect();
        let size = (MAX_BINDS / columns.len()).min(MAX_ROWS);
        let rows: Vec<Vec<Option<Value>>> = keys
            .into_iter()
            .map(|key| self.key.iter().chain(&key).chain(&rest).cloned().map(Some).collect())
            .collect();
        let chunks = rows.chunks(size).map(|rows| Insert {
            table: through.table.table(),
            columns: columns.clone(),
            rows: NewRows::Values(rows.to_vec()),
            on_conflict: OnConflict::Skip,
            returning: Vec::new(),
        });
        Ok(chunks.map(|insert| self.operation(Shape::Insert(insert))).collect())
    }

    fn deletes(&self, keys: Vec<Vec<Value>>) -> Vec<Operation> {
        // Composite keys stand in the statement one by one.
        let size = if self.through.to.len() == 1 { usize::MAX } else { MAX_ROWS };
        let chunks = keys.chunks(size.min(keys.len().max(1)));
        chunks.map(|keys| self.delete(Some(among(&self.target(), keys.concat())))).collect()
    }

    fn delete_others(&self, keys: Vec<Vec<Value>>) -> Operation {
        self.delete((!keys.is_empty()).then(|| among(&self.target(), keys.concat()).negate()))
    }

    fn delete(&self, which: Option<Expr<Value>>) -> Operation {
        let from: Vec<ColumnRef> = self.through.table.names(self.through.from).map(ColumnRef::new).collect();
        let mine = equal(&from, self.key.clone());
        let filter = match which {
            Some(which) => mine.and(which),
            None => mine,
        };
        self.operation(Shape::Delete(Delete { table: self.through.table.table(), filter: Some(filter) }))
    }

    fn target(&self) -> Vec<ColumnRef> {
        self.through.table.names(self.through.to).map(ColumnRef::new).collect()
    }
}

struct Linking {
    operations: Vec<Operation>,
    written: u64,
}

impl Work for Linking {
    fn run<'s>(&'s mut self, session: &'s dyn Session) -> BoxFuture<'s, Result<()>> {
        Box::pin(async {
            for operation in &self.operations {
                self.written += session.execute(operation, &mut NoRows).await?;
            }
            Ok(())
        })
    }
}

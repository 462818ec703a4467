//! New rows where one may be there already: it stays, or it is changed instead.

use rex_sql::{ColumnRef, Expr, Insert, Name, OnConflict};

use super::changes::{Update, Wraps, assignments};
use super::create::Draft;
use super::insert::{no_answer, prepared, statement};
use crate::Pending;
use crate::db::Db;
use crate::error::{ConstraintOf, Error, Kind, Result};
use crate::meta::{ModelMeta, UniqueMeta};
use crate::model::Model;
use crate::operation::{Operation, Shape};
use crate::query::{Side, Term, columns, sink};
use crate::value::Value;

impl<M: Model, S> Draft<M, S> {
    /// Writes the row, unless a unique says that one is there already: then nothing is written, and
    /// the answer is none.
    pub fn or_ignore(self) -> Pending<Option<M>> {
        let (db, values) = self.into_values();
        Box::pin(async move {
            let insert = new_row(M::META, "or_ignore", values, OnConflict::Skip)?;
            one::<M>(&db, "or_ignore", insert).await
        })
    }

    /// Writes the row; where one is there already that agrees with it in the unique, that gets the
    /// values that were set, and no defaults. Answers with the row as it is then.
    pub fn upsert<U: ConstraintOf + PartialEq>(self, unique: U) -> Pending<M> {
        let (db, values) = self.into_values();
        let unique = unique_of(M::META, unique);
        Box::pin(async move {
            let unique = unique?;
            let set = new_values(M::META, unique, &values);
            write(db, "upsert", unique, values, set).await
        })
    }

    /// Writes the row; where one is there already that agrees with it in the unique, that is changed.
    /// Answers with the row as it is then.
    pub fn or_update<U: ConstraintOf + PartialEq, W: Wraps<Update<M, ()>>>(
        self,
        unique: U,
        change: impl FnOnce(W, M::Columns<M>) -> W,
    ) -> Pending<M> {
        let (db, values) = self.into_values();
        let update = W::wrap(Update::new(db.clone(), ()));
        let set = change(update, columns::<M>()).unwrap().into_set();
        let unique = unique_of(M::META, unique);
        Box::pin(async move {
            let unique = unique?;
            write(db, "or_update", unique, values, set).await
        })
    }
}

async fn write<M: Model>(
    db: Db,
    name: &'static str,
    unique: &'static UniqueMeta,
    values: Vec<Value>,
    set: Vec<(u16, Side)>,
) -> Result<M> {
    let on_conflict =
        on_conflict(M::META, unique, set).map_err(|error| error.with_operation(title(M::META, name)))?;
    let insert = new_row(M::META, name, values, on_conflict)?;
    one::<M>(&db, name, insert).await?.ok_or_else(|| no_answer(M::META, name))
}

async fn one<M: Model>(db: &Db, name: &'static str, insert: Insert<Value>) -> Result<Option<M>> {
    let operation = Operation { model: M::META, name, table: &M::META.table, shape: Shape::Insert(insert) };
    let mut rows = Vec::with_capacity(1);
    db.execute(&operation, &mut sink::<M>(&mut rows)).await?;
    Ok(rows.pop())
}

fn new_row(
    meta: &'static ModelMeta,
    name: &'static str,
    values: Vec<Value>,
    on_conflict: OnConflict<Value>,
) -> Result<Insert<Value>> {
    let values = prepared(meta, name, values)?;
    Ok(Insert { on_conflict, ..statement(meta, vec![values], false) })
}

fn title(meta: &ModelMeta, name: &str) -> String {
    format!("{}.{name}", meta.name)
}

/// A unique by its name in the database.
fn unique_of<U: ConstraintOf + PartialEq>(meta: &'static ModelMeta, which: U) -> Result<&'static UniqueMeta> {
    let (_, all) = U::all();
    let name = all.iter().find(|(_, unique)| *unique == which).map(|(name, _)| *name);
    let mut uniques = std::iter::once(&meta.table.key).chain(meta.table.uniques);
    uniques.find(|unique| Some(unique.name) == name).ok_or_else(|| {
        let message = "this unique is of what is computed: it finds no row to be changed";
        Error::new(Kind::InvalidValue, message)
    })
}

/// The values that were set, but for those that both rows agree in, and those that no update sets.
fn new_values(meta: &'static ModelMeta, unique: &UniqueMeta, values: &[Value]) -> Vec<(u16, Side)> {
    let table = &meta.table;
    let stays = |place: &u16| {
        unique.columns.contains(place)
            || table.key.columns.contains(place)
            || table.upkeep.immutable.contains(place)
            || table.upkeep.version == Some(*place)
    };
    let set = (0u16..).zip(values).filter(|(place, value)| **value != Value::Unset && !stays(place));
    let new = |place: u16| {
        let column = table.column(place);
        let expr = Expr::Column(ColumnRef::of(ColumnRef::NEW, column.name));
        (place, Side::Term(Term { expr, ty: Some(column.ty), nullable: column.nullable }))
    };
    set.map(|(place, _)| new(place)).collect()
}

/// Where nothing is to be changed, what both agree in is written again: a row that is left alone is
/// not answered with.
fn on_conflict(
    meta: &'static ModelMeta,
    unique: &'static UniqueMeta,
    set: Vec<(u16, Side)>,
) -> Result<OnConflict<Value>> {
    let mut set = assignments(meta, set)?;
    let target: Vec<Name> = meta.table.names(unique.columns).map(Name::from).collect();
    if set.is_empty() {
        let again = |name: &Name| (name.clone(), Expr::Column(ColumnRef::of(ColumnRef::NEW, name.clone())));
        set.extend(target.iter().map(again));
    }
    Ok(OnConflict::Update { target, only: unique.only.as_ref(), set })
}

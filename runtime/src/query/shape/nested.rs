//! Queries over the rows of queries: in the place of a table, named, recursive, and united.

use std::marker::PhantomData;
use std::sync::Arc;

use rex_sql::{Common as Definition, Expr, Projection, Select, SetOperator, Source as From};

use super::joined::Query;
use super::record::Record;
use super::source::{Entry, EntryOf, Nested, Output};
use super::statement::general;
use super::{Selected, Statement};
use crate::db::Db;
use crate::meta::{ModelMeta, Type};
use crate::query::expr::{Term, type_of_number};
use crate::value::Value;

/// A query that others name: as often as they like, for one computation. What `common` and
/// `recursive` give.
#[must_use = "a named query does nothing until another reads it"]
pub struct Common<R> {
    db: Db,
    model: &'static ModelMeta,
    name: &'static str,
    outputs: Vec<Output>,
    /// None within itself.
    definition: Option<Arc<Definition<Value>>>,
    of: PhantomData<fn() -> R>,
}

impl<R> Clone for Common<R> {
    fn clone(&self) -> Self {
        Common {
            db: self.db.clone(),
            outputs: self.outputs.clone(),
            definition: self.definition.clone(),
            ..*self
        }
    }
}

/// Rows of `R` that a query can range over: those of a [`Selected`], or of a [`Common`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no rows of `{R}` to join",
    note = "join what `select` gives, or a query that `common` has named"
)]
pub trait Tabular<R> {
    #[doc(hidden)]
    #[allow(private_interfaces, reason = "nobody else implements it")]
    fn table(self, within: &mut Statement) -> (From<Value>, Vec<Output>);
}

#[allow(private_interfaces, reason = "nobody else implements it")]
impl<R: Send + 'static> Tabular<R> for Selected<R> {
    fn table(mut self, _within: &mut Statement) -> (From<Value>, Vec<Output>) {
        self.statement.complete();
        (From::Query(self.statement.select), self.outputs)
    }
}

#[allow(private_interfaces, reason = "nobody else implements it")]
impl<R> Tabular<R> for Common<R> {
    fn table(self, within: &mut Statement) -> (From<Value>, Vec<Output>) {
        if let Some(definition) = self.definition {
            within.name_query(&definition);
        }
        (From::Common(self.name.into()), self.outputs)
    }
}

#[allow(private_interfaces, reason = "nobody else implements it")]
impl<R> Tabular<R> for &Common<R> {
    fn table(self, within: &mut Statement) -> (From<Value>, Vec<Output>) {
        self.clone().table(within)
    }
}

impl Statement {
    fn name_query(&mut self, definition: &Arc<Definition<Value>>) {
        if self.select.with.iter().all(|known| known.name != definition.name) {
            self.select.with.push(Definition::clone(definition));
        }
    }
}

/// A query over the rows of another.
fn over<R: Record>(db: Db, model: &'static ModelMeta, rows: impl Tabular<R>) -> Query<Nested<R>> {
    let nothing = Select::new(Projection::Count, From::Common("".into()));
    let mut statement = Statement::new(db, model, "find", nothing);
    let (from, outputs) = rows.table(&mut statement);
    statement.select.from = from;
    Query::new(statement, vec![Entry { source: 0, of: EntryOf::Nested(outputs) }])
}

impl<R: Send + 'static> Selected<R> {
    /// A query over these rows: closures are handed a tuple of their values.
    pub fn nested(self) -> Query<Nested<R>>
    where
        R: Record,
    {
        over(self.statement.db.clone(), self.statement.model, self)
    }

    /// Names the query, so that others read its rows, as often as they like.
    pub fn common(mut self, name: &'static str) -> Common<R>
    where
        R: Record,
    {
        self.statement.complete();
        let Statement { db, model, select, .. } = self.statement;
        let definition = Definition { name: name.into(), width: R::WIDTH, query: *select, recursive: false };
        let definition = Some(Arc::new(definition));
        Common { db, model, name, outputs: self.outputs, definition, of: PhantomData }
    }

    /// Names the query and goes on from its rows: `step` is handed the query itself, and gives the rows
    /// that follow from those that were found last, until there are none.
    ///
    /// ```text
    /// let below = db.comment().find().filter(|c| c.id.eq(root)).select(|c| (c.id, value(0)))
    ///     .recursive("below", |above| {
    ///         db.comment().find().join_rows(above, |(c, (id, _))| c.parent_id.eq(id))
    ///             .select(|(c, (_, depth))| (c.id, depth.add(1)))
    ///     });
    /// let rows = below.find().order(|(_, depth)| depth.asc()).await?;
    /// ```
    ///
    /// A row is found again however often something leads to it; a circle is followed for ever, unless
    /// [`recursive_distinct`](Self::recursive_distinct) is taken.
    pub fn recursive(self, name: &'static str, step: impl FnOnce(Common<R>) -> Selected<R>) -> Common<R>
    where
        R: Record,
    {
        self.repeated(name, SetOperator::UnionAll, step)
    }

    /// The same, but that a row that was found before is not followed again.
    pub fn recursive_distinct(
        self,
        name: &'static str,
        step: impl FnOnce(Common<R>) -> Selected<R>,
    ) -> Common<R>
    where
        R: Record,
    {
        self.repeated(name, SetOperator::Union, step)
    }

    fn repeated(
        self,
        name: &'static str,
        operator: SetOperator,
        step: impl FnOnce(Common<R>) -> Selected<R>,
    ) -> Common<R>
    where
        R: Record,
    {
        let mut first = self.plain();
        let Statement { db, model, .. } = &first.statement;
        let (db, model) = (db.clone(), *model);
        let itself = Common {
            db: db.clone(),
            model,
            name,
            outputs: first.outputs.clone(),
            definition: None,
            of: PhantomData,
        };
        let mut further = step(itself).plain();
        fit(&mut first, &mut further);
        for selected in [&mut first, &mut further] {
            selected.change(general);
        }
        let (mut select, further) = (first.statement.select, further.statement.select);
        unite(&mut select, operator, *further);
        let definition = Definition { name: name.into(), width: R::WIDTH, query: *select, recursive: true };
        Common {
            db,
            model,
            name,
            outputs: first.outputs,
            definition: Some(Arc::new(definition)),
            of: PhantomData,
        }
    }
}

impl<R: Record> Common<R> {
    /// A query over these rows: closures are handed a tuple of their values.
    pub fn find(&self) -> Query<Nested<R>> {
        over(self.db.clone(), self.model, self)
    }
}

impl<R: Send + 'static> Selected<R> {
    /// The rows of both queries, each once.
    pub fn union(self, other: Selected<R>) -> Self {
        self.united(SetOperator::Union, other)
    }

    /// The rows of both queries.
    pub fn union_all(self, other: Selected<R>) -> Self {
        self.united(SetOperator::UnionAll, other)
    }

    /// The rows that are in both queries, each once.
    pub fn intersect(self, other: Selected<R>) -> Self {
        self.united(SetOperator::Intersect, other)
    }

    /// The rows of this query that are not in the other, each once.
    pub fn except(self, other: Selected<R>) -> Self {
        self.united(SetOperator::Except, other)
    }

    fn united(self, operator: SetOperator, other: Selected<R>) -> Self {
        let (mut this, mut other) = (self.plain(), other.plain());
        fit(&mut this, &mut other);
        unite(&mut this.statement.select, operator, *other.statement.select);
        this.statement = this.statement.wrapped(&this.outputs);
        this
    }

    /// The same rows, of a query that can stand beside others.
    fn plain(mut self) -> Self {
        if !self.statement.is_plain() {
            self.statement = self.statement.wrapped(&self.outputs);
        }
        self
    }

    /// Changes each value that it answers with.
    fn change(&mut self, change: impl Fn(Term) -> Term) {
        for (value, output) in self.statement.values_mut().iter_mut().zip(&mut self.outputs) {
            let expr = std::mem::replace(value, Expr::All(Vec::new()));
            let Term { expr, ty, nullable } = change(Term { expr, ty: output.ty, nullable: output.nullable });
            *value = expr;
            *output = Output { ty, nullable };
        }
    }
}

/// Queries that the other names are named by both.
fn unite(select: &mut Select<Value>, operator: SetOperator, mut other: Select<Value>) {
    for common in std::mem::take(&mut other.with) {
        if select.with.iter().all(|known| known.name != common.name) {
            select.with.push(common);
        }
    }
    select.compound.push((operator, other));
}

/// Exact numbers of both have as many digits after the point, and what may be null in one may be in
/// what comes of both.
fn fit<R>(one: &mut Selected<R>, other: &mut Selected<R>)
where
    R: Send + 'static,
{
    let pairs = one.outputs.iter().zip(&other.outputs);
    let outputs: Vec<Output> = pairs.map(|(one, other)| common(*one, *other)).collect();
    for selected in [one, other] {
        let place = std::cell::Cell::new(0);
        selected.change(|term| {
            let output = outputs[place.replace(place.get() + 1)];
            let term = match output.ty {
                Some(Type::Decimal { scale, .. }) => term.widen(rex_sql::Number::Decimal(scale)),
                _ => term,
            };
            Term { ty: output.ty, nullable: output.nullable, ..term }
        });
    }
}

fn common(one: Output, other: Output) -> Output {
    let ty = match (one.ty, other.ty) {
        (Some(Type::Decimal { scale: a, .. }), Some(Type::Decimal { scale: b, .. })) => {
            Some(type_of_number(rex_sql::Number::Decimal(a.max(b))))
        }
        (one, other) => one.or(other),
    };
    Output { ty, nullable: one.nullable || other.nullable }
}

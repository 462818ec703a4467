//! The statement of a query while it is put together. Not generic: it is compiled once.

use rex_sql::{
    ColumnRef, Direction, Distinct, Expr, Join, JoinKind, Nulls, Order, Projection, Select, Source,
};

use super::source::{Entry, EntryOf, Output};
use crate::db::Db;
use crate::error::{Error, Kind, Result};
use crate::meta::{ModelMeta, TableMeta, Type};
use crate::model::{Path, RelationMeta, Through};
use crate::operation::{Operation, Shape};
use crate::query::Scope;
use crate::query::expr::{Term, kind};
use crate::query::tail::Tail;
use crate::value::Value;

/// A statement, and what it is for.
#[derive(Clone)]
pub(crate) struct Statement {
    pub(crate) db: Db,
    pub(crate) model: &'static ModelMeta,
    pub(crate) name: &'static str,
    /// In one place, from the start until it is sent.
    pub(crate) select: Box<Select<Value>>,
    /// By what it is sorted for whoever wants the first row and gives no order.
    by: By,
    /// The order of the keys by which rows are told apart.
    keys: Vec<Order<Value>>,
    /// Whether all rows are made one, whatever groups there are.
    pub(super) grouped: bool,
    /// Why it is not sent.
    pub(super) refused: Option<&'static str>,
}

/// The columns of one table that meet those of another.
#[derive(Clone, Copy)]
pub(super) struct End {
    /// The number of the table.
    pub(super) source: u16,
    pub(super) table: &'static TableMeta,
    pub(super) places: &'static [u16],
}

impl End {
    fn columns(self) -> impl Iterator<Item = ColumnRef> {
        self.table.names(self.places).map(move |name| ColumnRef::of(self.source, name))
    }
}

/// By what rows are sorted.
#[derive(Clone)]
enum By {
    /// By a key of the order.
    Keys(Vec<Order<Value>>),
    /// By the primary key of a table at a place.
    Table(u16, &'static TableMeta),
}

impl Statement {
    pub(crate) fn new(db: Db, model: &'static ModelMeta, name: &'static str, select: Select<Value>) -> Self {
        let by = By::Keys(Vec::new());
        let select = Box::new(select);
        Statement { db, model, name, select, by, keys: Vec::new(), grouped: false, refused: None }
    }

    /// Keeps only rows for which the condition is true too.
    pub(super) fn and(&mut self, cond: Expr<Value>) {
        self.select.filter = Some(match self.select.filter.take() {
            Some(filter) => filter.and(cond),
            None => cond,
        });
    }

    /// The number that the next table gets.
    pub(super) fn next_source(&self) -> u16 {
        u16::try_from(self.select.joins.len() + 1).unwrap_or(u16::MAX)
    }

    /// Whoever wants the first row gets that by the primary key of the first table.
    pub(super) fn by_key(&mut self, entries: &[Entry]) {
        if let Some(Entry { source, of: EntryOf::Model(meta) }) = entries.first() {
            self.by = By::Table(*source, &meta.table);
        }
    }

    /// By what it is sorted for whoever wants the first row and gives no order.
    pub(super) fn order_of_first(&mut self) -> Vec<Order<Value>> {
        match &mut self.by {
            By::Keys(keys) => std::mem::take(keys),
            By::Table(source, table) => {
                let key = table.names(table.key.columns).map(|name| ColumnRef::of(*source, name));
                key.map(|column| ascending(Expr::Column(column), Nulls::Largest)).collect()
            }
        }
    }

    /// Makes rows one that agree in these values. Whoever wants the first gets that by them.
    pub(super) fn group_by(&mut self, keys: Vec<Term>) {
        self.grouped = true;
        self.by = By::Keys(keys.iter().enumerate().map(by_the_key).collect());
        self.select.group = keys.into_iter().map(|key| key.expr).collect();
    }

    /// Of rows that agree in these values, only the first is kept.
    pub(super) fn distinct_on(&mut self, keys: Vec<Term>) {
        self.keys = keys.iter().enumerate().map(by_the_key).collect();
        self.select.distinct = Distinct::On(keys.into_iter().map(|key| key.expr).collect());
    }

    /// Joins what a relation leads to from `here`; answers with the number of its table.
    pub(super) fn join_relation(
        &mut self,
        kind: JoinKind,
        relation: &RelationMeta,
        to: &'static TableMeta,
        here: End,
        tail: Tail,
    ) -> u16 {
        if tail.is_ordered() || tail.is_limited() {
            self.refused = Some(
                "a relation that is joined has no order, limit or offset of its own: give them to the query",
            );
        }
        let (here, columns) = match relation.path {
            Path::Direct { to } => (here, to),
            Path::Through(through) => (self.join_between(kind, through, here, &tail, to), through.target),
        };
        let number = self.next_source();
        let on = meets(here, number, to.names(columns));
        self.join_table(kind, to, number, on, tail.into_filter(to));
        number
    }

    /// Joins a table. Of its rows only those are seen for which `narrower` is true, a condition over
    /// that table alone.
    pub(super) fn join_table(
        &mut self,
        kind: JoinKind,
        to: &'static TableMeta,
        number: u16,
        mut on: Expr<Value>,
        narrower: Option<Expr<Value>>,
    ) {
        if let Some(mut narrower) = narrower {
            narrower.move_sources(number);
            match kind {
                JoinKind::Inner | JoinKind::Left => on = on.and(narrower),
                // Rows of the table that meet no others are kept, so that they are to be left out
                // behind the join; where there is none of them, there is nothing to leave out.
                JoinKind::Right | JoinKind::Cross => self.and(narrower),
                JoinKind::Full => {
                    let first = ColumnRef::of(number, to.column(0).name);
                    self.and(narrower.or(Expr::IsNull(Box::new(Expr::Column(first)))));
                }
            }
        }
        self.select.joins.push(Join { kind, source: Source::Table(to.table()), on });
    }

    /// Joins the table between two models; answers with its columns that lead further.
    fn join_between(
        &mut self,
        kind: JoinKind,
        through: &Through,
        here: End,
        tail: &Tail,
        to: &'static TableMeta,
    ) -> End {
        let (number, table) = (self.next_source(), through.table);
        let further = End { source: number, table, places: through.to };
        let mut on = meets(here, number, table.names(through.from));
        on = Scope::Live.condition(table, number).into_iter().fold(on, Expr::and);
        let kind = match kind {
            JoinKind::Inner | JoinKind::Right | JoinKind::Cross => JoinKind::Inner,
            JoinKind::Left | JoinKind::Full => {
                // A row between that leads to what is not asked for is none.
                if let Some(narrower) = tail.clone().into_filter(to) {
                    let target = to.names(through.target).map(ColumnRef::new).collect();
                    let mut rows = Select::new(Projection::Columns(target), to.table());
                    rows.filter = Some(narrower);
                    on = on.and(Expr::InSelect(further.columns().collect(), Box::new(rows)));
                }
                JoinKind::Left
            }
        };
        self.select.joins.push(Join { kind, source: Source::Table(table.table()), on });
        further
    }

    /// The statement, complete.
    ///
    /// # Errors
    ///
    /// When it means something else on each database.
    pub(super) fn operation(self) -> Result<Operation> {
        let refused = self.refused.or_else(|| self.sorts_by_what_is_gone());
        if let Some(refused) = refused {
            return Err(Error::new(Kind::InvalidValue, refused).with_operation(self.title()));
        }
        let shape = Shape::Select(self.select);
        Ok(Operation { model: self.model, name: self.name, table: &self.model.table, shape })
    }

    pub(super) fn title(&self) -> String {
        format!("{}.{}", self.model.name, self.name)
    }

    fn sorts_by_what_is_gone(&self) -> Option<&'static str> {
        let (Distinct::Rows, Projection::Values(values)) = (&self.select.distinct, &self.select.projection)
        else {
            return None;
        };
        let is_gone = self.select.order.iter().any(|key| !values.contains(plain(&key.by)));
        is_gone.then_some("distinct rows are sorted by what is selected, and by nothing else")
    }

    /// Where `DISTINCT ON` is asked for, the order begins with its keys.
    pub(super) fn complete(&mut self) {
        let Distinct::On(keys) = &self.select.distinct else { return };
        if !self.select.group.is_empty() {
            return;
        }
        let place_of = |by: &Expr<Value>| keys.iter().position(|key| key == plain(by));
        let mut order = std::mem::take(&mut self.select.order);
        let leading = order.iter().take_while(|key| place_of(&key.by).is_some()).count();
        let mut missing: Vec<Option<Order<Value>>> = self.keys.drain(..).map(Some).collect();
        for key in &mut order[..leading] {
            let by = place_of(&key.by).and_then(|place| missing[place].take());
            if let Some(by) = by {
                key.by = by.by;
            }
        }
        order.splice(leading..leading, missing.into_iter().flatten());
        self.select.order = order;
    }

    /// The same rows, as those of a query within another; its columns are called `c0` and so on.
    pub(super) fn wrapped(mut self, outputs: &[Output]) -> Self {
        self.complete();
        let within = Source::Query(self.select);
        let values = super::source::nested(0, outputs).map(|term| term.expr).collect();
        Statement {
            select: Box::new(Select::new(Projection::Values(values), within)),
            by: By::Keys(Vec::new()),
            keys: Vec::new(),
            grouped: false,
            ..self
        }
    }

    /// Whether it can stand beside others in a set operation as it is, or its rows be counted as such.
    pub(super) fn is_plain(&self) -> bool {
        let select = &self.select;
        select.order.is_empty()
            && select.limit.is_none()
            && select.offset.is_none()
            && select.compound.is_empty()
            && !matches!(select.distinct, Distinct::On(_))
    }
}

/// What it sorts by, as it was selected: an enum sorts by its rank.
fn plain(by: &Expr<Value>) -> &Expr<Value> {
    match by {
        Expr::Rank(inner, _) => inner,
        other => other,
    }
}

fn meets(here: End, number: u16, there: impl Iterator<Item = &'static str>) -> Expr<Value> {
    let there = there.map(|name| Expr::Column(ColumnRef::of(number, name)));
    let pairs = there.zip(here.columns()).map(|(there, here)| there.equals(Expr::Column(here)));
    pairs.reduce(Expr::and).unwrap_or(Expr::All(Vec::new()))
}

/// By the key at a place.
fn by_the_key((place, key): (usize, &Term)) -> Order<Value> {
    let place = Expr::Key(u16::try_from(place).unwrap_or(u16::MAX));
    let key = Term { expr: place, ty: key.ty, nullable: key.nullable };
    ascending(key.rank(), Nulls::Largest)
}

fn ascending(by: Expr<Value>, nulls: Nulls) -> Order<Value> {
    Order { by, direction: Direction::Ascending, nulls }
}

/// In the type that it has in general, so that others can be united with it.
pub(super) fn general(term: Term) -> Term {
    match term.ty.filter(|ty| matches!(ty, Type::Text | Type::Decimal { .. })).and_then(kind) {
        Some(kind) => Term { expr: Expr::General(Box::new(term.expr), kind), ..term },
        None => term,
    }
}

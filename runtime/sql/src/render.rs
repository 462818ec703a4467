//! The renderer: trees to text.

mod expr;
mod number;

pub use number::{FAILS, double_guards, integer_guard};

use std::fmt::Write as _;

use crate::expr::{ColumnRef, Direction, Expr, Nulls, Order};
use crate::statement::{Delete, Insert, OnConflict, Projection, Select, Table, Update};
use crate::{Dialect, push_ident};

/// The text of a statement and what has to be bound to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Rendered<'a, V> {
    /// One line.
    pub sql: String,
    /// In the order of the placeholders.
    pub binds: Vec<Bind<'a, V>>,
}

/// One placeholder's value.
#[derive(Debug, PartialEq)]
pub enum Bind<'a, V> {
    /// A value.
    One(&'a V),
    /// An array: PostgreSQL's own, rusqlite's `rarray` in SQLite.
    Set(&'a [V]),
    /// A text that is a pattern of `LIKE`, to be bound as a pattern of `GLOB`.
    Pattern(&'a V),
}

impl<V> Clone for Bind<'_, V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<V> Copy for Bind<'_, V> {}

pub(crate) struct Writer<'a, V> {
    dialect: Dialect,
    out: String,
    binds: Vec<Bind<'a, V>>,
    /// The statement and the queries in it that are being written, the innermost last.
    frames: Vec<Frame>,
    /// The number that the next table's name gets.
    next: usize,
    /// What is true when arithmetic that is being written for SQLite has left its type.
    guards: Vec<String>,
}

/// What columns are written in.
#[derive(Clone, Copy)]
struct Frame {
    /// The number of its first table's name.
    first: usize,
    /// Whether columns are written with their table: `t0."id"`.
    qualified: bool,
}

impl<'a, V> Writer<'a, V> {
    pub(crate) fn new(dialect: Dialect) -> Self {
        let out = String::with_capacity(256);
        Writer { dialect, out, binds: Vec::new(), frames: Vec::new(), next: 0, guards: Vec::new() }
    }

    pub(crate) fn finish(self) -> Rendered<'a, V> {
        Rendered { sql: self.out, binds: self.binds }
    }

    pub(crate) fn select(&mut self, select: &'a Select<V>) {
        self.enter(1 + select.joins.len(), !select.joins.is_empty() || has_query(select));
        let limited = select.limit.is_some() || select.offset.is_some();
        match &select.projection {
            Projection::Columns(columns) if limited && !select.per.is_empty() => {
                self.select_per(select, columns);
            }
            Projection::Columns(columns) => {
                self.push("SELECT ");
                self.list(columns.iter(), Self::shown);
                self.select_rest(select);
            }
            Projection::Count if limited => {
                self.push("SELECT count(*) FROM (SELECT 1");
                self.select_rest(select);
                self.push(") AS counted");
            }
            Projection::Count => {
                self.push("SELECT count(*)");
                self.select_rest(select);
            }
            Projection::Exists => {
                self.push("SELECT EXISTS (SELECT 1");
                self.select_rest(select);
                self.push(")");
            }
        }
        self.frames.pop();
    }

    /// `EXISTS (SELECT 1 FROM …)`
    fn exists(&mut self, select: &'a Select<V>) {
        self.enter(1 + select.joins.len(), true);
        self.push("EXISTS (SELECT 1");
        self.select_rest(select);
        self.push(")");
        self.frames.pop();
    }

    /// Begins a statement or a query with so many tables. Within one whose columns are written with
    /// their tables, they always are.
    fn enter(&mut self, tables: usize, qualified: bool) {
        let qualified = qualified || self.frames.last().is_some_and(|frame| frame.qualified);
        self.frames.push(Frame { first: self.next, qualified });
        self.next += if qualified { tables } else { 0 };
    }

    /// `FROM … WHERE … ORDER BY … LIMIT … OFFSET …`
    fn select_rest(&mut self, select: &'a Select<V>) {
        self.from(select);
        self.order(&select.order);
        match (&select.limit, self.dialect) {
            (Some(limit), _) => {
                self.push(" LIMIT ");
                self.bind(Bind::One(limit));
            }
            // SQLite has no offset without a limit.
            (None, Dialect::Sqlite) if select.offset.is_some() => self.push(" LIMIT -1"),
            (None, _) => {}
        }
        if let Some(offset) = &select.offset {
            self.push(" OFFSET ");
            self.bind(Bind::One(offset));
        }
    }

    fn from(&mut self, select: &'a Select<V>) {
        self.push(" FROM ");
        self.source(&select.from, 0);
        for (place, join) in select.joins.iter().enumerate() {
            self.push(" JOIN ");
            self.source(&join.table, place + 1);
            self.push(" ON ");
            self.expr(&join.on);
        }
        self.filter(select.filter.as_ref());
    }

    /// The rows are numbered within each group, and those with a number in range are kept.
    fn select_per(&mut self, select: &'a Select<V>, columns: &'a [ColumnRef]) {
        self.push("SELECT ");
        self.list(0..columns.len(), |this, place| _ = write!(this.out, "c{place}"));
        self.push(" FROM (SELECT ");
        self.list(columns.iter().enumerate(), |this, (place, column)| {
            this.shown(column);
            _ = write!(this.out, " AS c{place}");
        });
        self.push(", row_number() OVER (PARTITION BY ");
        self.list(select.per.iter(), Self::column);
        self.order(&select.order);
        self.push(") AS place");
        self.from(select);
        self.push(") AS ranked WHERE ");
        if let Some(offset) = &select.offset {
            self.push("place > ");
            self.integer(offset);
            if select.limit.is_some() {
                self.push(" AND ");
            }
        }
        if let Some(limit) = &select.limit {
            self.push("place <= ");
            self.integer(limit);
            if let Some(offset) = &select.offset {
                self.push(" + ");
                self.integer(offset);
            }
        }
        self.push(" ORDER BY place");
    }

    pub(crate) fn insert(&mut self, insert: &'a Insert<V>) {
        self.push("INSERT INTO ");
        self.table(&insert.table);
        if insert.columns.is_empty() {
            self.push(" DEFAULT VALUES");
        } else {
            self.push(" (");
            self.list(insert.columns.iter(), |this, name| push_ident(&mut this.out, name));
            self.push(") VALUES ");
            self.list(insert.rows.iter(), |this, row| {
                this.push("(");
                this.list(row.iter(), Self::cell);
                this.push(")");
            });
        }
        if insert.on_conflict == OnConflict::Skip {
            self.push(" ON CONFLICT DO NOTHING");
        }
        self.returning(&insert.returning);
    }

    fn cell(&mut self, value: &'a Option<V>) {
        match (value, self.dialect) {
            (Some(value), _) => self.bind(Bind::One(value)),
            (None, Dialect::Postgres) => self.push("DEFAULT"),
            (None, Dialect::Sqlite) => self.push("NULL"),
        }
    }

    pub(crate) fn update(&mut self, update: &'a Update<V>) {
        let set = update.set.iter().any(|(_, value)| value.has_query());
        self.enter(1, set || update.filter.as_ref().is_some_and(Expr::has_query));
        self.push("UPDATE ");
        self.source(&update.table, 0);
        self.push(" SET ");
        self.list(update.set.iter(), |this, (name, value)| {
            push_ident(&mut this.out, name);
            this.push(" = ");
            this.expr(value);
        });
        self.filter(update.filter.as_ref());
        self.returning(&update.returning);
    }

    pub(crate) fn delete(&mut self, delete: &'a Delete<V>) {
        self.enter(1, delete.filter.as_ref().is_some_and(Expr::has_query));
        self.push("DELETE FROM ");
        self.source(&delete.table, 0);
        self.filter(delete.filter.as_ref());
    }

    fn filter(&mut self, filter: Option<&'a Expr<V>>) {
        match filter {
            None => {}
            Some(Expr::All(all)) if all.is_empty() => {}
            Some(Expr::All(all)) => {
                self.push(" WHERE ");
                self.terms(all, " AND ");
            }
            Some(filter) => {
                self.push(" WHERE ");
                self.expr(filter);
            }
        }
    }

    /// There is one table only, so that its columns need no name of it.
    fn returning(&mut self, columns: &[ColumnRef]) {
        self.frames.clear();
        if !columns.is_empty() {
            self.push(" RETURNING ");
            self.list(columns.iter(), Self::shown);
        }
    }

    fn order(&mut self, order: &'a [Order<V>]) {
        if order.is_empty() {
            return;
        }
        // Also the first word of an order within a window: "PARTITION BY a ORDER BY b".
        self.push(" ORDER BY ");
        self.list(order.iter(), |this, key| {
            this.expr(&key.by);
            if key.direction == Direction::Descending {
                this.push(" DESC");
            }
            this.push(nulls(this.dialect, key.direction, key.nulls));
        });
    }

    fn source(&mut self, table: &Table, place: usize) {
        self.table(table);
        if let Some(Frame { first, qualified: true }) = self.frames.last() {
            _ = write!(self.out, " AS t{}", first + place);
        }
    }

    fn table(&mut self, table: &Table) {
        self.out.push_str(&table.quoted(self.dialect));
    }

    /// A column among those that are answered with. A cast to text is not always the type's own
    /// text: that of `inet` adds a mask.
    fn shown(&mut self, column: &ColumnRef) {
        if !column.as_text || self.dialect != Dialect::Postgres {
            return self.column(column);
        }
        self.push("CASE WHEN ");
        self.column(column);
        self.push(" IS NOT NULL THEN format('%s', ");
        self.column(column);
        self.push(") END");
    }

    fn column(&mut self, column: &ColumnRef) {
        let frame = self.frames.iter().rev().nth(usize::from(column.up));
        if let Some(Frame { first, qualified: true }) = frame {
            _ = write!(self.out, "t{}.", first + usize::from(column.source));
        }
        push_ident(&mut self.out, &column.name);
    }

    /// A bound integer whose type nothing beside it tells.
    fn integer(&mut self, value: &'a V) {
        self.push("CAST(");
        self.bind(Bind::One(value));
        self.push(if self.dialect == Dialect::Postgres { " AS bigint)" } else { " AS INTEGER)" });
    }

    fn bind(&mut self, value: Bind<'a, V>) {
        let place = self.place(value);
        let sign = if self.dialect == Dialect::Postgres { '$' } else { '?' };
        _ = write!(self.out, "{sign}{place}");
    }

    fn place(&mut self, value: Bind<'a, V>) -> usize {
        self.binds.push(value);
        self.binds.len()
    }

    fn list<T>(&mut self, items: impl Iterator<Item = T>, mut one: impl FnMut(&mut Self, T)) {
        for (place, item) in items.enumerate() {
            if place > 0 {
                self.push(", ");
            }
            one(self, item);
        }
    }

    fn push(&mut self, text: &str) {
        self.out.push_str(text);
    }
}

/// Whether a query stands in this one that may name its columns.
fn has_query<V>(select: &Select<V>) -> bool {
    let conditions = select.joins.iter().map(|join| &join.on).chain(&select.filter);
    conditions.chain(select.order.iter().map(|key| &key.by)).any(Expr::has_query)
}

/// The words after a key, so that nulls stand where `nulls` says whatever the database's habit.
fn nulls(dialect: Dialect, direction: Direction, nulls: Nulls) -> &'static str {
    match (nulls, dialect, direction) {
        (Nulls::Never, _, _) | (Nulls::Largest, Dialect::Postgres, _) => "",
        (Nulls::Largest, Dialect::Sqlite, Direction::Ascending) => " NULLS LAST",
        (Nulls::Largest, Dialect::Sqlite, Direction::Descending) => " NULLS FIRST",
        (Nulls::First, _, _) => " NULLS FIRST",
        (Nulls::Last, _, _) => " NULLS LAST",
    }
}

//! The renderer: trees to text.

mod expr;
mod insert;
mod number;
mod over;
mod select;

pub use number::{FAILS, double_guards, integer_guard};

use std::fmt::Write as _;

use crate::expr::{ColumnRef, Direction, Expr, Nulls, Order};
use crate::statement::{Delete, Table, Update};
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
    /// A key of an object in JSON, to be bound as a path of SQLite's.
    Member(&'a V),
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
    frames: Vec<Frame<'a, V>>,
    /// The number that the next table's name gets.
    next: usize,
    /// What is true when arithmetic that is being written for SQLite has left its type.
    guards: Vec<String>,
}

/// What columns are written in.
struct Frame<'a, V> {
    /// The number of its first table's name.
    first: usize,
    /// Whether columns are written with their table: `t0."id"`.
    qualified: bool,
    /// What [`Expr::Key`] stands for.
    keys: &'a [Expr<V>],
    /// The texts of those that have been written: what is bound in one is bound once, so that it is
    /// the same wherever it stands.
    written: Vec<Option<String>>,
}

impl<'a, V> Writer<'a, V> {
    pub(crate) fn new(dialect: Dialect) -> Self {
        let out = String::with_capacity(256);
        Writer { dialect, out, binds: Vec::new(), frames: Vec::new(), next: 0, guards: Vec::new() }
    }

    pub(crate) fn finish(self) -> Rendered<'a, V> {
        Rendered { sql: self.out, binds: self.binds }
    }

    /// Begins a statement or a query with so many tables. Within one whose columns are written with
    /// their tables, they always are.
    fn enter(&mut self, tables: usize, qualified: bool, keys: &'a [Expr<V>]) {
        let qualified = qualified || self.frames.last().is_some_and(|frame| frame.qualified);
        let written = vec![None; keys.len()];
        self.frames.push(Frame { first: self.next, qualified, keys, written });
        self.next += if qualified { tables } else { 0 };
    }

    pub(crate) fn update(&mut self, update: &'a Update<V>) {
        let set = update.set.iter().any(|(_, value)| value.has_query());
        self.enter(1, set || update.filter.as_ref().is_some_and(Expr::has_query), &[]);
        self.push("UPDATE ");
        self.table(&update.table);
        self.alias(0);
        self.push(" SET ");
        self.assignments(&update.set);
        self.filter(update.filter.as_ref());
        if let Some(listed) = update.returning {
            self.push(" RETURNING ");
            self.push(listed.text(self.dialect));
        }
    }

    pub(crate) fn delete(&mut self, delete: &'a Delete<V>) {
        self.enter(1, delete.filter.as_ref().is_some_and(Expr::has_query), &[]);
        self.push("DELETE FROM ");
        self.table(&delete.table);
        self.alias(0);
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

    fn order(&mut self, order: &'a [Order<V>]) {
        if order.is_empty() {
            return;
        }
        // Also the first word of an order within a window: "PARTITION BY a ORDER BY b".
        self.sorted(order, |this, _, by| this.expr(by));
    }

    /// ` ORDER BY …`, each key written by its place and itself.
    fn sorted(&mut self, order: &'a [Order<V>], mut by: impl FnMut(&mut Self, usize, &'a Expr<V>)) {
        self.push(" ORDER BY ");
        self.list(order.iter().enumerate(), |this, (place, key)| {
            by(this, place, &key.by);
            if key.direction == Direction::Descending {
                this.push(" DESC");
            }
            this.push(nulls(this.dialect, key.direction, key.nulls));
        });
    }

    /// The name in this statement of its table at a place.
    fn alias(&mut self, place: usize) {
        if let Some(Frame { first, qualified: true, .. }) = self.frames.last() {
            let number = first + place;
            self.push(" AS t");
            self.push_number(number);
        }
    }

    /// Few are large, and the others are written without the formatter.
    fn push_number(&mut self, number: usize) {
        match u8::try_from(number) {
            Ok(digit @ 0..10) => self.out.push(char::from(b'0' + digit)),
            _ => _ = write!(self.out, "{number}"),
        }
    }

    fn table(&mut self, table: &Table) {
        match table.schema {
            None => push_ident(&mut self.out, &table.name),
            Some(_) => self.out.push_str(&table.quoted(self.dialect)),
        }
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
        if column.source == ColumnRef::NEW {
            self.push("excluded.");
            return push_ident(&mut self.out, &column.name);
        }
        let frame = self.frames.iter().rev().nth(usize::from(column.up));
        if let Some(Frame { first, qualified: true, .. }) = frame {
            let number = first + usize::from(column.source);
            self.push("t");
            self.push_number(number);
            self.push(".");
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
        self.push(if self.dialect == Dialect::Postgres { "$" } else { "?" });
        self.push_number(place);
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

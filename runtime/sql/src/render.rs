//! The renderer: trees to text.

use std::fmt::Write as _;

use crate::expr::{ColumnRef, Direction, Expr, Nulls, Order, TextTest};
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

/// Longer chains of `AND` and `OR` are written as halves.
const CHAIN: usize = 100;

pub(crate) struct Writer<'a, V> {
    dialect: Dialect,
    out: String,
    binds: Vec<Bind<'a, V>>,
    /// Whether columns are written with their table: `t0."id"`.
    qualified: bool,
}

impl<'a, V> Writer<'a, V> {
    pub(crate) fn new(dialect: Dialect) -> Self {
        Writer { dialect, out: String::with_capacity(256), binds: Vec::new(), qualified: false }
    }

    pub(crate) fn finish(self) -> Rendered<'a, V> {
        Rendered { sql: self.out, binds: self.binds }
    }

    pub(crate) fn select(&mut self, select: &'a Select<V>) {
        let outer = std::mem::replace(&mut self.qualified, !select.joins.is_empty());
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
        self.qualified = outer;
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
        self.push("UPDATE ");
        self.table(&update.table);
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
        self.push("DELETE FROM ");
        self.table(&delete.table);
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

    fn returning(&mut self, columns: &[ColumnRef]) {
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

    fn expr(&mut self, expr: &'a Expr<V>) {
        match expr {
            Expr::Column(column) => self.column(column),
            Expr::Value(value) => self.bind(Bind::One(value)),
            Expr::Next(column) => {
                self.column(column);
                self.push(" + 1");
            }
            Expr::All(all) if all.is_empty() => self.push("(1 = 1)"),
            Expr::Any(any) if any.is_empty() => self.push("(1 = 0)"),
            Expr::All(all) => self.group(all, " AND "),
            Expr::Any(any) => self.group(any, " OR "),
            Expr::Not(inner) => {
                self.push("(NOT ");
                self.expr(inner);
                self.push(")");
            }
            Expr::Compare(comparison, left, right) => {
                self.expr(left);
                self.push(" ");
                self.push(comparison.sql());
                self.push(" ");
                self.expr(right);
            }
            Expr::IsNull(inner) => self.suffixed(inner, " IS NULL"),
            Expr::IsNotNull(inner) => self.suffixed(inner, " IS NOT NULL"),
            Expr::In(inner, values) => self.member(inner, values, true),
            Expr::NotIn(inner, values) => self.member(inner, values, false),
            Expr::InSelect(columns, select) => self.in_select(columns, select),
            Expr::Text(test, inner, value) => self.text_test(*test, inner, value),
            Expr::Rank(inner, labels) => self.rank(inner, labels),
        }
    }

    fn group(&mut self, terms: &'a [Expr<V>], between: &str) {
        self.push("(");
        self.terms(terms, between);
        self.push(")");
    }

    /// SQLite bounds the depth of expressions, and takes a chain for a tree that leans to one side:
    /// a long one is written as halves.
    fn terms(&mut self, terms: &'a [Expr<V>], between: &str) {
        if terms.len() > CHAIN {
            let (left, right) = terms.split_at(terms.len() / 2);
            self.group(left, between);
            self.push(between);
            return self.group(right, between);
        }
        for (place, term) in terms.iter().enumerate() {
            if place > 0 {
                self.push(between);
            }
            self.expr(term);
        }
    }

    fn suffixed(&mut self, inner: &'a Expr<V>, suffix: &str) {
        self.expr(inner);
        self.push(suffix);
    }

    fn member(&mut self, inner: &'a Expr<V>, values: &'a [V], inside: bool) {
        self.expr(inner);
        self.push(match (self.dialect, inside) {
            (Dialect::Postgres, true) => " = ANY(",
            (Dialect::Postgres, false) => " <> ALL(",
            (Dialect::Sqlite, true) => " IN (SELECT value FROM rarray(",
            (Dialect::Sqlite, false) => " NOT IN (SELECT value FROM rarray(",
        });
        self.bind(Bind::Set(values));
        self.push(if self.dialect == Dialect::Sqlite { "))" } else { ")" });
    }

    fn in_select(&mut self, columns: &'a [ColumnRef], select: &'a Select<V>) {
        self.push("(");
        self.list(columns.iter(), Self::column);
        self.push(") IN (");
        self.select(select);
        self.push(")");
    }

    fn text_test(&mut self, test: TextTest, inner: &'a Expr<V>, value: &'a V) {
        match (test, self.dialect) {
            (TextTest::Contains, Dialect::Postgres) => {
                self.call("strpos(", inner, Bind::One(value));
                self.push(" > 0");
            }
            (TextTest::Contains, Dialect::Sqlite) => {
                self.call("instr(", inner, Bind::One(value));
                self.push(" > 0");
            }
            (TextTest::StartsWith, Dialect::Postgres) => self.call("starts_with(", inner, Bind::One(value)),
            (TextTest::StartsWith, Dialect::Sqlite) => {
                self.octets(inner);
                let place = self.place(Bind::One(value));
                _ = write!(self.out, ", 2, octet_length(?{place})) = CAST(?{place} AS BLOB)");
            }
            (TextTest::EndsWith, Dialect::Postgres) => {
                self.push("right(");
                self.expr(inner);
                let place = self.place(Bind::One(value));
                _ = write!(self.out, ", length(${place}::text)) = ${place}::text");
            }
            (TextTest::EndsWith, Dialect::Sqlite) => {
                self.octets(inner);
                self.push(", max(2, octet_length(");
                self.expr(inner);
                let place = self.place(Bind::One(value));
                _ = write!(self.out, ") + 2 - octet_length(?{place}))) = CAST(?{place} AS BLOB)");
            }
            (TextTest::Like, Dialect::Postgres) => {
                self.expr(inner);
                self.push(" LIKE ");
                self.bind(Bind::One(value));
            }
            (TextTest::Like, Dialect::Sqlite) => {
                self.expr(inner);
                self.push(" GLOB ");
                self.bind(Bind::Pattern(value));
            }
        }
    }

    /// The start of a `substr` of a text's octets, the first of which is the second here: for SQLite's
    /// functions a text ends where it has a NUL, and of no octets they make null.
    fn octets(&mut self, inner: &'a Expr<V>) {
        self.push("substr(CAST('.' || ");
        self.expr(inner);
        self.push(" AS BLOB)");
    }

    fn call(&mut self, name: &str, inner: &'a Expr<V>, value: Bind<'a, V>) {
        self.push(name);
        self.expr(inner);
        self.push(", ");
        self.bind(value);
        self.push(")");
    }

    fn rank(&mut self, inner: &'a Expr<V>, labels: &[&str]) {
        if self.dialect == Dialect::Postgres {
            return self.expr(inner);
        }
        self.push("CASE ");
        self.expr(inner);
        for (place, label) in labels.iter().enumerate() {
            _ = write!(self.out, " WHEN {} THEN {place}", crate::text(label));
        }
        self.push(" END");
    }

    fn source(&mut self, table: &Table, place: usize) {
        self.table(table);
        if self.qualified {
            _ = write!(self.out, " AS t{place}");
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
        if self.qualified {
            _ = write!(self.out, "t{}.", column.source);
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

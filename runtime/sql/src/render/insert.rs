//! Inserts to text.

use super::{Bind, Frame, Writer};
use crate::expr::{ColumnRef, Expr, Name};
use crate::statement::{Insert, NewRows, OnConflict};
use crate::{Dialect, push_ident};

impl<'a, V> Writer<'a, V> {
    pub(crate) fn insert(&mut self, insert: &'a Insert<V>) {
        self.push("INSERT INTO ");
        self.table(&insert.table);
        if let OnConflict::Update { .. } = insert.on_conflict {
            // Without its name, a column could be the old row's or the new one's.
            self.enter(1, true, &[]);
            self.alias(0);
        }
        if insert.columns.is_empty() {
            self.push(" DEFAULT VALUES");
        } else {
            self.push(" (");
            self.names(&insert.columns);
            self.push(") ");
            self.rows(&insert.rows);
        }
        match &insert.on_conflict {
            OnConflict::Fail => {}
            OnConflict::Skip => self.push(" ON CONFLICT DO NOTHING"),
            OnConflict::Update { target, set } => self.on_conflict(target, set),
        }
        self.returning(&insert.returning);
    }

    fn names(&mut self, names: &[Name]) {
        self.list(names.iter(), |this, name| push_ident(&mut this.out, name));
    }

    fn on_conflict(&mut self, target: &[Name], set: &'a [(Name, Expr<V>)]) {
        self.push(" ON CONFLICT (");
        self.names(target);
        self.push(") DO UPDATE SET ");
        self.assignments(set);
    }

    fn rows(&mut self, rows: &'a NewRows<V>) {
        match (rows, self.dialect) {
            (NewRows::Values(rows), _) => {
                self.push("VALUES ");
                self.list(rows.iter(), |this, row| {
                    this.push("(");
                    this.list(row.iter(), Self::cell);
                    this.push(")");
                });
            }
            (NewRows::Arrays(columns), Dialect::Postgres) => {
                self.push("SELECT * FROM unnest(");
                self.list(columns.iter(), |this, (kind, values)| {
                    this.bind(Bind::Set(values));
                    this.push("::");
                    this.push(kind.postgres());
                    this.push("[]");
                });
                self.push(")");
            }
            (NewRows::Arrays(columns), Dialect::Sqlite) => {
                let rows = columns.first().map_or(0, |(_, values)| values.len());
                self.push("VALUES ");
                self.list(0..rows, |this, row| {
                    this.push("(");
                    this.list(columns.iter(), |this, (_, values)| this.bind(Bind::One(&values[row])));
                    this.push(")");
                });
            }
        }
    }

    fn cell(&mut self, value: &'a Option<V>) {
        match (value, self.dialect) {
            (Some(value), _) => self.bind(Bind::One(value)),
            (None, Dialect::Postgres) => self.push("DEFAULT"),
            (None, Dialect::Sqlite) => self.push("NULL"),
        }
    }

    /// `"a" = …, "b" = …`
    pub(super) fn assignments(&mut self, set: &'a [(Name, Expr<V>)]) {
        self.list(set.iter(), |this, (name, value)| {
            push_ident(&mut this.out, name);
            this.push(" = ");
            this.expr(value);
        });
    }

    /// There is one table only, so that its columns need no name of it.
    pub(super) fn returning(&mut self, columns: &[ColumnRef]) {
        self.frames.clear();
        self.frames.push(Frame { first: 0, qualified: false, keys: &[], written: Vec::new() });
        if !columns.is_empty() {
            self.push(" RETURNING ");
            self.list(columns.iter(), Self::shown);
        }
    }
}

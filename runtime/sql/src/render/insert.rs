//! Inserts to text.

use super::{Bind, Frame, Writer};
use crate::expr::{ColumnRef, Expr, Name};
use crate::statement::{Array, Insert, NewRows, OnConflict, Only};
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
            OnConflict::Update { target, only, set } => self.on_conflict(target, *only, set),
        }
        self.returning(&insert.returning);
    }

    fn names(&mut self, names: &[Name]) {
        self.list(names.iter(), |this, name| push_ident(&mut this.out, name));
    }

    /// Both databases find a unique index of some rows by its condition, and no other way.
    fn on_conflict(&mut self, target: &[Name], only: Option<&Only>, set: &'a [(Name, Expr<V>)]) {
        self.push(" ON CONFLICT (");
        self.names(target);
        self.push(")");
        if let Some(only) = only {
            self.push(" WHERE ");
            self.push(only.text(self.dialect));
        }
        self.push(" DO UPDATE SET ");
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
                let is_cast = columns.iter().any(|column| column.cast.is_some());
                self.push("SELECT ");
                match is_cast {
                    true => self.cast(columns),
                    false => self.push("*"),
                }
                self.push(" FROM unnest(");
                self.list(columns.iter(), |this, column| {
                    this.bind(Bind::Set(&column.values));
                    this.push("::");
                    this.push(column.kind.postgres());
                    this.push("[]");
                });
                self.push(")");
                if is_cast {
                    self.push(" AS r (");
                    self.list(0..columns.len(), |this, place| this.column_of_array(place));
                    self.push(")");
                }
            }
            (NewRows::Arrays(columns), Dialect::Sqlite) => {
                let rows = columns.first().map_or(0, |column| column.values.len());
                self.push("VALUES ");
                self.list(0..rows, |this, row| {
                    this.push("(");
                    this.list(columns.iter(), |this, column| this.bind(Bind::One(&column.values[row])));
                    this.push(")");
                });
            }
        }
    }

    /// The columns of the arrays' rows, each as its table takes it.
    fn cast(&mut self, columns: &[Array<V>]) {
        self.list(columns.iter().enumerate(), |this, (place, column)| {
            this.column_of_array(place);
            if let Some(cast) = &column.cast {
                this.push("::");
                this.push(cast);
            }
        });
    }

    fn column_of_array(&mut self, place: usize) {
        self.push("c");
        self.push(&place.to_string());
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

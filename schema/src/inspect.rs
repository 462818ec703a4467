//! What a live database holds: queries of its catalogue, and what their answers say.
//!
//! Nothing here is connected to anything. Whoever is runs [`session`] and [`queries`] in one
//! transaction, so that the answers fit together, and hands the answers to [`inspect`].

use std::collections::HashMap;

use rex_sql::Dialect;

use crate::database::{Database, Index, Table};
use crate::dialect::target;

/// The rows of an answer. Every value is a text, whatever its type, or null.
pub type Rows = Vec<Vec<Option<String>>>;

/// What a database holds, whoever made it.
#[derive(Clone, Debug)]
pub struct Inspected {
    /// What Rex has words for.
    pub database: Database,
    /// What it has no words for.
    pub others: Vec<Object>,
}

/// Something that a database holds and Rex does not make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// What it is.
    pub kind: Kind,
    /// Its schema, if not the default one.
    pub schema: Option<String>,
    /// Its name; empty if it has none.
    pub name: String,
    /// The table that it belongs to, which is in the same schema.
    pub table: Option<String>,
    /// The statement that makes it, or what there is to say of it.
    pub text: String,
}

/// What an [`Object`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A table, of a kind that Rex does not make.
    Table,
    /// A view, with a query of another form than Rex's.
    View,
    /// An index.
    Index,
    /// A trigger.
    Trigger,
    /// A constraint.
    Constraint,
    /// What a table says of itself or of a column: `WITHOUT ROWID`.
    Clause,
    /// A function or a procedure.
    Function,
    /// A sequence that belongs to no column.
    Sequence,
    /// A domain, a composite type, a range.
    Type,
    /// A policy of rows.
    Policy,
    /// A rule of rewriting.
    Rule,
    /// An extension.
    Extension,
}

/// The statements that make answers the same on every connection; they end with the transaction.
pub fn session(dialect: Dialect) -> &'static [&'static str] {
    target(dialect).inspection.session
}

/// The queries of the catalogue, in the order of the answers that [`inspect`] wants.
pub fn queries(dialect: Dialect) -> &'static [&'static str] {
    target(dialect).inspection.queries
}

/// What the answers to [`queries`] say. What they say that cannot be understood is among
/// [`Inspected::others`].
pub fn inspect(dialect: Dialect, answers: &[Rows]) -> Inspected {
    (target(dialect).inspection.decode)(answers)
}

/// How a dialect is inspected.
pub(crate) struct Inspection {
    pub(crate) session: &'static [&'static str],
    pub(crate) queries: &'static [&'static str],
    pub(crate) decode: fn(&[Rows]) -> Inspected,
}

impl Inspected {
    /// What `like` names, in its order: what is found in a table that it does not name comes last,
    /// and is there, since it is part of the table. Tables, views and types of other names are not.
    pub fn managed(&self, like: &Database) -> Database {
        let mut found = self.database.clone();
        let tables = places(like.tables.iter().map(Table::id));
        let views = places(like.views.iter().map(|view| (view.schema.as_deref(), view.name.as_str())));
        let enums = places(like.enums.iter().map(|e| (e.schema.as_deref(), e.name.as_str())));
        found.schemas.retain(|schema| like.schemas.contains(schema));
        found.tables.retain(|table| tables.contains_key(&table.id()));
        found.views.retain(|view| views.contains_key(&(view.schema.as_deref(), view.name.as_str())));
        found.enums.retain(|e| enums.contains_key(&(e.schema.as_deref(), e.name.as_str())));
        found.tables.sort_by_key(|table| tables[&table.id()]);
        found.views.sort_by_key(|view| views[&(view.schema.as_deref(), view.name.as_str())]);
        found.enums.sort_by_key(|e| enums[&(e.schema.as_deref(), e.name.as_str())]);
        for table in &mut found.tables {
            arrange_table(table, &like.tables[tables[&table.id()]]);
        }
        for view in &mut found.views {
            let like = &like.views[views[&(view.schema.as_deref(), view.name.as_str())]];
            arrange_indexes(&mut view.indexes, &like.indexes);
        }
        found
    }

    /// What a table holds that a copy of it would lose.
    pub fn others_of<'a>(
        &'a self,
        schema: Option<&'a str>,
        table: &'a str,
    ) -> impl Iterator<Item = &'a Object> {
        self.others.iter().filter(move |object| {
            object.schema.as_deref() == schema && object.table.as_deref() == Some(table)
        })
    }
}

fn places<K: std::hash::Hash + Eq>(keys: impl Iterator<Item = K>) -> HashMap<K, usize> {
    keys.enumerate().map(|(place, key)| (key, place)).collect()
}

fn arrange_table(table: &mut Table, like: &Table) {
    arrange(&mut table.columns, &like.columns, |column| &column.name);
    arrange(&mut table.uniques, &like.uniques, |key| &key.name);
    arrange(&mut table.foreign_keys, &like.foreign_keys, |key| &key.name);
    arrange(&mut table.checks, &like.checks, |check| &check.name);
    arrange_indexes(&mut table.indexes, &like.indexes);
}

fn arrange_indexes(indexes: &mut [Index], like: &[Index]) {
    arrange(indexes, like, |index| &index.name);
}

fn arrange<T>(found: &mut [T], like: &[T], name: fn(&T) -> &String) {
    let places = places(like.iter().map(name));
    found.sort_by_key(|one| places.get(name(one)).copied().unwrap_or(usize::MAX));
}

//! Renames that happen between two databases, and what a database is after them.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::database::{Check, Condition, Database, Default, Index, IndexKey, Sql, Table, Type, View};
use crate::postgres::{self, Element};

use super::Change;
use super::intent::Intent;

/// A schema, if not the default one, and a name.
pub type Id = (Option<String>, String);

/// The renames between two databases.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Renames {
    /// Old and new names of tables.
    pub tables: Vec<(Id, Id)>,
    /// Old and new names of columns, by the new table.
    pub columns: Vec<(Id, String, String)>,
    /// Old and new names of enum types.
    pub enums: Vec<(Id, Id)>,
    /// Old and new labels, by the new enum type.
    pub labels: Vec<(Id, String, String)>,
}

impl Renames {
    /// Those of an intent that are to happen: the old name is there before, the new one is not,
    /// unless it is given up by another rename, and it is there afterwards.
    pub fn between(before: &Database, after: &Database, intent: &Intent) -> Renames {
        let table_ids = |database: &Database| -> Vec<Id> {
            database.tables.iter().map(|table| (table.schema.clone(), table.name.clone())).collect()
        };
        let enum_ids = |database: &Database| -> Vec<Id> {
            database.enums.iter().map(|one| (one.schema.clone(), one.name.clone())).collect()
        };
        let mut renames = Renames {
            tables: real(&intent.tables, &table_ids(before), &table_ids(after)),
            enums: real(&intent.enums, &enum_ids(before), &enum_ids(after)),
            ..Renames::default()
        };
        renames.join_tables(before, after);
        let there: HashMap<_, &Table> = before.tables.iter().map(|table| (table.id(), table)).collect();
        for table in &after.tables {
            let id = (table.schema.clone(), table.name.clone());
            let old = former(&renames.tables, &id);
            let Some(old) = there.get(&(old.0.as_deref(), old.1.as_str())) else { continue };
            let names =
                |table: &Table| table.columns.iter().map(|column| column.name.clone()).collect::<Vec<_>>();
            let mut wanted = of(&intent.columns, &id);
            let derived = renames.join_columns(old, table).into_iter();
            let derived: Vec<_> = derived.filter(|pair| !wanted.contains(pair)).collect();
            wanted.extend(derived);
            if wanted.is_empty() {
                continue;
            }
            let real = real(&wanted, &names(old), &names(table));
            renames.columns.extend(real.into_iter().map(|(before, after)| (id.clone(), before, after)));
        }
        for one in &after.enums {
            let id = (one.schema.clone(), one.name.clone());
            let old = former(&renames.enums, &id);
            let Some(old) = before.enums.iter().find(|e| e.schema == old.0 && e.name == old.1) else {
                continue;
            };
            let real = real(&of(&intent.labels, &id), &old.labels, &one.labels);
            renames.labels.extend(real.into_iter().map(|(before, after)| (id.clone(), before, after)));
        }
        renames
    }

    /// A join table is called by its sides. Where one of them is renamed, and one join table of the
    /// same sides goes as one comes, it is the same one.
    fn join_tables(&mut self, before: &Database, after: &Database) {
        let mut found = Vec::new();
        let is_known = |table: &Table| {
            self.tables.iter().any(|(_, new)| table.id() == (new.0.as_deref(), new.1.as_str()))
        };
        let new = after.tables.iter().filter(|table| is_join(table) && !has(before, table));
        for table in new.filter(|table| !is_known(table)) {
            let targets = targets(table);
            let candidates: Vec<&Table> = (before.tables.iter())
                .filter(|old| is_join(old) && !has(after, old))
                .filter(|old| self.targets(old) == targets && self.targets(old) != self::targets(old))
                .collect();
            if let [old] = candidates.as_slice() {
                let id = |table: &Table| (table.schema.clone(), table.name.clone());
                found.push((id(old), id(table)));
            }
        }
        self.tables.extend(found);
    }

    /// The targets of a table's keys, by their new names.
    fn targets(&self, table: &Table) -> Vec<Id> {
        let mut targets: Vec<Id> = targets(table).iter().map(|id| latter(&self.tables, id)).collect();
        targets.sort();
        targets
    }

    /// The columns of a join table follow their keys.
    fn join_columns(&self, before: &Table, after: &Table) -> Vec<(String, String)> {
        if !is_join(before) || !is_join(after) {
            return Vec::new();
        }
        let mut pairs = Vec::new();
        for old in &before.foreign_keys {
            let target = latter(&self.tables, &(old.target_schema.clone(), old.target.clone()));
            let same: Vec<_> = (after.foreign_keys.iter())
                .filter(|key| (key.target_schema.clone(), key.target.clone()) == target)
                .collect();
            if let [new] = same.as_slice()
                && new.columns.len() == old.columns.len()
            {
                pairs.extend(old.columns.iter().cloned().zip(new.columns.iter().cloned()));
            }
        }
        pairs.retain(|(old, new)| old != new);
        pairs
    }

    pub(super) fn changes(&self) -> impl Iterator<Item = Change> {
        let enums = self.enums.iter().cloned().map(|(old, new)| Change::RenameEnum(old, new));
        let labels = self.labels.iter().cloned().map(|(id, old, new)| Change::RenameLabel(id, old, new));
        let tables = self.tables.iter().cloned().map(|(old, new)| Change::RenameTable(old, new));
        let columns = self.columns.iter().cloned().map(|(id, old, new)| Change::RenameColumn(id, old, new));
        enums.chain(labels).chain(tables).chain(columns)
    }

    /// What a database is after them; names of constraints and indexes stay.
    pub fn applied<'d>(&self, before: &'d Database) -> Cow<'d, Database> {
        if *self == Renames::default() {
            return Cow::Borrowed(before);
        }
        let mut database = before.clone();
        for one in &mut database.enums {
            (one.schema, one.name) = latter(&self.enums, &(one.schema.clone(), one.name.clone()));
            let labels = of(&self.labels, &(one.schema.clone(), one.name.clone()));
            for label in &mut one.labels {
                *label = renamed(&labels, label);
            }
        }
        for table in &mut database.tables {
            self.apply_to_table(table);
        }
        for view in &mut database.views {
            self.apply_to_view(view);
        }
        Cow::Owned(database)
    }

    fn apply_to_table(&self, table: &mut Table) {
        let id = latter(&self.tables, &(table.schema.clone(), table.name.clone()));
        let columns = of(&self.columns, &id);
        (table.schema, table.name) = id;
        let rename =
            |names: &mut Vec<String>| names.iter_mut().for_each(|name| *name = renamed(&columns, name));
        for column in &mut table.columns {
            column.name = renamed(&columns, &column.name);
            self.apply_to_type(&mut column.ty);
            if let Some(computed) = &mut column.computed {
                *computed = self.sql(computed, &columns);
            }
            self.apply_to_default(&column.ty, &mut column.default);
        }
        table.primary_key.iter_mut().chain(&mut table.uniques).for_each(|key| rename(&mut key.columns));
        for key in &mut table.foreign_keys {
            rename(&mut key.columns);
            let target = latter(&self.tables, &(key.target_schema.clone(), key.target.clone()));
            let columns = of(&self.columns, &target);
            key.target_columns.iter_mut().for_each(|name| *name = renamed(&columns, name));
            (key.target_schema, key.target) = target;
        }
        for Check { condition, .. } in &mut table.checks {
            match condition {
                Condition::Column { column, .. } => *column = renamed(&columns, column),
                Condition::Sql(sql) => *sql = self.sql(sql, &columns),
            }
        }
        for index in &mut table.indexes {
            self.apply_to_index(index, &columns);
        }
    }

    fn apply_to_index(&self, index: &mut Index, columns: &[(String, String)]) {
        for part in &mut index.parts {
            match &mut part.key {
                IndexKey::Column(column) => *column = renamed(columns, column),
                IndexKey::Sql(sql) => *sql = self.sql(sql, columns),
            }
        }
        if let Some(condition) = &mut index.condition {
            *condition = self.sql(condition, columns);
        }
        index.include.iter_mut().for_each(|column| *column = renamed(columns, column));
    }

    fn apply_to_view(&self, view: &mut View) {
        for column in &mut view.columns {
            if let Some(ty) = &mut column.cast {
                self.apply_to_type(ty);
            }
        }
    }

    fn apply_to_type(&self, ty: &mut Type) {
        if let Type::Postgres(postgres::Type { element: Element::Enum { schema, name }, .. }) = ty {
            (*schema, *name) = latter(&self.enums, &(schema.clone(), name.clone()));
        }
    }

    /// A label as a default.
    fn apply_to_default(&self, ty: &Type, default: &mut Option<Default>) {
        let Type::Postgres(postgres::Type { element: Element::Enum { schema, name }, .. }) = ty else {
            return;
        };
        let labels = of(&self.labels, &(schema.clone(), name.clone()));
        let Some(Default::Postgres(default)) = default else { return };
        default.rename_labels(|label| renamed(&labels, label));
    }

    /// An expression: names of columns in it, of enum types behind `::`, and labels before those.
    fn sql(&self, sql: &Sql, columns: &[(String, String)]) -> Sql {
        if columns.is_empty() && self.enums.is_empty() && self.labels.is_empty() {
            return sql.clone();
        }
        sql.renamed(
            |name| latter_name(columns, name),
            |ty| self.enums.iter().find(|(old, _)| old.1 == ty).map(|(_, new)| new.1.clone()),
            |ty, label| {
                let ours = self.labels.iter().filter(|(id, ..)| {
                    id.1 == ty || self.enums.iter().any(|(old, new)| new == id && old.1 == ty)
                });
                ours.into_iter().find(|(_, old, _)| old == label).map(|(_, _, new)| new.clone())
            },
        )
    }
}

/// The pairs that are to happen.
fn real<T: Clone + PartialEq>(wanted: &[(T, T)], before: &[T], after: &[T]) -> Vec<(T, T)> {
    let gives_up =
        |name: &T| wanted.iter().any(|(old, new)| old == name && new != name && after.contains(new));
    let is_real = |(old, new): &&(T, T)| {
        old != new && before.contains(old) && after.contains(new) && (!before.contains(new) || gives_up(new))
    };
    wanted.iter().filter(is_real).cloned().collect()
}

fn of(renames: &[(Id, String, String)], id: &Id) -> Vec<(String, String)> {
    let ours = renames.iter().filter(|(of, ..)| of == id);
    ours.map(|(_, before, after)| (before.clone(), after.clone())).collect()
}

fn latter(renames: &[(Id, Id)], id: &Id) -> Id {
    renames.iter().find(|(before, _)| before == id).map_or_else(|| id.clone(), |(_, after)| after.clone())
}

fn former(renames: &[(Id, Id)], id: &Id) -> Id {
    renames.iter().find(|(_, after)| after == id).map_or_else(|| id.clone(), |(before, _)| before.clone())
}

fn latter_name(renames: &[(String, String)], name: &str) -> Option<String> {
    renames.iter().find(|(before, _)| before == name).map(|(_, after)| after.clone())
}

fn renamed(renames: &[(String, String)], name: &str) -> String {
    latter_name(renames, name).unwrap_or_else(|| name.to_owned())
}

fn has(database: &Database, table: &Table) -> bool {
    database.tables.iter().any(|other| other.id() == table.id())
}

/// Whether all columns are two keys.
fn is_join(table: &Table) -> bool {
    let keys: usize = table.foreign_keys.iter().map(|key| key.columns.len()).sum();
    table.foreign_keys.len() == 2 && keys == table.columns.len()
}

fn targets(table: &Table) -> Vec<Id> {
    let mut targets: Vec<Id> =
        table.foreign_keys.iter().map(|key| (key.target_schema.clone(), key.target.clone())).collect();
    targets.sort();
    targets
}

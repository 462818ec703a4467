//! What stands on what changes: constraints, indexes and computed columns that must step aside while
//! the type of a column, or the key that they refer to, is another one.

use std::collections::{HashMap, HashSet};

use crate::database::{Column, Condition, ForeignKey, Index, IndexKey, Table};
use crate::diff::{AlterColumn, AlterTable, Change, Constraint, Id, TableChange, all};
use crate::plan::State;

use super::enums::has_type;

/// The changes of tables, with those that they bring along.
pub(super) fn expanded(state: &State<'_>, retyped: &HashSet<Id>) -> Vec<AlterTable> {
    let changed: Vec<&AlterTable> = state
        .changes
        .iter()
        .filter_map(|change| match change {
            Change::AlterTable(alter) => Some(alter.as_ref()),
            _ => None,
        })
        .collect();
    let mut alters = kept(state, &changed, retyped);
    for alter in &mut alters {
        retype(alter, retyped);
        let columns = moved(alter);
        if !columns.is_empty() {
            within(alter, &columns);
        }
    }
    let moved: Vec<(Id, Vec<String>)> = alters
        .iter()
        .map(|alter| ((alter.after.schema.clone(), alter.after.name.clone()), moved(alter)))
        .collect();
    let dropped = dropped_keys(&alters);
    for alter in &mut alters {
        foreign_keys(alter, &moved, &dropped);
    }
    alters.retain(|alter| !alter.changes.is_empty());
    alters
}

/// Every table that is there before and after, but those that are not touched by what changes.
fn kept(state: &State<'_>, changed: &[&AlterTable], retyped: &HashSet<Id>) -> Vec<AlterTable> {
    let created: HashSet<_> = state
        .changes
        .iter()
        .filter_map(|change| match change {
            Change::CreateTable(table) => Some(table.id()),
            _ => None,
        })
        .collect();
    let moves = |alter: &&AlterTable| !moved(alter).is_empty() || !dropped_keys([*alter]).is_empty();
    let moving: HashSet<_> =
        changed.iter().copied().filter(moves).map(|alter: &AlterTable| alter.after.id()).collect();
    let changed: HashMap<_, _> = changed.iter().map(|alter| (alter.after.id(), *alter)).collect();
    // A table that does not change itself has keys to one that moves, or columns of a type that is made anew.
    let is_touched = |table: &Table| {
        let target = |key: &ForeignKey| moving.contains(&(key.target_schema.as_deref(), key.target.as_str()));
        !retyped.is_empty() || table.foreign_keys.iter().any(target)
    };
    let of = |table: &Table| match changed.get(&table.id()) {
        Some(alter) => Some((*alter).clone()),
        None if !is_touched(table) => None,
        None => Some(AlterTable { before: table.clone(), after: table.clone(), changes: Vec::new() }),
    };
    state.after.tables.iter().filter(|table| !created.contains(&table.id())).filter_map(of).collect()
}

/// Columns of a type that is made anew change with it.
fn retype(alter: &mut AlterTable, retyped: &HashSet<Id>) {
    for column in alter.before.columns.iter().filter(|column| has_type(column, retyped)) {
        let is_changed = alter.changes.iter().any(|change| match change {
            TableChange::AlterColumn(change) => change.after.name == column.name,
            TableChange::DropColumn(gone) => gone.name == column.name,
            _ => false,
        });
        let after = alter.after.columns.iter().find(|after| after.name == column.name);
        if let Some(after) = after.filter(|_| !is_changed) {
            let (before, after) = (column.clone(), after.clone());
            let change = AlterColumn { before, after, backfill: None, conversion: None };
            alter.changes.push(TableChange::AlterColumn(Box::new(change)));
        }
    }
    for change in &mut alter.changes {
        if let TableChange::AlterColumn(change) = change
            && change.conversion.is_none()
            && has_type(&change.before, retyped)
        {
            change.conversion = super::using::through_text(change);
        }
    }
}

/// The columns whose type changes, and those that go.
pub(super) fn moved(alter: &AlterTable) -> Vec<String> {
    let moved = |change: &TableChange| match change {
        TableChange::AlterColumn(change)
            if change.before.ty != change.after.ty || change.conversion.is_some() =>
        {
            Some(change.after.name.clone())
        }
        TableChange::DropColumn(column) => Some(column.name.clone()),
        _ => None,
    };
    alter.changes.iter().filter_map(moved).collect()
}

fn within(alter: &mut AlterTable, columns: &[String]) {
    let mentions = |sql: &crate::database::Sql| columns.iter().any(|column| sql.mentions(column));
    let is_touched = |index: &Index| {
        let part = index.parts.iter().any(|part| match &part.key {
            IndexKey::Column(column) => columns.contains(column),
            IndexKey::Sql(sql) => mentions(sql),
        });
        part || index.condition.as_ref().is_some_and(mentions)
    };
    for index in alter.before.indexes.clone().into_iter().filter(is_touched) {
        let is_kept = alter.after.indexes.contains(&index) && !drops_index(alter, &index.name);
        if is_kept {
            alter.changes.push(TableChange::DropIndex(index.clone()));
            alter.changes.push(TableChange::AddIndex(index));
        }
    }
    for constraint in all(&alter.before) {
        let Constraint::Check(check) = &constraint else { continue };
        let Condition::Sql(sql) = &check.condition else { continue };
        if mentions(sql) && all(&alter.after).contains(&constraint) {
            alter.changes.push(TableChange::DropConstraint(constraint.clone()));
            alter.changes.push(TableChange::AddConstraint(constraint));
        }
    }
    for column in alter.before.columns.clone() {
        let is_touched = column.computed.as_ref().is_some_and(mentions);
        let after = alter.after.columns.iter().find(|after| **after == column).cloned();
        if let Some(after) = after.filter(|_| is_touched) {
            remake(alter, column, after);
        }
    }
}

/// A computed column goes and comes back.
fn remake(alter: &mut AlterTable, before: Column, after: Column) {
    let is_changed =
        |change: &TableChange| matches!(change, TableChange::AlterColumn(c) if c.after.name == after.name);
    if !alter.changes.iter().any(is_changed) {
        alter.changes.push(TableChange::DropColumn(before));
        alter.changes.push(TableChange::AddColumn(after, None));
    }
}

fn drops_index(alter: &AlterTable, name: &str) -> bool {
    alter.changes.iter().any(|change| matches!(change, TableChange::DropIndex(index) if index.name == name))
}

/// Keys that go: by table, their columns.
pub(super) fn dropped_keys<'a>(alters: impl IntoIterator<Item = &'a AlterTable>) -> Vec<(Id, Vec<String>)> {
    let mut keys = Vec::new();
    for alter in alters {
        let id = (alter.after.schema.clone(), alter.after.name.clone());
        for change in &alter.changes {
            if let TableChange::DropConstraint(Constraint::PrimaryKey(key) | Constraint::Unique(key)) = change
            {
                keys.push((id.clone(), key.columns.clone()));
            }
        }
    }
    keys
}

/// Foreign keys that stay, over columns that move, or to keys that go.
fn foreign_keys(alter: &mut AlterTable, moved: &[(Id, Vec<String>)], dropped: &[(Id, Vec<String>)]) {
    let own: Id = (alter.after.schema.clone(), alter.after.name.clone());
    let has = |id: &Id, columns: &[String]| {
        moved.iter().any(|(of, names)| of == id && columns.iter().any(|column| names.contains(column)))
    };
    let is_touched = |key: &ForeignKey| {
        let target: Id = (key.target_schema.clone(), key.target.clone());
        has(&own, &key.columns)
            || has(&target, &key.target_columns)
            || dropped.iter().any(|(of, columns)| *of == target && *columns == key.target_columns)
    };
    for key in alter.before.foreign_keys.clone() {
        if is_touched(&key) && alter.after.foreign_keys.contains(&key) {
            alter.changes.push(TableChange::DropConstraint(Constraint::ForeignKey(key.clone())));
            alter.changes.push(TableChange::AddConstraint(Constraint::ForeignKey(key)));
        }
    }
}

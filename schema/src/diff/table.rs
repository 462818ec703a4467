//! What differs within a table, or a view.

use rex_sql::{ident, text};

use super::intent::{Conversion, Intent};
use super::renames::Id;
use super::{AlterColumn, Constraint, TableChange, paired};
use crate::database::{Column, Index, Sql, Table};
use crate::syntax::{self, Kind};

/// The changes of a table whose names are the new ones.
pub(super) fn changes(before: &Table, after: &Table, intent: &Intent) -> Vec<TableChange> {
    let id: Id = (after.schema.clone(), after.name.clone());
    // Values may be other ones where the table is the same: see [`Intent`].
    let has_other_values =
        || intent.texts.keys().chain(intent.conversions.keys()).any(|(table, _)| *table == id);
    if before == after && !has_other_values() {
        return Vec::new();
    }
    let mut changes = Vec::new();
    columns(before, after, &id, intent, &mut changes);
    constraints(before, after, &mut changes);
    indexes(&before.indexes, &after.indexes, &mut changes);
    if before.comment != after.comment {
        changes.push(TableChange::Comment);
    }
    changes
}

fn columns(before: &Table, after: &Table, id: &Id, intent: &Intent, changes: &mut Vec<TableChange>) {
    let (pairs, new, gone) = paired(&before.columns, &after.columns, |column| column.name.clone());
    changes.extend(gone.into_iter().cloned().map(TableChange::DropColumn));
    for column in new {
        let backfill = intent.backfills.get(&(id.clone(), column.name.clone())).cloned();
        changes.push(TableChange::AddColumn(column.clone(), backfill));
    }
    for (old, new) in pairs {
        let key = (id.clone(), new.name.clone());
        let labels = intent.texts.get(&key).map(|labels| changed_labels(before, after, &new.name, labels));
        let relabelled = labels.filter(|labels| !labels.is_empty());
        let conversion = match relabelled {
            Some(labels) => Some(Conversion { value: relabelling(new, &labels), undo: None }),
            None => intent.conversions.get(&key).cloned(),
        };
        if old != new || conversion.is_some() {
            changes.push(TableChange::AlterColumn(Box::new(AlterColumn {
                before: old.clone(),
                after: new.clone(),
                backfill: intent.backfills.get(&key).cloned(),
                conversion,
            })));
        }
    }
}

/// The labels that the checks of a column had, and have no more.
fn changed_labels(
    before: &Table,
    after: &Table,
    column: &str,
    labels: &[(String, String)],
) -> Vec<(String, String)> {
    let says = |table: &Table, label: &str| {
        let texts = table.checks.iter().map(|check| check.condition.sql()).filter(|sql| sql.mentions(column));
        texts.into_iter().any(|sql| {
            let tokens = syntax::tokens(sql.as_str()).unwrap_or_default();
            tokens.iter().any(|token| token.kind == Kind::Text && token.value() == label)
        })
    };
    let changed =
        |(old, new): &&(String, String)| says(before, old) && !says(before, new) && says(after, new);
    labels.iter().filter(changed).cloned().collect()
}

/// A stored label by its new name.
fn relabelling(column: &Column, labels: &[(String, String)]) -> Sql {
    Sql::written(relabelled(&ident(&column.name), labels))
}

/// A text, with other labels in the place of former ones.
pub(super) fn relabelled(of: &str, labels: &[(String, String)]) -> String {
    let arms = labels.iter().map(|(old, new)| format!(" WHEN {} THEN {}", text(old), text(new)));
    format!("CASE {of}{} ELSE {of} END", arms.collect::<String>())
}

fn constraints(before: &Table, after: &Table, changes: &mut Vec<TableChange>) {
    let (pairs, mut new, mut gone) = split(all(before), all(after), Constraint::name);
    for (old, now) in pairs {
        if old != now {
            gone.push(old);
            new.push(now);
        }
    }
    // One that is the same but for its name.
    new.retain(|now| {
        let same = gone.iter().position(|old| old.clone().named(now.name()) == *now);
        let Some(place) = same.filter(|&place| gone[place].name() != now.name()) else { return true };
        let old = gone.remove(place);
        changes.push(TableChange::RenameConstraint(old.name().to_owned(), now.clone()));
        false
    });
    changes.extend(gone.into_iter().map(TableChange::DropConstraint));
    changes.extend(new.into_iter().map(TableChange::AddConstraint));
}

/// All constraints of a table: keys before what refers to them.
pub(crate) fn all(table: &Table) -> Vec<Constraint> {
    (table.primary_key.iter().cloned().map(Constraint::PrimaryKey))
        .chain(table.uniques.iter().cloned().map(Constraint::Unique))
        .chain(table.checks.iter().cloned().map(Constraint::Check))
        .chain(table.foreign_keys.iter().cloned().map(Constraint::ForeignKey))
        .collect()
}

fn indexes(before: &[Index], after: &[Index], changes: &mut Vec<TableChange>) {
    let (pairs, mut new, mut gone) = split(before.to_vec(), after.to_vec(), |index| index.name.as_str());
    for (old, now) in pairs {
        if old != now {
            gone.push(old);
            new.push(now);
        }
    }
    new.retain(|now| {
        let is_same = |old: &Index| Index { name: now.name.clone(), ..old.clone() } == *now;
        let Some(place) = gone.iter().position(|old| is_same(old) && old.name != now.name) else {
            return true;
        };
        let old = gone.remove(place);
        changes.push(TableChange::RenameIndex(old.name, now.clone()));
        false
    });
    changes.extend(gone.into_iter().map(TableChange::DropIndex));
    changes.extend(new.into_iter().map(TableChange::AddIndex));
}

#[allow(clippy::type_complexity, reason = "three lists")]
fn split<T>(before: Vec<T>, after: Vec<T>, name: fn(&T) -> &str) -> (Vec<(T, T)>, Vec<T>, Vec<T>) {
    let mut gone = before;
    let (mut pairs, mut new) = (Vec::new(), Vec::new());
    for one in after {
        match gone.iter().position(|old| name(old) == name(&one)) {
            Some(place) => pairs.push((gone.remove(place), one)),
            None => new.push(one),
        }
    }
    (pairs, new, gone)
}

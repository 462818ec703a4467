//! What changes between two databases: no more than that. How a database gets there is its
//! dialect's plan; no dialect is known here.
//!
//! A *rename* is declared, never guessed. All else is said in the new names: what was there before
//! goes through the renames first, and what is equal then has not changed.

mod conversions;
mod intent;
mod moves;
mod renames;
mod table;

use std::collections::HashMap;

pub use intent::{Conversion, Intent};
pub use renames::{Id, Renames};
pub(crate) use table::all;

use crate::database::{Check, Column, Database, Enum, ForeignKey, Index, Key, Sql, Table, View};

/// A change of a database.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// A schema comes.
    CreateSchema(String),
    /// A schema goes.
    DropSchema(String),
    /// An enum type comes.
    CreateEnum(Enum),
    /// An enum type goes.
    DropEnum(Enum),
    /// An enum type has another name.
    RenameEnum(Id, Id),
    /// A label has another name, in a type of this new name.
    RenameLabel(Id, String, String),
    /// An enum type has other labels, or another comment. Both have the new names.
    AlterEnum(Enum, Enum),
    /// A table that another tool has made comes into our hands, as it is before all else.
    AdoptTable(Table),
    /// A table comes.
    CreateTable(Table),
    /// A table goes.
    DropTable(Table),
    /// A table has another name.
    RenameTable(Id, Id),
    /// A column has another name, in a table of this new name.
    RenameColumn(Id, String, String),
    /// What is in a table changes.
    AlterTable(Box<AlterTable>),
    /// A view comes.
    CreateView(View),
    /// A view goes.
    DropView(View),
    /// A view is another one; the first is the old one.
    AlterView(View, View),
}

/// A table before and after, both in the new names.
#[derive(Clone, Debug, PartialEq)]
pub struct AlterTable {
    /// As it was.
    pub before: Table,
    /// As it shall be.
    pub after: Table,
    /// What differs.
    pub changes: Vec<TableChange>,
}

/// A change within a table.
#[derive(Clone, Debug, PartialEq)]
pub enum TableChange {
    /// A column comes; what the rows that are there have in it, if that is not its default.
    AddColumn(Column, Option<Sql>),
    /// A column goes.
    DropColumn(Column),
    /// A column is another one of the same name.
    AlterColumn(Box<AlterColumn>),
    /// A constraint comes.
    AddConstraint(Constraint),
    /// A constraint goes.
    DropConstraint(Constraint),
    /// A constraint has another name: the old one, and what it is now.
    RenameConstraint(String, Constraint),
    /// An index comes.
    AddIndex(Index),
    /// An index goes.
    DropIndex(Index),
    /// An index has another name: the old one, and what it is now.
    RenameIndex(String, Index),
    /// The table has another comment.
    Comment,
}

impl TableChange {
    /// In a few words.
    pub fn described(&self) -> String {
        match self {
            TableChange::AddColumn(column, _) => format!("add the column {}", column.name),
            TableChange::DropColumn(column) => format!("drop the column {}", column.name),
            TableChange::AlterColumn(column) => format!("change the column {}", column.after.name),
            TableChange::AddConstraint(constraint) => format!("add the constraint {}", constraint.name()),
            TableChange::DropConstraint(constraint) => format!("drop the constraint {}", constraint.name()),
            TableChange::RenameConstraint(old, new) => {
                format!("rename the constraint {old} to {}", new.name())
            }
            TableChange::AddIndex(index) => format!("add the index {}", index.name),
            TableChange::DropIndex(index) => format!("drop the index {}", index.name),
            TableChange::RenameIndex(old, index) => format!("rename the index {old} to {}", index.name),
            TableChange::Comment => "another comment".to_owned(),
        }
    }
}

/// A column before and after.
#[derive(Clone, Debug, PartialEq)]
pub struct AlterColumn {
    /// As it was.
    pub before: Column,
    /// As it shall be.
    pub after: Column,
    /// What the rows that are there have instead of null.
    pub backfill: Option<Sql>,
    /// What an old value becomes, where its type alone does not tell.
    pub conversion: Option<Conversion>,
}

/// A constraint of a table.
#[derive(Clone, Debug, PartialEq)]
pub enum Constraint {
    /// The primary key.
    PrimaryKey(Key),
    /// A unique constraint.
    Unique(Key),
    /// A foreign key.
    ForeignKey(ForeignKey),
    /// A check.
    Check(Check),
}

impl Constraint {
    /// Its name.
    pub fn name(&self) -> &str {
        match self {
            Constraint::PrimaryKey(key) | Constraint::Unique(key) => &key.name,
            Constraint::ForeignKey(key) => &key.name,
            Constraint::Check(check) => &check.name,
        }
    }

    fn named(mut self, name: &str) -> Constraint {
        match &mut self {
            Constraint::PrimaryKey(key) | Constraint::Unique(key) => key.name = name.to_owned(),
            Constraint::ForeignKey(key) => key.name = name.to_owned(),
            Constraint::Check(check) => check.name = name.to_owned(),
        }
        self
    }
}

/// What changes from `before` to `after`. Of what `intent` says only that counts which has not
/// happened yet: a rename whose old name is gone says nothing.
pub fn diff(before: &Database, after: &Database, intent: &Intent) -> Vec<Change> {
    let renames = Renames::between(before, after, intent);
    let mut changes = Vec::new();
    let is_there = |table: &&Table| before.tables.iter().any(|one| one.id() == table.id());
    changes.extend(intent.adopted.iter().filter(is_there).cloned().map(Change::AdoptTable));
    schemas(before, after, &mut changes);
    changes.extend(renames.changes());
    let before = renames.applied(before);
    enums(&before, after, &mut changes);
    tables(&before, after, intent, &mut changes);
    views(&before, after, &mut changes);
    changes
}

/// The changes back: from `after` to `before`.
pub fn reverse(before: &Database, after: &Database, intent: &Intent) -> Vec<Change> {
    let renames = Renames::between(before, after, intent);
    diff(after, before, &Intent::back(&renames, intent))
}

fn schemas(before: &Database, after: &Database, changes: &mut Vec<Change>) {
    let new = after.schemas.iter().filter(|name| !before.schemas.contains(name));
    let gone = before.schemas.iter().filter(|name| !after.schemas.contains(name));
    changes.extend(new.cloned().map(Change::CreateSchema));
    changes.extend(gone.cloned().map(Change::DropSchema));
}

fn enums(before: &Database, after: &Database, changes: &mut Vec<Change>) {
    let id = |one: &Enum| (one.schema.clone(), one.name.clone());
    let (pairs, new, gone) = paired(&before.enums, &after.enums, id);
    changes.extend(gone.into_iter().cloned().map(Change::DropEnum));
    changes.extend(new.into_iter().cloned().map(Change::CreateEnum));
    for (before, after) in pairs {
        if before != after {
            changes.push(Change::AlterEnum(before.clone(), after.clone()));
        }
    }
}

fn tables(before: &Database, after: &Database, intent: &Intent, changes: &mut Vec<Change>) {
    let id = |one: &Table| (one.schema.clone(), one.name.clone());
    let (pairs, new, gone) = paired(&before.tables, &after.tables, id);
    changes.extend(gone.into_iter().cloned().map(Change::DropTable));
    changes.extend(new.into_iter().cloned().map(Change::CreateTable));
    for (before, after) in pairs {
        let within = table::changes(before, after, intent);
        if !within.is_empty() {
            let (before, after) = (before.clone(), after.clone());
            changes.push(Change::AlterTable(Box::new(AlterTable { before, after, changes: within })));
        }
    }
}

fn views(before: &Database, after: &Database, changes: &mut Vec<Change>) {
    let id = |one: &View| (one.schema.clone(), one.name.clone());
    let (pairs, new, gone) = paired(&before.views, &after.views, id);
    changes.extend(gone.into_iter().cloned().map(Change::DropView));
    changes.extend(new.into_iter().cloned().map(Change::CreateView));
    for (before, after) in pairs {
        if before != after {
            changes.push(Change::AlterView(before.clone(), after.clone()));
        }
    }
}

/// Those of one id; those that are new; those that are gone.
#[allow(clippy::type_complexity, reason = "three lists")]
fn paired<'a, T, K: std::hash::Hash + Eq>(
    before: &'a [T],
    after: &'a [T],
    id: impl Fn(&T) -> K,
) -> (Vec<(&'a T, &'a T)>, Vec<&'a T>, Vec<&'a T>) {
    let old: HashMap<K, &T> = before.iter().map(|one| (id(one), one)).collect();
    let new: HashMap<K, &T> = after.iter().map(|one| (id(one), one)).collect();
    let pairs = after.iter().filter_map(|one| Some((*old.get(&id(one))?, one)));
    let added = after.iter().filter(|one| !old.contains_key(&id(one)));
    let gone = before.iter().filter(|one| !new.contains_key(&id(one)));
    (pairs.collect(), added.collect(), gone.collect())
}

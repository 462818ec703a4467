//! Queries that find the rows which stop a migration: duplicates, orphans, nulls, what a check keeps out.

use rex_sql::{ident, text};

use super::{Code, shown};
use crate::database::{
    Check, Column, Database, Enum, ForeignKey, Index, IndexKey, Key, Table, Type as DbType,
};
use crate::diff::{Constraint, all};
use crate::postgres::{Element, Type};
use crate::render;

/// A query for rows that stop a migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Find {
    /// What shows them.
    pub rows: String,
    /// What counts them, in one row of one column.
    pub count: String,
}

/// What finds the rows that a [hazard](super::Hazard) of this name is about, in a database that is on its
/// way; none where that is not rows, or they cannot be known before.
pub fn find(name: &str, before: &Database, after: &Database) -> Option<Find> {
    let (code, object) = name.split_once(':')?;
    let code = Code::ALL.into_iter().find(|one| one.name() == code)?;
    let of = |table: &Table, part: &str| format!("{}.{part}", shown(table.schema.as_deref(), &table.name));
    match code {
        Code::NewRule => after.tables.iter().find_map(|table| {
            let constraint = all(table).into_iter().find(|one| of(table, one.name()) == object);
            let index = || table.indexes.iter().find(|one| of(table, &one.name) == object);
            let old = || before.tables.iter().find(|one| one.id() == table.id());
            match constraint {
                Some(constraint) => of_new_constraint(old()?, table, &constraint),
                None => index().and_then(|index| of_new_index(old()?, table, index)),
            }
        }),
        Code::SetNotNull => after.tables.iter().find_map(|table| {
            let column = table.columns.iter().find(|one| of(table, &one.name) == object)?;
            Some(of_null(table, column))
        }),
        Code::DropLabel => before.enums.iter().find_map(|item| {
            let of = |label: &str| format!("{}.{label}", shown(item.schema.as_deref(), &item.name));
            let label = item.labels.iter().find(|label| of(label) == object)?;
            of_label(before, item, label)
        }),
        Code::DropTable
        | Code::DropColumn
        | Code::DropConstraint
        | Code::DropNotNull
        | Code::DropView
        | Code::NoValue
        | Code::LossyType
        | Code::Rewrite
        | Code::Rename
        | Code::AdoptTable => None,
    }
}

/// Rows that break a constraint, if none of its columns comes with it, or becomes something else.
pub(super) fn of_new_constraint(before: &Table, after: &Table, constraint: &Constraint) -> Option<Find> {
    let is_named = |name: &str| match constraint {
        Constraint::PrimaryKey(key) | Constraint::Unique(key) => key.columns.iter().any(|one| one == name),
        Constraint::ForeignKey(key) => key.columns.iter().any(|one| one == name),
        Constraint::Check(check) => check.condition.sql().mentions(name),
    };
    (!comes(before, after, is_named)).then(|| of_constraint(after, constraint))
}

/// The same of a unique index.
pub(super) fn of_new_index(before: &Table, after: &Table, index: &Index) -> Option<Find> {
    let is_named = |name: &str| {
        let part = |key: &IndexKey| match key {
            IndexKey::Column(column) => column == name,
            IndexKey::Sql(sql) => sql.mentions(name),
        };
        index.parts.iter().any(|one| part(&one.key))
            || index.condition.as_ref().is_some_and(|sql| sql.mentions(name))
    };
    if comes(before, after, is_named) { None } else { of_index(after, index) }
}

/// Whether one of some columns was not there before, or held something else.
fn comes(before: &Table, after: &Table, is_named: impl Fn(&str) -> bool) -> bool {
    let is_as_it_was = |column: &Column| {
        before
            .columns
            .iter()
            .any(|old| old.name == column.name && old.ty == column.ty && old.computed == column.computed)
    };
    after.columns.iter().any(|column| is_named(&column.name) && !is_as_it_was(column))
}

fn of_constraint(table: &Table, constraint: &Constraint) -> Find {
    match constraint {
        Constraint::PrimaryKey(key) => of_key(table, key, true),
        Constraint::Unique(key) => of_key(table, key, key.nulls_not_distinct),
        Constraint::Check(check) => of_check(table, check),
        Constraint::ForeignKey(key) => orphans(table, key),
    }
}

/// Rows that are equal in a unique index.
fn of_index(table: &Table, index: &Index) -> Option<Find> {
    let part = |key: &IndexKey| match key {
        IndexKey::Column(name) => ident(name),
        IndexKey::Sql(sql) => format!("({sql})"),
    };
    let parts: Vec<String> = index.parts.iter().map(|one| part(&one.key)).collect();
    let holds = index.condition.iter().map(|sql| format!("({sql})"));
    let can_be_null = |key: &IndexKey| match key {
        IndexKey::Column(name) => is_nullable(table, name),
        IndexKey::Sql(_) => true,
    };
    let nullable = index.parts.iter().zip(&parts).filter(|(one, _)| can_be_null(&one.key));
    let nulls = nullable.filter(|_| !index.nulls_not_distinct);
    let nulls = nulls.map(|(_, part)| format!("{part} IS NOT NULL"));
    index.unique.then(|| duplicates(table, &parts, nulls.chain(holds).collect()))
}

/// Rows that are null in a column.
pub(super) fn of_null(table: &Table, column: &Column) -> Find {
    plain(&name(table), &format!("{} IS NULL", ident(&column.name)))
}

fn of_key(table: &Table, key: &Key, counts_nulls: bool) -> Find {
    let nullable = key.columns.iter().filter(|name| !counts_nulls && is_nullable(table, name));
    let conditions = nullable.map(|name| format!("{} IS NOT NULL", ident(name))).collect();
    let columns: Vec<String> = key.columns.iter().map(|name| ident(name)).collect();
    duplicates(table, &columns, conditions)
}

fn of_check(table: &Table, check: &Check) -> Find {
    plain(&name(table), &format!("NOT ({})", check.condition.sql()))
}

fn orphans(table: &Table, key: &ForeignKey) -> Find {
    let pairs = key.columns.iter().zip(&key.target_columns);
    let equal: Vec<String> =
        pairs.map(|(from, to)| format!("parent.{} = child.{}", ident(to), ident(from))).collect();
    let nullable = key.columns.iter().filter(|name| is_nullable(table, name));
    let set = nullable.map(|column| format!("child.{} IS NOT NULL", ident(column)));
    let target = render::qualified(key.target_schema.as_deref(), &key.target);
    let is_gone = format!("NOT EXISTS (SELECT 1 FROM {target} AS parent WHERE {})", equal.join(" AND "));
    let conditions: Vec<String> = set.chain([is_gone]).collect();
    plain(&format!("{} AS child", name(table)), &conditions.join(" AND "))
}

/// Rows that have a label, in whichever column.
pub(crate) fn of_label(database: &Database, item: &Enum, label: &str) -> Option<Find> {
    let is_of_it = |column: &&Column| match &column.ty {
        DbType::Postgres(Type { element: Element::Enum { schema, name }, .. }) => {
            *schema == item.schema && *name == item.name
        }
        DbType::Postgres(_) | DbType::Sqlite(_) => false,
    };
    let list = |column: &Column| matches!(&column.ty, DbType::Postgres(ty) if ty.array);
    let has = |column: &Column| {
        let value = text(label);
        match list(column) {
            true => format!("{value} = ANY ({})", ident(&column.name)),
            false => format!("{} = {value}", ident(&column.name)),
        }
    };
    let of_table = |table: &Table| {
        let conditions: Vec<String> = table.columns.iter().filter(is_of_it).map(has).collect();
        (!conditions.is_empty()).then(|| plain(&name(table), &conditions.join(" OR ")))
    };
    let finds: Vec<Find> = database.tables.iter().filter_map(of_table).collect();
    let counts: Vec<String> = finds.iter().map(|find| format!("({})", find.count)).collect();
    let rows: Vec<String> = finds.iter().map(|find| find.rows.clone()).collect();
    (!finds.is_empty())
        .then(|| Find { rows: rows.join("; "), count: format!("SELECT {}", counts.join(" + ")) })
}

fn duplicates(table: &Table, columns: &[String], conditions: Vec<String>) -> Find {
    let (on, list) = (name(table), columns.join(", "));
    let which = match conditions.as_slice() {
        [] => String::new(),
        conditions => format!(" WHERE {}", conditions.join(" AND ")),
    };
    let groups = format!("FROM {on}{which} GROUP BY {list} HAVING count(*) > 1");
    Find {
        rows: format!("SELECT {list}, count(*) {groups}"),
        count: format!("SELECT coalesce(sum(found.n), 0) FROM (SELECT count(*) AS n {groups}) AS found"),
    }
}

fn plain(table: &str, condition: &str) -> Find {
    let rows = |what: &str| format!("SELECT {what} FROM {table} WHERE {condition}");
    Find { rows: rows("*"), count: rows("count(*)") }
}

fn is_nullable(table: &Table, name: &str) -> bool {
    table.columns.iter().any(|column| column.name == name && column.nullable)
}

fn name(table: &Table) -> String {
    render::qualified(table.schema.as_deref(), &table.name)
}

//! Columns of tables that are there.

use rex_sql::ident;

use super::using::{self, Cost};
use super::{Planner, table_name};
use crate::database::{Column, Default as DbDefault, Key, Sql, Table, Type as DbType};
use crate::diff::{AlterColumn, AlterTable, TableChange};
use crate::plan::{
    Backfill, By, Code, Hazard, Mode, Object, Step, hazard_of, reverse_of, set_not_null, shown,
};
use crate::postgres::Default;
use crate::postgres::render as pg;
use crate::render;

/// A column that gets its values after it has come.
struct Fill {
    column: Column,
    value: Option<Sql>,
    /// Whether it is to be required then.
    required: bool,
}

/// Whether a column goes and comes, instead of being changed: the server cannot make a plain column
/// compute.
pub(super) fn is_made_anew(change: &AlterColumn) -> bool {
    let is_other = change.before.computed != change.after.computed || change.before.ty != change.after.ty;
    change.after.computed.is_some() && (is_other || change.conversion.is_some())
}

impl Planner<'_> {
    /// All that needs no pass over the rows, or no way around it.
    pub(super) fn change_columns(&mut self) {
        for alter in self.alters.clone() {
            for phase in [drop_computed, drop_plain, alter_plain, add_plain, add_computed] {
                for change in &alter.changes {
                    if let Some(step) = phase(&alter, change) {
                        self.add(step);
                    }
                }
            }
        }
    }

    /// Values of columns, then what is required: first as a check, which is proved beside the
    /// traffic, and is proof enough for the column.
    pub(super) fn fill_columns(&mut self) {
        for alter in self.alters.clone() {
            for fill in fills(&alter) {
                let name = format!(
                    "{}.{}",
                    shown(alter.after.schema.as_deref(), &alter.after.name),
                    fill.column.name
                );
                self.fill(&alter, &fill, &name);
                if fill.required {
                    self.require(&alter, &fill, &name);
                }
            }
        }
    }

    fn fill(&mut self, alter: &AlterTable, fill: &Fill, shown: &str) {
        if let Some(value) = &fill.value {
            let (backfill, statement) = backfill(alter, &fill.column, value);
            let step = Step::new(format!("fill {shown}"), vec![statement]);
            self.alone(Step { mode: Mode::Backfill(backfill), ..step });
        }
    }

    fn require(&mut self, alter: &AlterTable, fill: &Fill, shown: &str) {
        let (table, column) = (&alter.after, &fill.column);
        let (on, name) = (table_name(table), ident(&column.name));
        let check = ident(&crate::names::check(&format!("_rex_{}", table.name), &column.name));
        self.sealed = true;
        let statement =
            format!("ALTER TABLE {on} ADD CONSTRAINT {check} CHECK ({name} IS NOT NULL) NOT VALID");
        let step = Step::new(format!("{shown} is required from now on"), vec![statement]);
        let hazard = set_not_null(table, column, shown);
        self.add(step.with(if fill.value.is_none() { vec![hazard] } else { Vec::new() }));
        // Rows may have come between.
        self.fill(alter, fill, shown);
        self.sealed = true;
        let statement = format!("ALTER TABLE {on} VALIDATE CONSTRAINT {check}");
        self.run(format!("{shown} is not null in any row"), vec![statement]);
        self.sealed = true;
        let statements = vec![
            format!("ALTER TABLE {on} ALTER COLUMN {name} SET NOT NULL"),
            format!("ALTER TABLE {on} DROP CONSTRAINT {check}"),
        ];
        self.run(format!("require {shown}"), statements);
        self.sealed = true;
    }
}

fn fills(alter: &AlterTable) -> Vec<Fill> {
    let mut fills = Vec::new();
    for change in &alter.changes {
        match change {
            TableChange::AddColumn(column, value) => {
                let value = value.clone().or_else(|| volatile(column));
                if value.is_some() {
                    fills.push(Fill { column: column.clone(), value, required: !column.nullable });
                }
            }
            TableChange::AlterColumn(change)
                if !is_made_anew(change) && change.before.nullable && !change.after.nullable =>
            {
                let (column, value) = (change.after.clone(), change.backfill.clone());
                fills.push(Fill { column, value, required: true });
            }
            _ => {}
        }
    }
    fills
}

/// A default that is another value in each row, and so would write the table anew.
fn volatile(column: &Column) -> Option<Sql> {
    match &column.default {
        Some(DbDefault::Postgres(Default::RandomUuid | Default::TimeUuid | Default::Sql(_))) => {
            column.default.as_ref().map(|default| Sql::written(render::default(default)))
        }
        _ => None,
    }
}

/// How many rows get a value at once: a fraction of a second, in which nobody else can write them.
const BATCH: u32 = 1000;

/// Gives rows that have no value yet one. Without a key to go along, which was there before and stays, it
/// does so for a part of them, and is run until it finds none.
fn backfill(alter: &AlterTable, column: &Column, value: &Sql) -> (Backfill, String) {
    let table = &alter.after;
    let old = alter.before.primary_key.as_ref();
    let is_kept = |key: &Key| old.is_some_and(|old| old.columns == key.columns);
    let (on, name) = (table_name(table), ident(&column.name));
    let has_none = format!("{name} IS NULL AND ({value}) IS NOT NULL");
    match &table.primary_key {
        Some(key) if is_kept(key) && !key.columns.contains(&column.name) => {
            let table = Object::new(table.schema.as_deref(), &table.name);
            let by = Some(By { table, key: key.columns.clone() });
            let marker = rex_sql::migration::BATCH;
            let statement = format!("UPDATE {on} SET {name} = {value}\n    WHERE {has_none} {marker}");
            (Backfill { batch: BATCH, by }, statement)
        }
        _ => {
            let statement = format!(
                "UPDATE {on} SET {name} = {value}\n    WHERE ctid IN (SELECT ctid FROM {on} WHERE {has_none} LIMIT {BATCH})"
            );
            (Backfill { batch: BATCH, by: None }, statement)
        }
    }
}

fn step(alter: &AlterTable, change: &TableChange, statements: Vec<String>) -> Option<Step> {
    let what = format!("{}: {}", shown(alter.after.schema.as_deref(), &alter.after.name), change.described());
    Some(Step::new(what, statements).with(hazard_of(alter, change)).reversed(reverse_of(alter, change)))
}

fn drop(alter: &AlterTable, column: &Column) -> Vec<String> {
    vec![format!("ALTER TABLE {} DROP COLUMN {}", table_name(&alter.after), ident(&column.name))]
}

fn drop_computed(alter: &AlterTable, change: &TableChange) -> Option<Step> {
    match change {
        TableChange::DropColumn(column) if column.computed.is_some() => {
            let is_back = alter.after.columns.iter().any(|after| after.name == column.name);
            let mut dropped = step(alter, change, drop(alter, column))?;
            if is_back {
                dropped.hazards.clear();
            }
            Some(dropped)
        }
        TableChange::AlterColumn(altered) if is_made_anew(altered) => {
            step(alter, change, drop(alter, &altered.before))
        }
        _ => None,
    }
}

fn drop_plain(alter: &AlterTable, change: &TableChange) -> Option<Step> {
    match change {
        TableChange::DropColumn(column) if column.computed.is_none() => {
            step(alter, change, drop(alter, column))
        }
        _ => None,
    }
}

fn add_plain(alter: &AlterTable, change: &TableChange) -> Option<Step> {
    let TableChange::AddColumn(column, value) = change else { return None };
    if column.computed.is_some() {
        return None;
    }
    let on = table_name(&alter.after);
    let is_filled = value.is_some() || volatile(column).is_some();
    if !is_filled {
        let added = step(alter, change, vec![format!("ALTER TABLE {on} ADD COLUMN {}", pg::column(column))])?;
        return Some(if column.autoincrement { added.with(rewrite(alter, column)) } else { added });
    }
    let bare = Column { nullable: true, default: None, ..column.clone() };
    let mut statements = vec![format!("ALTER TABLE {on} ADD COLUMN {}", pg::column(&bare))];
    if let Some(default) = &column.default {
        let name = ident(&column.name);
        statements
            .push(format!("ALTER TABLE {on} ALTER COLUMN {name} SET DEFAULT {}", render::default(default)));
    }
    let mut added = step(alter, change, statements)?;
    added.hazards.retain(|hazard| hazard.code != Code::NoValue);
    Some(added)
}

fn add_computed(alter: &AlterTable, change: &TableChange) -> Option<Step> {
    let column = match change {
        TableChange::AddColumn(column, _) if column.computed.is_some() => column,
        TableChange::AlterColumn(altered) if is_made_anew(altered) => &altered.after,
        _ => return None,
    };
    let statement = format!("ALTER TABLE {} ADD COLUMN {}", table_name(&alter.after), pg::column(column));
    Some(step(alter, change, vec![statement])?.with(rewrite(alter, column)))
}

fn rewrite(alter: &AlterTable, column: &Column) -> Vec<Hazard> {
    let object = format!("{}.{}", shown(alter.after.schema.as_deref(), &alter.after.name), column.name);
    vec![Hazard::new(Code::Rewrite, object, "the table is written anew, and nobody can read it meanwhile")]
}

fn alter_plain(alter: &AlterTable, change: &TableChange) -> Option<Step> {
    let TableChange::AlterColumn(altered) = change else { return None };
    if is_made_anew(altered) {
        return None;
    }
    let (statements, hazards) = altering(alter, altered);
    if statements.is_empty() {
        return None;
    }
    let mut altered = step(alter, change, statements)?.with(hazards);
    // That comes later.
    altered.hazards.retain(|hazard| hazard.code != Code::SetNotNull);
    Some(altered)
}

fn altering(alter: &AlterTable, change: &AlterColumn) -> (Vec<String>, Vec<Hazard>) {
    let (before, after) = (&change.before, &change.after);
    let on = format!("ALTER TABLE {} ALTER COLUMN {}", table_name(&alter.after), ident(&after.name));
    let (mut statements, mut hazards) = (Vec::new(), Vec::new());
    let moves = before.ty != after.ty || change.conversion.is_some();
    if before.computed.is_some() {
        statements.push(format!("{on} DROP EXPRESSION"));
    }
    if before.autoincrement && !after.autoincrement {
        statements.push(format!("{on} DROP IDENTITY"));
    }
    let is_other_default = before.default != after.default || moves;
    if before.default.is_some() && is_other_default {
        statements.push(format!("{on} DROP DEFAULT"));
    }
    if moves {
        let typed = format!("{on} TYPE {}{}", render::ty(&after.ty), using::using(change));
        // Under any other zone the table would be written anew, with other values.
        let zone = |zone: &str| using::in_utc(change).then(|| format!("SET LOCAL TIME ZONE {zone}"));
        statements.extend(zone("'UTC'").into_iter().chain([typed]).chain(zone("DEFAULT")));
        hazards = moving(alter, change);
    }
    if after.nullable && !before.nullable {
        statements.push(format!("{on} DROP NOT NULL"));
    }
    if let Some(default) = after.default.as_ref().filter(|_| is_other_default) {
        statements.push(format!("{on} SET DEFAULT {}", render::default(default)));
    }
    if after.autoincrement && !before.autoincrement {
        statements.push(format!("{on} ADD GENERATED BY DEFAULT AS IDENTITY"));
        statements.push(number(&alter.after, after));
    }
    (statements, hazards)
}

/// Numbers go on behind those that are there.
fn number(table: &Table, column: &Column) -> String {
    let (on, name) = (table_name(table), ident(&column.name));
    format!(
        "SELECT setval(pg_get_serial_sequence({}, {}), coalesce(max({name}), 0) + 1, false) FROM {on}",
        rex_sql::text(&on),
        rex_sql::text(&column.name)
    )
}

fn moving(alter: &AlterTable, change: &AlterColumn) -> Vec<Hazard> {
    let (DbType::Postgres(before), DbType::Postgres(after)) = (&change.before.ty, &change.after.ty) else {
        return Vec::new();
    };
    let cost = match (before == after, &change.conversion) {
        (true, Some(_)) => Cost::Rewrite,
        _ => using::cost(before, after),
    };
    let object = format!("{}.{}", shown(alter.after.schema.as_deref(), &alter.after.name), change.after.name);
    match cost {
        Cost::Free => Vec::new(),
        Cost::Rewrite => rewrite(alter, &change.after),
        Cost::Lossy => {
            let message = "values may be cut or rounded, or stop the migration";
            let lossy = Hazard::new(Code::LossyType, object, message);
            rewrite(alter, &change.after).into_iter().chain([lossy]).collect()
        }
    }
}

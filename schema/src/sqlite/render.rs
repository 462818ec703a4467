//! How SQLite is told: the text of types, defaults, checks and statements.

use rex_sql::{ident, text};

use super::types::{Constant, Default, Rule, Type};
use crate::database::{self as db, Database};
use crate::diff::Constraint;
use crate::{order, render};

pub(super) fn statements(database: &Database) -> Vec<Vec<String>> {
    let order = order::creation(&database.tables);
    let tables: Vec<&db::Table> = order.iter().map(|&place| &database.tables[place]).collect();
    let mut groups: Vec<Vec<String>> = tables.iter().map(|table| vec![create_table(table)]).collect();
    groups.push(tables.iter().flat_map(|table| render::indexes(None, &table.name, &table.indexes)).collect());
    let views = order::of_views(&database.views);
    groups.extend(views.iter().map(|&place| vec![create_view(&database.views[place])]));
    groups
}

/// Foreign keys all stand inline: SQLite looks for their targets only when rows come.
pub(super) fn create_table(table: &db::Table) -> String {
    let key_stands_inline = table.columns.iter().any(|column| column.autoincrement);
    let key = table.primary_key.as_ref().filter(|_| !key_stands_inline);
    let lines: Vec<String> = (table.columns.iter().map(|column| self::column(table, column)))
        .chain(key.map(render::primary_key))
        .chain(table.uniques.iter().map(render::unique))
        .chain(table.checks.iter().map(render::check))
        .chain(table.foreign_keys.iter().map(render::foreign_key))
        .collect();
    render::create_table(&ident(&table.name), &lines, " STRICT")
}

/// A new column, with the constraints that are its own.
pub(super) fn add_column(table: &db::Table, column: &db::Column, constraints: &[&Constraint]) -> String {
    let mut text = format!("ALTER TABLE {} ADD COLUMN {}", ident(&table.name), self::column(table, column));
    for constraint in constraints {
        match constraint {
            Constraint::ForeignKey(key) => {
                text += &format!(" CONSTRAINT {} {}", ident(&key.name), render::references(key));
            }
            Constraint::Check(check) => text += &format!(" {}", render::check(check)),
            Constraint::PrimaryKey(key) => text += &format!(" {}", render::primary_key(key)),
            Constraint::Unique(key) => text += &format!(" {}", render::unique(key)),
        }
    }
    text
}

/// The query is put into one that names its columns, so that another one among them does not
/// matter. SQLite resolves names when the view is first read.
pub(super) fn create_view(view: &db::View) -> String {
    let columns: Vec<String> = view.columns.iter().map(|column| ident(&column.name)).collect();
    let columns = columns.join(",\n    ");
    format!("CREATE VIEW {} AS\nSELECT\n    {columns}\nFROM (\n{}\n)", ident(&view.name), view.query.0)
}

fn column(table: &db::Table, column: &db::Column) -> String {
    let mut text = format!("{} {}", ident(&column.name), render::ty(&column.ty));
    if !column.nullable {
        text += " NOT NULL";
    }
    if column.autoincrement {
        // `AUTOINCREMENT` stands nowhere but here.
        let name = table.primary_key.as_ref().map(|key| format!(" CONSTRAINT {}", ident(&key.name)));
        text += &name.unwrap_or_default();
        text += " PRIMARY KEY AUTOINCREMENT";
    }
    if let Some(default) = &column.default {
        text += &format!(" DEFAULT {}", render::default(default));
    }
    text + &render::computed(column)
}

/// The type's keyword.
pub(crate) fn ty(ty: &Type) -> &str {
    match ty {
        Type::Integer => "INTEGER",
        Type::Real => "REAL",
        Type::Text => "TEXT",
        Type::Blob => "BLOB",
        Type::Native(text) => text,
    }
}

/// What follows `DEFAULT`.
pub(crate) fn default(default: &Default) -> String {
    match default {
        Default::Constant(constant) => self::constant(constant),
        // `%f` has milliseconds; zeros make the width that of microseconds.
        Default::Now => "(strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000Z')".to_owned(),
        Default::LocalNow => "(strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000')".to_owned(),
        Default::TimeOfDay => "(strftime('%H:%M:%f', 'now') || '000')".to_owned(),
        Default::Today => "(strftime('%Y-%m-%d', 'now'))".to_owned(),
        Default::Sql(text) => format!("({text})"),
    }
}

/// A constant.
pub(super) fn constant(constant: &Constant) -> String {
    match constant {
        Constant::Integer(value) => value.to_string(),
        Constant::Real(value) => format!("{value:?}"),
        Constant::Text(value) => text(value),
        Constant::Blob(bytes) => format!("X'{}'", rex_sql::digest::hex(bytes)),
    }
}

/// What a check says of the column that is written `column`: nothing, where that is null. One
/// text for nullable columns and others, so that a column's becoming one changes no check.
pub(crate) fn condition(column: &str, rule: &Rule) -> String {
    match rule {
        Rule::Boolean => format!("{column} IN (0, 1)"),
        Rule::Range { min, max } => format!("{column} BETWEEN {min} AND {max}"),
        Rule::MaxLength(max) => format!("length({column}) <= {max}"),
        Rule::Bytes(size) => format!("length({column}) = {size}"),
        Rule::OneOf(labels) => {
            let labels: Vec<String> = labels.iter().map(|label| text(label)).collect();
            format!("{column} IN ({})", labels.join(", "))
        }
        // Before 3.45, `json_valid(NULL)` is false, not null.
        Rule::Json => format!("{column} IS NULL OR json_valid({column})"),
        // In this order: `json_type` of what is no JSON is an error that names no constraint.
        Rule::JsonArray => {
            format!("{column} IS NULL OR json_valid({column}) AND json_type({column}) = 'array'")
        }
    }
}

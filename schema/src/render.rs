//! DDL text: the whole of a database, and the clauses that every dialect writes alike. What a
//! dialect writes in its own way is in its folder.

use rex_sql::{Dialect, ident};

use crate::database::{self as db, Action, Database, Nulls};
use crate::dialect::target;
use crate::lower::lower;
use crate::model::{Expr, Model, Schema};
use crate::{postgres, sqlite};

/// The statements that make a database for `schema` from nothing, in an order that works,
/// without semicolons.
pub fn create(schema: &Schema, dialect: Dialect) -> Vec<String> {
    let database = lower(schema, dialect);
    (target(dialect).statements)(&database).concat()
}

/// The same as a script: semicolons, and blank lines between groups.
pub fn render(database: &Database) -> String {
    let groups = (target(database.dialect).statements)(database);
    let script = |statements: &Vec<String>| statements.iter().map(|s| format!("{s};\n")).collect::<String>();
    groups.iter().filter(|group| !group.is_empty()).map(script).collect::<Vec<_>>().join("\n")
}

/// `"auth"."users"`.
pub(crate) fn qualified(schema: Option<&str>, name: &str) -> String {
    let schema = schema.map(|schema| ident(schema) + ".").unwrap_or_default();
    schema + &ident(name)
}

/// An expression over the columns of a model's rows, as it stands in DDL.
pub fn expression(schema: &Schema, model: &Model, expr: &Expr, dialect: Dialect) -> String {
    (target(dialect).expr)(schema, model, expr)
}

/// A `CREATE TABLE` of these lines. The name is quoted; `options` is what follows the parenthesis.
pub(crate) fn create_table(name: &str, lines: &[String], options: &str) -> String {
    format!("CREATE TABLE {name} (\n    {}\n){options}", lines.join(",\n    "))
}

/// A column's type.
pub(crate) fn ty(ty: &db::Type) -> String {
    match ty {
        db::Type::Postgres(ty) => postgres::ty(ty),
        db::Type::Sqlite(ty) => sqlite::ty(ty).to_owned(),
    }
}

/// What follows `DEFAULT`.
pub(crate) fn default(default: &db::Default) -> String {
    match default {
        db::Default::Postgres(default) => postgres::default(default),
        db::Default::Sqlite(default) => sqlite::default(default),
    }
}

/// `CONSTRAINT "users_pkey" PRIMARY KEY ("id")`.
pub(crate) fn primary_key(key: &db::Key) -> String {
    format!("CONSTRAINT {} PRIMARY KEY {}", ident(&key.name), columns(&key.columns))
}

/// `CONSTRAINT "users_email_key" UNIQUE ("email")`.
pub(crate) fn unique(key: &db::Key) -> String {
    let nulls = if key.nulls_not_distinct { " NULLS NOT DISTINCT" } else { "" };
    format!("CONSTRAINT {} UNIQUE{nulls} {}", ident(&key.name), columns(&key.columns))
}

/// `CONSTRAINT "users_role_check" CHECK (…)`.
pub(crate) fn check(check: &db::Check) -> String {
    format!("CONSTRAINT {} CHECK ({})", ident(&check.name), check.condition.sql())
}

/// ` GENERATED ALWAYS AS (…) STORED`; nothing for other columns.
pub(crate) fn computed(column: &db::Column) -> String {
    let text = column.computed.as_ref();
    text.map(|text| format!(" GENERATED ALWAYS AS ({text}) STORED")).unwrap_or_default()
}

/// `CONSTRAINT … FOREIGN KEY (…)` and, on a line of its own, `REFERENCES …`.
pub(crate) fn foreign_key(key: &db::ForeignKey) -> String {
    format!(
        "CONSTRAINT {} FOREIGN KEY {}\n        {}",
        ident(&key.name),
        columns(&key.columns),
        references(key)
    )
}

/// `REFERENCES "users" ("id") ON DELETE CASCADE`.
pub(crate) fn references(key: &db::ForeignKey) -> String {
    let mut text = format!(
        "REFERENCES {} {}",
        qualified(key.target_schema.as_deref(), &key.target),
        columns(&key.target_columns),
    );
    for (event, action) in [("DELETE", key.on_delete), ("UPDATE", key.on_key_change)] {
        if let Some(action) = action_text(action) {
            text += &format!(" ON {event} {action}");
        }
    }
    if key.deferrable {
        text += " DEFERRABLE INITIALLY DEFERRED";
    }
    text
}

/// None for what every database does unless told.
fn action_text(action: Action) -> Option<&'static str> {
    match action {
        Action::Cascade => Some("CASCADE"),
        Action::Restrict => Some("RESTRICT"),
        Action::SetNull => Some("SET NULL"),
        Action::SetDefault => Some("SET DEFAULT"),
        Action::NoAction => None,
    }
}

/// The `CREATE INDEX` statements of what is called `name`. An index is in the schema of its table.
pub(crate) fn indexes(
    schema: Option<&str>,
    name: &str,
    indexes: &[db::Index],
) -> impl Iterator<Item = String> {
    let on = qualified(schema, name);
    indexes.iter().map(move |index| {
        let unique = if index.unique { "UNIQUE " } else { "" };
        let parts = index.parts.iter().map(index_part).collect::<Vec<_>>().join(", ");
        let method = index.method.as_ref().map(|method| format!("USING {method} ")).unwrap_or_default();
        let mut text = format!("CREATE {unique}INDEX {} ON {on} {method}({parts})", ident(&index.name));
        if !index.include.is_empty() {
            text += &format!(" INCLUDE {}", columns(&index.include));
        }
        if index.nulls_not_distinct {
            text += " NULLS NOT DISTINCT";
        }
        if let Some(condition) = &index.condition {
            text += &format!(" WHERE {condition}");
        }
        text
    })
}

fn index_part(part: &db::IndexPart) -> String {
    let order = if part.descending { " DESC" } else { "" };
    let nulls = match part.nulls {
        Some(Nulls::First) => " NULLS FIRST",
        Some(Nulls::Last) => " NULLS LAST",
        None => "",
    };
    let key = match &part.key {
        db::IndexKey::Column(column) => ident(column),
        db::IndexKey::Sql(text) => format!("({text})"),
    };
    let collate = part.collate.as_ref().map(|name| format!(" COLLATE {}", path(name))).unwrap_or_default();
    let ops = part.ops.as_ref().map(|name| format!(" {}", path(name))).unwrap_or_default();
    format!("{key}{collate}{ops}{order}{nulls}")
}

/// A name that may have that of its schema before it: `public.gin_trgm_ops`.
fn path(name: &str) -> String {
    name.split('.').map(ident).collect::<Vec<_>>().join(".")
}

/// `("a", "b")`.
fn columns(names: &[String]) -> String {
    format!("({})", names.iter().map(|name| ident(name)).collect::<Vec<_>>().join(", "))
}

//! Where names must differ: in PostgreSQL within a schema, in SQLite within the database, where a
//! schema's name goes before that of what is in it.

use rex_schema::{Dialect, names};

use crate::check::Cx;

/// A database, a schema of it, and a name, folded: SQLite compares without regard to case.
pub(super) type Scoped = (Dialect, String, String);

/// What a table or type is called in each configured database.
pub(super) fn of(cx: &Cx<'_>, schema: Option<&str>, name: &str) -> Vec<Scoped> {
    let databases = cx.options.databases.iter();
    databases.map(|&dialect| in_database(dialect, schema, name)).collect()
}

/// The same of an index: in SQLite too it has its own name alone.
pub(super) fn of_index(cx: &Cx<'_>, schema: Option<&str>, name: &str) -> Vec<Scoped> {
    let databases = cx.options.databases.iter();
    let scoped = databases.map(|&dialect| match dialect {
        Dialect::Postgres => in_database(dialect, schema, name),
        Dialect::Sqlite => in_database(dialect, None, name),
    });
    scoped.collect()
}

/// A name in one database.
pub(super) fn in_database(dialect: Dialect, schema: Option<&str>, name: &str) -> Scoped {
    match dialect {
        // `public` is where PostgreSQL puts what names no schema.
        Dialect::Postgres => (
            dialect,
            schema.filter(|&schema| schema != "public").unwrap_or_default().to_owned(),
            name.to_lowercase(),
        ),
        Dialect::Sqlite => (dialect, String::new(), names::stem(schema, name).to_lowercase()),
    }
}

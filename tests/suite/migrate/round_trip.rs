//! What is created is what is read back.

use std::path::Path;

use rex_schema::database::Database;
use rex_schema::inspect::Inspected;
use rex_schema::{Dialect, Schema, lower};

use super::live::Live;
use crate::support::{postgres, sources};

/// Every schema of `fixtures/valid`, by name, for the databases it is for.
fn fixtures() -> Vec<(String, Schema, Vec<Dialect>)> {
    let folder = sources::root().join("fixtures/valid");
    let mut names: Vec<String> = std::fs::read_dir(&folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("it can be read").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    let load = |name: String| {
        let (schema, dialects) = checked(&folder.join(&name));
        (name, schema, dialects)
    };
    names.into_iter().map(load).collect()
}

/// The schema in a folder, and the databases it is for.
pub(super) fn checked(folder: &Path) -> (Schema, Vec<Dialect>) {
    let config = sources::configuration(folder);
    let loaded = rex_build::load(folder, &folder.display().to_string());
    let checked = rex_compiler::check(&loaded.sources, &config.check_options());
    let schema =
        checked.schema().unwrap_or_else(|| panic!("{}: {:#?}", folder.display(), checked.diagnostics));
    (schema.clone(), config.databases.clone())
}

/// Panics with the parts that differ.
pub(super) fn assert_same(what: &str, found: &Database, expected: &Database) {
    if found == expected {
        return;
    }
    let mut report = String::new();
    let mut note = |left: String, right: String| {
        if left != right {
            report += &format!("found    {left}\nexpected {right}\n");
        }
    };
    note(format!("{:?}", found.schemas), format!("{:?}", expected.schemas));
    for at in 0..found.enums.len().max(expected.enums.len()) {
        note(format!("{:?}", found.enums.get(at)), format!("{:?}", expected.enums.get(at)));
    }
    for at in 0..found.tables.len().max(expected.tables.len()) {
        let (left, right) = (found.tables.get(at), expected.tables.get(at));
        let (Some(left), Some(right)) = (left, right) else {
            note(format!("{:?}", left.map(|t| &t.name)), format!("{:?}", right.map(|t| &t.name)));
            continue;
        };
        macro_rules! parts {
            ($($part:ident),*) => { $(
                if left.$part != right.$part {
                    note(format!("{}.{} {:#?}", left.name, stringify!($part), left.$part), format!("{:#?}", right.$part));
                }
            )* };
        }
        parts!(schema, name, comment, columns, primary_key, uniques, foreign_keys, checks, indexes);
    }
    for at in 0..found.views.len().max(expected.views.len()) {
        if found.views.get(at) != expected.views.get(at) {
            note(format!("{:#?}", found.views.get(at)), format!("{:#?}", expected.views.get(at)));
        }
    }
    panic!("{what}: the database is not as it should be\n{report}");
}

async fn check(name: &str, schema: &Schema, live: &Live) -> Inspected {
    let expected = lower(schema, live.dialect());
    for statement in rex_schema::create(schema, live.dialect()) {
        live.run(&statement).await.unwrap_or_else(|error| panic!("{name}: {error}\n{statement}"));
    }
    let found = live.inspect().await;
    assert_same(name, &found.managed(&expected), &expected);
    found
}

#[tokio::test]
async fn sqlite_holds_what_it_was_told() {
    for (name, schema, dialects) in fixtures() {
        if dialects.contains(&Dialect::Sqlite) {
            let found = check(&name, &schema, &Live::sqlite()).await;
            assert_eq!(found.others, [], "{name}");
        }
    }
}

#[tokio::test]
async fn postgresql_holds_what_it_was_told() {
    for (name, schema, dialects) in fixtures() {
        if dialects.contains(&Dialect::Postgres) {
            let database = postgres::server().database(&name);
            let found = check(&name, &schema, &Live::postgres(&database).await).await;
            assert_eq!(found.others, [], "{name}");
        }
    }
}

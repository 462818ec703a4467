//! What is created is what is read back.

use std::fmt::Debug;
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

/// The schema in a folder or a file, and the databases it is for.
pub(super) fn checked(folder: &Path) -> (Schema, Vec<Dialect>) {
    let config = sources::configuration(folder);
    let loaded = rex_build::load(folder, &folder.display().to_string());
    let checked = rex_compiler::check(&loaded.sources, &config.check_options());
    let wrong = || -> Vec<&str> { checked.diagnostics.iter().map(|one| one.message.as_str()).collect() };
    let schema = checked.schema().unwrap_or_else(|| panic!("{}: {:?}", folder.display(), wrong()));
    let both = vec![Dialect::Sqlite, Dialect::Postgres];
    (schema.clone(), if config.databases.is_empty() { both } else { config.databases })
}

/// The schema of a text.
pub(super) fn read(text: &str) -> Schema {
    let mut sources = rex_compiler::Sources::default();
    sources.add("test.rex", text.to_owned());
    let checked = rex_compiler::check(&sources, &rex_compiler::Options::default());
    let wrong = || -> Vec<&str> { checked.diagnostics.iter().map(|one| one.message.as_str()).collect() };
    checked.schema().unwrap_or_else(|| panic!("{text}: {:?}", wrong())).clone()
}

/// Panics with the parts that differ.
pub(super) fn assert_same(what: &str, found: &Database, expected: &Database) {
    if found == expected {
        return;
    }
    let mut report = Vec::new();
    differ("schemas", &found.schemas, &expected.schemas, &mut report);
    differ("enums", &found.enums, &expected.enums, &mut report);
    differ("views", &found.views, &expected.views, &mut report);
    for (left, right) in found.tables.iter().zip(&expected.tables) {
        let name = &right.name;
        differ(name, &[(&left.schema, &left.comment)], &[(&right.schema, &right.comment)], &mut report);
        differ(name, &left.columns, &right.columns, &mut report);
        differ(name, left.primary_key.as_slice(), right.primary_key.as_slice(), &mut report);
        differ(name, &left.uniques, &right.uniques, &mut report);
        differ(name, &left.foreign_keys, &right.foreign_keys, &mut report);
        differ(name, &left.checks, &right.checks, &mut report);
        differ(name, &left.indexes, &right.indexes, &mut report);
    }
    let names =
        |database: &Database| database.tables.iter().map(|table| table.name.clone()).collect::<Vec<_>>();
    differ("tables", &names(found), &names(expected), &mut report);
    panic!("{what}: the database is not as it should be\n{}", report.join("\n"));
}

fn differ<T: Debug + PartialEq>(what: &str, found: &[T], expected: &[T], report: &mut Vec<String>) {
    for place in 0..found.len().max(expected.len()) {
        let (left, right) = (found.get(place), expected.get(place));
        if left != right {
            report.push(format!("{what}:\nfound    {left:?}\nexpected {right:?}"));
        }
    }
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
            let live = Live::postgres(&database).await;
            if name == "postgres_15" && database.major().await < 15 {
                let statements = rex_schema::create(&schema, Dialect::Postgres).join(";\n");
                live.run(&statements).await.expect_err("what only later servers have is refused by this one");
                continue;
            }
            let found = check(&name, &schema, &live).await;
            assert_eq!(found.others, [], "{name}");
        }
    }
}

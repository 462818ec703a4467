//! What is generated: Rust and DDL, held by snapshots, and the same on every run.

use std::path::{Path, PathBuf};

use rex_compiler::codegen::{self, DateTimeCrate, GeneratedFile, Layout};
use rex_compiler::{Checked, check};
use rex_schema::{Dialect, lower, render};

use crate::support::sources::configuration;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn checked(folder: &str, shown: &str) -> Checked {
    let loaded = rex_build::load(&root().join(folder), shown);
    let checked = check(&loaded.sources, &configuration(&root().join(folder)).check_options());
    assert!(checked.diagnostics.is_empty(), "{folder}: {:#?}", checked.diagnostics);
    checked
}

fn generated(checked: &Checked, databases: &[Dialect], layout: Layout, serde: bool) -> Vec<GeneratedFile> {
    let options = codegen::Options {
        databases: databases.to_vec(),
        datetime: DateTimeCrate::Chrono,
        serde,
        layout,
        migrations: false,
    };
    codegen::generate(checked.schema().expect("the fixture is right"), &options)
}

const BOTH: [Dialect; 2] = [Dialect::Postgres, Dialect::Sqlite];

#[test]
fn the_blogs_code_is_as_it_was_read() {
    let blog = checked("tests/blog/schema", "schema");
    for file in generated(&blog, &BOTH, Layout::Included, false) {
        insta::assert_snapshot!(format!("blog_{}", file.name), file.text);
    }
}

#[test]
fn the_ddl_of_every_fixture_is_as_it_was_read() {
    let fixtures = root().join("fixtures/valid");
    let mut folders: Vec<_> = std::fs::read_dir(&fixtures)
        .expect("fixtures/valid is there")
        .map(|entry| entry.expect("it can be listed").file_name().to_string_lossy().into_owned())
        .collect();
    folders.sort();
    assert!(folders.len() >= 3, "too few fixtures: {folders:?}");
    for folder in folders {
        let fixture = checked(&format!("fixtures/valid/{folder}"), &folder);
        let schema = fixture.schema().expect("the fixture is right");
        for dialect in BOTH {
            let ddl = render(&lower(schema, dialect));
            insta::assert_snapshot!(format!("ddl_{folder}_{}", dialect.name()), ddl);
        }
    }
    let blog = checked("tests/blog/schema", "schema");
    for dialect in BOTH {
        let ddl = render(&lower(blog.schema().expect("the blog is right"), dialect));
        insta::assert_snapshot!(format!("ddl_blog_{}", dialect.name()), ddl);
    }
}

#[test]
fn the_same_sources_give_the_same_bytes() {
    let first = generated(&checked("tests/blog/schema", "schema"), &BOTH, Layout::Included, true);
    let second = generated(&checked("tests/blog/schema", "schema"), &BOTH, Layout::Included, true);
    assert_eq!(first, second);
}

#[test]
fn serde_is_derived_only_when_configured() {
    let blog = checked("tests/blog/schema", "schema");
    let without = generated(&blog, &BOTH, Layout::Included, false);
    assert!(without.iter().all(|file| !file.text.contains("serde")));
    let with = generated(&blog, &BOTH, Layout::Included, true);
    let derives =
        |name: &str| with.iter().filter(|file| file.name == name && file.text.contains("Serialize")).count();
    assert_eq!((derives("user.rs"), derives("role.rs")), (1, 1));
}

#[test]
fn only_configured_databases_are_written() {
    let blog = checked("tests/blog/schema", "schema");
    let sqlite = generated(&blog, &[Dialect::Sqlite], Layout::Modules, false);
    assert!(sqlite.iter().any(|file| file.name == "mod.rs"));
    assert!(sqlite.iter().all(|file| !file.text.contains("timestamptz") && !file.text.contains("= $1")));
}

#[tokio::test]
async fn every_fixture_is_created_on_both_databases() {
    let server = crate::support::postgres::server();
    for name in crate::fixtures::NAMES {
        let database = server.database(name);
        let least = if *name == "postgres_15" { 15 } else { 13 };
        let databases = configuration(&root().join("fixtures/valid").join(name)).databases;
        let is_for = |dialect| databases.is_empty() || databases.contains(&dialect);
        let sqlite = is_for(Dialect::Sqlite).then(|| "sqlite::memory:".to_owned());
        let postgres = is_for(Dialect::Postgres) && database.major().await >= least;
        for url in sqlite.into_iter().chain(postgres.then(|| database.url())) {
            let created = crate::fixtures::create(name, &url).await;
            created.unwrap_or_else(|error| panic!("{name} on {url}: {error}\n{error:?}"));
        }
    }
}

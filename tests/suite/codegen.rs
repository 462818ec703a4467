//! What is generated: Rust and DDL, held by snapshots, and the same on every run.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use rex_compiler::codegen::{self, DateTimeCrate, GeneratedFile, Layout};
use rex_compiler::{Checked, Options, Sources, check};
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

/// A model that is called as a method of `Db`, or of an open transaction, is found by another name: the method
/// stays what it is.
#[test]
fn models_give_way_to_the_methods_of_the_handle() {
    let blog = texts(checked("tests/blog/schema", "schema").schema().expect("the blog is right"));
    let handle = methods(&blog, "Db").into_iter().filter(|(_, of_a_model)| !of_a_model).map(|(name, _)| name);
    let guard = std::fs::read_to_string(root().join("runtime/src/transaction/guard.rs"));
    let guard = methods(&[guard.expect("a transaction")], "Transaction").into_iter().map(|(name, _)| name);
    let taken: BTreeSet<String> = handle.chain(guard).collect();
    for known in ["begin", "commit", "gauges", "map", "sql", "watch"] {
        assert!(taken.contains(known), "{known} is a method: {taken:?}");
    }
    for name in taken {
        let mut sources = Sources::default();
        let model: String = name.split('_').map(|word| word[..1].to_uppercase() + &word[1..]).collect();
        sources.add("schema/one.rex", format!("model {model} {{ id: BigInt @id }}\n"));
        let checked = check(&sources, &Options::default());
        let texts = texts(checked.schema().expect("the model is right"));
        let accessor = methods(&texts, "Db").into_iter().find(|(_, of_a_model)| *of_a_model);
        assert_eq!(accessor, Some((format!("{name}_"), true)), "`{model}` hides `{name}`");
    }
}

/// What is generated.
fn texts(schema: &rex_schema::Schema) -> Vec<String> {
    let options = codegen::Options {
        databases: BOTH.to_vec(),
        datetime: DateTimeCrate::Chrono,
        serde: false,
        layout: Layout::Included,
        migrations: true,
    };
    codegen::generate(schema, &options).into_iter().map(|file| file.text).collect()
}

/// The public methods of a type, and whether each gives a model's repository.
fn methods(texts: &[String], of: &str) -> Vec<(String, bool)> {
    let mut found = Vec::new();
    for item in texts.iter().flat_map(|text| syn::parse_file(text).expect("Rust").items) {
        let syn::Item::Impl(item) = item else { continue };
        let syn::Type::Path(ty) = &*item.self_ty else { continue };
        if item.trait_.is_some() || ty.path.segments.last().is_none_or(|last| last.ident != of) {
            continue;
        }
        for item in item.items {
            let syn::ImplItem::Fn(method) = item else { continue };
            let of_a_model = match &method.sig.output {
                syn::ReturnType::Type(_, ty) => matches!(&**ty, syn::Type::Path(path)
                    if path.path.segments.last().is_some_and(|last| last.ident == "Repository")),
                syn::ReturnType::Default => false,
            };
            if matches!(method.vis, syn::Visibility::Public(_)) {
                found.push((method.sig.ident.to_string(), of_a_model));
            }
        }
    }
    found
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

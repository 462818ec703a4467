//! Faults that stand in no fixture: those of the configuration and of files as such, which whoever
//! reads them tells, and the file that is too large to be kept.

use rex_build::Config;
use rex_compiler::codegen::DateTimeCrate;
use rex_compiler::diagnostic::{Colour, Diagnostic, configuration, migrations, render};
use rex_compiler::{Options, Sources};
use rex_schema::{Dialect, Version};
use rex_sql::migration::Script;

/// One of each.
pub(super) fn diagnostics() -> Vec<Diagnostic> {
    let keys = ["databases", "datetime", "schema"];
    let mut all = vec![
        configuration::no_databases("Cargo.toml"),
        configuration::unknown_key("Cargo.toml", "database", &keys),
        configuration::unknown_key("Cargo.toml", "colour", &keys),
        configuration::unknown_value("Cargo.toml", "databases", "\"postgresql\"", &["postgres", "sqlite"]),
        configuration::unknown_lint("Cargo.toml:7", "int_keys", &["int_key", "float_money"]),
        configuration::unknown_lint("Cargo.toml:7", "everything", &["int_key", "float_money"]),
        configuration::server_too_old("Cargo.toml:4", "min_sqlite", Version::new(3, 8), Dialect::Sqlite),
        configuration::no_folder("schema"),
        configuration::no_files("schema"),
        configuration::unreadable("schema/post.rex", "permission denied"),
        configuration::not_utf8("schema/post.rex", 3, 41),
        configuration::too_large("schema/post.rex", Some(50_000_000)),
        configuration::too_large("schema/post.rex", None),
        configuration::folder_too_large("schema", 16_777_216),
        migrations::two_heads(
            Some("20261122T093000_create_blog"),
            "20261123T101500_add_tags",
            "20261124T080000_add_drafts",
        ),
        migrations::two_heads(None, "20261123T101500_a", "20261124T080000_b"),
        migrations::edited_snapshot("migrations/20261122T093000_create_blog/schema.rex"),
        migrations::missing_file(
            "migrations/20261122T093000_create_blog/sqlite.down.sql",
            "its schema.rex says that the migration is for SQLite",
        ),
        migrations::no_parent("20261123T101500_add_tags"),
        migrations::no_migration(
            "migrations/create_blog",
            "the folder has another name than migrations have",
            "it is a time and words, as `20261122T093000_add_posts`; `rexc migrate new` makes one",
        ),
        migrations::broken_sql(
            "migrations/20261122T093000_create_blog/postgres.up.sql",
            &Script::parse("\n-- rex: step outside\n", Dialect::Postgres).expect_err("there is no such step"),
        ),
        migrations::unmigrated("migrations", &["add the column posts.body".to_owned()]),
        migrations::unmigrated(
            "migrations",
            &std::array::from_fn::<_, 7, _>(|n| format!("create the table t{n}")),
        ),
    ];
    let mut sources = Sources::default();
    sources.add("post.rex", " ".repeat(4 * 1024 * 1024 + 1));
    sources.add("user.rex", "a ".repeat(rex_grammar::MAX_TOKENS + 1));
    all.extend(rex_compiler::check(&sources, &Options::default()).diagnostics);
    all
}

#[test]
fn faults_without_a_file_are_worded() {
    super::snapshot("configuration", "all", &render(&Sources::default(), &diagnostics(), Colour::Never));
}

/// What is wrong in a manifest is told by line, in the order of the lines, all at once.
#[test]
fn a_manifest_is_told_by_line() {
    let manifest = r#"[package]
name = "shop"

[package.metadata.rex]
database = ["sqlite"]
databases = ["sqlite", "postgresql"]
datetime = "chron"
tables = "plurals"
serde = "yes"
schema = ""
min_postgres = "9.6"
min_sqlite = 3
lints = { int_keys = "allow", int_key = "off", warnings = "deny" }
colour = "red"
"#;
    let (config, diagnostics) = Config::from_manifest("Cargo.toml", manifest).expect("it is TOML");
    assert_eq!(config.databases, [Dialect::Sqlite]);
    let told = render(&Sources::default(), &diagnostics, Colour::Never);
    super::snapshot("configuration", "manifest", &format!("{manifest}\n{told}"));
}

#[test]
fn a_manifest_is_read() {
    let manifest = r#"
[package.metadata.rex]
databases = ["postgres"]
datetime = "jiff"
tables = "singular"
serde = true
schema = "src/schema"
migrations = "db"
min_postgres = "15.2"
min_sqlite = "3.46.1"
lints = { int_key = "allow", float_money = "deny" }
"#;
    let (config, diagnostics) = Config::from_manifest("Cargo.toml", manifest).expect("it is TOML");
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    assert_eq!(
        (config.databases.as_slice(), config.datetime),
        (&[Dialect::Postgres][..], DateTimeCrate::Jiff)
    );
    assert_eq!((config.schema.as_str(), config.migrations.as_str()), ("src/schema", "db"));
    assert!(config.singular_tables && config.serde);
    let servers = config.check_options().servers;
    assert_eq!(
        (servers.postgres.to_string().as_str(), servers.sqlite.to_string().as_str()),
        ("15.2", "3.46.1")
    );
    assert_eq!(config.lints.len(), 2);
}

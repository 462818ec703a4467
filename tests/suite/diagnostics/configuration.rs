//! Faults that stand in no fixture: those of the configuration and of files as such, which whoever
//! reads them tells, and the file that is too large to be kept.

use rex_compiler::diagnostic::{Colour, Diagnostic, configuration, render};
use rex_compiler::{Options, Sources};
use rex_schema::{Dialect, Version};

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
        configuration::too_large("schema/post.rex", 50_000_000),
    ];
    let mut sources = Sources::default();
    sources.add("post.rex", " ".repeat(4 * 1024 * 1024 + 1));
    all.extend(rex_compiler::check(&sources, &Options::default()).diagnostics);
    all
}

#[test]
fn faults_without_a_file_are_worded() {
    super::snapshot("configuration", "all", &render(&Sources::default(), &diagnostics(), Colour::Never));
}

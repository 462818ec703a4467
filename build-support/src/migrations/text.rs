//! The SQL of a migration as text, for tests of one's own: what a change of a schema does.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use rex_compiler::check;
use rex_compiler::diagnostic::{Colour, render};
use rex_schema::{Dialect, Schema};

use super::{SNAPSHOT, Snapshot, Way};
use crate::{Config, load};

/// The SQL that leads from one schema to another, and back: what `rexc migrate new` would write.
///
/// A schema is a `.rex` file, a folder of them, or a migration's folder; an empty path is the empty
/// database. Paths begin at the crate's folder, and the configuration is that of its Cargo.toml. With
/// insta, a test holds what a change does:
///
/// ```no_run
/// # mod insta { #[macro_export] macro_rules! assert_snapshot { ($text:expr) => { let _ = $text; } } pub use assert_snapshot; }
/// use rex_build::{Dialect, migration_sql};
///
/// #[test]
/// fn titles_become_longer() {
///     insta::assert_snapshot!(migration_sql("tests/before.rex", "schema", Dialect::Postgres).unwrap());
/// }
/// ```
///
/// # Errors
///
/// When a schema cannot be read or has faults, with all of them as `rexc check` tells them.
pub fn migration_sql(
    before: impl AsRef<Path>,
    after: impl AsRef<Path>,
    database: Dialect,
) -> Result<String, String> {
    let root = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default();
    let manifest = fs::read_to_string(root.join("Cargo.toml")).unwrap_or_default();
    let (config, _) = Config::from_manifest("Cargo.toml", &manifest)?;
    let before = read(&root, before.as_ref(), &config)?;
    let Some(after) = read(&root, after.as_ref(), &config)? else {
        return Err("the schema that a migration leads to has a path".to_owned());
    };
    let way = Way::between(before.as_ref(), &after, database, &[]);
    Ok(format!("-- up\n\n{}\n-- down\n\n{}", way.up_script().print(), way.down_script().print()))
}

/// A schema; none for an empty path.
fn read(root: &Path, path: &Path, config: &Config) -> Result<Option<Schema>, String> {
    if path.as_os_str().is_empty() {
        return Ok(None);
    }
    let shown = path.display().to_string();
    let mut path = root.join(path);
    let is_migration = |dialect| path.join(super::file_name(dialect, true)).is_file();
    if is_migration(Dialect::Sqlite) || is_migration(Dialect::Postgres) {
        path.push(SNAPSHOT);
    }
    let text = fs::read_to_string(&path).unwrap_or_default();
    if let Ok(snapshot) = Snapshot::parse(&text) {
        let checked = snapshot.checked(&shown);
        return checked.map(Some).map_err(|(sources, found)| render(&sources, &found, Colour::Never));
    }
    let loaded = load(&path, &shown);
    let checked = check(&loaded.sources, &config.check_options());
    match checked.schema().filter(|_| loaded.diagnostics.is_empty()) {
        Some(schema) => Ok(Some(schema.clone())),
        None => {
            let found: Vec<_> = loaded.diagnostics.iter().chain(&checked.diagnostics).cloned().collect();
            Err(render(&loaded.sources, &found, Colour::Never))
        }
    }
}

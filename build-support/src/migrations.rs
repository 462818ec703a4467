//! The migrations of a crate, as their folder has them, and what leads from one schema to the next.
//!
//! ```text
//! migrations/20261122T093000_create_blog/
//!     schema.rex                            a Snapshot: the whole schema that it leads to
//!     postgres.up.sql   postgres.down.sql   a Way, for each database
//!     sqlite.up.sql     sqlite.down.sql
//! ```
//!
//! What is in the files is said by `rex_sql::migration`; here they are read, and what is wrong with
//! them is told.

mod history;
mod snapshot;
mod text;
mod way;

pub use history::{Entry, History};
pub use snapshot::{Settings, Snapshot, canonical};
pub use text::migration_sql;
pub use way::{Way, beginning, empty};

use rex_compiler::diagnostic::{Diagnostic, migrations};
use rex_compiler::{Checked, Sources};

use crate::Config;

/// The file with the schema that a migration leads to.
pub const SNAPSHOT: &str = "schema.rex";

/// The name of a file of SQL: `postgres.up.sql`.
pub fn file_name(dialect: rex_schema::Dialect, up: bool) -> String {
    format!("{}.{}.sql", dialect.name(), if up { "up" } else { "down" })
}

/// What is wrong with the migrations of a schema, and what of the schema none of them has. A schema
/// without migrations is never told so.
pub fn faults(history: &History, sources: &Sources, checked: &Checked, config: &Config) -> Vec<Diagnostic> {
    let mut diagnostics = history.diagnostics.clone();
    let (true, Some(last), Some(schema)) = (diagnostics.is_empty(), history.last(), checked.schema()) else {
        return diagnostics;
    };
    // The same text leads to the same database; most of the time that is so.
    if last.snapshot.settings == Settings::of(config)
        && last.snapshot.schema == canonical(sources, &last.snapshot.schema)
    {
        return diagnostics;
    }
    let options = config.check_options();
    let changes = options.databases.iter().map(|&dialect| {
        let before = history.last_for(dialect).map(|entry| entry.schema(SNAPSHOT)).transpose();
        // What a newer version of Rex wrote cannot be compared here.
        before.map_or_else(
            |_| Vec::new(),
            |before| Way::between(before, schema, dialect, &[]).changes().collect(),
        )
    });
    // Databases say the same in other words.
    if let Some(changes) = changes.into_iter().find(|changes: &Vec<String>| !changes.is_empty()) {
        diagnostics.extend(options.leveled(migrations::unmigrated(&history.shown, &changes)));
    }
    diagnostics
}

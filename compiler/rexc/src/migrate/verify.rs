//! `rexc migrate verify`: whether all migrations do what their snapshots say.

use super::{Common, Format, prove, summary};
use crate::check::counted;
use crate::{Console, Exit, Stop};

/// Try all migrations, up, down and up again
///
/// On SQLite in a file that is made for it; with `--database-url` also in a database that is made for it
/// on that PostgreSQL server, and dropped. After each one the database is compared with the migration's
/// snapshot.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {}

pub(crate) fn run(_: &Arguments, common: &Common, console: &mut Console<'_>) -> Result<Exit, Stop> {
    let place = common.places.find(&console.folder)?;
    let history = place.history(console)?;
    let proof = prove::replay(&history, 0, common, console)?;
    let count = history.entries.len();
    if common.format == Format::Json {
        let told = serde_json::json!({ "status": "done", "migrations": count, "proved": proof.names() });
        summary::json(&told, console)?;
    }
    console.tell(&format!("{}: {}\n", counted(count, "migration"), proof.told()));
    Ok(Exit::Clean)
}

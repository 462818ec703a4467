//! Where the migrations are, of which schema, and for which database.

use std::path::{Path, PathBuf};

use rex_build::Loaded;
use rex_build::migrations::{History, Settings};
use rex_compiler::diagnostic::{Diagnostic, render};
use rex_schema::Schema;

use crate::check;
use crate::find::{self, Chosen, Target};
use crate::{Console, Exit, Stop};

/// Where the schema and its migrations are.
///
/// In a crate nothing needs to be said: the folders are those of its Cargo.toml.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Places {
    #[command(flatten)]
    chosen: Chosen,
    /// The folder of the migrations
    #[arg(long, value_name = "DIR", global = true)]
    migrations: Option<PathBuf>,
    /// The database, instead of what DATABASE_URL or the file `.env` says
    #[arg(long, value_name = "URL", global = true)]
    pub(crate) database_url: Option<String>,
}

/// Where they are.
pub(crate) struct Place {
    /// The schema's files and configuration, if there are any.
    target: Result<Target, Stop>,
    /// The folder of the migrations.
    pub(crate) folder: PathBuf,
    /// The same in messages.
    pub(crate) shown: String,
    /// Whether the command line names the folder.
    is_named: bool,
}

impl Places {
    /// Finds them.
    pub(crate) fn find(&self, current: &Path) -> Result<Place, Stop> {
        let target = self.chosen.target(None, current);
        let folder = match (&self.migrations, &target) {
            (Some(folder), _) => current.join(folder),
            (None, Ok(target)) => target.migrations(),
            (None, Err(Stop::Reason(reason))) => {
                return Err(Stop::Reason(format!("{reason}; or name the folder with `--migrations`")));
            }
            (None, Err(_)) => return target.map(|_| unreachable!("it is an error")),
        };
        if folder.exists() && !folder.is_dir() {
            let shown = find::shown(&folder, current);
            return Err(Stop::Reason(format!("`{shown}` is not a folder: name one for the migrations")));
        }
        let is_named = self.migrations.is_some();
        Ok(Place { target, shown: find::shown(&folder, current), folder, is_named })
    }
}

impl Place {
    /// The schema's files and configuration.
    pub(crate) fn target(&self) -> Result<&Target, Stop> {
        match &self.target {
            Ok(target) => Ok(target),
            Err(Stop::Reason(reason)) => Err(Stop::Reason(format!("{reason}; or name it with `--schema`"))),
            Err(_) => Err(Stop::Told(Exit::CouldNotRun)),
        }
    }

    /// The schema; what is wrong with it is told.
    pub(crate) fn schema(&self, console: &mut Console<'_>) -> Result<Schema, Stop> {
        check::schema(self.target()?, console).ok_or(Stop::Told(Exit::Errors))
    }

    /// What of the configuration decides what a schema is in a database.
    pub(crate) fn settings(&self) -> Result<Settings, Stop> {
        Ok(Settings::of(&self.target()?.config))
    }

    /// The files of the schema.
    pub(crate) fn loaded(&self) -> Result<&Loaded, Stop> {
        Ok(&self.target()?.loaded)
    }

    /// The migrations, if nothing is wrong with them; what is, is told. A folder that is named must be
    /// there.
    pub(crate) fn history(&self, console: &mut Console<'_>) -> Result<History, Stop> {
        if self.is_named && !self.folder.exists() {
            let shown = &self.shown;
            return Err(Stop::Reason(format!(
                "there is no folder `{shown}`: name the one that holds the migrations, or make the first with \
                 `rexc migrate new NAME`"
            )));
        }
        self.history_to_begin(console)
    }

    /// The same, where the first one may be made.
    pub(crate) fn history_to_begin(&self, console: &mut Console<'_>) -> Result<History, Stop> {
        let history = History::read(&self.folder, &self.shown);
        if history.diagnostics.is_empty() {
            return Ok(history);
        }
        tell(&history.diagnostics, console);
        Err(Stop::Told(Exit::Errors))
    }
}

/// Tells faults that stand in no source.
pub(crate) fn tell(diagnostics: &[Diagnostic], console: &mut Console<'_>) {
    let drawn = render(&rex_compiler::Sources::default(), diagnostics, console.err.colour);
    console.tell(&drawn);
}

/// The schema of a snapshot; what is wrong with it is told.
pub(crate) fn snapshot<'h>(
    history: &History,
    entry: &'h rex_build::migrations::Entry,
    console: &mut Console<'_>,
) -> Result<&'h Schema, Stop> {
    entry.schema(&history.snapshot_of(entry)).map_err(|(sources, diagnostics)| {
        let drawn = render(&sources, &diagnostics, console.err.colour);
        console.tell(&drawn);
        Stop::Told(Exit::Errors)
    })
}

//! A database at hand: what it holds, and migrations run on it.

use std::error::Error as StdError;
use std::path::Path;

use rex_build::migrations::History;
use rex_orm::migrate::{Event, Migrations, Runner};
use rex_orm::{__, Blocking, Config, DatabaseKind, Db, Kind};
use rex_schema::database::Database;
use rex_schema::diff::{Intent, diff};
use rex_schema::inspect::{self, Inspected};
use rex_schema::plan::{Options, plan};
use rex_schema::{Dialect, Servers};

use super::Common;
use crate::{Console, Exit, Stop};

/// A database.
pub(crate) struct Live {
    pub(crate) db: Db,
    config: Config,
}

impl Live {
    /// The one that is named on the command line, or by the environment.
    pub(crate) fn connect(common: &Common) -> Result<Live, Stop> {
        Live::open(configured(common.places.database_url.as_deref())?)
    }

    /// The one of a URL, or that of the environment, to ask something that it must hold for it: nothing is
    /// made of a path that was mistyped.
    pub(crate) fn to_ask(url: Option<&str>) -> Result<Live, Stop> {
        let config = configured(url)?;
        match missing_file(&config) {
            Some(path) => Err(Stop::Reason(format!(
                "there is no file `{}`: `rexc migrate apply` or `rexc push` makes the database",
                path.display()
            ))),
            None => Live::open(unchanged(config)),
        }
    }

    /// The one that is named, to look at: neither is anything made of a path that was mistyped, nor anything
    /// of the file changed, be it what SQLite writes for itself.
    pub(crate) fn to_look_at(common: &Common, console: &mut Console<'_>) -> Result<Live, Stop> {
        Live::open(unchanged(there(common, console)?))
    }

    /// The one that is named, to undo something in it: nothing is made of a path that was mistyped.
    pub(crate) fn to_undo_in(common: &Common, console: &mut Console<'_>) -> Result<Live, Stop> {
        Live::open(there(common, console)?)
    }

    /// The one of a configuration.
    pub(crate) fn open(config: Config) -> Result<Live, Stop> {
        // A deploy looks at one thing at a time.
        let config = Config { pool_size: config.pool_size.or(Some(1)), ..config };
        let db = Db::connect_with(&config).wait().map_err(failed)?;
        Ok(Live { db, config })
    }

    /// Refuses a database of a kind that none of the migrations is for: they would be noted, and nothing made.
    pub(crate) fn for_history(self, history: &History) -> Result<Live, Stop> {
        let title = self.dialect().title();
        match history.last_for(self.dialect()) {
            None if !history.entries.is_empty() => Err(Stop::Reason(format!(
                "the database is {title}, and no migration in `{}` is for it: name another database, or say it in \
                 `databases`, and make a migration",
                history.shown
            ))),
            _ => Ok(self),
        }
    }

    pub(crate) fn dialect(&self) -> Dialect {
        self.db.dialect()
    }

    /// A runner of migrations.
    pub(crate) fn runner<'r>(
        &'r self,
        migrations: &'r Migrations,
        tell: impl FnMut(Event) + Send + 'r,
    ) -> Runner<'r> {
        Runner::with_config(&self.config, migrations).on_event(tell)
    }

    /// What it holds.
    pub(crate) fn inspect(&self) -> Result<Inspected, Stop> {
        let dialect = self.dialect();
        let answers = __::read_texts(&self.db, inspect::session(dialect), inspect::queries(dialect));
        Ok(inspect::inspect(dialect, &answers.wait().map_err(failed)?))
    }

    /// How many rows a table has; none if it has none of this name.
    pub(crate) fn count(&self, table: &rex_schema::plan::Object, condition: &str) -> Option<u64> {
        self.number(&format!("SELECT count(*) FROM {}{condition}", table.quoted()))
    }

    /// The number that a query answers with; none where what it asks for is not there.
    pub(crate) fn number(&self, query: &str) -> Option<u64> {
        let query = format!("SELECT CAST(({query}) AS TEXT)");
        let answers = __::read_texts(&self.db, &[], &[&query]).wait().ok()?;
        answers.first()?.first()?.first()?.as_ref()?.parse().ok()
    }

    /// The texts that a query answers with, one a row.
    pub(crate) fn texts(&self, query: &str) -> Result<Vec<String>, Stop> {
        let answers = __::read_texts(&self.db, &[], &[query]).wait().map_err(failed)?;
        Ok(answers.into_iter().flatten().flatten().flatten().collect())
    }

    /// Which server it is: `15.18`.
    pub(crate) fn version(&self) -> Result<String, Stop> {
        let query = match self.dialect() {
            Dialect::Postgres => "SELECT current_setting('server_version')",
            Dialect::Sqlite => "SELECT sqlite_version()",
        };
        let answers = __::read_texts(&self.db, &[], &[query]).wait().map_err(failed)?;
        let text = answers.first().and_then(|rows| rows.first()?.first()?.clone()).unwrap_or_default();
        Ok(text.split_whitespace().next().unwrap_or_default().to_owned())
    }

    /// Runs one statement, outside of a transaction.
    pub(crate) fn run_alone(&self, statement: &str) -> Result<(), Stop> {
        __::run_alone(&self.db, statement).wait().map_err(failed)
    }
}

/// The database that is named; an empty one where there is none.
fn there(common: &Common, console: &mut Console<'_>) -> Result<Config, Stop> {
    let config = configured(common.places.database_url.as_deref())?;
    let Some(path) = missing_file(&config) else { return Ok(config) };
    console.tell(&format!("there is no file `{}`: an empty database\n", path.display()));
    configured(Some("sqlite::memory:?shared_memory=rexc_nothing"))
}

/// The same database, of which only is read.
fn unchanged(config: Config) -> Config {
    match file(&config) {
        Some(_) => Config { read_only: Some(true), journal_mode: None, ..config },
        None => config,
    }
}

/// The file of a database, where it is in one.
fn file(config: &Config) -> Option<&Path> {
    let is_file = config.kind == Some(DatabaseKind::Sqlite) && config.shared_memory.is_none();
    let path = config.path.as_deref().filter(|_| is_file)?;
    (path.as_os_str() != ":memory:").then_some(path)
}

/// The file of a database that would be made when it is opened.
fn missing_file(config: &Config) -> Option<&Path> {
    file(config).filter(|path| !path.exists())
}

fn configured(url: Option<&str>) -> Result<Config, Stop> {
    let config = url.map_or_else(Config::from_env, Config::from_url);
    config.map_err(|error| {
        let help = match url {
            Some(_) => "",
            None => "; or name it with `--database-url`",
        };
        Stop::Reason(format!("{error}{help}"))
    })
}

/// What a database is not, that it should be: what would have to be done, in a few words each. `gone` is
/// what it was before: nothing of that may be left.
pub(crate) fn differences(found: &Inspected, expected: &Database, gone: Option<&Database>) -> Vec<String> {
    let managed = found.managed(expected);
    let mut differences = Vec::new();
    if !diff(&managed, expected, &Intent::default()).is_empty() {
        let options = Options { server: Servers::OLDEST.of(expected.dialect), allowed: &[] };
        let plan = plan(&managed, expected, &Intent::default(), options);
        differences.extend(plan.steps.into_iter().flat_map(|step| step.changes));
    }
    let is_expected = |schema: &Option<String>, name: &str| {
        expected.tables.iter().any(|table| table.schema == *schema && table.name == name)
    };
    for table in gone.into_iter().flat_map(|gone| &gone.tables) {
        let is_there =
            found.database.tables.iter().any(|one| one.schema == table.schema && one.name == table.name);
        if is_there && !is_expected(&table.schema, &table.name) {
            differences.push(format!("drop the table {}", table.name));
        }
    }
    differences
}

/// A failure of the database as the end of a run.
pub(crate) fn failed(error: rex_orm::Error) -> Stop {
    match error.kind() {
        Kind::Configuration => Stop::Reason(told(&error)),
        _ => Stop::Failed(told(&error)),
    }
}

/// A failure in words. What SQL raises by itself may hold values, and so a program does not show it; here it
/// is the SQL of files, and whoever runs them is to know what it says.
pub(crate) fn told(error: &rex_orm::Error) -> String {
    let (text, hidden) = (error.to_string(), "what it says is in the driver's error");
    let driver = StdError::source(error).and_then(|source| source.downcast_ref::<rex_orm::DriverError>());
    let (Some((head, rest)), Some(driver)) = (text.split_once(hidden), driver) else { return text };
    // PostgreSQL's driver has it one error below.
    let said = match (driver.get().to_string(), driver.get().source()) {
        (said, Some(cause)) if said.starts_with("db error") => cause.to_string(),
        (said, _) => said,
    };
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    let rest = rest.strip_prefix(", since values may be in it").unwrap_or(rest);
    format!("{head}{said}{rest}")
}

/// A refusal of the runner, or another failure: a database that is not what its migrations say is drift.
pub(crate) fn refused(error: rex_orm::Error) -> Stop {
    use rex_orm::migrate::Refusal;
    let exit = match error.refusal() {
        Some(
            Refusal::Edited { .. } | Refusal::Ahead { .. } | Refusal::Gap { .. } | Refusal::Squashed { .. },
        ) => Exit::Drift,
        Some(Refusal::Unknown { .. }) => Exit::CouldNotRun,
        Some(_) | None => Exit::Errors,
    };
    Stop::Ended(told(&error), exit)
}

//! `rexc ddl`: the SQL that makes a schema's tables.

use std::path::PathBuf;

use rex_schema::{Dialect, lower, render};

use crate::check::schema;
use crate::find::{Chosen, DatabaseName};
use crate::{Console, Exit, Stop};

/// Print the SQL that makes a schema's tables
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// A crate, a schema folder or a `.rex` file
    ///
    /// Not needed where the workspace has one schema, or in a crate with one.
    #[arg(value_name = "PATH", conflicts_with = "schema")]
    path: Option<PathBuf>,
    /// For this database alone
    #[arg(long, value_name = "NAME")]
    database: Option<DatabaseName>,
    #[command(flatten)]
    chosen: Chosen,
}

pub(crate) fn run(arguments: &Arguments, console: &mut Console<'_>) -> Result<Exit, Stop> {
    let target = arguments.chosen.target(arguments.path.as_deref(), &console.folder)?;
    let Some(schema) = schema(&target, console) else { return Ok(Exit::Errors) };
    let all = &target.config.databases;
    let chosen: Vec<Dialect> = match arguments.database.map(Dialect::from) {
        Some(database) if !all.contains(&database) => return Err(not_configured(database, all)),
        Some(database) => vec![database],
        None => all.clone(),
    };
    for (place, &database) in chosen.iter().enumerate() {
        if chosen.len() > 1 {
            let gap = if place == 0 { "" } else { "\n\n" };
            write!(console.out.write, "{gap}-- {}\n\n", database.title())?;
        }
        write!(console.out.write, "{}", render(&lower(&schema, database)))?;
    }
    Ok(Exit::Clean)
}

/// A schema is checked for the databases that it is for, and may be none for another.
fn not_configured(database: Dialect, all: &[Dialect]) -> Stop {
    let names: Vec<&str> = all.iter().map(|database| database.name()).collect();
    let name = database.name();
    Stop::Reason(format!(
        "the schema is for {}, not for {name}: add \"{name}\" to `databases` in Cargo.toml, or run with \
         `--databases {name}`",
        names.join(" and "),
    ))
}

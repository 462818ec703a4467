//! `rexc migrate diff`: what leads from one state of a database to another, as SQL.

use rex_build::migrations::{History, empty};
use rex_schema::database::Database;
use rex_schema::diff::Intent;
use rex_schema::plan::{Options, Plan, plan, script};
use rex_schema::{Dialect, Schema, Servers, lower};

use super::live::Live;
use super::place::{self, Place};
use super::{Common, Format, runs, summary};
use crate::find::DatabaseName;
use crate::{Console, Exit, Stop};

/// Print the SQL that leads from one state to another
///
/// A state is `schema`, `empty`, `database` (the live one) or a migration.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// What it begins with; the last migration, if nothing is said
    #[arg(long, value_name = "STATE")]
    from: Option<String>,
    /// What it leads to
    #[arg(long, value_name = "STATE", default_value = "schema")]
    to: String,
    /// For this database alone
    #[arg(long, value_name = "NAME")]
    database: Option<DatabaseName>,
    /// Exit with 4 if they differ
    #[arg(long)]
    exit_code: bool,
}

/// A state of a database.
enum State {
    Empty,
    Schema(Box<Schema>),
    Live,
}

pub(crate) fn run(arguments: &Arguments, common: &Common, console: &mut Console<'_>) -> Result<Exit, Stop> {
    let place = common.places.find(&console.folder)?;
    let history = place.history(console)?;
    let from = match &arguments.from {
        Some(name) => state(name, &place, &history, console)?,
        None => match history.last() {
            Some(last) => State::Schema(Box::new(place::snapshot(&history, last, console)?.clone())),
            None => State::Empty,
        },
    };
    let to = state(&arguments.to, &place, &history, console)?;
    let is_live = |state: &State| matches!(state, State::Live);
    let live = (is_live(&from) || is_live(&to)).then(|| Live::to_look_at(common, console)).transpose()?;
    let dialects = dialects(arguments, &place, live.as_ref())?;
    let last = history.last().map(|last| place::snapshot(&history, last, console)).transpose()?;
    let mut plans = Vec::new();
    for dialect in dialects {
        plans.push((dialect, between(&from, &to, dialect, live.as_ref(), last)?));
    }
    print(&plans, common, console)?;
    let differ = plans.iter().any(|(_, plan)| !plan.steps.is_empty());
    Ok(if differ && arguments.exit_code { Exit::Drift } else { Exit::Clean })
}

fn state(name: &str, place: &Place, history: &History, console: &mut Console<'_>) -> Result<State, Stop> {
    Ok(match name {
        "schema" => State::Schema(Box::new(place.schema(console)?)),
        "empty" => State::Empty,
        "database" => State::Live,
        name => {
            let id = runs::find(history, name).map_err(|stop| match stop {
                Stop::Reason(reason) => {
                    Stop::Reason(format!("{reason}; other states are `schema`, `empty` and `database`"))
                }
                other => other,
            })?;
            let entry = history.entries.iter().find(|entry| entry.id() == id);
            match entry.map(|entry| place::snapshot(history, entry, console)).transpose()? {
                Some(schema) => State::Schema(Box::new(schema.clone())),
                None => State::Empty,
            }
        }
    })
}

/// The databases that it is printed for: the live one, if one is asked.
fn dialects(arguments: &Arguments, place: &Place, live: Option<&Live>) -> Result<Vec<Dialect>, Stop> {
    match (arguments.database.map(Dialect::from), live) {
        (Some(named), Some(live)) if named != live.dialect() => Err(Stop::Reason(format!(
            "the database is {}, not {}: leave `--database` out",
            live.dialect().title(),
            named.title()
        ))),
        (_, Some(live)) => Ok(vec![live.dialect()]),
        (Some(named), None) => Ok(vec![named]),
        (None, None) => Ok(place.settings()?.databases.into_iter().map(|(dialect, _)| dialect).collect()),
    }
}

fn between(
    from: &State,
    to: &State,
    dialect: Dialect,
    live: Option<&Live>,
    last: Option<&Schema>,
) -> Result<Plan, Stop> {
    let stated = |state: &State| match state {
        State::Schema(schema) => Some(lower(schema, dialect)),
        State::Empty => Some(empty(dialect)),
        State::Live => None,
    };
    let (before, after) = (stated(from), stated(to));
    // Of a live database only that counts which is ours: what is named elsewhere.
    let ours = |other: &Option<Database>| {
        let mut ours = other.clone().unwrap_or_else(|| empty(dialect));
        for table in last.map(|last| lower(last, dialect)).into_iter().flat_map(|last| last.tables) {
            if !ours.tables.iter().any(|one| one.schema == table.schema && one.name == table.name) {
                ours.tables.push(table);
            }
        }
        ours
    };
    let inspected = |other: &Option<Database>| -> Result<Database, Stop> {
        match live {
            Some(live) => Ok(live.inspect()?.managed(&ours(other))),
            None => Ok(empty(dialect)),
        }
    };
    let before_database = before.clone().map_or_else(|| inspected(&after), Ok)?;
    let after_database = after.map_or_else(|| inspected(&before), Ok)?;
    let intent = match (from, to) {
        (State::Schema(before), State::Schema(after)) => Intent::between(before, after, dialect),
        (_, State::Schema(after)) => Intent::of(after, dialect),
        (_, State::Empty | State::Live) => Intent::default(),
    };
    let server = match (from, to) {
        (_, State::Schema(schema)) | (State::Schema(schema), _) => schema.servers().of(dialect),
        (State::Empty | State::Live, State::Empty | State::Live) => Servers::OLDEST.of(dialect),
    };
    Ok(plan(&before_database, &after_database, &intent, Options { server, allowed: &[] }))
}

fn print(plans: &[(Dialect, Plan)], common: &Common, console: &mut Console<'_>) -> Result<(), Stop> {
    if common.format == Format::Json {
        let databases = plans.iter().map(|(dialect, plan)| {
            let changes: Vec<&String> = plan.steps.iter().flat_map(|step| &step.changes).collect();
            let told = serde_json::json!({ "changes": changes, "sql": script(plan) });
            (dialect.name().to_owned(), told)
        });
        return summary::json(&serde_json::Value::Object(databases.collect()), console);
    }
    for (place, (dialect, plan)) in plans.iter().enumerate() {
        if plans.len() > 1 {
            let gap = if place == 0 { "" } else { "\n\n" };
            write!(console.out.write, "{gap}-- {}\n\n", dialect.title())?;
        }
        write!(console.out.write, "{}", script(plan))?;
    }
    if plans.iter().all(|(_, plan)| plan.steps.is_empty()) {
        console.tell("there is no difference\n");
    }
    Ok(())
}

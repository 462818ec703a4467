//! `rexc push`: a prototype's database brought to the schema, without a history.

mod kinds;

use rex_build::migrations::Way;
use rex_orm::Blocking;
use rex_orm::migrate::Migrations;
use rex_schema::database::Database;
use rex_schema::diff::Intent;
use rex_schema::plan::{Options, Plan, plan, script};
use rex_schema::{Dialect, Schema, lower};
use rex_sql::migration::{Checksum, Head, Migration, Scripts};

use crate::migrate::decide::{self, Question};
use crate::migrate::live::{self, Live};
use crate::migrate::{self, Common, Format, steps, summary};
use crate::{Console, Exit, Stop};

/// Bring a prototype's database to the schema, without a migration
///
/// For a database that may be made anew at any time. What would be lost is asked for before. Tables that
/// the schema does not name stay as they are.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    common: Common,
}

/// What the run is called in the history that lasts as long as it.
const ID: &str = "20000101T000000_push";

pub(crate) fn run(arguments: &Arguments, console: &mut Console<'_>) -> Result<Exit, Stop> {
    let common = &arguments.common;
    let ended = pushed(common, console);
    migrate::in_format(ended, common, console)
}

fn pushed(common: &Common, console: &mut Console<'_>) -> Result<Exit, Stop> {
    let place = common.places.find(&console.folder)?;
    let schema = place.schema(console)?;
    let live = if common.dry_run { Live::to_look_at(common, console)? } else { Live::connect(common)? };
    let settings = place.settings()?;
    if !settings.is_for(live.dialect()) {
        let title = live.dialect().title();
        return Err(Stop::Reason(format!(
            "the database is {title}, and the schema is not for it: name another database, or say it in `databases`"
        )));
    }
    check(&live)?;
    let found = live.inspect()?;
    let after = lower(&schema, live.dialect());
    let allowed = common.allowed();
    let way = way(&found.managed(&after), after, &schema, live.dialect(), &allowed);
    decide::check_allowed(&allowed, &decide::names([&way]))?;
    if way.is_empty() {
        told("nothing", &way, live.dialect(), common, console)?;
        console.tell("nothing to do: the database is what the schema says\n");
        return Ok(Exit::Clean);
    }
    consent(&way, &schema, &live, common, console)?;
    if common.dry_run {
        told("would_run", &way, live.dialect(), common, console)?;
        return Ok(Exit::Clean);
    }
    take(&way.up, &live)?;
    let left = live::differences(&live.inspect()?, &way.after, None);
    if !left.is_empty() {
        return Err(Stop::Failed(format!("the database is not what the schema says: {}", left.join("; "))));
    }
    told("done", &way, live.dialect(), common, console)?;
    Ok(Exit::Clean)
}

fn way(before: &Database, after: Database, schema: &Schema, dialect: Dialect, allowed: &[String]) -> Way {
    let intent = Intent::of(schema, dialect);
    let plan_with = |allowed: &[String]| {
        plan(before, &after, &intent, Options { server: schema.servers().of(dialect), allowed })
    };
    let up = plan_with(allowed);
    let way =
        Way { before: before.clone(), after: after.clone(), up, down: Plan { steps: Vec::new() }, intent };
    let named = decide::by_name([&way], allowed);
    let up = plan(
        &way.before,
        &way.after,
        &way.intent,
        Options { server: schema.servers().of(dialect), allowed: &named },
    );
    Way { up, ..way }
}

/// Refuses a database that has migrations.
fn check(live: &Live) -> Result<(), Stop> {
    let migrations = Migrations::default();
    let status = live.runner(&migrations, |_| ()).status().wait().map_err(live::failed)?;
    match status.unknown.iter().find(|one| one.id != ID) {
        None => Ok(()),
        Some(one) => Err(Stop::Failed(format!(
            "the database has migrations (`{}`): make one of what has changed with `rexc migrate new NAME`, and \
             apply it with `rexc migrate`",
            one.id
        ))),
    }
}

/// Has what is lost accepted.
fn consent(
    way: &Way,
    schema: &Schema,
    live: &Live,
    common: &Common,
    console: &mut Console<'_>,
) -> Result<(), Stop> {
    let named = decide::by_name([way], &common.allowed());
    let mut questions = decide::questions([(None, way)], schema, &named);
    questions.iter_mut().for_each(|question| kinds::refuse(question, way, schema, live));
    questions.retain_mut(|question| match steps::rows(&question.name, live, [&way.before, &way.after]) {
        Some(0) => false,
        Some(rows) => {
            question.message += &format!(" ({})", steps::rows_in_words(rows));
            true
        }
        None => true,
    });
    if questions.is_empty() {
        return Ok(());
    }
    if common.format == Format::Json {
        summary::json(&serde_json::json!({ "status": "needs_decision", "questions": questions }), console)?;
    }
    let colour = console.err.colour;
    let told: Vec<String> =
        questions.iter().map(|question: &Question| summary::question(question, colour)).collect();
    console.tell(&told.concat());
    if console.asks && common.format == Format::Text {
        return match console.ask("go on, and lose that? y/n ").as_deref() {
            Some("y" | "yes") => Ok(()),
            _ => {
                console.tell("nothing was done\n");
                Err(Stop::Told(Exit::NeedsDecision))
            }
        };
    }
    console.tell("nothing was done\n");
    Err(Stop::Told(Exit::NeedsDecision))
}

/// Takes the steps as a migration is taken, and forgets that there was one.
fn take(up: &Plan, live: &Live) -> Result<(), Stop> {
    let head = Head::new(None, false);
    let scripts = vec![Scripts { dialect: live.dialect(), up: script(up).into(), down: None }];
    let migration = Migration { id: ID.into(), identity: Checksum::of(ID), head, scripts: scripts.into() };
    let migrations = Migrations { list: vec![migration].into() };
    let mut runner = live.runner(&migrations, |_| ());
    // Nothing is left of an earlier run, be it one that failed: this one has looked at the database itself.
    runner.forget().wait().map_err(live::failed)?;
    let outcome = runner.apply().wait();
    runner.forget().wait().map_err(live::failed)?;
    outcome.map(drop).map_err(failed)
}

/// A failure of a statement. What it is called in the meantime is nobody's file.
fn failed(error: rex_orm::Error) -> Stop {
    let place = error.operation().map(|place| format!("{place}: ")).unwrap_or_default();
    let statement = error.sql().and_then(|sql| sql.lines().next());
    let of = statement.map(|line| format!(" (`{line}`)")).unwrap_or_default();
    Stop::Failed(format!("{}{of}", live::told(&error).replacen(&place, "", 1)))
}

fn told(
    status: &str,
    way: &Way,
    dialect: Dialect,
    common: &Common,
    console: &mut Console<'_>,
) -> Result<(), Stop> {
    let changes: Vec<String> = way.changes().collect();
    if common.format == Format::Json {
        let sql = script(&way.up);
        let told = serde_json::json!({ "status": status, "database": dialect.name(), "changes": changes, "sql": sql });
        return summary::json(&told, console);
    }
    if common.dry_run {
        write!(console.out.write, "{}", script(&way.up))?;
        return Ok(());
    }
    for change in &changes {
        console.tell(&format!("  {change}\n"));
    }
    if !changes.is_empty() {
        console.tell("the database is what the schema says\n");
    }
    Ok(())
}

//! Runs of migrations on a database: apply, rollback, redo.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use rex_build::migrations::History;
use rex_orm::Blocking;
use rex_orm::migrate::{
    Direction, Done, Event, MigrationState, MigrationStatus, Migrations, PendingStep, Report, Runner,
};

use super::live::{self, Live};
use super::steps::{self, Notes, Step};
use super::{Common, Format, decide, summary};
use crate::check::counted;
use crate::{Console, Exit, Stop};

/// Apply the migrations that a database does not have
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Apply {
    /// Up to this one
    #[arg(long, value_name = "MIGRATION")]
    to: Option<String>,
}

/// Undo the last migrations
#[derive(Debug, clap::Args)]
pub(crate) struct Rollback {
    /// How many
    #[arg(value_name = "N", default_value = "1", conflicts_with = "to", value_parser = positive())]
    count: usize,
    /// Down to this one, which stays; `none` undoes all
    #[arg(long, value_name = "MIGRATION")]
    to: Option<String>,
}

/// Undo the last migration, and apply it again
#[derive(Debug, clap::Args)]
pub(crate) struct Redo {}

fn positive() -> clap::builder::RangedU64ValueParser<usize> {
    clap::builder::RangedU64ValueParser::new().range(1..=u64::from(u32::MAX))
}

/// What is done.
#[derive(Clone)]
enum Task {
    Apply,
    ApplyTo(String),
    Rollback(usize),
    Redo,
}

pub(crate) fn apply(arguments: &Apply, common: &Common, console: &mut Console<'_>) -> Result<Exit, Stop> {
    let place = common.places.find(&console.folder)?;
    let history = place.history(console)?;
    let task = match &arguments.to {
        Some(name) => Task::ApplyTo(find(&history, name)?),
        None => Task::Apply,
    };
    if history.entries.is_empty() {
        let shown = &history.shown;
        console.tell(&format!(
            "nothing to do: there is no migration in `{shown}`; `rexc migrate new NAME` makes one\n"
        ));
        return Ok(Exit::Clean);
    }
    run(task, &history, common, console)
}

pub(crate) fn rollback(
    arguments: &Rollback,
    common: &Common,
    console: &mut Console<'_>,
) -> Result<Exit, Stop> {
    let place = common.places.find(&console.folder)?;
    let history = place.history(console)?;
    let live = to_undo_in(common, console)?.for_history(&history)?;
    let count = match arguments.to.as_deref() {
        None => arguments.count,
        Some("none") => usize::MAX,
        Some(name) => behind(&find(&history, name)?, &history, &live)?,
    };
    on(&live, Task::Rollback(count), &history, common, console)
}

pub(crate) fn redo(_: &Redo, common: &Common, console: &mut Console<'_>) -> Result<Exit, Stop> {
    let place = common.places.find(&console.folder)?;
    let history = place.history(console)?;
    on(&to_undo_in(common, console)?.for_history(&history)?, Task::Redo, &history, common, console)
}

fn to_undo_in(common: &Common, console: &mut Console<'_>) -> Result<Live, Stop> {
    match common.dry_run {
        true => Live::to_look_at(common, console),
        false => Live::to_undo_in(common, console),
    }
}

/// The migration of a name, as people shorten it.
pub(super) fn find(history: &History, name: &str) -> Result<String, Stop> {
    history.find(name).map(|entry| entry.id().to_owned()).map_err(|candidates| {
        Stop::Reason(match candidates.as_slice() {
            [] => format!(
                "there is no migration `{name}` in `{}`: `rexc migrate status` lists them",
                history.shown
            ),
            several => format!("`{name}` may be {}: say more of its name", several.join(" or ")),
        })
    })
}

/// How many migrations that a database has come behind one.
fn behind(id: &str, history: &History, live: &Live) -> Result<usize, Stop> {
    let migrations = history.migrations();
    let status = live.runner(&migrations, |_| ()).status().wait();
    let status = status.map_err(live::refused)?;
    let later = status.migrations.iter().skip_while(|one| one.id != id).skip(1);
    Ok(later.filter(|one| one.state != MigrationState::Pending).count())
}

fn run(task: Task, history: &History, common: &Common, console: &mut Console<'_>) -> Result<Exit, Stop> {
    let live = if common.dry_run { Live::to_look_at(common, console)? } else { Live::connect(common)? };
    on(&live.for_history(history)?, task, history, common, console)
}

fn on(
    live: &Live,
    task: Task,
    history: &History,
    common: &Common,
    console: &mut Console<'_>,
) -> Result<Exit, Stop> {
    let migrations = history.migrations();
    let pending = pending(&task, live, &migrations).map_err(live::refused)?;
    let steps = steps::told(&pending.steps, history, live, console)?;
    check_allowed(&steps, common)?;
    if let Task::Rollback(count) = task {
        say_how_many(count, &pending, console);
    }
    if common.dry_run {
        return dry_run(&pending, &steps, live, common, console);
    }
    match task {
        // It was accepted when they were made; how much it is, only the database knows.
        Task::Apply | Task::ApplyTo(_) => lost(&steps, console),
        Task::Rollback(_) | Task::Redo => consent(&steps, common, console)?,
    }
    let report = taken(&task, &pending, live, &migrations, console);
    let report = report.map_err(live::refused)?;
    done(&report, &task, &pending, live, history, common, console)
}

/// Says that there are fewer to be undone than was asked for.
fn say_how_many(count: usize, pending: &Pending, console: &mut Console<'_>) {
    let all = pending.migrations.len();
    if count != usize::MAX && (1..count).contains(&all) {
        console.tell(&format!("the database has only {}: all go\n", counted(all, "migration")));
    }
}

/// What is to be done.
struct Pending {
    /// Its migrations, in order; some may have no steps.
    migrations: Vec<String>,
    steps: Vec<PendingStep>,
}

fn pending(task: &Task, live: &Live, migrations: &Migrations) -> rex_orm::Result<Pending> {
    let mut runner = live.runner(migrations, |_| ());
    let mut steps = match task {
        Task::Apply | Task::ApplyTo(_) => runner.pending().wait()?,
        Task::Rollback(count) => runner.pending_rollback(*count).wait()?,
        Task::Redo => runner.pending_rollback(1).wait()?,
    };
    let status = runner.status().wait()?.migrations;
    let is_begun = |one: &&MigrationStatus| one.state != MigrationState::Pending;
    let begun = || status.iter().rev().filter(is_begun);
    let chosen: Vec<&MigrationStatus> = match task {
        Task::Apply => status.iter().filter(|one| one.state != MigrationState::Applied).collect(),
        Task::ApplyTo(id) => {
            let count = status.iter().position(|one| one.id == *id).map_or(0, |place| place + 1);
            status[..count].iter().filter(|one| one.state != MigrationState::Applied).collect()
        }
        Task::Rollback(count) => begun().take(*count).collect(),
        Task::Redo => begun().take(1).collect(),
    };
    let migrations: Vec<String> = chosen.into_iter().map(|one| one.id.clone()).collect();
    steps.retain(|step| migrations.contains(&step.id));
    Ok(Pending { migrations, steps })
}

fn dry_run(
    pending: &Pending,
    steps: &[Step],
    live: &Live,
    common: &Common,
    console: &mut Console<'_>,
) -> Result<Exit, Stop> {
    let migrations = &pending.migrations;
    if common.format == Format::Json {
        let told = serde_json::json!({
            "status": "would_run",
            "database": live.dialect().name(),
            "migrations": migrations,
            "steps": steps,
        });
        summary::json(&told, console)?;
        return Ok(Exit::Clean);
    }
    write!(console.out.write, "{}", steps::text(steps, true))?;
    for id in migrations.iter().filter(|id| steps.iter().all(|step| step.migration != **id)) {
        console.tell(&format!("`{id}` has no steps here: the history alone would change\n"));
    }
    if migrations.is_empty() {
        console.tell("nothing would be done\n");
    }
    Ok(Exit::Clean)
}

/// Tells what is lost, and which rows will stop it.
fn lost(steps: &[Step], console: &mut Console<'_>) {
    for step in steps {
        for hazard in step.hazards.iter().filter(|hazard| hazard.rows > Some(0)) {
            console.tell(&format!("{}: {}\n", step.migration, hazard.text()));
            if let Some(find) = hazard.find_text() {
                console.tell(&format!("  {find}\n"));
            }
        }
    }
}

/// Refuses a name of nothing: a step that is accepted by mistake is not one that was thought about.
fn check_allowed(steps: &[Step], common: &Common) -> Result<(), Stop> {
    let hazards = steps.iter().flat_map(|step| &step.hazards);
    let names: Vec<String> = hazards.map(|hazard| hazard.name.clone()).collect();
    decide::check_allowed(&common.allowed(), &names)
}

/// Has what is lost accepted: by name, or at the terminal.
fn consent(steps: &[Step], common: &Common, console: &mut Console<'_>) -> Result<(), Stop> {
    let allowed = common.allowed();
    let is_allowed = |name: &str| {
        let kind = name.split(':').next().unwrap_or_default();
        allowed.iter().any(|allowed| allowed == name || allowed == kind)
    };
    let hazards = steps.iter().flat_map(|step| &step.hazards);
    let open: Vec<_> = hazards.filter(|hazard| hazard.loses() && !is_allowed(&hazard.name)).collect();
    if open.is_empty() {
        return Ok(());
    }
    if common.format == Format::Json {
        let questions = serde_json::json!({ "status": "needs_decision", "questions": open });
        summary::json(&questions, console)?;
    }
    for hazard in &open {
        console.tell(&format!("needs a decision: {}\n", hazard.text()));
    }
    if console.asks && common.format == Format::Text {
        return match console.ask("go on? y/n ").as_deref() {
            Some("y" | "yes") => Ok(()),
            _ => {
                console.tell("nothing was done\n");
                Err(Stop::Told(Exit::NeedsDecision))
            }
        };
    }
    let names: Vec<String> = open.iter().map(|hazard| summary::shell(&hazard.name)).collect();
    console.tell(&format!("  = help: to accept that, say `--allow {}`\nnothing was done\n", names.join(",")));
    Err(Stop::Told(Exit::NeedsDecision))
}

/// Takes the steps, and tells how far it is.
fn taken(
    task: &Task,
    pending: &Pending,
    live: &Live,
    migrations: &Migrations,
    console: &mut Console<'_>,
) -> rex_orm::Result<Report> {
    let (send, events) = mpsc::channel();
    thread::scope(|scope| {
        let work = scope.spawn(move || {
            // The last handle of the channel ends with the runner.
            let mut runner = live.runner(migrations, move |event| drop(send.send(event)));
            start(task, &pending.migrations, &mut runner).wait()
        });
        for event in events {
            tell(&event, console);
        }
        work.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// Begins. What is undone is what was shown, whatever another process has done since.
async fn start(task: &Task, shown: &[String], runner: &mut Runner<'_>) -> rex_orm::Result<Report> {
    match task {
        Task::Apply => runner.apply().await,
        Task::ApplyTo(id) => runner.apply_to(id).await,
        Task::Rollback(_) => runner.rollback_exactly(shown).await,
        Task::Redo => {
            let mut report = runner.rollback_exactly(shown).await?;
            if let [id] = shown {
                report.steps.extend(runner.apply_to(id).await?.steps);
            }
            Ok(report)
        }
    }
}

/// Tells what happens.
fn tell(event: &Event, console: &mut Console<'_>) {
    match event {
        Event::Waiting => console.tell("another process is migrating this database: waiting for it\n"),
        Event::Begins { id, direction, step, steps, what } => {
            let head = match direction {
                Direction::Up => id.clone(),
                Direction::Down => format!("{id}, back"),
            };
            if *step <= 1 {
                console.tell(&format!("{head}\n"));
            }
            let changes = match Notes::of(what).changes {
                none if none.is_empty() => "SQL that was written by hand".to_owned(),
                changes => changes.join(", "),
            };
            if *step > 0 {
                console.tell(&format!("  {step}/{steps} {changes}\n"));
            }
        }
        Event::Retries { reason, .. } => console.tell(&format!("      is tried again: {reason}\n")),
        Event::Rows { rows, .. } => {
            console.tell(&format!("      {} so far\n", counted(*rows as usize, "row")))
        }
        Event::Ends(Done { took, .. }) if *took >= Duration::from_secs(1) => {
            console.tell(&format!("      took {:.1} s\n", took.as_secs_f64()));
        }
        _ => {}
    }
}

fn done(
    report: &Report,
    task: &Task,
    shown: &Pending,
    live: &Live,
    history: &History,
    common: &Common,
    console: &mut Console<'_>,
) -> Result<Exit, Stop> {
    if common.format == Format::Json {
        let steps = report.steps.iter().map(|done| {
            serde_json::json!({
                "migration": done.id,
                "direction": done.direction.name(),
                "step": done.step,
                "ms": u64::try_from(done.took.as_millis()).unwrap_or(u64::MAX),
            })
        });
        let told = serde_json::json!({
            "status": "done",
            "database": live.dialect().name(),
            "migrations": report.migrations().collect::<Vec<_>>(),
            "steps": steps.collect::<Vec<_>>(),
        });
        summary::json(&told, console)?;
    }
    let count = report.migrations().count();
    let text = match (task, count) {
        (Task::Apply, 0) => match history.entries.len() {
            1 => "nothing to do: the database has the only migration".to_owned(),
            all => format!("nothing to do: the database has all {all} migrations"),
        },
        (Task::ApplyTo(id), 0) => format!("nothing to do: the database has `{id}`"),
        (Task::Rollback(_), 0) if !shown.migrations.is_empty() => {
            "nothing to do: another process has done it meanwhile".to_owned()
        }
        (Task::Rollback(0), 0) => "nothing to do: nothing behind that one is applied".to_owned(),
        (Task::Rollback(_), 0) => "nothing to do: the database has no migration".to_owned(),
        (Task::Apply | Task::ApplyTo(_), count) => format!("applied {}", counted(count, "migration")),
        (Task::Rollback(_), count) => format!("rolled {} back", counted(count, "migration")),
        (Task::Redo, 0) => "nothing to do: the database has no migration".to_owned(),
        (Task::Redo, _) => "rolled the last migration back, and applied it again".to_owned(),
    };
    console.tell(&format!("{text}\n"));
    Ok(Exit::Clean)
}

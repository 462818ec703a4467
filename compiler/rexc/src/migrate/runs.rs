//! Runs of migrations on a database: apply, rollback, redo.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use rex_build::migrations::History;
use rex_orm::Blocking;
use rex_orm::migrate::{Direction, Done, Event, Migrations, PendingStep, Report, Runner};

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
    #[arg(value_name = "N", default_value_t = 1, conflicts_with = "to")]
    count: usize,
    /// Down to this one, which stays; `none` undoes all
    #[arg(long, value_name = "MIGRATION")]
    to: Option<String>,
}

/// Undo the last migration, and apply it again
#[derive(Debug, clap::Args)]
pub(crate) struct Redo {}

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
    let live = Live::to_look_at(common, console)?;
    let count = match arguments.to.as_deref() {
        None => arguments.count,
        Some("none") => usize::MAX,
        Some(name) => behind(&find(&history, name)?, &history, &live, console)?,
    };
    on(&live, Task::Rollback(count), &history, common, console)
}

pub(crate) fn redo(_: &Redo, common: &Common, console: &mut Console<'_>) -> Result<Exit, Stop> {
    let place = common.places.find(&console.folder)?;
    let history = place.history(console)?;
    on(&Live::to_look_at(common, console)?, Task::Redo, &history, common, console)
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
fn behind(id: &str, history: &History, live: &Live, console: &mut Console<'_>) -> Result<usize, Stop> {
    let migrations = history.migrations();
    let status = live.runner(&migrations, |_| ()).status().wait();
    let status = status.map_err(|error| refused(error, console))?;
    let later = status.migrations.iter().skip_while(|one| one.id != id).skip(1);
    Ok(later.filter(|one| one.state != rex_orm::migrate::MigrationState::Pending).count())
}

fn run(task: Task, history: &History, common: &Common, console: &mut Console<'_>) -> Result<Exit, Stop> {
    let live = if common.dry_run { Live::to_look_at(common, console)? } else { Live::connect(common)? };
    on(&live, task, history, common, console)
}

fn on(
    live: &Live,
    task: Task,
    history: &History,
    common: &Common,
    console: &mut Console<'_>,
) -> Result<Exit, Stop> {
    let migrations = history.migrations();
    let pending = pending(&task, live, &migrations).map_err(|error| refused(error, console))?;
    let steps = steps::told(&pending, history, live, console)?;
    check_allowed(&steps, common)?;
    if pending.is_empty() && !matches!(task, Task::Redo) {
        // There may still be one without steps, which is only noted.
        let report = taken(&task, live, &migrations, console);
        return done(
            &report.map_err(|error| refused(error, console))?,
            &task,
            live,
            history,
            common,
            console,
        );
    }
    if let Task::Rollback(count) = task {
        say_how_many(count, &pending, console);
    }
    if common.dry_run {
        return dry_run(&steps, live, common, console);
    }
    match task {
        // It was accepted when they were made; how much it is, only the database knows.
        Task::Apply | Task::ApplyTo(_) => lost(&steps, console),
        Task::Rollback(_) | Task::Redo => consent(&steps, common, console)?,
    }
    let report = taken(&task, live, &migrations, console).map_err(|error| refused(error, console))?;
    done(&report, &task, live, history, common, console)
}

/// Says that there are fewer to be undone than was asked for.
fn say_how_many(count: usize, pending: &[PendingStep], console: &mut Console<'_>) {
    let mut all: Vec<&str> = pending.iter().map(|step| step.id.as_str()).collect();
    all.dedup();
    if count != usize::MAX && all.len() < count {
        console.tell(&format!("the database has only {}: all go\n", counted(all.len(), "migration")));
    }
}

fn pending(task: &Task, live: &Live, migrations: &Migrations) -> rex_orm::Result<Vec<PendingStep>> {
    let mut runner = live.runner(migrations, |_| ());
    match task {
        Task::Apply => runner.pending().wait(),
        Task::ApplyTo(id) => {
            let list = migrations.in_order().map_or_else(
                |_| Vec::new(),
                |order| order.iter().map(|migration| migration.id.to_string()).collect::<Vec<_>>(),
            );
            let count = list.iter().position(|one| one == id).map_or(0, |place| place + 1);
            let mut steps = runner.pending().wait()?;
            steps.retain(|step| list[..count].contains(&step.id));
            Ok(steps)
        }
        Task::Rollback(count) => runner.pending_rollback(*count).wait(),
        Task::Redo => runner.pending_rollback(1).wait(),
    }
}

fn dry_run(steps: &[Step], live: &Live, common: &Common, console: &mut Console<'_>) -> Result<Exit, Stop> {
    match common.format {
        Format::Json => summary::json(
            &serde_json::json!({ "status": "would_run", "database": live.dialect().name(), "steps": steps }),
            console,
        )?,
        Format::Text => write!(console.out.write, "{}", steps::text(steps, true))?,
    }
    Ok(Exit::Clean)
}

/// Tells what is lost.
fn lost(steps: &[Step], console: &mut Console<'_>) {
    for step in steps {
        let hazards = step.hazards.iter().filter(|hazard| hazard.needs_consent && hazard.rows > Some(0));
        for hazard in hazards {
            console.tell(&format!("{}: {}\n", step.migration, hazard.text()));
        }
    }
}

/// Refuses a name of nothing: a step that is accepted by mistake is not one that was thought about.
fn check_allowed(steps: &[Step], common: &Common) -> Result<(), Stop> {
    let hazards = steps.iter().flat_map(|step| &step.hazards);
    let names: Vec<String> = hazards.map(|hazard| hazard.name.clone()).collect();
    decide::check_allowed(&common.allow, &names)
}

/// Has what is lost accepted: by name, or at the terminal.
fn consent(steps: &[Step], common: &Common, console: &mut Console<'_>) -> Result<(), Stop> {
    let is_allowed = |name: &str| {
        let kind = name.split(':').next().unwrap_or_default();
        common.allow.iter().any(|allowed| allowed == name || allowed == kind)
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
            _ => Err(Stop::Told(Exit::NeedsDecision)),
        };
    }
    let names: Vec<&str> = open.iter().map(|hazard| hazard.name.as_str()).collect();
    console.tell(&format!("  = help: to accept that, say `--allow {}`\nnothing was done\n", names.join(",")));
    Err(Stop::Told(Exit::NeedsDecision))
}

/// Takes the steps, and tells how far it is.
fn taken(
    task: &Task,
    live: &Live,
    migrations: &Migrations,
    console: &mut Console<'_>,
) -> rex_orm::Result<Report> {
    let (send, events) = mpsc::channel();
    thread::scope(|scope| {
        let work = scope.spawn(move || {
            // The last handle of the channel ends with the runner.
            let mut runner = live.runner(migrations, move |event| drop(send.send(event)));
            start(task, &mut runner).wait()
        });
        for event in events {
            tell(&event, console);
        }
        work.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

async fn start(task: &Task, runner: &mut Runner<'_>) -> rex_orm::Result<Report> {
    match task {
        Task::Apply => runner.apply().await,
        Task::ApplyTo(id) => runner.apply_to(id).await,
        Task::Rollback(count) => runner.rollback(*count).await,
        Task::Redo => runner.redo().await,
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
        (Task::Rollback(_), 0) => "nothing to do: the database has no migration".to_owned(),
        (Task::Apply | Task::ApplyTo(_), count) => format!("applied {}", counted(count, "migration")),
        (Task::Rollback(_), count) => format!("rolled {} back", counted(count, "migration")),
        (Task::Redo, 0) => "nothing to do: the database has no migration".to_owned(),
        (Task::Redo, _) => "rolled the last migration back, and applied it again".to_owned(),
    };
    console.tell(&format!("{text}\n"));
    Ok(Exit::Clean)
}

/// Tells a failure; what it comes to.
pub(super) fn refused(error: rex_orm::Error, console: &mut Console<'_>) -> Stop {
    let (reason, exit) = live::refused(error);
    console.fail(&reason);
    Stop::Told(exit)
}

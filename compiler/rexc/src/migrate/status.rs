//! `rexc migrate status` and `baseline`: where a database stands, and that it stands there already.

use rex_build::migrations::{Entry, History, Way};
use rex_orm::Blocking;
use rex_orm::migrate::{MigrationState, Refusal, Status};
use rex_schema::{Dialect, lower};

use super::live::{self, Live};
use super::place::Place;
use super::{Common, Format, place, runs, summary};
use crate::check::counted;
use crate::{Console, Exit, Stop};

/// Tell which migrations a database has
///
/// Exits with 4 where the database is not what its migrations say.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {}

/// Note migrations as applied, without running them
///
/// For a database that has their tables already. It is compared with what they lead to before.
#[derive(Debug, clap::Args)]
pub(crate) struct Baseline {
    /// Up to this one; the last, if none is named
    #[arg(value_name = "MIGRATION")]
    to: Option<String>,
}

pub(crate) fn run(_: &Arguments, common: &Common, console: &mut Console<'_>) -> Result<Exit, Stop> {
    let place = common.places.find(&console.folder)?;
    let history = place.history(console)?;
    let live = Live::to_look_at(common, console)?.for_history(&history)?;
    let migrations = history.migrations();
    let status = live.runner(&migrations, |_| ()).status().wait();
    let status = status.map_err(live::refused)?;
    let squashed = live.runner(&migrations, |_| ()).pending().wait();
    if let Err(error) = squashed
        && matches!(error.refusal(), Some(Refusal::Squashed { .. }))
    {
        return Err(live::refused(error));
    }
    let drift = match last_applied(&status, &history) {
        Some(entry) => {
            let expected = lower(place::snapshot(&history, entry, console)?, live.dialect());
            live::differences(&live.inspect()?, &expected, None)
        }
        None => Vec::new(),
    };
    let gap = gap(&status);
    let is_drift = !drift.is_empty()
        || !gap.is_empty()
        || status.migrations.iter().any(|one| one.edited.is_some())
        || status.unknown.iter().any(|unknown| !unknown.compatible);
    let unmigrated = unmigrated(&place, &history, live.dialect());
    let exit = if is_drift { Exit::Drift } else { Exit::Clean };
    if common.format == Format::Json {
        summary::json(&json(&status, &drift, &unmigrated, &live), console)?;
        return Ok(exit);
    }
    write!(console.out.write, "{}", table(&status))?;
    let mut text = notes(&status, &drift, &gap, &history);
    if !unmigrated.is_empty() {
        text += &format!(
            "the schema has changes that no migration has: {}; `rexc migrate new NAME` makes one of them\n",
            unmigrated.join("; ")
        );
    }
    console.tell(&text);
    Ok(exit)
}

/// What of the schema no migration has, in a few words each. Where there is no schema at hand, or a wrong
/// one, that is told by other commands.
fn unmigrated(place: &Place, history: &History, dialect: Dialect) -> Vec<String> {
    let Ok(target) = place.target() else { return Vec::new() };
    let checked = rex_compiler::check(&target.loaded.sources, &target.config.check_options());
    let last = history.last_for(dialect);
    let before = last.map(|last| last.schema(&history.snapshot_of(last))).transpose();
    match (checked.schema(), before) {
        (Some(schema), Ok(before)) => Way::between(before, schema, dialect, &[]).changes().collect(),
        _ => Vec::new(),
    }
}

/// The last migration of those that are applied, if no later or earlier one is in between.
fn last_applied<'h>(status: &Status, history: &'h History) -> Option<&'h Entry> {
    if !status.unknown.is_empty() || !gap(status).is_empty() {
        return None;
    }
    let is_between =
        |state| matches!(state, MigrationState::Partial { .. } | MigrationState::HalfRolledBack { .. });
    if status.migrations.iter().any(|one| is_between(one.state)) {
        return None;
    }
    let last = status.migrations.iter().rfind(|one| one.state == MigrationState::Applied)?;
    history.entries.iter().find(|entry| entry.id() == last.id)
}

/// Migrations that are not applied, and a later one is.
fn gap(status: &Status) -> Vec<&str> {
    let last = status.migrations.iter().rposition(|one| one.state == MigrationState::Applied).unwrap_or(0);
    let earlier = status.migrations.iter().take(last);
    earlier.filter(|one| one.state == MigrationState::Pending).map(|one| one.id.as_str()).collect()
}

fn state(state: MigrationState) -> &'static str {
    match state {
        MigrationState::Pending => "pending",
        MigrationState::Partial { .. } => "in part",
        MigrationState::Applied => "applied",
        MigrationState::HalfRolledBack { .. } => "in part",
    }
}

fn table(status: &Status) -> String {
    let names =
        status.migrations.iter().map(|one| one.id.len()).chain(status.unknown.iter().map(|one| one.id.len()));
    let width = names.max().unwrap_or(0);
    let mut text = String::new();
    for one in &status.migrations {
        let more = match (one.state, &one.applied_at) {
            (MigrationState::Applied, Some(at)) => at.clone(),
            (MigrationState::Applied, None) => String::new(),
            (MigrationState::Pending, _) => counted(one.steps, "step"),
            (MigrationState::Partial { done }, _) => {
                format!("{done} of {} applied", counted(one.steps, "step"))
            }
            (MigrationState::HalfRolledBack { done }, _) => format!("{} rolled back", counted(done, "step")),
        };
        let edited = one.edited.map(|step| format!(", edited at step {step}")).unwrap_or_default();
        text += format!("{}  {:width$}  {more}{edited}", state(one.state), one.id).trim_end();
        text += "\n";
    }
    for one in &status.unknown {
        let what = if one.compatible { "not known here; compatible" } else { "not known here" };
        text += &format!("unknown  {:width$}  {what}\n", one.id);
    }
    text
}

fn notes(status: &Status, drift: &[String], gap: &[&str], history: &History) -> String {
    let mut text = String::new();
    let mut line = |words: String| text += &format!("{words}\n");
    for one in &status.migrations {
        if let Some(step) = one.edited {
            line(format!(
                "`{}` was applied, and its step {step} is another now: restore its file, and write what is to change \
                 as a new migration",
                one.id
            ));
        }
        if let MigrationState::Partial { .. } = one.state {
            line(format!("`{}` was begun and not ended: mend what stops it, and run `rexc migrate`", one.id));
        }
        if let MigrationState::HalfRolledBack { .. } = one.state {
            line(format!("`{}` is partly rolled back: end that with `rexc migrate rollback`", one.id));
        }
    }
    for id in gap {
        line(format!(
            "`{id}` is not applied, and a later one is: write the later one anew with `rexc migrate rebase`"
        ));
    }
    for one in status.unknown.iter().filter(|one| !one.compatible) {
        line(format!(
            "the database has `{}`, which is not in `{}`: restore it, or use what applied it to roll it back",
            one.id, history.shown
        ));
    }
    if !drift.is_empty() {
        line(format!(
            "the database is not what its migrations lead to: somebody changed it by hand. What it would take: {}",
            drift.join("; ")
        ));
    }
    let applied = status.migrations.iter().filter(|one| one.state == MigrationState::Applied).count();
    let all = counted(status.migrations.len(), "migration");
    let edited = status.migrations.iter().filter(|one| one.edited.is_some()).count();
    line(match status.is_current() {
        true if status.migrations.is_empty() => format!("there is no migration in `{}`", history.shown),
        true if edited > 0 => format!("{all}, all applied, and {edited} of them edited since"),
        true => format!("{all}, all applied"),
        false => format!("{applied} of {all} applied: `rexc migrate` applies the others"),
    });
    text
}

fn json(status: &Status, drift: &[String], unmigrated: &[String], live: &Live) -> serde_json::Value {
    let migrations = status.migrations.iter().map(|one| {
        let name = match one.state {
            MigrationState::Pending => "pending",
            MigrationState::Partial { .. } => "partial",
            MigrationState::Applied => "applied",
            MigrationState::HalfRolledBack { .. } => "half_rolled_back",
        };
        serde_json::json!({
            "id": one.id,
            "state": name,
            "steps": one.steps,
            "applied_at": one.applied_at,
            "ms": u64::try_from(one.took.as_millis()).unwrap_or(u64::MAX),
            "edited_step": one.edited,
        })
    });
    let unknown = status.unknown.iter();
    let unknown = unknown.map(|one| serde_json::json!({ "id": one.id, "compatible": one.compatible }));
    serde_json::json!({
        "database": live.dialect().name(),
        "migrations": migrations.collect::<Vec<_>>(),
        "unknown": unknown.collect::<Vec<_>>(),
        "drift": drift,
        "unmigrated": unmigrated,
    })
}

pub(crate) fn baseline(
    arguments: &Baseline,
    common: &Common,
    console: &mut Console<'_>,
) -> Result<Exit, Stop> {
    let place = common.places.find(&console.folder)?;
    let history = place.history(console)?;
    let id = match (&arguments.to, history.last()) {
        (Some(name), _) => runs::find(&history, name)?,
        (None, Some(last)) => last.id().to_owned(),
        (None, None) => {
            let shown = &history.shown;
            let reason = format!("there is no migration in `{shown}`: `rexc migrate new NAME` makes one");
            return Err(Stop::Reason(reason));
        }
    };
    let live = match common.dry_run {
        true => Live::to_look_at(common, console)?,
        false => Live::to_undo_in(common, console)?,
    }
    .for_history(&history)?;
    let entry = history.entries.iter().find(|entry| entry.id() == id);
    let expected = entry.map(|entry| place::snapshot(&history, entry, console)).transpose()?;
    if let Some(expected) = expected {
        let differences = live::differences(&live.inspect()?, &lower(expected, live.dialect()), None);
        if !differences.is_empty() {
            let reason = format!(
                "the database is not what `{id}` leads to, so that it cannot begin there. What it would take: {}",
                differences.join("; ")
            );
            return Err(Stop::Ended(reason, Exit::Drift));
        }
    }
    if !common.dry_run {
        let migrations = history.migrations();
        let noted = live.runner(&migrations, |_| ()).baseline(&id).wait();
        noted.map_err(live::refused)?;
    }
    if common.format == Format::Json {
        let status = if common.dry_run { "would_note" } else { "done" };
        summary::json(&serde_json::json!({ "status": status, "migration": id }), console)?;
    }
    let verb = if common.dry_run { "would begin" } else { "begins" };
    console.tell(&format!("the database {verb} at `{id}`, which it has already\n"));
    Ok(Exit::Clean)
}

//! `rexc migrate rebase`: of two branches of migrations, the later one behind the earlier one.

use rex_build::migrations::{Entry, History, Settings, Snapshot, Way, canonical, file_name};
use rex_compiler::diagnostic::Code;
use rex_schema::{Dialect, Schema};
use rex_sql::migration::{Checksum, Script};

use super::files::Draft;
use super::folders::{self, Change, Gone};
use super::place::{self, Place, tell};
use super::squash::BY_HAND;
use super::{Common, Format, clock, decide, merge, prove, summary};
use crate::{Console, Exit, Stop};

/// Write the later one of two branches of migrations anew, behind the earlier one
///
/// For migrations that two branches of a repository brought. SQL that was edited by hand is kept as it
/// is, unless `--allow by_hand:MIGRATION` says that it goes; all of it is tried before anything is written.
/// A database that has the later one already is to undo it before, with `rexc migrate rollback` and the
/// files as they were.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The one that is written anew, with those behind it; the later one, if none is named
    #[arg(value_name = "MIGRATION")]
    migration: Option<String>,
}

/// Two branches.
struct Fork {
    /// What stays, in order.
    kept: Vec<Entry>,
    /// What is written anew, in order.
    moved: Vec<Entry>,
}

/// A migration that is written anew.
struct Moved {
    was: String,
    draft: Draft,
    /// Whether some of its SQL was written by hand, and if so, whether that is kept.
    by_hand: Option<bool>,
}

pub(crate) fn run(arguments: &Arguments, common: &Common, console: &mut Console<'_>) -> Result<Exit, Stop> {
    let place = common.places.find(&console.folder)?;
    let history = History::read(&place.folder, &place.shown);
    let is_fork = |code| matches!(code, Code::E0910 | Code::E0913);
    if history.diagnostics.iter().any(|diagnostic| !is_fork(diagnostic.code)) {
        tell(&history.diagnostics, console);
        return Err(Stop::Told(Exit::Errors));
    }
    let fork = fork(&history, arguments.migration.as_deref())?;
    if fork.moved.is_empty() {
        if common.format == Format::Json {
            summary::json(&serde_json::json!({ "status": "nothing", "migrations": [] }), console)?;
        }
        console.tell("nothing to do: the migrations are one chain\n");
        return Ok(Exit::Clean);
    }
    let mut rebased = History { entries: fork.kept.clone(), diagnostics: Vec::new(), ..history.clone() };
    let (allowed, mut moved) = (common.allowed(), Vec::new());
    for (at, entry) in fork.moved.iter().enumerate() {
        let is_last = at + 1 == fork.moved.len();
        let one = rewritten(entry, is_last, &allowed, &history, &rebased, &place, console)?;
        rebased.entries.push(one.entry());
        moved.push(one);
    }
    let by_hand = |one: &&Moved| one.by_hand.is_some();
    let names: Vec<String> = moved.iter().filter(by_hand).map(Moved::name).collect();
    decide::check_allowed_of(&[BY_HAND], &allowed, &names)?;
    let proof = prove::replay(&rebased, fork.kept.len(), common, console);
    let proof = proof.map_err(|stop| with_by_hand(stop, &moved))?;
    if !common.dry_run {
        write(&moved, &history)?;
    }
    told(&moved, &proof, &fork, common, console)?;
    Ok(Exit::Clean)
}

/// The two branches. Of each fork the earlier one stays, unless another is named.
fn fork(history: &History, named: Option<&str>) -> Result<Fork, Stop> {
    let named = match named {
        Some(name) => Some(super::runs::find(history, name)?),
        None => None,
    };
    let mut fork = Fork { kept: Vec::new(), moved: Vec::new() };
    let mut parent: Option<Checksum> = None;
    loop {
        let children = history.entries.iter().filter(|entry| entry.migration.head.parent == parent);
        let is_named = |entry: &&&Entry| Some(entry.id()) == named.as_deref();
        let mut children: Vec<&Entry> = children.collect();
        if children.len() > 1 {
            children.retain(|entry| !is_named(&entry));
        }
        // By name, and so by time.
        let Some(child) = children.into_iter().min_by_key(|entry| entry.id().to_owned()) else { break };
        parent = Some(child.migration.identity);
        fork.kept.push(child.clone());
    }
    let is_kept = |entry: &Entry| fork.kept.iter().any(|kept| kept.id() == entry.id());
    fork.moved = history.entries.iter().filter(|entry| !is_kept(entry)).cloned().collect();
    fork.moved.sort_by_key(|entry| entry.id().to_owned());
    if let Some(named) = named.filter(|named| !fork.moved.iter().any(|entry| entry.id() == named)) {
        return Err(Stop::Reason(format!(
            "`{named}` is on no branch of its own: there is nothing to write anew"
        )));
    }
    Ok(fork)
}

/// A migration behind the last one of `rebased`.
fn rewritten(
    entry: &Entry,
    is_last: bool,
    allowed: &[String],
    history: &History,
    rebased: &History,
    place: &Place,
    console: &mut Console<'_>,
) -> Result<Moved, Stop> {
    let base = history.entries.iter().find(|one| Some(one.migration.identity) == entry.migration.head.parent);
    let (schema, settings) = merged(entry, base, is_last, rebased, place)?;
    let last = rebased.last().map(|last| last.id().to_owned());
    let id = id(entry.id(), last.as_deref(), console);
    let snapshot = Snapshot { head: entry.migration.head.clone(), settings, schema };
    let after = snapshot.checked(&format!("{}/{id}/schema.rex, as it would be", history.shown));
    let after = after.map_err(|(sources, diagnostics)| {
        let drawn = rex_compiler::diagnostic::render(&sources, &diagnostics, console.err.colour);
        console.tell(&drawn);
        Stop::Told(Exit::Errors)
    })?;
    let mut begins = Vec::new();
    for (dialect, _) in &snapshot.settings.databases {
        let before =
            rebased.last_for(*dialect).map(|last| place::snapshot(rebased, last, console)).transpose()?;
        begins.push((*dialect, before));
    }
    let ways = accepted(&begins, &after);
    let mut draft = Draft::new(id, rebased, snapshot.settings, snapshot.schema, ways);
    let name = format!("{BY_HAND}:{}", entry.id());
    let is_kept = !allowed.iter().any(|one| *one == name || one == BY_HAND);
    // Where what it began with is not there, that may be one with another name: what was squashed.
    let began = base.or_else(|| rebased.last().filter(|_| entry.migration.head.parent.is_some()));
    let mut by_hand = None;
    for (dialect, _) in &draft.snapshot.settings.databases.clone() {
        if !is_by_hand(entry, began, *dialect, history, console)? {
            continue;
        }
        by_hand = Some(is_kept);
        if let Some(scripts) = entry.migration.scripts(*dialect).filter(|_| is_kept) {
            draft.keep(file_name(*dialect, true), scripts.up.to_string());
            draft.keep(file_name(*dialect, false), scripts.down.clone().unwrap_or_default().into_owned());
        }
    }
    Ok(Moved { was: entry.id().to_owned(), draft, by_hand })
}

impl Moved {
    fn entry(&self) -> Entry {
        self.draft.entry()
    }

    /// By what its SQL is given up.
    fn name(&self) -> String {
        format!("{BY_HAND}:{}", self.was)
    }
}

/// A failure, with what to do where SQL was kept.
fn with_by_hand(stop: Stop, moved: &[Moved]) -> Stop {
    let kept: Vec<String> = moved.iter().filter(|one| one.by_hand == Some(true)).map(Moved::name).collect();
    match stop {
        Stop::Failed(reason) if !kept.is_empty() => Stop::Failed(format!(
            "{reason}. What was written by hand is kept: mend it there, or have it written anew with `--allow {}`",
            kept.join(",")
        )),
        stop => stop,
    }
}

/// The name that it has from now on: the same, if it is later than the one before it.
fn id(was: &str, last: Option<&str>, console: &Console<'_>) -> String {
    match (last, was.split_once('_')) {
        (Some(last), Some((_, words))) if was <= last => {
            format!("{}_{words}", clock::stamp(console.now, Some(last)))
        }
        _ => was.to_owned(),
    }
}

/// The schema that it leads to from now on.
fn merged(
    entry: &Entry,
    base: Option<&Entry>,
    is_last: bool,
    rebased: &History,
    place: &Place,
) -> Result<(String, Settings), Stop> {
    let settings = entry.snapshot.settings.clone();
    let ours = rebased.last().map(|last| last.snapshot.schema.as_str()).unwrap_or_default();
    let is_known = base.is_some() || entry.migration.head.parent.is_none();
    let merged = match base.map(|base| base.snapshot.schema.as_str()) {
        _ if !is_known => Err(Vec::new()),
        base => merge::merge(base.unwrap_or_default(), ours, &entry.snapshot.schema),
    };
    match merged {
        Ok(text) => Ok((text, settings)),
        // The last one leads to what the schema is now, where somebody has merged it already.
        Err(_) if is_last => Ok((canonical(&place.loaded()?.sources, ""), place.settings()?)),
        Err(names) => {
            let why = match names.as_slice() {
                [] => "the migration before it is not there".to_owned(),
                names => format!("both branches changed `{}` at the same place", names.join("`, `")),
            };
            Err(Stop::Failed(format!(
                "what `{}` leads to behind `{}` cannot be told: {why}. Remove the migrations of this branch, and make \
                 one of what they did with `rexc migrate new`",
                entry.id(),
                rebased.last().map_or("nothing", |last| last.id()),
            )))
        }
    }
}

/// The ways to a schema, from what each database begins with; what they lose was accepted when they were
/// made, for all databases by one name.
pub(super) fn accepted(begins: &[(Dialect, Option<&Schema>)], after: &Schema) -> Vec<(Dialect, Way)> {
    let ways = |names: &[String]| {
        let way = |&(dialect, before)| (dialect, Way::between(before, after, dialect, names));
        begins.iter().map(way).collect::<Vec<_>>()
    };
    let names = decide::names(ways(&[]).iter().map(|(_, way)| way));
    ways(&names)
}

/// Whether the SQL of a migration is another than what would be made today of its schemas.
pub(super) fn is_by_hand(
    entry: &Entry,
    base: Option<&Entry>,
    dialect: Dialect,
    history: &History,
    console: &mut Console<'_>,
) -> Result<bool, Stop> {
    let Some(scripts) = entry.migration.scripts(dialect) else { return Ok(false) };
    let before = base.map(|base| place::snapshot(history, base, console)).transpose()?;
    let after = place::snapshot(history, entry, console)?;
    let begins: Vec<_> =
        entry.snapshot.settings.databases.iter().map(|(dialect, _)| (*dialect, before)).collect();
    let ways = accepted(&begins, after);
    let Some((_, way)) = ways.into_iter().find(|(of, _)| *of == dialect) else { return Ok(false) };
    let same = |text: &str, made: Script| {
        let steps = |script: &Script| script.steps.iter().map(|step| step.checksum()).collect::<Vec<_>>();
        Script::parse(text, dialect).is_ok_and(|script| steps(&script) == steps(&made))
    };
    let down = scripts.down.clone().unwrap_or_default();
    Ok(!same(&scripts.up, way.up_script()) || !same(&down, way.down_script()))
}

/// Writes them, and removes what they were.
fn write(moved: &[Moved], history: &History) -> Result<(), Stop> {
    let gone = |one: &Moved| Gone { id: one.was.clone(), heir: Some(one.draft.id.clone()) };
    let made = moved.iter().map(|one| (one.draft.id.clone(), one.draft.files())).collect();
    let change = Change { made, gone: moved.iter().map(gone).collect(), ..Change::default() };
    folders::write(&change, history)
}

fn told(
    moved: &[Moved],
    proof: &prove::Proof,
    fork: &Fork,
    common: &Common,
    console: &mut Console<'_>,
) -> Result<(), Stop> {
    if common.format == Format::Json {
        let each = moved.iter().map(
            |one| serde_json::json!({ "was": one.was, "migration": one.draft.id, "by_hand": one.by_hand == Some(true) }),
        );
        let status = if common.dry_run { "would_write" } else { "done" };
        let told = serde_json::json!({
            "status": status,
            "migrations": each.collect::<Vec<_>>(),
            "proved": proof.names(),
        });
        return summary::json(&told, console);
    }
    let mut behind = fork.kept.last().map_or("nothing".to_owned(), |last| format!("`{}`", last.id()));
    let verb = if common.dry_run { "would be" } else { "is" };
    for one in moved {
        let name = match one.was == one.draft.id {
            true => format!("`{}` {verb}", one.was),
            false => format!("`{}` {verb} `{}`,", one.was, one.draft.id),
        };
        let by_hand = match one.by_hand {
            Some(true) => ", with its SQL as it was written by hand",
            Some(false) => ", without the SQL that was written by hand",
            None => "",
        };
        console.tell(&format!("{name} behind {behind}{by_hand}\n"));
        behind = format!("`{}`", one.draft.id);
    }
    console.tell(&format!("{}\n", proof.told()));
    let first = &moved.first().map(|one| one.was.clone()).unwrap_or_default();
    console.tell(&format!(
        "a database that has `{first}` already is to undo it with the files as they were: `rexc migrate rollback` \
         before this\n"
    ));
    Ok(())
}

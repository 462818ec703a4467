//! `rexc migrate squash`: one migration in the place of several.

use std::path::Path;

use rex_build::migrations::{Entry, History, SNAPSHOT, Snapshot};
use rex_sql::migration::Head;

use super::files::Draft;
use super::folders::{self, Change, Gone};
use super::place;
use super::{Common, Format, decide, new, prove, rebase, runs, summary};
use crate::check::counted;
use crate::{Console, Exit, Stop};

/// Write one migration in the place of several
///
/// Its SQL leads from what was before them to what they lead to. A database that has all of them has it;
/// one that has only some of them is to apply the others before, with the files as they were.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// What it is called
    #[arg(value_name = "NAME", default_value = "squashed")]
    name: String,
    /// Up to this one; the last, if none is named
    #[arg(long, value_name = "MIGRATION")]
    to: Option<String>,
}

pub(crate) fn run(arguments: &Arguments, common: &Common, console: &mut Console<'_>) -> Result<Exit, Stop> {
    let place = common.places.find(&console.folder)?;
    let history = place.history(console)?;
    let end = match &arguments.to {
        Some(name) => {
            let id = runs::find(&history, name)?;
            history.entries.iter().position(|entry| entry.id() == id).map_or(0, |place| place + 1)
        }
        None => history.entries.len(),
    };
    // One that stands for several stays: databases may still have those.
    let is_squashed = |entry: &Entry| !entry.migration.head.replaces.is_empty();
    let start = history.entries[..end].iter().rposition(is_squashed).map_or(0, |place| place + 1);
    let replaced = &history.entries[start..end];
    let [_, .., last] = replaced else {
        if common.format == Format::Json {
            summary::json(&serde_json::json!({ "status": "nothing", "migration": null }), console)?;
        }
        console.tell("nothing to do: there are not two migrations to be made one\n");
        return Ok(Exit::Clean);
    };
    let id = id(&arguments.name, last)?;
    consent(&history, start, end, common, console)?;
    let draft = drafted(id, &history, start, end, console)?;
    let squashed = squashed(&draft, &history, start, end);
    let proof = prove::replay(&squashed, start, common, console)?;
    if !common.dry_run {
        write(&draft, &history, &squashed, start, end)?;
    }
    told(&draft, replaced, &proof, common, console)?;
    Ok(Exit::Clean)
}

/// The time of the last one, and its own words.
fn id(name: &str, last: &Entry) -> Result<String, Stop> {
    let (time, _) = last.id().split_once('_').unwrap_or((last.id(), ""));
    let id = format!("{time}_{}", new::words(name)?);
    match id == last.id() {
        true => Err(Stop::Reason(format!("`{id}` is one of those that it replaces: give it another name"))),
        false => Ok(id),
    }
}

/// What is accepted by `--allow` here: that SQL which was written by hand goes.
pub(super) const BY_HAND: &str = "by_hand";

/// Has it accepted that SQL which was written by hand is not in it.
fn consent(
    history: &History,
    start: usize,
    end: usize,
    common: &Common,
    console: &mut Console<'_>,
) -> Result<(), Stop> {
    let allowed = common.allowed();
    let (mut all, mut open) = (Vec::new(), Vec::new());
    for (place, entry) in history.entries.iter().enumerate().take(end).skip(start) {
        let base = place.checked_sub(1).and_then(|place| history.entries.get(place));
        for (dialect, _) in &entry.snapshot.settings.databases {
            let name = format!("{BY_HAND}:{}", entry.id());
            if !all.contains(&name) && rebase::is_by_hand(entry, base, *dialect, history, console)? {
                let is_allowed = allowed.iter().any(|allowed| *allowed == name || allowed == BY_HAND);
                open.extend((!is_allowed).then(|| name.clone()));
                all.push(name);
            }
        }
    }
    decide::check_allowed_of(&[BY_HAND], &allowed, &all)?;
    if open.is_empty() {
        return Ok(());
    }
    if common.format == Format::Json {
        summary::json(&serde_json::json!({ "status": "needs_decision", "questions": open }), console)?;
    }
    for name in &open {
        let id = name.split_once(':').map_or(name.as_str(), |(_, id)| id);
        console
            .tell(&format!("needs a decision: {name}: SQL of `{id}` was written by hand, and is left out\n"));
    }
    if console.asks && common.format == Format::Text {
        return match console.ask("go on? y/n ").as_deref() {
            Some("y" | "yes") => Ok(()),
            _ => {
                console.tell("nothing was written\n");
                Err(Stop::Told(Exit::NeedsDecision))
            }
        };
    }
    console.tell(&format!(
        "  = help: to accept that, say `--allow {}`; to keep it, squash up to the one before, with `--to`\n\
         nothing was written\n",
        open.join(",")
    ));
    Err(Stop::Told(Exit::NeedsDecision))
}

fn drafted(
    id: String,
    history: &History,
    start: usize,
    end: usize,
    console: &mut Console<'_>,
) -> Result<Draft, Stop> {
    let before = History { entries: history.entries[..start].to_vec(), ..history.clone() };
    let last = &history.entries[end - 1];
    let after = place::snapshot(history, last, console)?;
    let mut begins = Vec::new();
    for (dialect, _) in &last.snapshot.settings.databases {
        let from =
            before.last_for(*dialect).map(|entry| place::snapshot(history, entry, console)).transpose()?;
        begins.push((*dialect, from));
    }
    let ways = rebase::accepted(&begins, after);
    let Snapshot { settings, schema, .. } = last.snapshot.clone();
    let mut draft = Draft::new(id, &before, settings, schema, ways);
    let replaces = history.entries[start..end].iter().map(|entry| entry.id().to_owned().into());
    draft.snapshot.head =
        Head { replaces: replaces.collect(), compatible: false, ..draft.snapshot.head.clone() };
    Ok(draft)
}

/// The history with it. Those behind it name it as the one before.
fn squashed(draft: &Draft, history: &History, start: usize, end: usize) -> History {
    let mut entries = history.entries[..start].to_vec();
    entries.push(draft.entry());
    for entry in &history.entries[end..] {
        let parent = entries.last().map(|entry| entry.migration.identity);
        let mut entry = entry.clone();
        entry.snapshot.head.parent = parent;
        entry.migration.head = entry.snapshot.head.clone();
        entry.migration.identity = rex_sql::migration::identity(entry.id(), &entry.snapshot.print());
        entries.push(entry);
    }
    History { entries, ..history.clone() }
}

fn write(draft: &Draft, history: &History, squashed: &History, start: usize, end: usize) -> Result<(), Stop> {
    let later = squashed.entries[start + 1..].iter();
    let gone = |entry: &Entry| Gone { id: entry.id().to_owned(), heir: None };
    let change = Change {
        made: vec![(draft.id.clone(), draft.files())],
        gone: history.entries[start..end].iter().map(gone).collect(),
        texts: later.map(|entry| (Path::new(entry.id()).join(SNAPSHOT), entry.snapshot.print())).collect(),
    };
    folders::write(&change, history)
}

fn told(
    draft: &Draft,
    replaced: &[Entry],
    proof: &prove::Proof,
    common: &Common,
    console: &mut Console<'_>,
) -> Result<(), Stop> {
    if common.format == Format::Json {
        let status = if common.dry_run { "would_write" } else { "done" };
        let replaced: Vec<&str> = replaced.iter().map(Entry::id).collect();
        let told = serde_json::json!({
            "status": status,
            "migration": draft.id,
            "replaces": replaced,
            "proved": proof.names(),
        });
        return summary::json(&told, console);
    }
    let count = counted(replaced.len(), "migration");
    let verb = if common.dry_run { "would stand" } else { "stands" };
    console.tell(&format!("`{}` {verb} for {count}\n{}\n", draft.id, proof.told()));
    console.tell(
        "a database that has some of them, and not all, is to apply the others with the files as they were\n",
    );
    Ok(())
}

//! What a migration does, for people and for programs: each step with what it locks and what it may
//! lose.

use std::fmt::Write as _;

use rex_build::migrations::Way;
use rex_compiler::diagnostic::Colour;
use rex_schema::Dialect;
use rex_schema::database::Database;
use rex_schema::plan::{self, Lock, Locks, Mode, Reverse};
use serde::Serialize;

use super::decide::Question;
use super::files::Draft;
use super::live::Live;
use super::steps::Hazard;
use crate::check::counted;
use crate::{Console, Stop};

/// What is done, for each database.
#[derive(Serialize)]
#[serde(transparent)]
pub(crate) struct Plans {
    databases: Vec<Told>,
}

#[derive(Serialize)]
struct Told {
    database: &'static str,
    #[serde(skip)]
    title: &'static str,
    up: Vec<Step>,
    down: Vec<Step>,
    /// Why there is no way back, if there is none.
    irreversible: Option<String>,
}

/// A step, in words.
#[derive(Serialize)]
pub(crate) struct Step {
    /// How it is run: `transaction`.
    mode: String,
    /// What it does.
    changes: Vec<String>,
    /// What others wait for meanwhile.
    locks: Vec<String>,
    /// What it may lose, or what may stop it.
    hazards: Vec<Hazard>,
    /// What the way back does not bring back.
    lost: Vec<String>,
}

impl Plans {
    /// With the numbers of rows in a database that is at hand, if one is.
    pub(in crate::migrate) fn of(draft: &Draft, live: Option<&Live>) -> Plans {
        let told = |(dialect, way): &(Dialect, Way)| Told {
            database: dialect.name(),
            title: dialect.title(),
            up: steps(
                *dialect,
                &way.up,
                [&way.before, &way.after],
                live.filter(|live| live.dialect() == *dialect),
            ),
            down: steps(*dialect, &way.down, [&way.after, &way.before], None),
            irreversible: way.down_script().irreversible,
        };
        Plans { databases: draft.ways.iter().map(told).collect() }
    }

    /// The way up, step by step; of the way back what it does not bring back.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        for told in &self.databases {
            let count = counted(told.up.len(), "step");
            line(&mut text, 2, &format!("{}: {count} up, {} down", told.title, told.down.len()));
            for (place, step) in told.up.iter().enumerate() {
                step.write(&mut text, place + 1);
            }
            if let Some(why) = &told.irreversible {
                line(&mut text, 4, &format!("there is no way back: {why}"));
            }
        }
        text
    }
}

impl Step {
    fn write(&self, text: &mut String, number: usize) {
        for (place, change) in self.changes.iter().enumerate() {
            let head = if place == 0 { format!("{number}. ") } else { "   ".to_owned() };
            line(text, 4, &format!("{head}{change}"));
        }
        if !self.locks.is_empty() {
            line(text, 7, &format!("meanwhile {}", self.locks.join("; ")));
        }
        for hazard in &self.hazards {
            line(text, 7, &hazard.text());
            if let Some(find) = hazard.find_text() {
                line(text, 9, &find);
            }
        }
        if !self.lost.is_empty() {
            line(text, 7, &format!("the way back does not bring back {}", self.lost.join(", ")));
        }
    }
}

fn line(text: &mut String, indent: usize, words: &str) {
    writeln!(text, "{:indent$}{words}", "").expect("a text can be written to");
}

fn steps(dialect: Dialect, plan: &plan::Plan, [from, to]: [&Database; 2], live: Option<&Live>) -> Vec<Step> {
    let counted = |hazard: Hazard| match live {
        Some(live) => hazard.counted(live, [from, to]),
        None => hazard,
    };
    let step = |step: &plan::Step| Step {
        mode: step.mode.to_string(),
        changes: step.changes.iter().map(|change| with_mode(change, &step.mode)).collect(),
        locks: locks(plan::locks(dialect, step.statements.iter().map(String::as_str), from, to)),
        hazards: step.hazards.iter().map(|hazard| counted(Hazard::of(hazard))).collect(),
        lost: match &step.reverse {
            Reverse::Structure { lost } => lost.clone(),
            Reverse::Whole | Reverse::Never { .. } => Vec::new(),
        },
    };
    plan.steps.iter().map(step).collect()
}

fn with_mode(change: &str, mode: &Mode) -> String {
    match mode {
        Mode::Transaction | Mode::Rebuild { .. } => change.to_owned(),
        Mode::Alone(_) => format!("{change} (outside of a transaction)"),
        Mode::Backfill(_) => format!("{change} (in batches)"),
    }
}

/// Locks in words, the strongest first.
pub(crate) fn locks(locks: Locks) -> Vec<String> {
    let (tables, unknown) = match locks {
        Locks::Tables { tables, unknown } => (tables, unknown),
        Locks::Writers => return vec!["nobody else writes".to_owned()],
    };
    let mut words = Vec::new();
    for (lock, what) in [
        (Lock::All, "nobody reads or writes"),
        (Lock::Writes, "nobody writes"),
        (Lock::Rows, "nobody writes the rows that are changed in"),
    ] {
        let names: Vec<String> =
            tables.iter().filter(|one| one.lock == lock).map(|one| one.table.to_string()).collect();
        if !names.is_empty() {
            words.push(format!("{what} {}", names.join(", ")));
        }
    }
    if unknown {
        words.push("there are statements of which it is not known what they lock".to_owned());
    }
    words
}

/// Something to be decided.
pub(crate) fn question_alone(question: &Question, colour: Colour) -> String {
    let (bold, plain) = match colour {
        Colour::Ansi => ("\x1b[1;31m", "\x1b[0m"),
        Colour::Never => ("", ""),
    };
    format!("{bold}needs a decision{plain}: {}: {}\n", question.name, question.message)
}

/// Something to be decided, and how.
pub(crate) fn question(question: &Question, colour: Colour) -> String {
    let mut text = question_alone(question, colour);
    for rename in &question.renames {
        let (to, attribute, place) = (&rename.to, &rename.attribute, &rename.place);
        line(&mut text, 2, &format!("= help: if it is `{to}` now, write `{attribute}` {place}"));
    }
    if let Some(help) = &question.help {
        line(&mut text, 2, &format!("= help: {help}"));
    }
    let otherwise =
        if question.renames.is_empty() && question.help.is_none() { "to accept that" } else { "otherwise" };
    line(&mut text, 2, &format!("= help: {otherwise}, say `--allow {}`", shell(&question.name)));
    text
}

/// A word as a shell takes it.
pub(super) fn shell(word: &str) -> String {
    let is_plain = |char: char| char.is_alphanumeric() || ":._-".contains(char);
    if word.chars().all(is_plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', "'\\''")) }
}

/// Writes an object.
pub(crate) fn json(value: &serde_json::Value, console: &mut Console<'_>) -> Result<(), Stop> {
    serde_json::to_writer(&mut *console.out.write, value).map_err(std::io::Error::from)?;
    writeln!(console.out.write)?;
    Ok(())
}

//! Steps that a database is about to take: in words, with how many rows are at stake.

use rex_build::migrations::{Entry, History, empty};
use rex_orm::migrate::{Direction, PendingStep};
use rex_schema::database::Database;
use rex_schema::plan::{self, FIND, Object};
use rex_schema::{Dialect, lower};
use serde::Serialize;

use super::live::Live;
use super::place;
use super::summary;
use crate::{Console, Stop};

/// A step that is about to be taken.
#[derive(Serialize)]
pub(super) struct Step {
    pub(super) migration: String,
    pub(super) direction: &'static str,
    pub(super) step: usize,
    pub(super) steps: usize,
    pub(super) mode: String,
    pub(super) changes: Vec<String>,
    pub(super) locks: Vec<String>,
    pub(super) hazards: Vec<Hazard>,
    pub(super) statements: Vec<String>,
}

/// What a step may lose, or what may stop it.
#[derive(Clone, Serialize)]
pub(super) struct Hazard {
    /// `drop_column:posts.body`
    pub(super) name: String,
    pub(super) message: String,
    /// The query that finds the rows that it is about, where they are there before.
    pub(super) find: Option<String>,
    /// How many rows are lost, have something that is lost, or stop it; none if that is not known.
    pub(super) rows: Option<u64>,
    /// Whether somebody has to accept it.
    pub(super) needs_consent: bool,
}

/// The steps in words.
pub(super) fn told(
    pending: &[PendingStep],
    history: &History,
    live: &Live,
    console: &mut Console<'_>,
) -> Result<Vec<Step>, Stop> {
    let mut states = States { history, dialect: live.dialect(), known: Vec::new() };
    let mut steps = Vec::new();
    for step in pending {
        let [before, after] = states.around(&step.id, step.direction, console)?;
        let notes = Notes::of(&step.what);
        let statements = step.statements.iter().map(String::as_str);
        steps.push(Step {
            migration: step.id.clone(),
            direction: step.direction.name(),
            step: step.step,
            steps: step.steps,
            mode: step.mode.to_string(),
            changes: notes.changes,
            locks: summary::locks(plan::locks(live.dialect(), statements, &before, &after)),
            hazards: notes
                .hazards
                .into_iter()
                .map(|hazard| hazard.counted(live, [&before, &after]))
                .collect(),
            statements: step.statements.clone(),
        });
    }
    Ok(steps)
}

/// What the lines behind a step's directive say.
pub(super) struct Notes {
    pub(super) changes: Vec<String>,
    pub(super) hazards: Vec<Hazard>,
}

impl Notes {
    pub(super) fn of(lines: &[String]) -> Notes {
        let mut notes = Notes { changes: Vec::new(), hazards: Vec::new() };
        for line in lines {
            let word = line.split(' ').next().unwrap_or_default();
            match (word, line.split_once(' ').and_then(|(_, rest)| rest.split_once(": "))) {
                ("hazard" | "note", Some((name, message))) if name.contains(':') => {
                    notes.hazards.push(Hazard {
                        name: name.to_owned(),
                        message: message.to_owned(),
                        find: None,
                        rows: None,
                        needs_consent: word == "hazard",
                    })
                }
                _ if line.starts_with(FIND) => {
                    if let Some(hazard) = notes.hazards.last_mut() {
                        hazard.find = line.strip_prefix(FIND).map(str::to_owned);
                    }
                }
                _ if line.starts_with("the way back does not")
                    || line.starts_with("there is no way back") => {}
                _ => notes.changes.push(line.clone()),
            }
        }
        notes
    }
}

/// How many rows a hazard is about, by its name; none if that cannot be told. A database that is not at the
/// beginning of the way, or lacks what the query asks for, cannot tell.
pub(crate) fn rows(name: &str, live: &Live, [before, after]: [&Database; 2]) -> Option<u64> {
    match name.split_once(':') {
        Some(("drop_table", table)) => live.count(&object(table), ""),
        Some(("drop_column" | "lossy_type", column)) => {
            column.rsplit_once('.').and_then(|(table, column)| {
                live.count(&object(table), &format!(" WHERE {} IS NOT NULL", rex_sql::ident(column)))
            })
        }
        Some(("no_value", column)) => {
            column.rsplit_once('.').and_then(|(table, _)| live.count(&object(table), ""))
        }
        _ => live.number(&plan::find(name, before, after)?.count),
    }
}

fn object(shown: &str) -> Object {
    match shown.split_once('.') {
        Some((schema, name)) => Object { schema: Some(schema.to_owned()), name: name.to_owned() },
        None => Object { schema: None, name: shown.to_owned() },
    }
}

impl Hazard {
    /// Of a plan.
    pub(super) fn of(hazard: &plan::Hazard) -> Hazard {
        Hazard {
            name: hazard.name(),
            message: hazard.message.clone(),
            find: hazard.find.as_ref().map(|find| find.rows.clone()),
            rows: None,
            needs_consent: hazard.code.needs_consent(),
        }
    }

    /// With the number of rows in a database.
    pub(super) fn counted(self, live: &Live, around: [&Database; 2]) -> Hazard {
        Hazard { rows: rows(&self.name, live, around), ..self }
    }

    /// `drop_column:posts.body: the values of the column are lost (3 rows)`
    pub(super) fn text(&self) -> String {
        let rows = self.rows.map(|rows| format!(" ({})", rows_in_words(rows))).unwrap_or_default();
        format!("{}: {}{rows}", self.name, self.message)
    }

    /// What finds the rows, in words; nothing where no row is there.
    pub(super) fn find_text(&self) -> Option<String> {
        self.find.as_ref().filter(|_| self.rows != Some(0)).map(|find| format!("{FIND}{find}"))
    }

    /// Whether rows are lost, as far as that is known.
    pub(super) fn loses(&self) -> bool {
        self.needs_consent && self.rows != Some(0)
    }
}

/// `1 row`, `1,204 rows`
pub(crate) fn rows_in_words(rows: u64) -> String {
    if rows == 1 { "1 row".to_owned() } else { format!("{} rows", grouped(rows)) }
}

/// `1,204`
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// What the database is before and after migrations, once each.
struct States<'h> {
    history: &'h History,
    dialect: Dialect,
    known: Vec<(String, Database)>,
}

impl States<'_> {
    fn around(
        &mut self,
        id: &str,
        direction: Direction,
        console: &mut Console<'_>,
    ) -> Result<[Database; 2], Stop> {
        let place = self.history.entries.iter().position(|entry| entry.id() == id);
        let (entry, parent) = match place {
            Some(place) => (
                self.history.entries.get(place),
                place.checked_sub(1).and_then(|place| self.history.entries.get(place)),
            ),
            None => (None, None),
        };
        let (before, after) = (self.state(parent, console)?, self.state(entry, console)?);
        Ok(match direction {
            Direction::Up => [before, after],
            Direction::Down => [after, before],
        })
    }

    fn state(&mut self, entry: Option<&Entry>, console: &mut Console<'_>) -> Result<Database, Stop> {
        let Some(entry) = entry else { return Ok(empty(self.dialect)) };
        if let Some((_, state)) = self.known.iter().find(|(id, _)| id == entry.id()) {
            return Ok(state.clone());
        }
        let state = lower(place::snapshot(self.history, entry, console)?, self.dialect);
        self.known.push((entry.id().to_owned(), state.clone()));
        Ok(state)
    }
}

/// The steps for people; with `sql`, also what is sent.
pub(super) fn text(steps: &[Step], sql: bool) -> String {
    let mut text = String::new();
    let mut last = "";
    for step in steps {
        if step.migration != last {
            text += &format!("{}\n", step.migration);
            last = &step.migration;
        }
        for (place, change) in step.changes.iter().enumerate() {
            let head = if place == 0 { format!("{}/{} ", step.step, step.steps) } else { "    ".to_owned() };
            text += &format!("  {head}{change}\n");
        }
        if step.changes.is_empty() {
            text += &format!("  {}/{} SQL that was written by hand\n", step.step, step.steps);
        }
        if !step.locks.is_empty() {
            text += &format!("      meanwhile {}\n", step.locks.join("; "));
        }
        for hazard in &step.hazards {
            text += &format!("      {}\n", hazard.text());
            text += &hazard.find_text().map(|find| format!("        {find}\n")).unwrap_or_default();
        }
        if sql {
            for statement in &step.statements {
                text += &format!("{statement};\n");
            }
        }
    }
    text
}

//! A plan as a script: plain SQL, with a comment before each step that says what it does, how it
//! is run, and what it risks. How that is written is defined in [`rex_sql::migration`].

use rex_sql::migration::{self as file, Script};

use super::{Plan, Reverse, Step};

/// What stands before the query that finds the rows of the hazard above it.
pub const FIND: &str = "found by: ";

/// The text of the script.
pub fn script(plan: &Plan) -> String {
    of(plan).print()
}

/// The script.
pub fn of(plan: &Plan) -> Script {
    Script { irreversible: None, steps: plan.steps.iter().map(step).collect() }
}

fn step(step: &Step) -> file::Step {
    let mut notes = step.changes.clone();
    for hazard in &step.hazards {
        let consent = if hazard.code.needs_consent() { "hazard" } else { "note" };
        notes.push(format!("{consent} {}: {}", hazard.name(), hazard.message));
        notes.extend(hazard.find.iter().map(|find| format!("{FIND}{}", find.rows)));
    }
    match &step.reverse {
        Reverse::Whole => {}
        Reverse::Structure { lost } => {
            notes.push(format!("the way back does not bring back {}", lost.join(", ")));
        }
        Reverse::Never { reasons } => notes.push(format!("there is no way back: {}", reasons.join(", "))),
    }
    let statements = step.statements.iter().map(|text| text.as_str().into()).collect();
    file::Step { mode: step.mode.clone(), notes, statements }
}

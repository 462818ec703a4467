//! A plan as a script: plain SQL, with a comment before each step that says what it does, how it
//! is run, and what it risks.

use super::{Mode, Plan, Probe, Reverse, Step};

/// The script.
pub fn script(plan: &Plan) -> String {
    plan.steps.iter().map(step).collect::<Vec<_>>().join("\n")
}

fn step(step: &Step) -> String {
    let mut text = String::new();
    let mut line = |words: String| {
        text += &format!("-- {}\n", words.replace(['\n', '\r'], " "));
    };
    line(format!("rex: step {}", mode(&step.mode)));
    step.changes.iter().for_each(|change| line(change.clone()));
    for hazard in &step.hazards {
        let consent = if hazard.code.needs_consent() { "hazard" } else { "note" };
        line(format!("{consent} {}: {}", hazard.name(), hazard.message));
    }
    match &step.reverse {
        Reverse::Whole => {}
        Reverse::Structure { lost } => line(format!("the way back does not bring back {}", lost.join(", "))),
        Reverse::Never { reasons } => line(format!("there is no way back: {}", reasons.join(", "))),
    }
    for statement in &step.statements {
        text += &format!("{statement};\n");
    }
    text
}

fn mode(mode: &Mode) -> String {
    match mode {
        Mode::Transaction => "transaction".to_owned(),
        Mode::Rebuild { tables } => {
            let tables: Vec<String> = tables.iter().map(|table| rex_sql::ident(table)).collect();
            format!("rebuild tables={}", tables.join(","))
        }
        Mode::Alone(Probe::IndexIsValid { schema, name }) => {
            format!(
                "outside_transaction probe=index_valid({})",
                crate::render::qualified(schema.as_deref(), name)
            )
        }
        Mode::Alone(Probe::IndexIsGone { schema, name }) => {
            format!(
                "outside_transaction probe=index_gone({})",
                crate::render::qualified(schema.as_deref(), name)
            )
        }
        Mode::Backfill => "backfill".to_owned(),
    }
}

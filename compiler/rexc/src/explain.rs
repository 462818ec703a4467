//! `rexc explain`: what a code means, why it is wrong, and how it is right.

use rex_compiler::diagnostic::explain::hazards;
use rex_compiler::diagnostic::{Code, explain};

use crate::{Console, Exit, Stop};

/// Explain a diagnostic's code, or a hazard of a migration
///
/// Says why it is wrong, with a wrong and a right example.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("what").required(true).args(["code", "list"]))]
pub(crate) struct Arguments {
    /// The code, `E0301`, the name of a lint, `int_key`, or of a hazard, `drop_column`
    #[arg(value_name = "CODE")]
    code: Option<String>,
    /// Print all codes with what they are about, and the names of lints
    #[arg(long)]
    list: bool,
}

pub(crate) fn run(arguments: &Arguments, console: &mut Console<'_>) -> Result<Exit, Stop> {
    let text = match &arguments.code {
        None => format!("{}\nhazards of migrations:\n{}", explain::table(), hazards::table()),
        Some(text) => match (Code::find(text), hazards::find(text)) {
            (Some(code), _) => explain::explain(code, console.out.colour),
            (None, Some(hazard)) => hazards::explain(hazard, console.out.colour),
            (None, None) => return Err(Stop::Reason(unknown(text))),
        },
    };
    write!(console.out.write, "{text}")?;
    Ok(Exit::Clean)
}

fn unknown(text: &str) -> String {
    let near = explain::near(text);
    match near.as_slice() {
        [] => format!("there is no code `{text}`: `rexc explain --list` prints all"),
        near => format!("there is no code `{text}`: did you mean {}?", near.join(", ")),
    }
}

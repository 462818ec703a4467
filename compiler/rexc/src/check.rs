//! `rexc check`: what is wrong with schemas.

use rex_compiler::diagnostic::{Diagnostic, render};
use rex_compiler::{Checked, Severity};
use rex_schema::Schema;

use crate::find::{self, Databases, Target};
use crate::{Console, Exit, Stop};

/// Tell what is wrong with schemas
///
/// Without a path, all crates of the workspace that have a schema are checked.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Crates, schema folders or `.rex` files
    ///
    /// A folder or file that belongs to a crate's schema stands for the whole of it, with the
    /// configuration in the crate's Cargo.toml.
    #[arg(value_name = "PATH")]
    paths: Vec<std::path::PathBuf>,
    #[command(flatten)]
    databases: Databases,
}

pub(crate) fn run(arguments: &Arguments, console: &mut Console<'_>) -> Result<Exit, Stop> {
    let targets = find::targets(&arguments.paths, &arguments.databases, &console.folder)?;
    let exits = targets.iter().map(|target| {
        let verdict = verdict(target);
        report(target, &verdict, console);
        console.tell(&format!("{}\n", summary(target, &verdict)));
        verdict.exit()
    });
    Ok(exits.max().unwrap_or(Exit::Clean))
}

/// What is wrong with a target, and what it declares.
pub(crate) struct Verdict {
    diagnostics: Vec<Diagnostic>,
    checked: Checked,
}

impl Verdict {
    fn count(&self, severity: Severity) -> usize {
        self.diagnostics.iter().filter(|diagnostic| diagnostic.severity() == severity).count()
    }

    fn exit(&self) -> Exit {
        if self.count(Severity::Error) > 0 { Exit::Errors } else { Exit::Clean }
    }

    /// The schema, unless something is wrong with it, its files or its configuration.
    fn schema(&self) -> Option<&Schema> {
        self.checked.schema().filter(|_| self.exit() == Exit::Clean)
    }
}

/// Checks a target.
pub(crate) fn verdict(target: &Target) -> Verdict {
    let checked = rex_compiler::check(&target.loaded.sources, &target.config.check_options());
    let configuration = target.diagnostics.iter().chain(&target.loaded.diagnostics);
    let diagnostics = configuration.chain(&checked.diagnostics).cloned().collect();
    Verdict { diagnostics, checked }
}

/// Tells what is wrong with a target. Gives its schema, if it is fit for use.
pub(crate) fn schema(target: &Target, console: &mut Console<'_>) -> Option<Schema> {
    let verdict = verdict(target);
    report(target, &verdict, console);
    let schema = verdict.schema().cloned();
    if schema.is_none() {
        console.tell(&format!("{}\n", summary(target, &verdict)));
    }
    schema
}

fn report(target: &Target, verdict: &Verdict, console: &mut Console<'_>) {
    let drawn = render(&target.loaded.sources, &verdict.diagnostics, console.err.colour);
    console.tell(&drawn);
}

/// `2 errors, 1 warning in schema/ (3 files)`, or `ok: 5 models, 2 enums in schema/`.
fn summary(target: &Target, verdict: &Verdict) -> String {
    let (errors, warnings) = (verdict.count(Severity::Error), verdict.count(Severity::Warning));
    let found = match (verdict.schema(), errors, warnings) {
        (Some(schema), _, 0) => {
            let (models, enums) = (schema.models().len(), schema.enums().len());
            let parts = [Some(counted(models, "model")), (enums > 0).then(|| counted(enums, "enum"))];
            return format!("ok: {} in {}", join(parts), target.shown);
        }
        (_, 0, warnings) => join([Some(counted(warnings, "warning")), None]),
        (_, errors, warnings) => {
            join([Some(counted(errors, "error")), (warnings > 0).then(|| counted(warnings, "warning"))])
        }
    };
    format!("{found} in {} ({})", target.shown, counted(target.loaded.paths.len(), "file"))
}

fn join(parts: [Option<String>; 2]) -> String {
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// `1 error`, `2 errors`.
pub(crate) fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

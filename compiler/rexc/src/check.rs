//! `rexc check`: what is wrong with schemas.

use std::path::Path;

use rex_build::migrations::{self, History};
use rex_compiler::diagnostic::{Diagnostic, render};
use rex_compiler::{Checked, Severity};
use rex_schema::Schema;

use crate::find::{self, Chosen, Target};
use crate::fix::{self, Mended};
use crate::format::{Format, Told};
use crate::levels::Levels;
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
    #[arg(value_name = "PATH", conflicts_with = "schema")]
    paths: Vec<std::path::PathBuf>,
    /// How to write what is wrong; all but text goes to the output
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// Apply the edits that need no choice to the files, then tell what remains
    #[arg(long)]
    fix: bool,
    /// Show what `--fix` would change, and change nothing
    #[arg(long, requires = "fix", conflicts_with = "format")]
    dry_run: bool,
    /// Print nothing but what is wrong
    #[arg(long, short)]
    quiet: bool,
    #[command(flatten)]
    levels: Levels,
    /// The folder of the migrations, of one schema
    #[arg(long, value_name = "DIR")]
    migrations: Option<std::path::PathBuf>,
    #[command(flatten)]
    chosen: Chosen,
}

pub(crate) fn run(arguments: &Arguments, console: &mut Console<'_>) -> Result<Exit, Stop> {
    let mut targets = arguments.chosen.targets(&arguments.paths, &console.folder)?;
    if let Some(folder) = &arguments.migrations {
        let [target] = targets.as_mut_slice() else {
            let reason = "`--migrations` is of one schema, and there are several: name one of them";
            return Err(Stop::Reason(reason.to_owned()));
        };
        target.set_migrations(Some(folder), &console.folder)?;
    }
    for target in &mut targets {
        arguments.levels.apply(&mut target.config.lints)?;
    }
    let mut verdicts = Vec::with_capacity(targets.len());
    for target in &mut targets {
        let mended = if arguments.fix { mend(target, arguments, console)? } else { None };
        let verdict = whole_verdict(target, &console.folder);
        let told = mended.map(|mended| mended.told("fixed", &verdict.diagnostics)).unwrap_or_default();
        if arguments.format == Format::Text {
            report(target, &verdict, console);
        }
        if !arguments.quiet {
            console.tell(&format!("{told}{}\n", summary(target, &verdict)));
        }
        verdicts.push(verdict);
    }
    let told = targets.iter().zip(&verdicts);
    let told = told
        .map(|(target, verdict)| Told { sources: &target.loaded.sources, diagnostics: &verdict.diagnostics });
    arguments.format.write(&told.collect::<Vec<_>>(), console.out.write)?;
    let exit = verdicts.iter().map(Verdict::exit).max().unwrap_or(Exit::Clean);
    // The process is about to end: to free a large schema piece by piece would only take time.
    std::mem::forget((targets, verdicts));
    Ok(exit)
}

/// Applies safe edits to the files of a target, or shows what they would change.
fn mend(
    target: &mut Target,
    arguments: &Arguments,
    console: &mut Console<'_>,
) -> Result<Option<Mended>, Stop> {
    let mended = fix::mend(target);
    if arguments.dry_run {
        mended.print(&target.loaded.sources, console)?;
        if !arguments.quiet {
            console.tell(&mended.told("would fix", &mended.left(target)));
        }
        return Ok(None);
    }
    mended.write(target, &console.folder)?;
    Ok(Some(mended))
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

/// The same, with the migrations of the target.
fn whole_verdict(target: &Target, current: &Path) -> Verdict {
    let mut verdict = verdict(target);
    let folder = target.migrations();
    let history = History::read(&folder, &find::shown(&folder, current));
    let faults = migrations::faults(&history, &target.loaded.sources, &verdict.checked, &target.config);
    verdict.diagnostics.extend(faults);
    verdict
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

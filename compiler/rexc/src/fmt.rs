//! `rexc fmt`: the canonical layout of `.rex` files.

use std::collections::BTreeSet;
use std::path::PathBuf;

use rex_compiler::Sources;
use rex_compiler::diagnostic::{Diagnostic, render};
use rex_compiler::format::{Formatted, format};

use crate::check::counted;
use crate::{Console, Exit, Stop, diff, find, replace};

/// Lay out `.rex` files
///
/// There is one layout, with aligned columns; comments and groups of lines stay. A file with
/// syntax errors stays as it is. Without a path, the schemas of all crates of the workspace are
/// laid out.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Crates, schema folders or `.rex` files; `-` is the input
    #[arg(value_name = "PATH", conflicts_with = "schema")]
    paths: Vec<PathBuf>,
    /// The same, for a single one, as other commands have it
    #[arg(long, value_name = "PATH")]
    schema: Option<PathBuf>,
    /// Change nothing, but print what would change, and fail if anything would
    #[arg(long)]
    check: bool,
    /// Read a file from the input, and write it to the output
    #[arg(long, conflicts_with_all = ["paths", "schema"])]
    stdin: bool,
}

/// The name of the input in messages.
const INPUT: &str = "<stdin>";

pub(crate) fn run(arguments: &Arguments, console: &mut Console<'_>) -> Result<Exit, Stop> {
    let is_input = |path: &PathBuf| path.as_os_str() == "-";
    if arguments.stdin || arguments.paths.iter().any(is_input) {
        if arguments.paths.len() > 1 {
            return Err(Stop::Reason("the input is read alone: name `-`, or files and folders".to_owned()));
        }
        return input(arguments.check, console);
    }
    let mut tally = Tally { check: arguments.check, ..Tally::default() };
    let mut seen = BTreeSet::new();
    let paths = arguments.schema.as_ref().map_or(arguments.paths.as_slice(), std::slice::from_ref);
    for loaded in find::files(paths, &console.folder)? {
        tell(&loaded.sources, &loaded.diagnostics, console);
        tally.unreadable += loaded.diagnostics.len();
        for formatted in format(&loaded.sources) {
            let name = loaded.sources.name(formatted.file);
            let path = console.folder.join(name);
            if seen.insert(path.canonicalize().unwrap_or(path)) {
                file(&loaded.sources, &formatted, &mut tally, console)?;
            }
        }
    }
    console.tell(&tally.told());
    Ok(tally.exit())
}

/// Lays out one file on disk, or shows what would change.
fn file(
    sources: &Sources,
    formatted: &Formatted,
    tally: &mut Tally,
    console: &mut Console<'_>,
) -> Result<(), Stop> {
    let (name, before) = (sources.name(formatted.file), sources.text(formatted.file));
    if !formatted.diagnostics.is_empty() {
        tell(sources, &formatted.diagnostics, console);
        tally.broken += 1;
    } else if formatted.text == before {
        tally.same += 1;
    } else if tally.check {
        diff::print(name, before, &formatted.text, console.out.write)?;
        tally.changed += 1;
    } else {
        match replace::file(&console.folder.join(name), &formatted.text) {
            Ok(()) => tally.changed += 1,
            Err(error) => {
                console.fail(&format!("`{name}` cannot be written: {error}"));
                tally.unwritten += 1;
            }
        }
    }
    Ok(())
}

/// Lays out the input.
fn input(check: bool, console: &mut Console<'_>) -> Result<Exit, Stop> {
    let mut sources = Sources::default();
    match rex_build::read_text(&mut console.input, INPUT) {
        Ok(text) => drop(sources.add(INPUT, text)),
        Err(diagnostic) => {
            tell(&sources, &[*diagnostic], console);
            return Ok(Exit::Errors);
        }
    }
    for formatted in format(&sources) {
        let before = sources.text(formatted.file);
        if !formatted.diagnostics.is_empty() {
            tell(&sources, &formatted.diagnostics, console);
            return Ok(Exit::Errors);
        }
        if !check {
            write!(console.out.write, "{}", formatted.text)?;
        } else if formatted.text != before {
            diff::print(INPUT, before, &formatted.text, console.out.write)?;
            return Ok(Exit::Errors);
        }
    }
    Ok(Exit::Clean)
}

fn tell(sources: &Sources, diagnostics: &[Diagnostic], console: &mut Console<'_>) {
    let drawn = render(sources, diagnostics, console.err.colour);
    console.tell(&drawn);
}

/// What became of the files.
#[derive(Default)]
struct Tally {
    /// Whether nothing is written.
    check: bool,
    /// They were laid out, or would be.
    changed: usize,
    /// They are laid out already.
    same: usize,
    /// They have errors.
    broken: usize,
    unreadable: usize,
    unwritten: usize,
}

impl Tally {
    fn exit(&self) -> Exit {
        match self {
            Tally { unwritten: 1.., .. } => Exit::CouldNotRun,
            Tally { broken: 1.., .. } | Tally { unreadable: 1.., .. } => Exit::Errors,
            Tally { changed: 1.., check: true, .. } => Exit::Errors,
            _ => Exit::Clean,
        }
    }

    /// `2 formatted, 3 unchanged, 1 file with errors left as is`.
    fn told(&self) -> String {
        let Tally { changed, same, broken, .. } = self;
        let left = match broken {
            0 => String::new(),
            _ => format!(", {} with errors left as is", counted(*broken, "file")),
        };
        match (self.check, changed) {
            (false, _) => format!("{changed} formatted, {same} unchanged{left}\n"),
            (true, 0) if self.exit() == Exit::Clean => {
                format!("ok: {} formatted\n", counted(*same, "file"))
            }
            (true, _) => {
                let advice = if *changed > 0 { ": run `rexc fmt`" } else { "" };
                format!("{changed} to be formatted, {same} unchanged{left}{advice}\n")
            }
        }
    }
}

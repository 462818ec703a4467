//! Diagnostics for programs: what `--format` chooses.

mod github;
mod json;
mod region;
mod sarif;

use std::io::{self, Write};

use rex_compiler::Sources;
use rex_compiler::diagnostic::Diagnostic;

/// How diagnostics are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people, with the source under each, to the error stream
    #[default]
    Text,
    /// One JSON object a line
    Json,
    /// Annotations of GitHub's workflows
    Github,
    /// A SARIF 2.1.0 document
    Sarif,
}

/// What was told of a schema.
pub(crate) struct Told<'a> {
    /// Its files.
    pub(crate) sources: &'a Sources,
    /// What is wrong with it.
    pub(crate) diagnostics: &'a [Diagnostic],
}

impl Format {
    /// Writes what was told of schemas. As text it is told elsewhere, each schema with its summary.
    pub(crate) fn write(self, all: &[Told<'_>], out: &mut dyn Write) -> io::Result<()> {
        match self {
            Format::Text => Ok(()),
            Format::Json => json::write(all, out),
            Format::Github => github::write(all, out),
            Format::Sarif => sarif::write(all, out),
        }
    }
}

/// All diagnostics, each with the sources that it is about.
fn each<'a>(all: &'a [Told<'a>]) -> impl Iterator<Item = (&'a Sources, &'a Diagnostic)> {
    all.iter().flat_map(|told| told.diagnostics.iter().map(|diagnostic| (told.sources, diagnostic)))
}

/// Help that no edit gives.
fn other_help(diagnostic: &Diagnostic) -> impl Iterator<Item = &str> {
    let is_title = |help: &str| diagnostic.fixes.iter().any(|fix| fix.title == help);
    diagnostic.help.iter().map(String::as_str).filter(move |help| !is_title(help))
}

//! The stages of the compiler, each by itself.

use rex_compiler::codegen::{self, GeneratedFile, Layout};
use rex_compiler::{Checked, Options, Sources, check};

use super::{Measured, PROFILE, sample};
use crate::clock::median_of_runs;
use crate::report::progress;

/// Measures all stages on one schema.
pub(super) fn measure(models: usize) -> Vec<Measured> {
    let sources = sample::schema(models);
    let checked = compile(&sources);
    let files = generate(&checked);
    let measured = |workload: &str, ns| {
        let lines = (workload == "generate").then(|| lines(&files));
        let (workload, profile) = (workload.to_owned(), PROFILE.to_owned());
        Measured { workload, models, profile, ns, lines, peak_bytes: None }
    };
    progress(&format!("the compiler, {models} models, {PROFILE}"));
    vec![
        measured("parse", median_of_runs(|| parse(&sources))),
        measured("check", median_of_runs(|| check(&sources, &Options::default()))),
        measured("generate", median_of_runs(|| generate(&checked))),
        measured("total", median_of_runs(|| generate(&check(&sources, &Options::default())))),
    ]
}

/// The generated code of a schema.
pub(super) fn generated(models: usize) -> Vec<GeneratedFile> {
    generate(&compile(&sample::schema(models)))
}

/// Lines of generated code.
pub(super) fn lines(files: &[GeneratedFile]) -> usize {
    files.iter().map(|file| file.text.lines().count()).sum()
}

fn parse(sources: &Sources) -> Vec<rex_grammar::ast::File> {
    sources.ids().map(|id| rex_grammar::parse(sources.text(id)).0).collect()
}

/// A schema with faults would be measured on the way that few schemas take.
fn compile(sources: &Sources) -> Checked {
    let checked = check(sources, &Options::default());
    let faults = rex_compiler::diagnostic::render(
        sources,
        &checked.diagnostics,
        rex_compiler::diagnostic::Colour::Never,
    );
    assert!(checked.diagnostics.is_empty(), "the sample schema has faults:\n{faults}");
    checked
}

fn generate(checked: &Checked) -> Vec<GeneratedFile> {
    let schema = checked.schema().expect("the sample schema has no faults");
    let databases = Options::default().databases;
    codegen::generate(
        schema,
        &codegen::Options { databases, datetime: Default::default(), serde: false, layout: Layout::Modules },
    )
}

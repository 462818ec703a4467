//! The stages of the compiler, each by itself.

use rex_compiler::codegen::{self, GeneratedFile, Kept, Layout};
use rex_compiler::{Checked, Options, Sources, check, format};

use super::{Measured, PROFILE, sample};
use crate::clock::median_of_runs;
use crate::report::progress;

/// Measures all stages on one schema; only those before Rust comes out on a large one.
pub(super) fn measure(models: usize) -> Vec<Measured> {
    progress(&format!("the compiler, {models} models, {PROFILE}"));
    let sources = sample::schema(models);
    let checked = compile(&sources);
    let measured = |workload: &str, ns| Measured::new(workload, models, PROFILE, ns);
    let mut all = vec![
        measured("parse", median_of_runs(|| parse(&sources))),
        measured("check", median_of_runs(|| check(&sources, &Options::default()))),
        measured("format", median_of_runs(|| format::format(&sources))),
    ];
    if models <= super::MOST_GENERATED {
        all.extend(generation(&sources, &checked, measured));
    }
    all
}

fn generation(
    sources: &Sources,
    checked: &Checked,
    measured: impl Fn(&str, u64) -> Measured,
) -> [Measured; 5] {
    let options = Options::default();
    let (files, kept) = generate_from(checked, &Kept::default());
    let trees: Vec<syn::File> = files.iter().map(tree).collect();
    let hits = |checked: &Checked| Some((generate_from(checked, &kept).1.reused, files.len()));
    let changed = with_a_column_more(sources);
    let generate = measured("generate", median_of_runs(|| generate(checked)));
    let same = measured("generate, kept", median_of_runs(|| generate_from(checked, &kept)));
    let one = median_of_runs(|| generate_from(&check(&changed, &options), &kept));
    [
        Measured { lines: Some(lines(&files)), ..generate },
        measured("layout", median_of_runs(|| trees.iter().map(prettyplease::unparse).collect::<Vec<_>>())),
        Measured { hits: hits(checked), ..same },
        measured("total", median_of_runs(|| self::generate(&check(sources, &options)))),
        Measured { hits: hits(&compile(&changed)), ..measured("total, one changed", one) },
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

fn tree(file: &GeneratedFile) -> syn::File {
    syn::parse_str(&file.text).expect("generated code is Rust")
}

/// The same schema, with another column in the model that stands first in the last file.
fn with_a_column_more(sources: &Sources) -> Sources {
    let mut changed = Sources::default();
    let last = sources.ids().last();
    for id in sources.ids() {
        let text = sources.text(id).to_owned();
        let text = match Some(id) == last {
            true => text.replacen("    notes: ", "    remark:      String?\n    notes: ", 1),
            false => text,
        };
        changed.add(sources.name(id), text);
    }
    changed
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
    generate_from(checked, &Kept::default()).0
}

fn generate_from(checked: &Checked, kept: &Kept) -> (Vec<GeneratedFile>, Kept) {
    let schema = checked.schema().expect("the sample schema has no faults");
    let databases = Options::default().databases;
    let options = codegen::Options {
        databases,
        datetime: Default::default(),
        serde: false,
        layout: Layout::Modules,
        migrations: false,
    };
    codegen::generate_from(schema, &options, kept)
}

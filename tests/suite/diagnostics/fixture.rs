//! The files of `fixtures`, and what they say of themselves. Must not judge them.

use std::fs;
use std::path::{Path, PathBuf};

use rex_compiler::diagnostic::{Colour, Diagnostic, render};
use rex_compiler::{FileId, Options, Sources};

use crate::support::sources::{configuration, root};

/// A schema: a file, or a folder of them.
#[derive(Clone)]
pub(in crate::suite) struct Fixture {
    /// `invalid`, `lints` or `valid`.
    pub(in crate::suite) kind: String,
    /// Without `.rex`.
    pub(in crate::suite) name: String,
    pub(in crate::suite) sources: Sources,
    /// How it is configured, if a `Cargo.toml` beside it says so.
    pub(in crate::suite) options: Options,
}

/// The fixtures of these kinds, by name.
pub(in crate::suite) fn all(kinds: &[&str]) -> Vec<Fixture> {
    let mut fixtures = Vec::new();
    for kind in kinds {
        let folder = root().join("fixtures").join(kind);
        for path in entries(&folder) {
            let name = path.file_stem().expect("it was found by its name").to_string_lossy().into_owned();
            let mut sources = Sources::default();
            add(&path, &folder, &mut sources);
            let options = configuration(&path).check_options();
            fixtures.push(Fixture { kind: (*kind).to_owned(), name, sources, options });
        }
    }
    assert!(!fixtures.is_empty(), "there are fixtures of {kinds:?}");
    fixtures
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> =
        entries.map(|entry| entry.expect("the folder can be read").path()).collect();
    paths.sort();
    paths
}

fn add(path: &Path, base: &Path, sources: &mut Sources) {
    if path.is_dir() {
        entries(path).iter().for_each(|entry| add(entry, base, sources));
        return;
    }
    if path.extension().is_none_or(|extension| extension != "rex") {
        return;
    }
    let name = path.strip_prefix(base).expect("it was found there").to_string_lossy().replace('\\', "/");
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    sources.add(name, text);
}

impl Fixture {
    /// The code that the name begins with.
    pub(in crate::suite) fn code(&self) -> Option<&str> {
        let code = self.name.split('_').next()?;
        let is_code =
            code.len() == 5 && code.starts_with(['E', 'W']) && code[1..].bytes().all(|b| b.is_ascii_digit());
        is_code.then_some(code)
    }

    /// The files, each under its name, without bytes that an editor would not show.
    pub(in crate::suite) fn text(&self) -> String {
        let file = |id: FileId| {
            let text = self.sources.text(id).replace('\0', "␀").replace('\r', "␍");
            format!("=== {}\n{}\n", self.sources.name(id), text.trim_end())
        };
        self.sources.ids().map(file).collect()
    }

    pub(in crate::suite) fn render(&self, diagnostics: &[Diagnostic]) -> String {
        match diagnostics {
            [] => "=== nothing is said\n".to_owned(),
            _ => format!("=== diagnostics\n{}", render(&self.sources, diagnostics, Colour::Never).trim_end()),
        }
    }

    /// The codes behind `//~`, by file and line.
    pub(in crate::suite) fn marks(&self) -> Vec<String> {
        let mut marks = Vec::new();
        for id in self.sources.ids() {
            for (number, line) in self.sources.text(id).lines().enumerate() {
                let Some((_, codes)) = line.split_once("//~") else { continue };
                marks.extend(
                    codes.split_whitespace().map(|code| mark(self.sources.name(id), number + 1, code)),
                );
            }
        }
        marks.sort();
        marks
    }

    /// What was told, as marks.
    pub(in crate::suite) fn told(&self, diagnostics: &[Diagnostic]) -> Vec<String> {
        let marks = diagnostics.iter().map(|diagnostic| {
            let place = diagnostic.primary.as_ref().expect("it stands in a file").place;
            let (line, _) = self.sources.line_column(place.file, place.span.start);
            mark(self.sources.name(place.file), line, diagnostic.code.as_str())
        });
        let mut marks: Vec<String> = marks.collect();
        marks.sort();
        marks
    }
}

fn mark(file: &str, line: usize, code: &str) -> String {
    format!("{file}:{line:04} {code}")
}

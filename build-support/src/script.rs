//! What happens in a build script.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rex_compiler::codegen::{self, GeneratedFile, Kept, Layout};
use rex_compiler::diagnostic::{Colour, Diagnostic, render};
use rex_compiler::{Severity, Sources, check};

use crate::migrations::{self, History};
use crate::{Config, failure, kept, load, write_files};

/// Compiles the schema in a folder, relative to the crate's `Cargo.toml`.
///
/// Returns in any case: faults become errors of the crate that includes the generated code, and
/// warnings of the build script.
pub fn compile(folder: impl AsRef<Path>) {
    Build::new().compile(folder);
}

/// A build with settings.
#[derive(Clone, Debug, Default)]
pub struct Build {
    strict: bool,
}

impl Build {
    /// The settings that [`compile`] has.
    pub fn new() -> Build {
        Build::default()
    }

    /// Faults of the schema fail the build script itself. For CI: cargo then forgets `OUT_DIR`, and
    /// an editor would lose the generated API.
    pub fn strict(mut self, strict: bool) -> Build {
        self.strict = strict;
        self
    }

    /// Compiles the schema in a folder, relative to the crate's `Cargo.toml`.
    pub fn compile(&self, folder: impl AsRef<Path>) {
        let folder = folder.as_ref().to_string_lossy().into_owned();
        let (Some(root), Some(out)) = (env::var_os("CARGO_MANIFEST_DIR"), env::var_os("OUT_DIR")) else {
            println!("cargo::error=rex_build::compile is for build scripts: cargo tells it where to write");
            return;
        };
        let out = PathBuf::from(out).join("rex");
        let built = build(Path::new(&root), &folder, &out);
        // Editors see generated code that rustc does not, where the schema has errors.
        println!("cargo::rustc-check-cfg=cfg(rust_analyzer)");
        watch("Cargo.toml");
        watch(&folder);
        built.paths.iter().filter_map(|path| path.to_str()).for_each(watch);
        if let Err(error) = self.finish(&built, &out) {
            println!(
                "cargo::error={}",
                in_one_line(&format!("the generated code cannot be written: {error}"))
            );
        }
    }

    fn finish(&self, built: &Built, out: &Path) -> io::Result<()> {
        let of =
            |severity| built.diagnostics.iter().filter(move |diagnostic| diagnostic.severity() == severity);
        let errors: Vec<Diagnostic> = of(Severity::Error).cloned().collect();
        if errors.is_empty() {
            // Beside errors they wait: cargo prints them twice when the crate fails.
            for warning in of(Severity::Warning) {
                println!("cargo::warning={}", in_one_line(&told(&built.sources, warning)));
            }
            if let Some(other) = &built.other_folder {
                println!("cargo::warning={}", in_one_line(other));
            }
            write_files(out, &built.files)?;
            kept::write(out, &built.kept)?;
            return remove(&out.join(failure::ERRORS));
        }
        let head = match errors.len() {
            1 => "the schema has an error".to_owned(),
            count => format!("the schema has {count} errors"),
        };
        let drawn = render(&built.sources, &errors, Colour::Never);
        if self.strict {
            // Cargo prints what a failed script wrote there, as it is.
            eprint!("\n{drawn}");
            println!("cargo::error={head}, printed below");
        }
        let text = format!("{head}\n\n{}\n", drawn.trim_end());
        write_files(out, &failure::files(&built.sources, &built.files, text))?;
        kept::write(out, &built.kept)
    }
}

/// A schema read and compiled, not yet written.
struct Built {
    sources: Sources,
    paths: Vec<PathBuf>,
    diagnostics: Vec<Diagnostic>,
    files: Vec<GeneratedFile>,
    kept: Kept,
    /// A word about a folder that is not the configured one.
    other_folder: Option<String>,
}

fn build(root: &Path, folder: &str, out: &Path) -> Built {
    let manifest = fs::read_to_string(root.join("Cargo.toml")).unwrap_or_default();
    // Cargo runs no script of a manifest that it cannot read.
    let (config, mut diagnostics) = Config::from_manifest("Cargo.toml", &manifest).unwrap_or_default();
    let loaded = load(&root.join(folder), folder);
    diagnostics.extend(loaded.diagnostics);
    let checked = check(&loaded.sources, &config.check_options());
    let history = History::read(&root.join(&config.migrations), &config.migrations);
    let options =
        codegen::Options { migrations: !history.is_empty(), ..config.codegen_options(Layout::Included) };
    let (mut files, kept) = codegen::generate_from(checked.partial(), &options, &kept::read(out));
    files.extend(history.code(&options));
    let faults = migrations::faults(&history, &loaded.sources, &checked, &config);
    diagnostics.extend(checked.diagnostics);
    diagnostics.extend(faults);
    let plain = |path: &str| Path::new(path.trim_start_matches("./")).components().collect::<PathBuf>();
    let other_folder = (plain(folder) != plain(&config.schema)).then(|| {
        format!(
            "the build script compiles `{folder}`, and `rexc` reads `{}`: say `schema = \"{folder}\"` in \
             [package.metadata.rex] of Cargo.toml",
            config.schema
        )
    });
    let mut paths = loaded.paths;
    if history.path.is_dir() {
        paths.push(PathBuf::from(&config.migrations));
        paths.extend(history.paths);
    }
    Built { sources: loaded.sources, paths, diagnostics, files, kept, other_folder }
}

/// Has cargo run the script again when a file or anything in a folder changes. A path that would
/// end the line is left to the folder that it is in.
fn watch(path: &str) {
    if !path.contains(['\n', '\r']) {
        println!("cargo::rerun-if-changed={path}");
    }
}

/// A warning as `schema/blog.rex:3:11: … [W0006, int_key]; help: …`. Cargo puts the package before
/// every line, so that a drawing would be hard to read.
fn told(sources: &Sources, diagnostic: &Diagnostic) -> String {
    let place = diagnostic.primary.as_ref().map(|label| {
        let (line, column) = sources.line_column(label.place.file, label.place.span.start);
        format!("{}:{line}:{column}: ", sources.name(label.place.file))
    });
    let code = match diagnostic.code.lint() {
        Some(lint) => format!("{}, {lint}", diagnostic.code.as_str()),
        None => diagnostic.code.as_str().to_owned(),
    };
    let help = diagnostic.help.iter().map(|help| format!("; help: {help}")).collect::<String>();
    format!("{}{} [{code}]{help}", place.unwrap_or_default(), diagnostic.message)
}

/// A line end in a directive would begin another one.
fn in_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

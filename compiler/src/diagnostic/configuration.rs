//! Configuration and files: what whoever reads them has to tell.

use rex_schema::{Dialect, Servers, Version};

use super::codes::Code::*;
use super::{Diagnostic, listed};

/// `databases` is missing in the configuration.
pub fn no_databases(manifest: &str) -> Diagnostic {
    Diagnostic::placeless(E0901, format!("{manifest} does not say which databases the schema is for"))
        .help("add\n\n[package.metadata.rex]\ndatabases = [\"sqlite\", \"postgres\"]\n")
}

/// A key that is none of ours.
pub fn unknown_key(manifest: &str, key: &str, known: &[&str]) -> Diagnostic {
    let diagnostic =
        Diagnostic::placeless(E0902, format!("`{key}` in [package.metadata.rex] of {manifest} is unknown"));
    match super::nearest(key, known.iter().copied()) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None => diagnostic.help(format!("keys are {}", listed(known.iter().copied(), "and"))),
    }
}

/// A lint that is none.
pub fn unknown_lint(manifest: &str, name: &str, known: &[&str]) -> Diagnostic {
    let diagnostic =
        Diagnostic::placeless(E0902, format!("no lint is called `{name}`: it stands in {manifest}"));
    match super::nearest(name, known.iter().copied()) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None => diagnostic.help(format!("lints are {}", listed(known.iter().copied(), "and"))),
    }
}

/// A server that is older than any that Rex serves.
pub fn server_too_old(manifest: &str, key: &str, version: Version, dialect: Dialect) -> Diagnostic {
    let (title, oldest) = (dialect.title(), Servers::OLDEST.of(dialect));
    Diagnostic::placeless(
        E0907,
        format!("`{key} = \"{version}\"` in {manifest} is older than what Rex works on"),
    )
    .note(format!("the SQL that Rex writes needs {title} {oldest}"))
    .help(format!("write `{key} = \"{oldest}\"`, or leave it out"))
}

/// A value that a key cannot have.
pub fn unknown_value(manifest: &str, key: &str, value: &str, known: &[&str]) -> Diagnostic {
    let diagnostic = Diagnostic::placeless(
        E0903,
        format!("`{key} = {value}` in [package.metadata.rex] of {manifest} is none of its values"),
    );
    match super::nearest(value.trim_matches(['"', '\'']), known.iter().copied()) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None => diagnostic.help(format!("values are {}", listed(known.iter().copied(), "and"))),
    }
}

/// No folder with a schema.
pub fn no_folder(folder: &str) -> Diagnostic {
    Diagnostic::placeless(E0904, format!("there is no folder `{folder}`"))
        .help(format!("make it, and write the first model into `{folder}/main.rex`"))
}

/// A folder without a file of ours.
pub fn no_files(folder: &str) -> Diagnostic {
    Diagnostic::placeless(E0905, format!("there is no `.rex` file in `{folder}`"))
        .help(format!("write the first model into `{folder}/main.rex`"))
}

/// A file that the system would not read, and its reason.
pub fn unreadable(file: &str, reason: &str) -> Diagnostic {
    Diagnostic::placeless(E0906, format!("`{file}` cannot be read: {reason}")).help("check its permissions")
}

/// A file that is not UTF-8, with the first byte that is not.
pub fn not_utf8(file: &str, line: usize, byte: usize) -> Diagnostic {
    Diagnostic::placeless(E0124, format!("`{file}` is not UTF-8: line {line}, byte {byte} of the file"))
        .help("save it as UTF-8")
}

/// A file that is too large even to be read; how large, where that is known.
pub fn too_large(file: &str, bytes: Option<u64>) -> Diagnostic {
    let most = rex_grammar::MAX_BYTES;
    let has = match bytes {
        Some(bytes) => format!("has {bytes} bytes, and {most} are the limit"),
        None => format!("has more than {most} bytes, which are the limit"),
    };
    Diagnostic::placeless(E0122, format!("`{file}` {has}"))
        .help("split it: all files of the folder are one schema")
}

/// A folder whose files have more bytes together than are read.
pub fn folder_too_large(folder: &str, most: u64) -> Diagnostic {
    Diagnostic::placeless(
        E0122,
        format!("the files of `{folder}` have more than {most} bytes together, which are the limit"),
    )
    .help("look whether all of them belong to the schema, or divide it among several crates")
}

/// A schema that has more words and signs than are read.
pub(crate) fn too_many_words(most: usize) -> Diagnostic {
    Diagnostic::placeless(E0122, format!("the schema has more than {most} words and signs"))
        .help("look whether all files belong to it, or divide it among several crates")
}

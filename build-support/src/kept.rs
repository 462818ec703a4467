//! What a build script keeps for its next run: the index of the generated files beside them.

use std::env;
use std::fs;
use std::io;
use std::path::Path;
use std::time::UNIX_EPOCH;

use rex_compiler::codegen::Kept;

const INDEX: &str = "kept.txt";

/// The files in a folder that this same program generated, and that nobody has changed since.
pub(crate) fn read(folder: &Path) -> Kept {
    let Some(build) = build() else { return Kept::default() };
    let index = fs::read_to_string(folder.join(INDEX)).unwrap_or_default();
    Kept::read(&build, &index, |name| fs::read_to_string(folder.join(name)).ok())
}

/// Keeps the index, once the files are written. An index that is cut off names files that are
/// there or none at all: each of its lines is checked.
pub(crate) fn write(folder: &Path, kept: &Kept) -> io::Result<()> {
    match build() {
        Some(_) => fs::write(folder.join(INDEX), kept.index()),
        None => Ok(()),
    }
}

/// What tells this build of the compiler from every other: the program that it is part of is a new
/// one whenever anything in it changes.
fn build() -> Option<String> {
    let program = fs::metadata(env::current_exe().ok()?).ok()?;
    let time = program.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(format!("{}-{}", program.len(), time.as_nanos()))
}

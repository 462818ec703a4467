//! Writing a user's file: whole, or not at all.

use std::fs;
use std::io;
use std::path::Path;

/// Replaces the text of a file that exists. Whoever reads it meanwhile sees the old text or the
/// new one. A link stays one, and permissions stay as they are.
pub(crate) fn file(path: &Path, text: &str) -> io::Result<()> {
    let path = fs::canonicalize(path)?;
    let permissions = fs::metadata(&path)?.permissions();
    if permissions.readonly() {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it may not be written to"));
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    // Files whose names begin with a dot are no part of a schema.
    let beside = path.with_file_name(format!(".{name}.{}.tmp", std::process::id()));
    let written = fs::write(&beside, text)
        .and_then(|()| fs::set_permissions(&beside, permissions))
        .and_then(|()| fs::rename(&beside, &path));
    if written.is_err() {
        // What remains of it would be in the way; the first error is the one to tell.
        let _ = fs::remove_file(&beside);
    }
    written
}

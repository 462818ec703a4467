//! The `.rex` files of a folder.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use rex_compiler::Sources;
use rex_compiler::diagnostic::{Diagnostic, configuration};

/// The largest file that is read.
const MAX_BYTES: u64 = rex_compiler::MAX_BYTES as u64;

/// The most that is read of a folder.
const MAX_FOLDER: u64 = 16 * 1024 * 1024;

/// A folder's schema files.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// In path order, under names that begin with the folder's.
    pub sources: Sources,
    /// The files that were found, readable or not.
    pub paths: Vec<PathBuf>,
    /// What is wrong with the folder or a file.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads all `.rex` files of a folder and its subfolders, or a single file. `shown` is the
/// folder's name in messages; empty or `.`, for the current one, it is left out.
///
/// Files and folders whose names begin with a dot are passed over: editors put theirs beside what
/// is edited.
pub fn load(path: &Path, shown: &str) -> Loaded {
    let shown = Shown::new(shown);
    let mut walk = Walk::default();
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => walk.all(path, &shown),
        Ok(_) => walk.files.push((shown.clone(), path.to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            walk.diagnostics.push(configuration::no_folder(shown.or_dot()));
        }
        Err(error) => walk.diagnostics.push(configuration::unreadable(shown.or_dot(), &error.to_string())),
    }
    walk.files.sort();
    let mut loaded = Loaded { diagnostics: walk.diagnostics, ..Loaded::default() };
    let mut left = MAX_FOLDER;
    for (name, path) in walk.files {
        left = match fs::metadata(&path).map_or(0, |metadata| metadata.len()) {
            // What is larger is told, and not read.
            bytes if bytes > MAX_BYTES => left,
            bytes if bytes > left => {
                let diagnostics = vec![configuration::folder_too_large(shown.or_dot(), MAX_FOLDER)];
                // What stands in some of the files says little without the others.
                return Loaded { diagnostics, sources: Sources::default(), ..loaded };
            }
            bytes => left - bytes,
        };
        match read_file(&path, name.or_dot()) {
            Ok(text) => drop(loaded.sources.add(name.or_dot(), text)),
            Err(diagnostic) => loaded.diagnostics.push(*diagnostic),
        }
        loaded.paths.push(path);
    }
    if loaded.paths.is_empty() && loaded.diagnostics.is_empty() {
        loaded.diagnostics.push(configuration::no_files(shown.or_dot()));
    }
    loaded
}

/// A path as messages show it: with forward slashes on every system.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Shown(String);

impl Shown {
    fn new(path: &str) -> Shown {
        let slashed = if cfg!(windows) { path.replace('\\', "/") } else { path.to_owned() };
        let bare = slashed.trim_start_matches("./").trim_end_matches('/');
        let is_root = bare.is_empty() && slashed.starts_with('/');
        Shown(if is_root {
            "/".to_owned()
        } else if bare == "." {
            String::new()
        } else {
            bare.to_owned()
        })
    }

    fn child(&self, name: &str) -> Shown {
        match self.0.as_str() {
            "" => Shown(name.to_owned()),
            "/" => Shown(format!("/{name}")),
            folder => Shown(format!("{folder}/{name}")),
        }
    }

    fn or_dot(&self) -> &str {
        if self.0.is_empty() { "." } else { &self.0 }
    }
}

/// Collects files. They and folders are known by their real path, so that a link to a folder above
/// ends, and a link to a file is not a second one. It does not recurse, and asks for the real path of
/// links only: folders may be as deep as the system lets them.
#[derive(Default)]
struct Walk {
    /// Real paths.
    seen: BTreeSet<PathBuf>,
    files: Vec<(Shown, PathBuf)>,
    diagnostics: Vec<Diagnostic>,
    /// To be looked at.
    entries: Vec<Entry>,
    /// Looked at when all else is done, so that what they lead to is known by its own name.
    links: Vec<Entry>,
}

struct Entry {
    shown: Shown,
    path: PathBuf,
    real: PathBuf,
}

impl Walk {
    fn all(&mut self, folder: &Path, shown: &Shown) {
        let (shown, path) = (shown.clone(), folder.to_owned());
        self.entries.push(Entry { shown, real: real(&path), path });
        while let Some(entry) = self.entries.pop().or_else(|| self.links.pop()) {
            let is_folder = entry.path.is_dir();
            let is_ours = is_folder || entry.path.extension().is_some_and(|extension| extension == "rex");
            if !is_ours || !self.seen.insert(entry.real.clone()) {
                continue;
            }
            match is_folder {
                true => self.folder(&entry),
                false => self.files.push((entry.shown, entry.path)),
            }
        }
    }

    fn folder(&mut self, folder: &Entry) {
        let entries = fs::read_dir(&folder.path).and_then(|entries| entries.collect::<io::Result<Vec<_>>>());
        let mut entries = match entries {
            Ok(entries) => entries,
            Err(error) => {
                self.diagnostics.push(configuration::unreadable(folder.shown.or_dot(), &error.to_string()));
                return;
            }
        };
        // The last is looked at first.
        entries.sort_by_cached_key(|entry| std::cmp::Reverse(entry.file_name()));
        for entry in entries {
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with('.') {
                continue;
            }
            let (shown, path) = (folder.shown.child(&name), entry.path());
            match entry.file_type().is_ok_and(|file_type| file_type.is_symlink()) {
                true => self.links.push(Entry { shown, real: real(&path), path }),
                false => self.entries.push(Entry { shown, real: folder.real.join(entry.file_name()), path }),
            }
        }
    }
}

/// A path without links, as far as the system knows one.
fn real(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

pub(crate) fn read_file(path: &Path, shown: &str) -> Result<String, Box<Diagnostic>> {
    let unreadable = |reason: &str| Box::new(configuration::unreadable(shown, reason));
    let metadata = fs::metadata(path).map_err(|error| unreadable(&error.to_string()))?;
    if !metadata.is_file() {
        // A pipe would be waited for, and a device has no end.
        return Err(unreadable("it is not a regular file"));
    }
    if metadata.len() > MAX_BYTES {
        return Err(Box::new(configuration::too_large(shown, Some(metadata.len()))));
    }
    let mut file = File::open(path).map_err(|error| unreadable(&error.to_string()))?;
    read_text(&mut file, shown)
}

/// Reads a text to its end. `shown` is its name in messages.
///
/// # Errors
///
/// When it cannot be read, is larger than a schema may be, or is not UTF-8.
pub fn read_text(input: &mut dyn Read, shown: &str) -> Result<String, Box<Diagnostic>> {
    let mut bytes = Vec::new();
    input
        .take(MAX_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| Box::new(configuration::unreadable(shown, &error.to_string())))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(Box::new(configuration::too_large(shown, None)));
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..at].iter().filter(|&&byte| byte == b'\n').count() + 1;
        Box::new(configuration::not_utf8(shown, line, at + 1))
    })
}

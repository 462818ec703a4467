//! Folders of migrations, written: all of a change, or nothing of it.
//!
//! ```text
//! .ID.PID.tmp ──▶ ID          what is made
//!          ID ──▶ .ID.PID.old  what goes
//! ```
//!
//! Folders whose names begin with a dot are no migrations: what a run that was killed leaves is in nobody's
//! way.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rex_build::migrations::History;

use crate::{Stop, replace};

/// Makes a change of the folder of a history.
pub(super) fn write(change: &Change, history: &History) -> Result<(), Stop> {
    change.make(&history.path).map_err(|(name, error)| {
        Stop::Failed(format!("`{}/{name}` cannot be written: {error}; nothing was changed", history.shown))
    })
}

/// A change of the folder of the migrations.
#[derive(Default)]
pub(super) struct Change {
    /// Migrations that are made, by name, each with its files.
    pub(super) made: Vec<(String, Vec<(String, String)>)>,
    /// Migrations that go.
    pub(super) gone: Vec<Gone>,
    /// Files of migrations that stay, with their new text.
    pub(super) texts: Vec<(PathBuf, String)>,
}

/// A migration that goes.
pub(super) struct Gone {
    pub(super) id: String,
    /// Which of those that are made has its other files from now on.
    pub(super) heir: Option<String>,
}

/// What could not be written, by its name in the folder.
type Unwritten = (String, io::Error);

impl Change {
    /// Makes it.
    ///
    /// # Errors
    ///
    /// What could not be written first; then all is as it was.
    fn make(&self, folder: &Path) -> Result<(), Unwritten> {
        let is_first = !folder.exists();
        let mut done = Vec::new();
        let made = self.written(folder, &mut done);
        match made {
            Ok(()) => {
                self.inherit(folder);
                if is_first {
                    wake_build(folder);
                }
            }
            Err(_) => done.into_iter().rev().for_each(Undo::run),
        }
        made
    }

    fn written(&self, folder: &Path, done: &mut Vec<Undo>) -> Result<(), Unwritten> {
        for (id, files) in &self.made {
            let beside = hidden(folder, id, "tmp");
            done.push(Undo::Remove(beside.clone()));
            let written = fs::create_dir_all(&beside)
                .and_then(|()| files.iter().try_for_each(|(name, text)| fs::write(beside.join(name), text)));
            written.map_err(|error| (id.clone(), error))?;
        }
        for Gone { id, .. } in &self.gone {
            rename(folder.join(id), hidden(folder, id, "old"), done).map_err(|error| (id.clone(), error))?;
        }
        for (id, _) in &self.made {
            rename(hidden(folder, id, "tmp"), folder.join(id), done).map_err(|error| (id.clone(), error))?;
        }
        for (name, text) in &self.texts {
            let path = folder.join(name);
            let told = |error| (name.display().to_string(), error);
            let before = fs::read_to_string(&path).map_err(told)?;
            replace::file(&path, text).map_err(told)?;
            done.push(Undo::Write(path, before));
        }
        Ok(())
    }

    /// Hands on the files that Rex knows nothing of, and removes the rest. The migrations are there: what
    /// cannot be done now is not worth an error.
    fn inherit(&self, folder: &Path) {
        for Gone { id, heir } in &self.gone {
            let old = hidden(folder, id, "old");
            if let (Some(heir), Ok(others)) = (heir, fs::read_dir(&old)) {
                for other in others.flatten() {
                    let to = folder.join(heir).join(other.file_name());
                    if !to.exists() {
                        _ = fs::rename(other.path(), to);
                    }
                }
            }
            _ = fs::remove_dir_all(old);
        }
    }
}

/// How something is undone.
enum Undo {
    Remove(PathBuf),
    Rename(PathBuf, PathBuf),
    Write(PathBuf, String),
}

impl Undo {
    /// The first error is the one to tell: here there is nobody to tell another.
    fn run(self) {
        _ = match self {
            Undo::Remove(path) => fs::remove_dir_all(path),
            Undo::Rename(from, to) => fs::rename(from, to),
            Undo::Write(path, text) => replace::file(&path, &text),
        };
    }
}

fn rename(from: PathBuf, to: PathBuf, done: &mut Vec<Undo>) -> io::Result<()> {
    fs::rename(&from, &to)?;
    done.push(Undo::Rename(to, from));
    Ok(())
}

fn hidden(folder: &Path, id: &str, kind: &str) -> PathBuf {
    folder.join(format!(".{id}.{}.{kind}", std::process::id()))
}

/// A build script watches no folder that is not there, since cargo would run it each time. So that it
/// sees the first migration, what it watches is given a new time.
fn wake_build(folder: &Path) {
    let manifest = folder.ancestors().map(|folder| folder.join("Cargo.toml")).find(|path| path.is_file());
    // Without it, the next change of the schema does the same.
    let file = manifest.and_then(|path| fs::File::options().append(true).open(path).ok());
    _ = file.map(|file| file.set_modified(std::time::SystemTime::now()));
}

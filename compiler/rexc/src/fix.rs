//! `rexc check --fix`: the edits that need no choice, written into the files.

use std::collections::BTreeMap;
use std::path::Path;

use rex_compiler::diagnostic::edit::{apply, compatible};
use rex_compiler::diagnostic::{Diagnostic, Fix};
use rex_compiler::{FileId, Sources, check};

use crate::find::Target;
use crate::{Console, Stop, diff, replace};

/// How often a schema is checked anew: mending one fault can bring another to light.
const ROUNDS: usize = 10;

/// A schema with its safe edits applied.
pub(crate) struct Mended {
    sources: Sources,
    /// How many edits each file's faults got.
    applied: BTreeMap<FileId, usize>,
}

/// Applies the safe edits of a schema, in memory.
pub(crate) fn mend(target: &Target) -> Mended {
    let options = target.config.check_options();
    let mut mended = Mended { sources: target.loaded.sources.clone(), applied: BTreeMap::new() };
    for _ in 0..ROUNDS {
        let diagnostics = check(&mended.sources, &options).diagnostics;
        let safe =
            diagnostics.iter().filter_map(|diagnostic| Some((file(diagnostic)?, diagnostic.safe_fix()?)));
        let chosen = compatible(safe, |(_, fix)| fix);
        if chosen.is_empty() {
            break;
        }
        for (file, _) in &chosen {
            *mended.applied.entry(*file).or_default() += 1;
        }
        let fixes: Vec<&Fix> = chosen.into_iter().map(|(_, fix)| fix).collect();
        mended.sources = apply(&mended.sources, &fixes);
    }
    mended
}

fn file(diagnostic: &Diagnostic) -> Option<FileId> {
    diagnostic.primary.as_ref().map(|label| label.place.file)
}

impl Mended {
    /// Writes the files that changed, and takes them as the target's.
    pub(crate) fn write(&self, target: &mut Target, folder: &Path) -> Result<(), Stop> {
        for (id, text) in self.changed(&target.loaded.sources) {
            let name = self.sources.name(id);
            replace::file(&folder.join(name), text)
                .map_err(|error| Stop::Reason(format!("`{name}` cannot be written: {error}")))?;
        }
        target.loaded.sources = self.sources.clone();
        Ok(())
    }

    /// Prints what would change, as a unified diff.
    pub(crate) fn print(&self, before: &Sources, console: &mut Console<'_>) -> Result<(), Stop> {
        for (id, text) in self.changed(before) {
            let name = self.sources.name(id);
            diff::print(name, before.text(id), text, console.out.write)?;
        }
        Ok(())
    }

    /// Files whose text differs.
    fn changed<'a>(&'a self, before: &'a Sources) -> impl Iterator<Item = (FileId, &'a str)> {
        let differs = |id: &FileId| before.text(*id) != self.sources.text(*id);
        before.ids().filter(differs).map(|id| (id, self.sources.text(id)))
    }

    /// `fixed 3 of 5 in schema/blog.rex`, a line for each file. `left` is what remains.
    pub(crate) fn told(&self, verb: &str, left: &[Diagnostic]) -> String {
        let line = |(&id, applied): (&FileId, &usize)| {
            let left = left.iter().filter(|diagnostic| file(diagnostic) == Some(id)).count();
            format!("{verb} {applied} of {} in {}\n", applied + left, self.sources.name(id))
        };
        self.applied.iter().map(line).collect()
    }

    /// What remains.
    pub(crate) fn left(&self, target: &Target) -> Vec<Diagnostic> {
        check(&self.sources, &target.config.check_options()).diagnostics
    }
}

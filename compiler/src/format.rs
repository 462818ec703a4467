//! The canonical layout of a schema's files.

use crate::diagnostic::{Diagnostic, syntax};
use crate::parallel;
use crate::source::{FileId, Sources};

/// A file, laid out.
#[derive(Clone, Debug)]
pub struct Formatted {
    /// Which.
    pub file: FileId,
    /// Its text in canonical layout; as it was if there are diagnostics.
    pub text: String,
    /// The errors of its syntax.
    pub diagnostics: Vec<Diagnostic>,
}

/// Lays out every file, each by itself.
pub fn format(sources: &Sources) -> Vec<Formatted> {
    let ids: Vec<FileId> = sources.ids().collect();
    parallel::map(&ids, |&file| {
        let rex_grammar::Formatted { text, errors } = rex_grammar::format(sources.text(file));
        let diagnostics = errors.iter().map(|error| syntax::syntax(sources, file, error)).collect();
        Formatted { file, text, diagnostics }
    })
}

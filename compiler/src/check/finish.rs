//! What is told in the end, of all that was found.

use super::context::MAX_OF_FILE;
use super::{Cx, Level};
use crate::diagnostic::{Applicability, Diagnostic, Severity};
use crate::source::Place;

impl Cx<'_> {
    /// Sorted, without what is silenced, and no more of a file than anyone reads.
    pub(super) fn finish(mut self) -> Vec<Diagnostic> {
        let mut diagnostics = std::mem::take(&mut self.diagnostics);
        diagnostics.retain_mut(|diagnostic| match self.level(diagnostic) {
            Some(Level::Allow) => false,
            Some(Level::Deny) => {
                diagnostic.severity = Severity::Error;
                true
            }
            Some(Level::Warn) | None => true,
        });
        diagnostics.sort_by_key(|diagnostic| {
            (
                diagnostic.primary.as_ref().map(|label| (label.place.file, label.place.span.start)),
                diagnostic.code,
            )
        });
        self.tell_once(&mut diagnostics);
        // No machine throws away what somebody wrote.
        for fix in diagnostics.iter_mut().flat_map(|diagnostic| &mut diagnostic.fixes) {
            if fix.applicability == Applicability::Safe && fix.loses_a_comment(self.sources) {
                fix.applicability = Applicability::Choice;
            }
        }
        let mut left = vec![MAX_OF_FILE; self.sources.ids().count()];
        let mut lints_left = left.clone();
        diagnostics.retain(|diagnostic| {
            let Some(label) = &diagnostic.primary else { return true };
            let left = if diagnostic.severity() == Severity::Error { &mut left } else { &mut lints_left };
            let left = &mut left[label.place.file.0 as usize];
            *left = left.saturating_sub(1);
            *left > 0
        });
        diagnostics
    }

    /// What is wrong in a mixin is found in every model that takes it in, and told once. The
    /// diagnostics are sorted.
    fn tell_once(&self, diagnostics: &mut Vec<Diagnostic>) {
        let mut shared: Vec<Place> = self
            .models
            .iter()
            .filter(|draft| !draft.has_rows())
            .map(|draft| Place { file: draft.file, span: draft.ast.span })
            .collect();
        shared.sort_unstable();
        let is_shared = |place: Place| {
            let at = shared
                .partition_point(|block| (block.file, block.span.start) <= (place.file, place.span.start));
            at > 0 && shared[at - 1].file == place.file && shared[at - 1].span.contains(place.span)
        };
        diagnostics.dedup_by(|later, first| {
            let place = |diagnostic: &Diagnostic| diagnostic.primary.as_ref().map(|label| label.place);
            let same = later.code == first.code && place(later) == place(first);
            same && (later.message == first.message || place(later).is_some_and(is_shared))
        });
    }

    /// What becomes of a lint; none for what is no lint.
    fn level(&self, diagnostic: &Diagnostic) -> Option<Level> {
        let lint = diagnostic.code.lint()?;
        let place = diagnostic.primary.as_ref().map(|label| label.place);
        let is_allowed = self.allowed.iter().any(|(scope, name)| {
            *name == lint && place.is_some_and(|p| p.file == scope.file && scope.span.contains(p.span))
        });
        Some(if is_allowed { Level::Allow } else { self.options.level(lint) })
    }
}

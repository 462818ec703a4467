//! `@renamed_from`: names that columns and variants had before.

use std::collections::HashMap;

use super::{Cx, ModelIx};
use crate::diagnostic::{columns, types};
use crate::source::Place;

/// Checks the former names of all columns. Those of variants are checked where they are declared.
pub(super) fn check(cx: &mut Cx<'_>) {
    for model in 0..cx.models.len() {
        check_model(cx, model);
    }
}

fn check_model(cx: &mut Cx<'_>, model: ModelIx) {
    let mut former = Former::default();
    for field in 0..cx.models[model].fields.len() {
        let draft = cx.field(model, field);
        let Some((name, place)) = draft.attributes.of_column.renamed_from.clone() else { continue };
        let made = match draft.columns.as_slice() {
            [column] => cx.models[model].columns[*column].name.clone(),
            [] => continue,
            several => {
                let is = format!("a relation with a key of {} columns", several.len());
                let wanted = "what has one column";
                let diagnostic =
                    types::attribute_target("renamed_from", place, wanted, draft.type_place(), &is);
                cx.report(diagnostic.fix("remove it", place, ""));
                continue;
            }
        };
        let others = cx.models[model].columns.iter();
        let other = others.filter(|column| column.name == name).map(|column| column.place).next();
        if let Some(diagnostic) = former.check(&name, place, &made, other, "a column") {
            cx.report(diagnostic);
        }
    }
}

/// Former names that were met.
#[derive(Default)]
pub(super) struct Former(HashMap<String, Place>);

impl Former {
    /// What is wrong with a former name: `present` is what the thing is called now, `other` is
    /// where something else stands that has the name.
    pub(super) fn check(
        &mut self,
        name: &str,
        place: Place,
        present: &str,
        other: Option<Place>,
        kind: &str,
    ) -> Option<crate::diagnostic::Diagnostic> {
        if name == present {
            return Some(columns::former_is_present(place, name, kind));
        }
        if let Some(other) = other {
            return Some(columns::former_is_another(place, name, other, kind));
        }
        match self.0.get(name) {
            Some(first) => Some(columns::former_twice(place, name, *first)),
            None => {
                self.0.insert(name.to_owned(), place);
                None
            }
        }
    }
}

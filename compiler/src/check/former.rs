//! `@renamed_from`: names that columns and variants had before.

use std::collections::HashMap;

use super::{Cx, ModelIx};
use crate::diagnostic::columns;
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
        // One cause, one diagnostic: the first of several columns tells it.
        let found = cx.field(model, field).columns.iter().find_map(|&at| {
            let column = &cx.models[model].columns[at];
            let name = column.former.as_ref().filter(|_| column.owner == field)?;
            let said = cx.field(model, field).attributes.of_column.renamed_from.as_ref();
            let place = said.map_or(column.place, |(_, place)| *place);
            let others = cx.models[model].columns.iter();
            let other = others.filter(|column| column.name == *name).map(|column| column.place).next();
            former.check(name, place, &column.name, other, "a column")
        });
        found.into_iter().for_each(|diagnostic| cx.report(diagnostic));
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

//! `@backfill`: the value of rows that are there when a column comes.

use rex_schema::model::ValueType;

use super::expr::{Scope, Wanted, formula};
use super::{Cx, FieldIx, ModelIx};
use crate::diagnostic::types;

/// Reads the values of all fields, and files them with their columns.
pub(super) fn check(cx: &mut Cx<'_>) {
    for model in 0..cx.models.len() {
        for field in 0..cx.models[model].fields.len() {
            check_field(cx, model, field);
        }
    }
}

fn check_field(cx: &mut Cx<'_>, model: ModelIx, field: FieldIx) {
    let draft = cx.field(model, field);
    let Some((expr, place)) = draft.attributes.of_column.backfill else { return };
    if draft.attributes.fields.is_some() {
        return;
    }
    match draft.columns.as_slice() {
        // The field is broken, which was told.
        [] => {}
        &[at] => {
            let column = &cx.models[model].columns[at];
            let wanted = Wanted::Value(ValueType { ty: column.ty, list: column.list });
            let scope = Scope::of(model, draft.file).with_clock();
            cx.models[model].columns[at].backfill = formula(cx, scope, expr, wanted);
        }
        several => {
            let is = format!("a relation with a key of {} columns", several.len());
            let diagnostic =
                types::attribute_target("backfill", place, "what has one column", draft.type_place(), &is);
            cx.report(diagnostic.fix("remove it", place, ""));
        }
    }
}

//! `@backfill`: the value of rows that are there when a column comes.

use rex_grammar::ast;
use rex_schema::model::{Formula, ValueType};

use super::expr::{self, Scope, Wanted, formula};
use super::{Cx, FieldIx, ModelIx};
use crate::diagnostic::{computed, defaults, types};
use crate::source::Place;

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
            let value = formula(cx, scope, expr, wanted);
            if !cx.models[model].columns[at].nullable {
                may_not_be_null(cx, model, field, expr, value.as_ref());
            }
            cx.models[model].columns[at].backfill = value;
        }
        several => {
            let is = format!("a relation with a key of {} columns", several.len());
            let diagnostic =
                types::attribute_target("backfill", place, "what has one column", draft.type_place(), &is);
            cx.report(diagnostic.fix("remove it", place, ""));
        }
    }
}

/// Tells a value of a required field that is null, or may be: the migration would stop at it.
fn may_not_be_null(
    cx: &mut Cx<'_>,
    model: ModelIx,
    field: FieldIx,
    expr: &ast::Expr,
    value: Option<&Formula>,
) {
    let Some(Formula::Expr(made_of)) = value else { return };
    let draft = cx.field(model, field);
    let at = Place { file: draft.file, span: expr.span };
    let diagnostic = match expr.kind {
        ast::ExprKind::Null => defaults::null_for_existing(at, draft.name(), draft.mark()),
        _ if expr::may_be_null(cx, model, made_of) => computed::may_be_null(at, draft.name(), draft.mark()),
        _ => return,
    };
    cx.report(diagnostic);
}

//! `@computed`: columns that the database makes of the others.

use rex_grammar::ast;
use rex_schema::model::{Expr, Formula, ValueType};

use super::draft::Shape;
use super::{Cx, FieldIx, ModelIx, expr};
use crate::diagnostic::{computed as told, keys};
use crate::source::Place;

/// Checks the computed columns of all models, and files what they are made of.
pub(super) fn check(cx: &mut Cx<'_>) {
    for model in cx.with_rows() {
        for field in 0..cx.models[model].fields.len() {
            if let Some((expr, place)) = cx.field(model, field).attributes.of_column.computed {
                column(cx, model, field, expr, place);
            }
        }
    }
}

fn column(cx: &mut Cx<'_>, model: ModelIx, field: FieldIx, expr: &ast::Expr, place: Place) {
    let draft = cx.field(model, field);
    let Shape::Scalar { ty, list, nullable } = draft.shape else { return };
    if let Some(default) = &draft.ast.default {
        let after_type = draft.type_place().span.after();
        let whole = Place { file: draft.file, span: after_type.to(default.span) };
        let diagnostic = told::with_default(place, Place { file: draft.file, span: default.span }, whole);
        cx.report(diagnostic);
    }
    in_the_key(cx, model, field);
    let scope = expr::Scope::of(model, cx.field(model, field).file);
    let wanted = expr::Wanted::Value(ValueType { ty, list });
    let Some(formula) = expr::formula(cx, scope, expr, wanted) else { return };
    if let Formula::Expr(made_of) = &formula {
        let at = Place { file: scope.file, span: expr.span };
        if is_over_computed(cx, model, made_of, at) {
            return;
        }
        if !nullable && expr::may_be_null(cx, model, made_of) {
            let draft = cx.field(model, field);
            let diagnostic = told::may_be_null(at, draft.name(), draft.mark());
            cx.report(diagnostic);
        }
    }
    if let [column] = cx.field(model, field).columns.as_slice() {
        let column = *column;
        cx.models[model].columns[column].computed = Some(formula);
    }
}

/// Parts that the statement `id (…)` names: `@id` is told with the attributes.
fn in_the_key(cx: &mut Cx<'_>, model: ModelIx, field: FieldIx) {
    let Some(key) = &cx.models[model].key else { return };
    let part = key.fields.iter().zip(&key.places).find(|(part, _)| **part == field);
    let Some((_, &place)) = part else { return };
    let draft = cx.field(model, field);
    if draft.attributes.id.is_none() {
        let diagnostic = keys::key_part(draft.place(), draft.name(), "computed", place, None);
        cx.report(diagnostic);
    }
}

/// Neither database lets a computed column see another.
fn is_over_computed(cx: &mut Cx<'_>, model: ModelIx, expr: &Expr, place: Place) -> bool {
    let mut found = None;
    expr.columns(&mut |column| {
        let owner = cx.models[model].columns[column].owner;
        if cx.field(model, owner).attributes.of_column.computed.is_some() {
            found.get_or_insert(owner);
        }
    });
    let Some(other) = found else { return false };
    let draft = cx.field(model, other);
    let diagnostic = told::over_computed(place, draft.name(), draft.place());
    cx.report(diagnostic);
    true
}

//! Expressions: from syntax to the typed tree of the schema.
//!
//! A literal has no type of its own: it is read by the type that it meets. What could not be made
//! out was told once, and gives none.

mod calls;
mod fold;
mod infer;
mod literal;
mod names;
mod operators;
mod sql;
mod unify;

use rex_grammar::ast;
use rex_schema::model::{Expr, Formula, Scalar, ValueType};
use rex_schema::{Dialect, sqlite};

pub(super) use self::sql::{called as sql_called, query as sql_query, text as sql_text};

use super::{Cx, ModelIx};
use crate::diagnostic::expressions as told;
use crate::source::{FileId, Place};
use infer::{Part, Typer};

/// Where an expression stands: whose columns it names, and what it may ask.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scope {
    pub(super) model: ModelIx,
    /// The file that holds it: a mixin's, where it comes from there.
    pub(super) file: FileId,
    pub(super) clock: Clock,
}

/// Whether `now()` and `today()` may be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clock {
    /// Defaults, `@on_update`, `@backfill`.
    Allowed,
    /// What must be true of a row whenever it is looked at.
    Forbidden,
}

/// What an expression is for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Wanted {
    /// A condition: true, false or unknown.
    Condition,
    /// A value that can be stored in a column of this type.
    Value(ValueType),
    /// A value that has an order.
    Ordered,
}

impl Scope {
    /// Where the clock may not be asked.
    pub(super) fn of(model: ModelIx, file: FileId) -> Scope {
        Scope { model, file, clock: Clock::Forbidden }
    }

    /// Where it may be.
    pub(super) fn with_clock(self) -> Scope {
        Scope { clock: Clock::Allowed, ..self }
    }
}

/// Rex's expression, or `sql(…)`.
pub(super) fn formula(cx: &mut Cx<'_>, scope: Scope, expr: &ast::Expr, wanted: Wanted) -> Option<Formula> {
    match sql_called(expr) {
        Some(args) => sql_text(cx, scope.file, args).map(Formula::Sql),
        None => typed(cx, scope, expr, wanted).map(Formula::Expr),
    }
}

/// An expression that does for what is wanted.
fn typed(cx: &mut Cx<'_>, scope: Scope, expr: &ast::Expr, wanted: Wanted) -> Option<Expr> {
    let place = Place { file: scope.file, span: expr.span };
    if !infer::is_bounded(expr) {
        cx.report(told::too_large(place));
        return None;
    }
    let found = of_kind(&mut Typer { cx, scope }, expr, place, wanted)?;
    if cx.has(Dialect::Sqlite) && !sqlite::can_read(&found) {
        cx.report(told::too_large_for_sqlite(place));
        return None;
    }
    Some(found)
}

fn of_kind(typer: &mut Typer<'_, '_>, expr: &ast::Expr, place: Place, wanted: Wanted) -> Option<Expr> {
    match wanted {
        Wanted::Condition => typer.condition(expr),
        Wanted::Value(ty) => {
            let operand = typer.infer(expr)?;
            typer.assigned(Part { operand, place }, ty)
        }
        Wanted::Ordered => {
            let operand = typer.infer(expr)?;
            let found = typer.settle(Part { operand, place }, None)?;
            typer.has_order(&found, place).then_some(found)
        }
    }
}

/// Whether it may be null although it is over this model's columns as they are.
pub(super) fn may_be_null(cx: &Cx<'_>, model: ModelIx, expr: &Expr) -> bool {
    use rex_schema::model::{Arithmetic, Function, Node};
    let inner = |expr: &Expr| may_be_null(cx, model, expr);
    match &expr.node {
        Node::Null => true,
        Node::Value(_) | Node::IsNull(_) | Node::IsNotNull(_) => false,
        Node::Column(place) => cx.models[model].columns[*place].nullable,
        Node::Widen(one) | Node::Not(one) | Node::Negate(one) => inner(one),
        Node::All(list) | Node::Any(list) => list.iter().any(inner),
        Node::Call(Function::Coalesce, list) => list.iter().all(inner),
        Node::Call(_, list) => list.iter().any(inner),
        Node::Compare(_, left, right) => inner(left) || inner(right),
        // The constant zero was refused.
        Node::Arithmetic(Arithmetic::Divide | Arithmetic::Remainder, left, right) => {
            !matches!(right.node, Node::Value(_)) || inner(left)
        }
        Node::Arithmetic(_, left, right) => inner(left) || inner(right),
        Node::In(one, list) => inner(one) || list.iter().any(inner),
    }
}

/// Texts are of any length within an expression.
fn any_length(ty: ValueType) -> ValueType {
    match ty.ty {
        rex_schema::model::Type::Scalar(Scalar::String { .. }) => {
            ValueType { ty: rex_schema::model::Type::Scalar(Scalar::String { max: None }), list: ty.list }
        }
        _ => ty,
    }
}

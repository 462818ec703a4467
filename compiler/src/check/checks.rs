//! `check`: rules over the row.

use rex_grammar::ast::{self, ExprKind};
use rex_schema::model::{self, Formula};
use rex_schema::names;

use super::draft::{CheckDraft, ModelDraft, Statement};
use super::{Cx, ModelIx, expr};
use crate::diagnostic::{names as named, types};
use crate::source::Place;

const USAGE: &str = "check \"name\" (a < b, message: \"…\")";

/// Reads a statement `check`.
pub(super) fn read(cx: &mut Cx<'_>, model: ModelIx, statement: Statement<'_>) {
    let Statement { ast: statement, file } = statement;
    let place = Place { file, span: statement.span };
    let arguments = match statement.groups.as_slice() {
        [group] if statement.strings.len() <= 1 && statement.clauses.is_empty() => arguments(group),
        _ => None,
    };
    let Some((condition, message)) = arguments else {
        cx.report(types::statement_arguments("check", place, USAGE));
        return;
    };
    let name = statement.strings.first().map(|name| (name.text.clone(), Place { file, span: name.span }));
    if let Some((name, at)) = &name {
        cx.database_name("the check", *at, name, false);
        let same = cx.models[model].checks.iter().filter_map(|check| check.name.as_ref());
        if let Some((_, first)) = same.into_iter().find(|(other, _)| other.eq_ignore_ascii_case(name)) {
            let diagnostic = named::same_constraint(name, *at, *first);
            cx.report(diagnostic);
            return;
        }
    }
    let at = Place { file, span: condition.span };
    let scope = expr::Scope::of(model, file);
    let Some(formula) = expr::formula(cx, scope, condition, expr::Wanted::Condition) else { return };
    cx.models[model].checks.push(CheckDraft { name, condition: formula, message, place: at });
}

/// The condition, and what is said when it is false.
fn arguments(group: &ast::Group) -> Option<(&ast::Expr, Option<String>)> {
    let (condition, rest) = group.args.split_first()?;
    if condition.label.is_some() || group.args.iter().any(|arg| !arg.modifiers.is_empty()) {
        return None;
    }
    let message = match rest {
        [] => None,
        [message] if message.label.as_ref().is_some_and(|label| label.text == "message") => {
            let ExprKind::String(text) = &message.value.kind else { return None };
            Some(text.clone())
        }
        _ => return None,
    };
    Some((&condition.value, message))
}

/// The checks of a model, each under its name. `free` gives a made name that nobody has.
pub(super) fn assemble(draft: &ModelDraft<'_>, mut free: impl FnMut(String) -> String) -> Vec<model::Check> {
    let checks = draft.checks.iter().map(|check| model::Check {
        name: match &check.name {
            Some((name, _)) => name.clone(),
            None => free(made_name(draft, &check.condition)),
        },
        condition: check.condition.clone(),
        message: check.message.clone(),
        made: false,
    });
    checks.collect()
}

/// `users_age_check`: after the columns that it is over.
fn made_name(draft: &ModelDraft<'_>, condition: &Formula) -> String {
    let mut columns: Vec<&str> = Vec::new();
    if let Formula::Expr(expr) = condition {
        expr.columns(&mut |place| {
            let name = draft.columns[place].name.as_str();
            if !columns.contains(&name) {
                columns.push(name);
            }
        });
    }
    match columns.is_empty() {
        true => names::check(&draft.stem(), "row"),
        false => names::check(&draft.stem(), &columns.join("_")),
    }
}

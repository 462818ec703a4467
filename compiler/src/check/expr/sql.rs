//! `sql("…")` and `sql(postgres: "…", sqlite: "…")`: the user's own text, for each database.

use rex_grammar::ast::{self, ExprKind};
use rex_schema::Dialect;
use rex_schema::model::SqlText;

use crate::check::Cx;
use crate::diagnostic::sql as told;
use crate::source::{FileId, Place};

/// The arguments, if an expression is `sql(…)`.
pub(in crate::check) fn called(expr: &ast::Expr) -> Option<&ast::Group> {
    match &expr.kind {
        ExprKind::Call { path, args } if path.len() == 1 && path[0].text == "sql" => Some(args),
        _ => None,
    }
}

/// Reads the arguments of `sql`. None if the text of a configured database is missing or wrong,
/// which is told.
pub(in crate::check) fn text(cx: &mut Cx<'_>, file: FileId, args: &ast::Group) -> Option<SqlText> {
    let may_be_shared = cx.options.databases.len() == 1;
    read(cx, file, args, may_be_shared)
}

/// The same in a view, where one text may do for several databases.
pub(in crate::check) fn query(cx: &mut Cx<'_>, file: FileId, args: &ast::Group) -> Option<SqlText> {
    read(cx, file, args, true)
}

fn read(cx: &mut Cx<'_>, file: FileId, args: &ast::Group, may_be_shared: bool) -> Option<SqlText> {
    let whole = Place { file, span: args.span };
    let mut text = SqlText::default();
    let mut sound = true;
    for arg in &args.args {
        let place = Place { file, span: arg.value.span };
        let ExprKind::String(said) = &arg.value.kind else {
            cx.report(told::not_a_text(place));
            sound = false;
            continue;
        };
        if said.trim().is_empty() || said.contains('\0') {
            cx.report(told::empty(place));
            sound = false;
            continue;
        }
        sound &= match &arg.label {
            None if may_be_shared && args.args.len() == 1 => {
                text = SqlText { postgres: Some(said.clone()), sqlite: Some(said.clone()) };
                true
            }
            None => {
                let written = cx.text(place).to_owned();
                cx.report(told::plain_for_two(place, &written, args.args.len() > 1));
                false
            }
            Some(label) => {
                let label_place = Place { file, span: label.span };
                labelled(cx, &mut text, said, label, label_place)
            }
        };
    }
    if args.args.is_empty() {
        cx.report(told::empty(whole));
        return None;
    }
    sound.then_some(())?;
    let missing = [(Dialect::Postgres, &text.postgres), (Dialect::Sqlite, &text.sqlite)]
        .into_iter()
        .find(|(dialect, text)| cx.has(*dialect) && text.is_none());
    match missing {
        Some((dialect, _)) => {
            let last = args.args.last().map_or(args.span, |arg| arg.span);
            cx.report(told::missing(whole, dialect, Place { file, span: last.after() }));
            None
        }
        None => Some(text),
    }
}

fn labelled(cx: &mut Cx<'_>, text: &mut SqlText, said: &str, label: &ast::Name, place: Place) -> bool {
    let slot = match label.text.as_str() {
        "postgres" => &mut text.postgres,
        "sqlite" => &mut text.sqlite,
        other => {
            cx.report(told::unknown_database(place, other));
            return false;
        }
    };
    if slot.is_some() {
        cx.report(told::twice(place, &label.text));
        return false;
    }
    *slot = Some(said.to_owned());
    true
}

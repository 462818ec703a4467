//! The arguments of attributes.

use rex_grammar::ast::{self, ExprKind};
use rex_schema::model::Action;

use super::Cx;
use crate::source::{FileId, Place};

/// The single string in parentheses, which names something in the database.
pub(super) fn database_name(
    cx: &mut Cx<'_>,
    attribute: &ast::Attribute,
    file: FileId,
    what: &str,
) -> Option<String> {
    let name = one_string(attribute)?;
    cx.database_name(what, Place { file, span: name.span }, &name.text, false);
    Some(name.text)
}

pub(super) fn action(name: &str) -> Option<Action> {
    Some(match name {
        "cascade" => Action::Cascade,
        "restrict" => Action::Restrict,
        "set_null" => Action::SetNull,
        "set_default" => Action::SetDefault,
        "no_action" => Action::NoAction,
        _ => return None,
    })
}

/// The single string in parentheses.
pub(in crate::check) fn one_string(attribute: &ast::Attribute) -> Option<ast::Str> {
    let mut all = strings(attribute)?;
    (all.len() == 1).then(|| all.remove(0))
}

pub(super) fn strings(attribute: &ast::Attribute) -> Option<Vec<ast::Str>> {
    let args = &attribute.args.as_ref()?.args;
    args.iter()
        .map(|arg| match &arg.value.kind {
            ExprKind::String(text) if plain(arg) => Some(ast::Str { text: text.clone(), span: arg.span }),
            _ => None,
        })
        .collect()
}

pub(super) fn one_name(attribute: &ast::Attribute) -> Option<&ast::Name> {
    let names = name_list(attribute)?;
    (names.len() == 1).then(|| names[0])
}

pub(super) fn name_list(attribute: &ast::Attribute) -> Option<Vec<&ast::Name>> {
    let args = &attribute.args.as_ref()?.args;
    let names: Option<Vec<&ast::Name>> = args
        .iter()
        .map(|arg| match &arg.value.kind {
            ExprKind::Path(path) if path.len() == 1 && plain(arg) => Some(&path[0]),
            _ => None,
        })
        .collect();
    names.filter(|names| !names.is_empty())
}

fn plain(arg: &ast::Arg) -> bool {
    arg.label.is_none() && arg.modifiers.is_empty()
}

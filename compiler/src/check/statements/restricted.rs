//! Statements of mixins and embedded types: which they cannot have.

use rex_grammar::ast::{self, BlockKind};

use super::{allow, of_block};
use crate::check::draft::Statement;
use crate::check::{Cx, ModelIx};
use crate::diagnostic::declarations;
use crate::diagnostic::syntax::dangling_doc;
use crate::source::Place;

/// Tells statements that a mixin or an embedded type cannot have. Those that a mixin can have are
/// read with each model that takes it in.
pub(super) fn check(cx: &mut Cx<'_>, block: ModelIx) {
    let (ast, statements) = (cx.models[block].ast, of_block(&cx.models[block]));
    for statement in statements.collect::<Vec<Statement<'_>>>() {
        let Statement { ast: read, file } = statement;
        if let (Some(first), Some(last)) = (read.docs.first(), read.docs.last()) {
            cx.report(dangling_doc(Place { file, span: first.span.to(last.span) }));
        }
        let (keyword, whole) = (read.keyword.text.as_str(), Place { file, span: read.span });
        let fault = match ast.kind {
            BlockKind::Mixin => in_mixin(read),
            _ if keyword == "allow" => None,
            _ => Some(Fault::Keyword),
        };
        match fault {
            None if keyword == "allow" => allow(cx, statement, ast.span),
            None => {}
            Some(Fault::Keyword) => {
                let at = Place { file, span: read.keyword.span };
                cx.report(declarations::no_statement_here(at, keyword, ast.kind, whole));
            }
            Some(Fault::Name) => {
                let name = Place { file, span: read.strings[0].span };
                cx.report(declarations::named_in_mixin(name, keyword));
            }
        }
    }
}

/// What a mixin cannot have.
#[derive(Clone, Copy)]
pub(super) enum Fault {
    /// A statement with this keyword.
    Keyword,
    /// A name: the second model that takes it in would have it too.
    Name,
}

/// Why a mixin cannot have a statement.
pub(super) fn in_mixin(statement: &ast::Statement) -> Option<Fault> {
    match statement.keyword.text.as_str() {
        "unique" | "index" | "check" if !statement.strings.is_empty() => Some(Fault::Name),
        "unique" | "index" | "check" | "allow" => None,
        _ => Some(Fault::Keyword),
    }
}

//! What an index or a unique constraint says beside its parts: clauses behind them, and words
//! behind each.

use rex_grammar::ast::{self, ExprKind};
use rex_schema::Version;
use rex_schema::model::{Formula, Nulls};
use rex_sql::Dialect;

use super::super::draft::{PartDraft, PartKey, Statement};
use super::super::foreign_keys::columns_of;
use super::super::methods::Method;
use super::super::{Cx, ModelIx, expr};
use super::{field_name, find};
use crate::diagnostic::{indexes, keys, types};
use crate::source::{FileId, Place};

/// A clause that could not be made out.
pub(super) struct Broken;

/// What stands behind the parts.
#[derive(Default)]
pub(super) struct Clauses {
    pub(super) condition: Option<Formula>,
    pub(super) method: Option<(Method, Place)>,
    /// Places in the model's columns.
    pub(super) include: Option<(Vec<usize>, Place)>,
    pub(super) nulls_not_distinct: bool,
}

/// A column that an index has as a part and holds along too.
pub(super) fn included_part(
    cx: &Cx<'_>,
    model: ModelIx,
    parts: &[PartDraft],
    include: &[usize],
) -> Option<usize> {
    columns_of(cx, model, parts).into_iter().find(|column| include.contains(column))
}

/// Reads the clauses of a statement, each once.
pub(super) fn clauses(cx: &mut Cx<'_>, model: ModelIx, statement: Statement<'_>) -> Result<Clauses, Broken> {
    let Statement { ast: statement, file } = statement;
    let is_unique = statement.keyword.text == "unique";
    let keyword = statement.keyword.text.as_str();
    let mut clauses = Clauses::default();
    let mut seen: Vec<(&str, Place)> = Vec::new();
    let mut sound = true;
    for clause in &statement.clauses {
        let at = Place { file, span: clause.span };
        let word = word(&clause.kind);
        if let Some((_, first)) = seen.iter().find(|(other, _)| *other == word) {
            cx.report(types::statement_twice(word, at, *first));
            continue;
        }
        seen.push((word, at));
        match &clause.kind {
            ast::ClauseKind::Where(condition) => {
                let scope = expr::Scope::of(model, file);
                clauses.condition = expr::formula(cx, scope, condition, expr::Wanted::Condition);
                sound &= clauses.condition.is_some();
            }
            ast::ClauseKind::Using(_) | ast::ClauseKind::Include(_) if is_unique => {
                cx.report(indexes::clause_out_of_place(at, word, keyword));
            }
            ast::ClauseKind::NullsNotDistinct if !is_unique => {
                cx.report(indexes::clause_out_of_place(at, word, keyword));
            }
            ast::ClauseKind::Using(name) => {
                clauses.method = method(cx, file, name).map(|method| (method, at));
                sound &= clauses.method.is_some();
            }
            ast::ClauseKind::Include(group) => {
                let columns = included(cx, model, file, group);
                sound &= columns.is_some();
                clauses.include = columns.map(|columns| (columns, at));
            }
            ast::ClauseKind::NullsNotDistinct => {
                clauses.nulls_not_distinct = true;
                nulls_not_distinct(cx, at);
            }
        }
    }
    if sound { Ok(clauses) } else { Err(Broken) }
}

fn word(kind: &ast::ClauseKind) -> &'static str {
    match kind {
        ast::ClauseKind::Where(_) => "where",
        ast::ClauseKind::Using(_) => "using",
        ast::ClauseKind::Include(_) => "include",
        ast::ClauseKind::NullsNotDistinct => "nulls_not_distinct",
    }
}

fn method(cx: &mut Cx<'_>, file: FileId, name: &ast::Name) -> Option<Method> {
    let found = Method::ALL.into_iter().find(|method| method.name() == name.text);
    if found.is_none() {
        let place = Place { file, span: name.span };
        cx.report(indexes::unknown_method(place, &name.text, Method::ALL.map(Method::name)));
    }
    found
}

/// The columns of `include (a, b)`. None if one of them could not be made out.
fn included(cx: &mut Cx<'_>, model: ModelIx, file: FileId, group: &ast::Group) -> Option<Vec<usize>> {
    if group.args.is_empty() {
        cx.report(keys::empty_list(Place { file, span: group.span }, "include"));
        return None;
    }
    let mut columns: Vec<(usize, Place)> = Vec::new();
    let mut sound = true;
    for arg in &group.args {
        let place = Place { file, span: arg.value.span };
        let name = field_name(cx, file, "include", arg);
        let Some((field, column)) = name.and_then(|name| find(cx, model, &name.text, place)) else {
            sound = false;
            continue;
        };
        words(cx, file, "include", arg, None);
        let part = PartDraft::new(PartKey::Field { field, column }, place);
        for column in columns_of(cx, model, &[part]) {
            match columns.iter().find(|(other, _)| *other == column) {
                Some((_, first)) => {
                    let (name, first) = (cx.text(place), *first);
                    cx.report(keys::field_twice(place, name, first));
                }
                None => columns.push((column, place)),
            }
        }
    }
    sound.then(|| columns.into_iter().map(|(column, _)| column).collect())
}

/// PostgreSQL's since this version.
const NULLS_NOT_DISTINCT: Version = Version::new(15, 0);

fn nulls_not_distinct(cx: &mut Cx<'_>, place: Place) {
    if cx.has(Dialect::Sqlite) {
        cx.report(indexes::nulls_distinct_in_sqlite(place));
    } else if cx.options.servers.postgres < NULLS_NOT_DISTINCT {
        let least = cx.options.servers.postgres;
        cx.report(indexes::nulls_distinct_before(place, least));
    }
}

/// `desc`, `nulls_first`, `collate("C")` …: taken in where there is an order. False where one could not
/// be made out.
pub(super) fn words(
    cx: &mut Cx<'_>,
    file: FileId,
    keyword: &str,
    arg: &ast::Arg,
    mut part: Option<&mut PartDraft>,
) -> bool {
    let told = cx.diagnostics.len();
    let mut seen: Vec<(Kind, &str, Place)> = Vec::new();
    for modifier in &arg.modifiers {
        let at = Place { file, span: modifier.span };
        let word = modifier.name.text.as_str();
        let Some(part) = part.as_deref_mut() else {
            cx.report(keys::no_order(at, word, keyword));
            continue;
        };
        let Some(kind) = kind(word) else {
            cx.report(keys::unknown_order(at, word));
            continue;
        };
        if let Some((_, other, first)) = seen.iter().find(|(other, ..)| *other == kind) {
            cx.report(indexes::word_twice(at, word, *first, other));
            continue;
        }
        seen.push((kind, word, at));
        match kind {
            Kind::Direction => part.descending = word == "desc",
            Kind::Nulls => {
                part.nulls = Some(if word == "nulls_first" { Nulls::First } else { Nulls::Last });
            }
            Kind::Collate => part.collate = name(cx, file, modifier, "the collation"),
            Kind::Ops => part.ops = name(cx, file, modifier, "the operator class"),
        }
        if matches!(kind, Kind::Direction | Kind::Nulls) {
            part.order.get_or_insert(at);
            if modifier.args.is_some() {
                cx.report(keys::unknown_order(at, cx.text(at)));
            }
        }
    }
    cx.diagnostics.len() == told
}

/// Of each kind, a part has one word.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Direction,
    Nulls,
    Collate,
    Ops,
}

fn kind(word: &str) -> Option<Kind> {
    Some(match word {
        "asc" | "desc" => Kind::Direction,
        "nulls_first" | "nulls_last" => Kind::Nulls,
        "collate" => Kind::Collate,
        "ops" => Kind::Ops,
        _ => return None,
    })
}

/// `collate("C")`: the name, with the place of the whole.
fn name(cx: &mut Cx<'_>, file: FileId, modifier: &ast::Modifier, what: &str) -> Option<(String, Place)> {
    let at = Place { file, span: modifier.span };
    let args = modifier.args.as_ref().map_or(&[][..], |group| &group.args);
    match args {
        [
            ast::Arg {
                label: None, value: ast::Expr { kind: ExprKind::String(name), span }, modifiers, ..
            },
        ] if modifiers.is_empty() => {
            cx.database_name(what, Place { file, span: *span }, name, false);
            Some((name.clone(), at))
        }
        _ => {
            cx.report(indexes::modifier_arguments(at, &modifier.name.text));
            None
        }
    }
}

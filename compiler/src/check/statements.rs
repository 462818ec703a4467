//! The statements of a model; `@id`, `@unique` and `@index` are statements of one field.
//!
//! Third pass: tables, primary keys and silenced lints. Then, once the columns are known: unique
//! constraints and indexes.

mod options;
mod restricted;

use std::collections::HashMap;

use rex_grammar::ast::{self, ExprKind, Member};

use super::draft::{IndexDraft, Key, ModelDraft, PartDraft, PartKey, Shape, Statement};
use super::foreign_keys::columns_of;
use super::keys::MAX_COLUMNS;
use super::lints::known_lint;
use super::{Cx, FieldIx, ModelIx, checks, embedded, expr, methods, storage, unions};
use crate::diagnostic::{declarations, keys, syntax, types};
use crate::source::{FileId, Place};

/// The most statements that are read of a declaration. No table has as many indexes and rules.
const MAX_STATEMENTS: usize = 10_000;

/// Reads all statements but those that need columns.
pub(super) fn read_keys(cx: &mut Cx<'_>) {
    for block in 0..cx.models.len() {
        let surplus = all_of_block(&cx.models[block]).nth(MAX_STATEMENTS);
        if let Some(Statement { ast, file }) = surplus {
            let place = Place { file, span: ast.keyword.span };
            let name = cx.models[block].name();
            cx.report(declarations::too_many_statements(place, name, MAX_STATEMENTS));
        }
        if !cx.models[block].has_rows() {
            restricted::check(cx, block);
        }
    }
    for model in cx.with_rows() {
        for field in 0..cx.models[model].fields.len() {
            if let Some(place) = cx.field(model, field).attributes.id {
                set_key(
                    cx,
                    model,
                    Key { fields: vec![field], places: vec![place], place, by_column: Vec::new() },
                );
            }
        }
        let mut table: Option<Place> = None;
        for statement in statements(cx, model) {
            read_statement(cx, model, statement, &mut table);
        }
    }
}

/// Reads unique constraints, indexes and checks.
pub(super) fn read_indexes(cx: &mut Cx<'_>) {
    for model in cx.with_rows() {
        for field in 0..cx.models[model].fields.len() {
            read_field(cx, model, field);
        }
        for statement in statements(cx, model) {
            match statement.ast.keyword.text.as_str() {
                "unique" | "index" => index(cx, model, statement),
                "check" if !cx.models[model].storage.is_view => checks::read(cx, model, statement),
                _ => {}
            }
        }
    }
}

/// The statements of a model, then those of the mixins that it takes in, without what no mixin
/// can have: that was told there.
fn statements<'a>(cx: &Cx<'a>, model: ModelIx) -> Vec<Statement<'a>> {
    let draft = &cx.models[model];
    let mixins = draft.mixins.iter().flat_map(|&mixin| of_block(&cx.models[mixin]));
    of_block(draft).chain(mixins.filter(|statement| restricted::in_mixin(statement.ast).is_none())).collect()
}

/// The statements of a block, no more than are read.
pub(super) fn of_block<'a>(draft: &ModelDraft<'a>) -> impl Iterator<Item = Statement<'a>> + use<'a> {
    all_of_block(draft).take(MAX_STATEMENTS)
}

fn all_of_block<'a>(draft: &ModelDraft<'a>) -> impl Iterator<Item = Statement<'a>> + use<'a> {
    let file = draft.file;
    draft.ast.members.iter().filter_map(move |member| match member {
        Member::Statement(ast) => Some(Statement { ast, file }),
        Member::Field(_) => None,
    })
}

fn read_statement<'a>(cx: &mut Cx<'a>, model: ModelIx, statement: Statement<'a>, table: &mut Option<Place>) {
    let Statement { ast: statement, file } = statement;
    let keyword = statement.keyword.text.as_str();
    let at = Place { file, span: statement.keyword.span };
    let whole = Place { file, span: statement.span };
    if let (Some(first), Some(last)) = (statement.docs.first(), statement.docs.last()) {
        cx.report(syntax::dangling_doc(Place { file, span: first.span.to(last.span) }));
    }
    match keyword {
        "table" => match (statement.strings.as_slice(), statement.groups.as_slice(), *table) {
            ([name], [], None) => {
                let place = Place { file, span: name.span };
                cx.database_name("the table", place, &name.text, true);
                *table = Some(at);
                cx.models[model].table = name.text.clone();
                cx.models[model].table_place = place;
            }
            ([_], [], Some(first)) => cx.report(types::statement_twice(keyword, at, first)),
            _ => cx.report(types::statement_arguments(keyword, whole, "table \"posts\"")),
        },
        "id" => {
            cx.models[model].names_key = true;
            if let Some(key) = composite_key(cx, model, Statement { ast: statement, file }) {
                set_key(cx, model, key);
            }
        }
        "unique" | "index" => {}
        "check" if !cx.models[model].storage.is_view => {}
        "allow" => allow(cx, Statement { ast: statement, file }, cx.models[model].ast.span),
        _ if storage::read(cx, model, statement) => {}
        _ => {
            let owner = cx.models[model].owner();
            cx.report(types::misplaced_statement(keyword, at, owner));
        }
    }
}

fn set_key<'a>(cx: &mut Cx<'a>, model: ModelIx, key: Key<'a>) {
    cx.models[model].names_key = true;
    match &cx.models[model].key {
        Some(first) => {
            let diagnostic = keys::two_primary_keys(cx.models[model].name(), key.place, first.place);
            cx.report(diagnostic);
        }
        None => cx.models[model].key = Some(key),
    }
}

/// `id (a, b)`. None if a part could not be made out.
fn composite_key<'a>(cx: &mut Cx<'a>, model: ModelIx, statement: Statement<'a>) -> Option<Key<'a>> {
    let group = single_group(cx, statement)?;
    let Statement { ast: statement, file } = statement;
    if !statement.strings.is_empty() || !statement.clauses.is_empty() {
        let place = Place { file, span: statement.span };
        cx.report(types::statement_arguments("id", place, "id (a, b)"));
    }
    let place = Place { file, span: statement.keyword.span };
    let mut key = Key { fields: Vec::new(), places: Vec::new(), place, by_column: Vec::new() };
    let mut first: HashMap<FieldIx, Place> = HashMap::new();
    let mut sound = true;
    for arg in &group.args {
        let at = Place { file, span: arg.value.span };
        let Some(name) = field_name(cx, file, "id", arg) else {
            sound = false;
            continue;
        };
        options::words(cx, file, "id", arg, None);
        let Some((field, by_column)) = key_field(cx, model, name, at) else {
            sound = false;
            continue;
        };
        if let Some(first) = first.insert(field, at) {
            cx.report(keys::field_twice(at, &name.text, first));
            continue;
        }
        key.fields.push(field);
        key.places.push(at);
        key.by_column.extend(by_column.then_some((field, name)));
    }
    sound.then_some(key)
}

/// A field that a key names, or the to-one whose column it may be: columns are not known yet.
fn key_field(cx: &mut Cx<'_>, model: ModelIx, name: &ast::Name, place: Place) -> Option<(FieldIx, bool)> {
    let draft = &cx.models[model];
    if let Some(field) = draft.find(&name.text) {
        if let Shape::ToMany { .. } = cx.field(model, field).shape {
            let declared = cx.field(model, field).place();
            cx.report(keys::to_many_part(place, &name.text, declared));
            return None;
        }
        return Some((field, false));
    }
    let prefixes = name.text.rmatch_indices('_').filter_map(|(at, _)| draft.find(&name.text[..at]));
    let makes_columns = |&field: &FieldIx| {
        let field = &draft.fields[field];
        field.holds_key() && field.attributes.fields.is_none()
    };
    let to_one = prefixes.into_iter().find(makes_columns);
    if to_one.is_none() {
        cx.unknown_field(place, model, &name.text);
    }
    to_one.map(|field| (field, true))
}

/// The one list in parentheses; anything else is told.
fn single_group<'a>(cx: &mut Cx<'a>, statement: Statement<'a>) -> Option<&'a ast::Group> {
    let Statement { ast: statement, file } = statement;
    let keyword = statement.keyword.text.as_str();
    match statement.groups.as_slice() {
        [group] if group.args.is_empty() => {
            cx.report(keys::empty_list(Place { file, span: group.span }, keyword));
            None
        }
        [group] => Some(group),
        _ => {
            let place = Place { file, span: statement.span };
            cx.report(types::statement_arguments(keyword, place, &format!("{keyword} (a, b)")));
            None
        }
    }
}

fn field_name<'a>(cx: &mut Cx<'_>, file: FileId, keyword: &str, arg: &'a ast::Arg) -> Option<&'a ast::Name> {
    let place = Place { file, span: arg.value.span };
    match &arg.value.kind {
        ExprKind::Path(path) if path.len() == 1 && arg.label.is_none() => return Some(&path[0]),
        _ => cx.report(keys::not_a_field(place, keyword)),
    }
    None
}

/// `@unique`, `@index`.
fn read_field(cx: &mut Cx<'_>, model: ModelIx, field: FieldIx) {
    let draft = cx.field(model, field);
    let place = draft.place();
    let (unique, index) = (draft.attributes.unique, draft.attributes.index);
    let part = PartDraft::new(PartKey::Field { field, column: None }, place);
    for (place, is_unique) in [(unique, true), (index, false)] {
        let Some(place) = place else { continue };
        let draft = IndexDraft::new(vec![PartDraft { place, ..part.clone() }], place);
        if cx.field(model, field).shape == Shape::Broken
            || !methods::can_be(cx, model, &draft, is_unique, None)
        {
            continue;
        }
        let drafts = unions::for_each_member(cx, model, draft);
        let model = &mut cx.models[model];
        if is_unique { model.uniques.extend(drafts) } else { model.indexes.extend(drafts) }
    }
}

fn index<'a>(cx: &mut Cx<'a>, model: ModelIx, statement: Statement<'a>) {
    let clauses = options::clauses(cx, model, statement);
    let parts = parts(cx, model, statement);
    let Statement { ast: statement, file } = statement;
    let keyword = statement.keyword.text.as_str();
    let place = Place { file, span: statement.span };
    let (Some(parts), Ok(clauses)) = (parts, clauses) else { return };
    let is_broken =
        |part: &PartDraft| part.field().is_some_and(|field| cx.field(model, field).shape == Shape::Broken);
    if parts.iter().any(is_broken) {
        return;
    }
    let is_unique = keyword == "unique";
    let options::Clauses { condition, method, include, nulls_not_distinct } = clauses;
    let plain = IndexDraft::new(parts, place);
    let draft = IndexDraft { condition, method, include, nulls_not_distinct, ..plain };
    let end = Place { file, span: statement.span.after() };
    if !methods::can_be(cx, model, &draft, is_unique, Some(end)) {
        return;
    }
    if let Some((include, at)) = &draft.include
        && let Some(column) = options::included_part(cx, model, &draft.parts, include)
    {
        let name = cx.models[model].columns[column].field.clone();
        cx.report(keys::field_twice(*at, &name, place));
        return;
    }
    let covered = draft.include.as_ref().map_or(0, |(columns, _)| columns.len());
    if columns_of(cx, model, &draft.parts).len() + covered > MAX_COLUMNS {
        cx.report(keys::too_many_columns(place, keyword, MAX_COLUMNS));
        return;
    }
    let name = match statement.strings.as_slice() {
        [] => None,
        [name] => Some((name.text.clone(), Place { file, span: name.span })),
        _ => {
            cx.report(types::statement_arguments(keyword, place, &format!("{keyword} \"name\" (a, b)")));
            return;
        }
    };
    methods::postgres_only(cx, &draft);
    if let Some((text, at)) = &name {
        cx.database_name(if is_unique { "the constraint" } else { "the index" }, *at, text, true);
    }
    let drafts = unions::for_each_member(cx, model, IndexDraft { name, ..draft });
    let model = &mut cx.models[model];
    if is_unique { model.uniques.extend(drafts) } else { model.indexes.extend(drafts) }
}

/// The parts of `unique` or `index`. None if one of them could not be made out.
fn parts<'a>(cx: &mut Cx<'a>, model: ModelIx, statement: Statement<'a>) -> Option<Vec<PartDraft>> {
    let group = single_group(cx, statement)?;
    let Statement { ast: statement, file } = statement;
    let keyword = statement.keyword.text.as_str();
    let mut found: Vec<PartDraft> = Vec::new();
    let mut taken: HashMap<usize, Place> = HashMap::new();
    let mut sound = true;
    for arg in &group.args {
        let Some(part) = part(cx, model, keyword, arg, file) else {
            sound = false;
            continue;
        };
        let columns = columns_of(cx, model, std::slice::from_ref(&part));
        let first = columns.iter().find_map(|column| taken.get(column).copied());
        match first {
            Some(first) => {
                let name = cx.text(part.place);
                cx.report(keys::field_twice(part.place, name, first));
            }
            None => {
                taken.extend(columns.into_iter().map(|column| (column, part.place)));
                found.push(part);
            }
        }
    }
    sound.then_some(found)
}

fn part(cx: &mut Cx<'_>, model: ModelIx, keyword: &str, arg: &ast::Arg, file: FileId) -> Option<PartDraft> {
    let place = Place { file, span: arg.value.span };
    let key = match &arg.value.kind {
        ExprKind::Call { .. } | ExprKind::Binary(..) | ExprKind::Unary(..)
            if keyword == "index" && arg.label.is_none() =>
        {
            let scope = expr::Scope::of(model, file);
            PartKey::Formula(expr::formula(cx, scope, &arg.value, expr::Wanted::Ordered)?)
        }
        _ => match embedded_path(cx, model, arg) {
            Some(path) => {
                let (field, column) = embedded::column(cx, model, path, file)?;
                PartKey::Field { field, column: Some(column) }
            }
            None => {
                let name = field_name(cx, file, keyword, arg)?;
                let (field, column) = find(cx, model, &name.text, place)?;
                PartKey::Field { field, column }
            }
        },
    };
    let mut part = PartDraft::new(key, place);
    let ordered = (keyword == "index").then_some(&mut part);
    options::words(cx, file, keyword, arg, ordered).then_some(part)
}

/// `home`, `home.city`: a path that begins with an embedded type, or with what may be one.
fn embedded_path<'a>(cx: &Cx<'_>, model: ModelIx, arg: &'a ast::Arg) -> Option<&'a [ast::Name]> {
    let ExprKind::Path(path) = &arg.value.kind else { return None };
    let field = cx.models[model].find(&path.first()?.text)?;
    let is_broken = path.len() > 1 && cx.field(model, field).shape == Shape::Broken;
    (arg.label.is_none() && (is_broken || embedded::begins(cx, model, path))).then_some(path)
}

/// A field, or a column that a relation makes, by its own name (`author_id`).
fn find(cx: &mut Cx<'_>, model: ModelIx, name: &str, place: Place) -> Option<(FieldIx, Option<usize>)> {
    let draft = &cx.models[model];
    let Some(field) = draft.find(name) else {
        let made = draft.columns.iter().position(|column| column.made && column.field == name);
        if made.is_none() {
            cx.unknown_field(place, model, name);
        }
        return made.map(|column| (cx.models[model].columns[column].owner, Some(column)));
    };
    let draft = cx.field(model, field);
    let declared = draft.place();
    match draft.shape {
        Shape::Broken => return None,
        Shape::ToMany { .. } => cx.report(keys::to_many_part(place, name, declared)),
        Shape::ToOne { .. } if !draft.holds_key() => cx.report(keys::other_side_part(place, name, declared)),
        _ => return Some((field, None)),
    }
    None
}

/// `span` is the block's.
fn allow(cx: &mut Cx<'_>, Statement { ast: statement, file }: Statement<'_>, span: ast::Span) {
    let scope = Place { file, span };
    let args: Vec<&ast::Arg> = statement.groups.iter().flat_map(|group| &group.args).collect();
    if args.is_empty() || !statement.strings.is_empty() || !statement.clauses.is_empty() {
        let place = Place { file, span: statement.span };
        cx.report(types::statement_arguments("allow", place, "allow (lint)"));
    }
    for arg in args {
        match &arg.value.kind {
            ExprKind::String(name) => cx.report(types::lint_in_quotes(Place { file, span: arg.span }, name)),
            ExprKind::Path(path) if path.len() == 1 => {
                let place = Place { file, span: path[0].span };
                let lint = known_lint(cx, &path[0].text, place);
                cx.allowed.extend(lint.map(|lint| (scope, lint)));
            }
            _ => {
                cx.report(types::statement_arguments("allow", Place { file, span: arg.span }, "allow (lint)"))
            }
        }
    }
}

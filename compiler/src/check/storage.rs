//! Where the rows of a model are: the statements `schema`, `renamed_from`, `unmanaged`, and of a
//! view `sql` and `materialized`; and that former names are former ones.

use std::collections::HashMap;

use rex_grammar::ast::{self, BlockKind};
use rex_schema::model::{ModelKind, SqlText, View};
use rex_schema::names as made;

use super::draft::ModelDraft;
use super::former::Former;
use super::{Cx, ModelIx, views};
use crate::diagnostic::{names, types, views as told};
use crate::source::Place;

/// What the statements say.
#[derive(Default)]
pub(super) struct Storage {
    pub(super) schema: Option<(String, Place)>,
    pub(super) renamed_from: Option<(String, Place)>,
    pub(super) unmanaged: Option<Place>,
    pub(super) is_view: bool,
    /// The queries of a view, and where they stand; empty if they could not be read.
    pub(super) sql: Option<(SqlText, Place)>,
    pub(super) materialized: Option<Place>,
}

impl Storage {
    pub(super) fn of(block: &ast::Block) -> Storage {
        Storage { is_view: block.kind == BlockKind::View, ..Storage::default() }
    }

    /// What stands behind the model.
    pub(super) fn kind(&self) -> ModelKind {
        let sql = || self.sql.as_ref().map(|(sql, _)| sql.clone()).unwrap_or_default();
        match (self.is_view, self.unmanaged) {
            (true, _) => ModelKind::View(View { sql: sql(), materialized: self.materialized.is_some() }),
            (false, Some(_)) => ModelKind::Unmanaged,
            (false, None) => ModelKind::Table,
        }
    }

    /// Whether Rex makes the table: neither a view nor another tool's.
    pub(super) fn is_table(&self) -> bool {
        self.kind() == ModelKind::Table
    }

    pub(super) fn schema_name(&self) -> Option<&str> {
        self.schema.as_ref().map(|(name, _)| name.as_str())
    }
}

impl ModelDraft<'_> {
    /// What the block is called in messages.
    pub(super) fn owner(&self) -> &'static str {
        if self.storage.is_view { "a view" } else { "a model" }
    }
}

impl Storage {
    /// Where a statement of this keyword stands already, if it does. None if such a block has none
    /// of that keyword.
    #[allow(clippy::option_option)]
    fn first(&self, keyword: &str) -> Option<Option<Place>> {
        let place = |named: &Option<(String, Place)>| named.as_ref().map(|(_, place)| *place);
        match (keyword, self.is_view) {
            ("schema", _) => Some(place(&self.schema)),
            ("renamed_from", false) => Some(place(&self.renamed_from)),
            ("unmanaged", false) => Some(self.unmanaged),
            ("materialized", true) => Some(self.materialized),
            ("sql", true) => Some(self.sql.as_ref().map(|(_, place)| *place)),
            _ => None,
        }
    }
}

/// Reads a statement about where the rows are. False if the keyword is none of those, or does not
/// belong in such a block.
pub(super) fn read(cx: &mut Cx<'_>, model: ModelIx, statement: &ast::Statement) -> bool {
    let draft = &cx.models[model];
    let keyword = statement.keyword.text.as_str();
    let at = Place { file: draft.file, span: statement.keyword.span };
    match draft.storage.first(keyword) {
        Some(None) => take_in(cx, model, statement, at),
        Some(Some(first)) => cx.report(types::statement_twice(keyword, at, first)),
        None => return false,
    }
    true
}

fn take_in(cx: &mut Cx<'_>, model: ModelIx, statement: &ast::Statement, at: Place) {
    let keyword = statement.keyword.text.as_str();
    let whole = Place { span: statement.span, ..at };
    let rest = (statement.strings.as_slice(), statement.groups.as_slice(), statement.clauses.as_slice());
    match (keyword, rest) {
        ("sql", _) => {
            let sql = views::sql(cx, model, statement);
            cx.models[model].storage.sql = Some((sql.unwrap_or_default(), at));
        }
        ("schema", ([name], [], [])) => {
            check_schema(cx, Place { span: name.span, ..at }, &name.text);
            cx.models[model].storage.schema = Some((name.text.clone(), whole));
        }
        ("schema", _) => cx.report(types::statement_arguments(keyword, whole, "schema \"auth\"")),
        ("renamed_from", ([name], [], [])) => {
            cx.database_name("the table", Place { span: name.span, ..at }, &name.text, true);
            cx.models[model].storage.renamed_from = Some((name.text.clone(), whole));
        }
        ("renamed_from", _) => cx.report(types::statement_arguments(keyword, whole, "renamed_from \"old\"")),
        ("unmanaged", ([], [], [])) => cx.models[model].storage.unmanaged = Some(at),
        (_, ([], [], [])) => cx.models[model].storage.materialized = Some(at),
        _ => cx.report(types::statement_arguments(keyword, whole, keyword)),
    }
}

/// Tells the name of a schema that a database cannot hold. In SQLite it goes before the names of
/// tables, and `sqlite_` must not.
pub(super) fn check_schema(cx: &mut Cx<'_>, place: Place, name: &str) {
    match name.to_lowercase().as_str() {
        "information_schema" | "sqlite" => cx.report(names::reserved_schema(place, name)),
        _ => cx.database_name("the schema", place, name, true),
    }
}

/// Checks former names: each is another than the present one, and nobody's present one.
pub(super) fn check_former(cx: &mut Cx<'_>) {
    let mut found = Vec::new();
    let tables: HashMap<String, Place> = cx
        .models
        .iter()
        .filter(|model| model.has_rows())
        .map(|model| (model.stem(), model.table_place))
        .collect();
    let mut former = Former::default();
    for model in &cx.models {
        let Some((name, place)) = &model.storage.renamed_from else { continue };
        if let Some(unmanaged) = model.storage.unmanaged {
            found.push(told::unmanaged_renamed(*place, unmanaged));
            continue;
        }
        let old = made::stem(model.storage.schema_name(), name);
        let other = tables.get(&old).copied();
        found.extend(former.check(&old, *place, &model.stem(), other, "a table"));
    }
    let types: HashMap<String, Place> = cx.enums.iter().map(|item| (item.stem(), item.place())).collect();
    let mut former = Former::default();
    for item in &cx.enums {
        let Some((name, place)) = &item.renamed_from else { continue };
        let old = made::stem(item.schema.as_deref(), name);
        let other = types.get(&old).copied();
        found.extend(former.check(&old, *place, &item.stem(), other, "an enum's type"));
    }
    cx.diagnostics.extend(found);
}

//! What the names in an expression stand for.

use rex_grammar::ast;
use rex_schema::model::EnumId;

use super::infer::Typer;
use super::told;
use crate::check::draft::{Declared, Shape};
use crate::check::{Cx, FieldIx, ModelIx, embedded, heads};
use crate::source::Place;

pub(super) enum Found {
    /// A place in the model's columns.
    Column(usize),
    /// What is no value of one column: a relation, an embedded type.
    Whole(FieldIx),
    /// `Role.admin`
    Variant(EnumId, usize),
    /// Told, or broken and so told before.
    Told,
    Nothing,
}

impl Typer<'_, '_> {
    pub(super) fn find(&mut self, path: &[ast::Name]) -> Found {
        if embedded::begins(self.cx, self.scope.model, path) {
            let found = embedded::column(self.cx, self.scope.model, path, self.scope.file);
            return found.map_or(Found::Told, |(_, column)| Found::Column(column));
        }
        let column = column(self.cx, self.scope.model, path);
        if !matches!(column, Found::Nothing) {
            return column;
        }
        let [owner, name] = path else { return Found::Nothing };
        let Some(Declared::Enum(index)) = self.cx.declared.get(owner.text.as_str()).copied() else {
            return Found::Nothing;
        };
        match self.variant(EnumId(index as u32), name) {
            Some(variant) => Found::Variant(EnumId(index as u32), variant),
            None => Found::Told,
        }
    }

    /// A variant by its name; an unknown one is told.
    pub(super) fn variant(&mut self, id: EnumId, name: &ast::Name) -> Option<usize> {
        let draft = &mut self.cx.enums[id.index()];
        draft.used = true;
        let found = draft.find(&name.text);
        if found.is_none() && !draft.ast.broken {
            let at = Place { file: self.scope.file, span: name.span };
            self.cx.unknown_variant(id, at, &name.text);
        }
        found
    }

    /// Tells a name that stands for nothing. Nothing is told where it may stand for what could not
    /// be read.
    pub(super) fn unknown(&mut self, path: &[ast::Name], place: Place) {
        let text = path.iter().map(|name| name.text.as_str()).collect::<Vec<_>>().join(".");
        let draft = &self.cx.models[self.scope.model];
        if draft.broken || may_be_broken(self.cx, self.scope.model, &text) {
            return;
        }
        let owner = draft.name();
        let (mut known, mut qualified) = (Vec::new(), Vec::new());
        if self.cx.may_suggest(draft.columns.len() + self.cx.enums.len()) {
            let draft = &self.cx.models[self.scope.model];
            let columns = draft.columns.iter().filter(|column| column.part_of.is_none());
            known.extend(columns.map(|column| column.field.clone()));
            known.extend(embedded::parts(self.cx, self.scope.model));
            let enums = self.cx.enums.iter().filter(|it| path.len() == 1 && it.find(&text).is_some());
            qualified.extend(enums.map(|it| format!("{}.{text}", it.ast.name.text)));
        }
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        self.cx.report(told::unknown_name(place, owner, &text, &known, &qualified));
    }
}

/// The column, or the relation, that a path names: a field, or a column that a relation makes
/// (`author_id`).
pub(super) fn column(cx: &Cx<'_>, model: ModelIx, path: &[ast::Name]) -> Found {
    let draft = &cx.models[model];
    let Some((first, rest)) = path.split_first() else { return Found::Nothing };
    let field = draft.find(&first.text);
    if rest.is_empty() {
        return match field.map(|field| (field, &draft.fields[field])) {
            Some((_, field)) if field.shape == Shape::Broken => Found::Told,
            Some((field, of)) => match (of.shape, of.columns.as_slice()) {
                (Shape::Scalar { .. }, [column]) => Found::Column(*column),
                (Shape::Scalar { .. }, _) => Found::Told,
                _ => Found::Whole(field),
            },
            None => draft
                .columns
                .iter()
                .position(|column| column.made && column.field == first.text)
                .map_or(Found::Nothing, Found::Column),
        };
    }
    let Some(field) = field else { return Found::Nothing };
    if draft.fields[field].shape == Shape::Broken {
        return Found::Told;
    }
    Found::Nothing
}

/// `author_id` of a relation `author` that is broken.
fn may_be_broken(cx: &Cx<'_>, model: ModelIx, name: &str) -> bool {
    let draft = &cx.models[model];
    heads(name).any(|head| draft.find(head).is_some_and(|field| draft.fields[field].shape == Shape::Broken))
}

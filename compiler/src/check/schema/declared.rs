//! Embedded types and unions in the schema, and what fields of rows are made of them.

use std::collections::HashMap;

use rex_schema::model::{
    self, Column, EmbeddedField, EmbeddedType, Expr, Formula, ModelId, Node, RowField, TypeField, TypeId,
    UnionField, UnionId,
};
use rex_schema::names;

use super::docs;
use crate::check::draft::{FieldDraft, ModelDraft, Shape, UnionDraft};
use crate::check::{Cx, ModelIx, embedded};

/// The sound embedded types, in source order.
pub(super) fn types(cx: &Cx<'_>) -> Vec<ModelIx> {
    let mut types: Vec<ModelIx> = cx.types.iter().copied().filter(|&ty| embedded::is_sound(cx, ty)).collect();
    types.sort_unstable();
    types
}

/// An embedded type; `column` makes the column at a place in it.
pub(super) fn embedded_type(
    cx: &Cx<'_>,
    ty: ModelIx,
    ids: &HashMap<ModelIx, TypeId>,
    column: impl Fn(usize) -> Column,
) -> EmbeddedType {
    let draft = &cx.models[ty];
    let fields = draft.fields.iter().map(|field| match field.shape {
        Shape::Embedded { ty, optional } => TypeField::Embedded {
            name: field.name().to_owned(),
            docs: docs(&field.ast.docs),
            deprecated: field.attributes.of_column.deprecated.clone(),
            ty: ids[&ty],
            optional,
        },
        _ => TypeField::Column(Box::new(column(field.columns[0]))),
    });
    EmbeddedType {
        name: draft.name().to_owned(),
        docs: docs(&draft.ast.docs),
        file: cx.sources.name(draft.file).to_owned(),
        fields: fields.collect(),
    }
}

/// The unions all of whose members are sound, in source order.
pub(super) fn unions(cx: &Cx<'_>, models: &HashMap<ModelIx, ModelId>) -> Vec<usize> {
    let is_sound = |union: &UnionDraft<'_>| {
        !union.broken && union.members.iter().all(|(member, _)| models.contains_key(member))
    };
    (0..cx.unions.len()).filter(|&union| is_sound(&cx.unions[union])).collect()
}

/// A union of sound models.
pub(super) fn union(cx: &Cx<'_>, union: usize, models: &HashMap<ModelIx, ModelId>) -> model::Union {
    let draft = &cx.unions[union];
    model::Union {
        name: draft.ast.name.text.clone(),
        docs: docs(&draft.ast.docs),
        file: cx.sources.name(draft.file).to_owned(),
        members: draft.members.iter().map(|(member, _)| models[member]).collect(),
    }
}

/// The fields of a model's rows, over all its columns.
pub(super) fn row_fields(
    draft: &ModelDraft<'_>,
    ids: &HashMap<ModelIx, TypeId>,
    unions: &HashMap<usize, UnionId>,
) -> Vec<RowField> {
    let mut fields = Vec::new();
    for (place, column) in draft.columns.iter().enumerate() {
        let field = &draft.fields[column.owner];
        match field.shape {
            Shape::Embedded { ty, optional } => {
                if field.columns.first() == Some(&place) {
                    fields.push(RowField::Embedded(embedded_field(field, ids[&ty], optional)));
                }
            }
            Shape::Union { union, optional } if unions.contains_key(&union) => {
                if field.columns.first() == Some(&place) {
                    fields.push(RowField::Union(union_field(field, unions[&union], optional)));
                }
            }
            _ => fields.push(RowField::Column(place)),
        }
    }
    fields
}

fn union_field(field: &FieldDraft<'_>, union: UnionId, optional: bool) -> UnionField {
    UnionField {
        name: field.name().to_owned(),
        docs: docs(&field.ast.docs),
        deprecated: field.attributes.of_column.deprecated.clone(),
        union,
        optional,
        columns: field.columns.clone(),
    }
}

fn embedded_field(field: &FieldDraft<'_>, ty: TypeId, optional: bool) -> EmbeddedField {
    EmbeddedField {
        name: field.name().to_owned(),
        docs: docs(&field.ast.docs),
        deprecated: field.attributes.of_column.deprecated.clone(),
        ty,
        optional,
        columns: field.columns.clone(),
    }
}

/// What embedded types and unions ask of a row: of an optional type, all required parts or none;
/// of a union, one key, or at most one.
pub(super) fn checks(
    cx: &Cx<'_>,
    model: ModelIx,
    mut free: impl FnMut(String) -> String,
) -> Vec<model::Check> {
    let draft = &cx.models[model];
    let mut checks = Vec::new();
    // Nothing is written into a view.
    let written = draft.fields.iter().filter(|_| !draft.storage.is_view);
    for field in written {
        if let Shape::Embedded { ty, optional } = field.shape {
            all_or_none(cx, draft, field.name(), (ty, optional), &field.columns, &mut checks);
        }
        if let Shape::Union { optional, .. } = field.shape {
            checks.push(check(draft, field.name(), one_key(draft, &field.columns, optional)));
        }
    }
    for check in &mut checks {
        check.name = free(std::mem::take(&mut check.name));
    }
    checks
}

/// `columns` are those of the field called `name`, in the order of the type's.
fn all_or_none(
    cx: &Cx<'_>,
    draft: &ModelDraft<'_>,
    name: &str,
    (ty, optional): (ModelIx, bool),
    columns: &[usize],
    checks: &mut Vec<model::Check>,
) {
    if optional && columns.len() > 1 {
        let required = required(cx, ty).into_iter().map(|at| columns[at]).collect::<Vec<usize>>();
        let all = every(draft, &required, Node::IsNotNull);
        let none = every(draft, columns, Node::IsNull);
        checks.push(check(draft, name, Expr::condition(Node::Any(vec![all, none]))));
    }
    for field in &cx.models[ty].fields {
        if let Shape::Embedded { ty, optional } = field.shape {
            let inner: Vec<usize> = field.columns.iter().map(|&at| columns[at]).collect();
            let name = format!("{name}_{}", field.name());
            all_or_none(cx, draft, &name, (ty, optional), &inner, checks);
        }
    }
}

/// Exactly one of the keys is set; none may be, where the union is optional.
fn one_key(draft: &ModelDraft<'_>, columns: &[usize], optional: bool) -> Expr {
    let only = |set: usize| {
        let tests = columns.iter().map(|&at| {
            let column = Box::new(column(draft, at));
            Expr::condition(if at == set { Node::IsNotNull(column) } else { Node::IsNull(column) })
        });
        Expr::condition(Node::All(tests.collect()))
    };
    let mut ways: Vec<Expr> = columns.iter().map(|&set| only(set)).collect();
    ways.extend(optional.then(|| every(draft, columns, Node::IsNull)));
    Expr::condition(Node::Any(ways))
}

/// The places in a type's columns of those that are never null while it is there.
fn required(cx: &Cx<'_>, ty: ModelIx) -> Vec<usize> {
    let columns = cx.models[ty].columns.iter().enumerate();
    columns.filter(|(_, column)| !column.nullable).map(|(at, _)| at).collect()
}

pub(super) fn check(draft: &ModelDraft<'_>, name: &str, condition: Expr) -> model::Check {
    model::Check {
        name: names::check(&draft.stem(), name),
        condition: Formula::Expr(condition),
        message: None,
        made: true,
    }
}

/// The same test of every column.
pub(super) fn every(draft: &ModelDraft<'_>, columns: &[usize], test: fn(Box<Expr>) -> Node) -> Expr {
    let mut tests: Vec<Expr> =
        columns.iter().map(|&at| Expr::condition(test(Box::new(column(draft, at))))).collect();
    match tests.len() {
        1 => tests.remove(0),
        _ => Expr::condition(Node::All(tests)),
    }
}

fn column(draft: &ModelDraft<'_>, at: usize) -> Expr {
    let column = &draft.columns[at];
    Expr::new(Node::Column(at), model::ValueType { ty: column.ty, list: column.list })
}

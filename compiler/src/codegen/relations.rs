//! Relations: a marker type for each, and the way from a row in hand.

use proc_macro2::TokenStream;
use quote::quote;
use rex_schema::model::{Model, ModelId, Relation, RelationKind};

use super::layout::Piece;
use super::{Cx, constant, fields, layout, meta, names, shown, types};

/// The markers of a model's relations, what they say, and the methods of a row.
pub(super) fn items(cx: &Cx<'_>, id: ModelId) -> Vec<Piece> {
    let model = &cx.schema[id];
    if model.relations.is_empty() {
        return Vec::new();
    }
    let relations = || model.relations.iter().map(|&id| &cx.schema[id]);
    let markers = relations().map(|relation| {
        let (name, docs) = (names::camel(&[&relation.name]), layout::docs(&[&relation.docs]));
        quote!(#docs pub enum #name {})
    });
    let docs = layout::docs(&[&format!("The relations of [`{}`], as types.", names::shown(&model.name))]);
    let mut items = vec![quote!(#docs pub mod relations { #(#markers)* }).into()];
    items.extend(relations().map(|relation| relation_impl(cx, model, relation)));
    items.extend(relations().filter_map(|relation| data(cx, relation)));
    let row = names::item(&model.name);
    let methods = relations().map(|relation| row_method(cx, relation));
    items.push(quote!(impl #row { #(#methods)* }).into());
    items
}

fn relation_docs(relation: &Relation) -> TokenStream {
    let name = format!("`{}` of this row.", relation.name);
    layout::docs(&[if relation.docs.is_empty() { &name } else { &relation.docs }])
}

/// The places of the columns of this model that a relation starts from.
fn start<'a>(cx: &Cx<'a>, model: &'a Model, relation: &Relation) -> &'a [usize] {
    match relation.kind {
        RelationKind::ToOne { foreign_key, .. } => &model.foreign_keys[foreign_key].columns,
        RelationKind::InverseOne { inverse } | RelationKind::InverseMany { inverse } => {
            &cx.schema.foreign_key(inverse).1.target_columns
        }
        RelationKind::Through { here, .. } => &cx.schema.foreign_key(here).1.target_columns,
        RelationKind::ManyToMany { .. } => &model.primary_key,
    }
}

fn relation_impl(cx: &Cx<'_>, model: &Model, relation: &Relation) -> Piece {
    let (marker, row) = (names::camel(&[&relation.name]), names::item(&model.name));
    let target = names::model_path(cx.schema, relation.target);
    let start = start(cx, model, relation);
    let parts: Vec<TokenStream> =
        start.iter().map(|&place| types::plain(cx, &model.columns[place])).collect();
    let is_nullable = |place: usize| model.columns[place].nullable;
    let values = start.iter().map(|&place| {
        let value = fields::value(cx, model, place, &quote!(from));
        if is_nullable(place) { quote!(#value?) } else { value }
    });
    let values: Vec<TokenStream> = values.collect();
    let (key, value) = match (parts.as_slice(), values.as_slice()) {
        ([part], [value]) => (part.clone(), value.clone()),
        _ => (quote!((#(#parts),*)), quote!((#(#values),*))),
    };
    // `Some(x?)` of a single nullable column is the column itself.
    let value = match start {
        &[place] if is_nullable(place) => fields::value(cx, model, place, &quote!(from)),
        _ => quote!(__::Some(#value)),
    };
    let card = cardinality(relation);
    let fields = [
        ("name", constant::text(&relation.name)),
        ("holds_key", constant::boolean(matches!(relation.kind, RelationKind::ToOne { .. }))),
        ("from", meta::places(start)),
        ("path", meta::path(cx, relation)),
    ];
    let meta = constant::reference(constant::structure("__::RelationMeta", fields));
    let item = quote! {
        impl __::Relation for relations::#marker {
            type From = #row;
            type To = #target;
            type Key = #key;
            type Card = #card;
            const META: &'static __::RelationMeta = ();
            fn key(from: &#row) -> __::Option<Self::Key> {
                #value
            }
        }
    };
    Piece::Item(Box::new(constant::with_values(item, [meta])))
}

/// What links over a model can be given.
fn data(cx: &Cx<'_>, relation: &Relation) -> Option<Piece> {
    let RelationKind::Through { here, .. } = relation.kind else { return None };
    let (between, _) = cx.schema.foreign_key(here);
    let link = &cx.schema[between];
    if link.soft_delete.is_some() || link.is_read_only() {
        return None;
    }
    let marker = names::camel(&[&relation.name]);
    let link = names::model_path(cx.schema, between);
    let item = quote! {
        impl __::WithData for relations::#marker {
            type Link = #link;
        }
    };
    Some(item.into())
}

fn cardinality(relation: &Relation) -> TokenStream {
    match relation.kind {
        RelationKind::ToOne { optional: false, .. } => quote!(__::One),
        RelationKind::ToOne { optional: true, .. } | RelationKind::InverseOne { .. } => {
            quote!(__::Maybe)
        }
        RelationKind::InverseMany { .. } | RelationKind::ManyToMany { .. } | RelationKind::Through { .. } => {
            quote!(__::Many)
        }
    }
}

/// `ada.posts(&db)`
fn row_method(cx: &Cx<'_>, relation: &Relation) -> TokenStream {
    let (method, marker) = (names::field(&relation.name), names::camel(&[&relation.name]));
    let target = names::model_path(cx.schema, relation.target);
    let card = cardinality(relation);
    let docs = relation_docs(relation);
    let deprecated = shown::deprecated(relation.deprecated.as_deref());
    quote! {
        #docs
        #deprecated
        pub fn #method(&self, db: &super::Db) -> __::Find<#target, (), #card> {
            __::follow::<relations::#marker>(&db.0, self)
        }
    }
}

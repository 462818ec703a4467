//! Relations: a marker type for each, and the way from a row in hand.

use proc_macro2::TokenStream;
use quote::quote;
use rex_schema::model::{Model, ModelId, Relation, RelationKind};

use super::{Cx, fields, layout, meta, names, shown, types};

/// The markers of a model's relations, what they say, and the methods of a row.
pub(super) fn items(cx: &Cx<'_>, id: ModelId) -> Vec<TokenStream> {
    let model = &cx.schema[id];
    if model.relations.is_empty() {
        return Vec::new();
    }
    let relations = || model.relations.iter().map(|&id| &cx.schema[id]);
    let markers = relations().map(|relation| {
        let (name, docs) = (names::camel(&[&relation.name]), relation_docs(relation, ""));
        quote!(#docs pub enum #name {})
    });
    let docs = layout::docs(&[&format!("The relations of [`{}`], as types.", names::shown(&model.name))]);
    let mut items = vec![quote!(#docs pub mod relations { #(#markers)* })];
    items.extend(relations().map(|relation| relation_impl(cx, model, relation)));
    let row = names::item(&model.name);
    let methods = relations().map(|relation| row_method(cx, relation));
    items.push(quote!(impl #row { #(#methods)* }));
    items
}

fn relation_docs(relation: &Relation, behind: &str) -> TokenStream {
    let name = format!("`{}`{behind}", relation.name);
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

fn relation_impl(cx: &Cx<'_>, model: &Model, relation: &Relation) -> TokenStream {
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
        _ => quote!(::core::option::Option::Some(#value)),
    };
    let (card, name, path) = (cardinality(relation), &relation.name, meta::path(cx, relation));
    let holds_key = matches!(relation.kind, RelationKind::ToOne { .. });
    quote! {
        impl ::rex_orm::__::Relation for relations::#marker {
            type From = #row;
            type To = #target;
            type Key = #key;
            type Card = #card;
            const META: &'static ::rex_orm::__::RelationMeta =
                &::rex_orm::__::RelationMeta { name: #name, holds_key: #holds_key, path: #path };
            fn key(from: &#row) -> ::core::option::Option<Self::Key> {
                #value
            }
        }
    }
}

fn cardinality(relation: &Relation) -> TokenStream {
    match relation.kind {
        RelationKind::ToOne { optional: false, .. } => quote!(::rex_orm::__::One),
        RelationKind::ToOne { optional: true, .. } | RelationKind::InverseOne { .. } => {
            quote!(::rex_orm::__::Maybe)
        }
        RelationKind::InverseMany { .. } | RelationKind::ManyToMany { .. } | RelationKind::Through { .. } => {
            quote!(::rex_orm::__::Many)
        }
    }
}

/// `ada.posts(&db)`
fn row_method(cx: &Cx<'_>, relation: &Relation) -> TokenStream {
    let (method, marker) = (names::field(&relation.name), names::camel(&[&relation.name]));
    let target = names::model_path(cx.schema, relation.target);
    let card = cardinality(relation);
    let docs = relation_docs(relation, " of this row.");
    let deprecated = shown::deprecated(relation.deprecated.as_deref());
    quote! {
        #docs
        #deprecated
        pub fn #method(&self, db: &super::Db) -> ::rex_orm::Find<#target, (), #card> {
            ::rex_orm::__::follow::<relations::#marker>(&db.0, self)
        }
    }
}

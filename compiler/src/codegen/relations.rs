//! Relations: a marker type for each, and the way from a row in hand.

use proc_macro2::TokenStream;
use quote::quote;
use rex_schema::model::{Column, Model, ModelId, Relation, RelationKind};

use super::{Cx, layout, meta, model as rows, names, types};

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
    let docs = layout::docs(&[&format!("The relations of [`{}`], as types.", model.name)]);
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

/// The columns of this model that a relation starts from.
fn start<'a>(cx: &Cx<'a>, model: &'a Model, relation: &Relation) -> Vec<&'a Column> {
    let places = match relation.kind {
        RelationKind::ToOne { foreign_key, .. } => &model.foreign_keys[foreign_key].columns,
        RelationKind::InverseOne { inverse } | RelationKind::InverseMany { inverse } => {
            &cx.schema.foreign_key(inverse).1.target_columns
        }
        RelationKind::Through { here, .. } => &cx.schema.foreign_key(here).1.target_columns,
        RelationKind::ManyToMany { .. } => &model.primary_key,
    };
    places.iter().map(|&place| &model.columns[place]).collect()
}

fn relation_impl(cx: &Cx<'_>, model: &Model, relation: &Relation) -> TokenStream {
    let (marker, row) = (names::camel(&[&relation.name]), names::item(&model.name));
    let target = names::model_path(cx.schema, relation.target);
    let start = start(cx, model, relation);
    let parts: Vec<TokenStream> = start.iter().map(|column| types::plain(cx, column)).collect();
    let values = start.iter().map(|column| {
        let field = names::field(&column.field);
        let value = rows::taken(column, &quote!(from.#field));
        if column.nullable { quote!(#value?) } else { value }
    });
    let values: Vec<TokenStream> = values.collect();
    let (key, value) = match (parts.as_slice(), values.as_slice()) {
        ([part], [value]) => (part.clone(), value.clone()),
        _ => (quote!((#(#parts),*)), quote!((#(#values),*))),
    };
    // `Some(x?)` of a single nullable column is the column itself.
    let value = match start.as_slice() {
        [column] if column.nullable => {
            let field = names::field(&column.field);
            rows::taken(column, &quote!(from.#field))
        }
        _ => quote!(::core::option::Option::Some(#value)),
    };
    let (card, name, path) = (cardinality(relation), &relation.name, meta::path(cx, relation));
    quote! {
        impl ::rex_orm::__::Relation for relations::#marker {
            type From = #row;
            type To = #target;
            type Key = #key;
            type Card = #card;
            const META: &'static ::rex_orm::__::RelationMeta =
                &::rex_orm::__::RelationMeta { name: #name, path: #path };
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
    quote! {
        #docs
        pub fn #method(&self, db: &super::Db) -> ::rex_orm::Find<#target, (), #card> {
            ::rex_orm::__::follow::<relations::#marker>(&db.0, self)
        }
    }
}

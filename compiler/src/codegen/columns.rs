//! `Columns`: what conditions, orders and `with` are written in.

use proc_macro2::TokenStream;
use quote::quote;
use rex_schema::model::Model;

use super::{Cx, layout, model as rows, names, types};

/// The struct of a model's columns, and its relations as methods.
pub(super) fn items(cx: &Cx<'_>, model: &Model) -> [TokenStream; 2] {
    let (columns, row) = (names::beside("Columns", &model.name), names::item(&model.name));
    let docs = layout::docs(&[&format!(
        "The columns and relations of [`{}`], in conditions, orders and `with`.",
        model.name
    )]);
    let fields = model.columns.iter().map(|column| {
        let (name, ty, docs) =
            (names::field(&column.field), types::column(cx, column), rows::field_docs(column));
        quote!(#docs pub #name: ::rex_orm::Column<#row, #ty>)
    });
    let struct_ = quote! {
        #docs
        pub struct #columns {
            #(#fields,)*
        }
    };
    let methods = model.relations.iter().map(|&id| {
        let relation = &cx.schema[id];
        let (method, marker) = (names::field(&relation.name), names::camel(&[&relation.name]));
        let docs = layout::docs(&[&format!("`{}`, to be loaded along.", relation.name)]);
        quote! {
            #docs
            pub fn #method(&self) -> ::rex_orm::Load<relations::#marker> {
                ::rex_orm::__::load()
            }
        }
    });
    let methods = match model.relations.is_empty() {
        true => TokenStream::new(),
        false => quote!(impl #columns { #(#methods)* }),
    };
    [struct_, methods]
}

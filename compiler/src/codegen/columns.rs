//! `Columns`: what conditions, orders and `with` are written in.

use proc_macro2::TokenStream;
use quote::quote;
use rex_schema::model::Model;

use super::{Cx, fields, layout, names, shown};

/// The struct of a model's columns, and its relations as methods.
pub(super) fn items(cx: &Cx<'_>, model: &Model) -> [TokenStream; 3] {
    let (columns, row) = (names::beside("Columns", &model.name), names::item(&model.name));
    let fields_of = fields::of(cx, model);
    let first = &fields_of[0].name;
    let docs = layout::docs(&[&format!(
        "The columns and relations of [`{}`], in conditions, orders and `with`.",
        names::shown(&model.name)
    )]);
    let fields = fields_of.iter().map(|field| {
        let (name, ty, docs, deprecated) =
            (&field.name, field.column_type(), field.documentation(), field.deprecation());
        quote!(#docs #deprecated pub #name: #ty)
    });
    let place = fields_of.iter().any(fields::Field::needs_place).then(|| quote!(: __::Place));
    let struct_ = quote! {
        #docs
        pub struct #columns<P #place = #row> {
            #(#fields,)*
        }
    };
    let methods = model.relations.iter().map(|&id| {
        let relation = &cx.schema[id];
        let (method, marker) = (names::field(&relation.name), names::camel(&[&relation.name]));
        let docs = layout::docs(&[&format!("`{}` of each row.", relation.name)]);
        let deprecated = shown::deprecated(relation.deprecated.as_deref());
        quote! {
            #docs
            #deprecated
            pub fn #method(&self) -> __::Load<relations::#marker, (), P> {
                __::load(self.#first.at())
            }
        }
    });
    let methods = match model.relations.is_empty() {
        true => TokenStream::new(),
        false => quote!(impl<P #place> #columns<P> { #(#methods)* }),
    };
    let whole = quote! {
        impl<P #place> __::Clone for #columns<P> {
            fn clone(&self) -> Self {
                *self
            }
        }
        impl<P #place> __::Copy for #columns<P> {}
        impl<S, P: __::RowsOf<S>> __::Selection<S> for #columns<P> {
            type Row = P::Row<#row>;
            fn select(self, terms: &mut __::Vec<__::Term>) -> __::Read<P::Row<#row>> {
                P::select::<#row>(self.#first.at(), terms)
            }
        }
    };
    [struct_, methods, whole]
}

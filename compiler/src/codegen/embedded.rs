//! An embedded type's file: its struct, its columns, and how it meets them.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use rex_schema::model::{EmbeddedType, TypeField, TypeId};

use super::fields::Group;
use super::shown::{self, Shown};
use super::{Cx, layout, model as rows, names, types};

/// Generates the file of an embedded type.
pub(super) fn file(cx: &Cx<'_>, id: TypeId) -> String {
    let item = &cx.schema[id];
    let parts = parts(cx, item);
    let items = [definition(cx, item, &parts), columns(item, &parts), composite(item, &parts)];
    layout::file(&item.file, items.into_iter().map(Into::into))
}

/// A field of an embedded type.
struct Part<'a> {
    name: Ident,
    /// Its name in the schema.
    text: &'a str,
    docs: TokenStream,
    deprecated: Option<TokenStream>,
    is_sensitive: bool,
    ty: TokenStream,
    /// Where its first column is, from the type's first on.
    at: usize,
    width: usize,
    /// Its columns, if it is an embedded type itself.
    inner: Option<Group>,
}

fn parts<'a>(cx: &Cx<'_>, item: &'a EmbeddedType) -> Vec<Part<'a>> {
    let mut at = 0;
    let parts = item.fields.iter().map(|field| {
        let (name, docs, deprecated) = match field {
            TypeField::Column(column) => (&column.field, &column.docs, &column.deprecated),
            TypeField::Embedded { name, docs, deprecated, .. } => (name, docs, deprecated),
        };
        let is_sensitive = matches!(field, TypeField::Column(column) if column.sensitive);
        let (ty, inner) = match field {
            TypeField::Column(column) => (types::column(cx, column), None),
            TypeField::Embedded { ty, optional, .. } => (
                types::optional(names::type_path(cx.schema, *ty), *optional),
                Some(Group {
                    columns: names::type_columns_path(cx.schema, *ty),
                    absent: *optional,
                    of_type: true,
                }),
            ),
        };
        let docs = layout::docs(&[docs]);
        let part = Part {
            name: names::field(name),
            text: name,
            docs,
            deprecated: shown::deprecated(deprecated.as_deref()),
            is_sensitive,
            ty,
            at,
            width: cx.schema.width(field),
            inner,
        };
        at += part.width;
        part
    });
    parts.collect()
}

fn definition(cx: &Cx<'_>, item: &EmbeddedType, parts: &[Part<'_>]) -> TokenStream {
    let (name, serde) = (names::item(&item.name), rows::serde(cx));
    let plain = format!("The embedded type `{}`.", item.name);
    let docs = layout::docs(&[if item.docs.is_empty() { &plain } else { &item.docs }]);
    let shown: Vec<Shown<'_>> =
        parts.iter().map(|part| Shown { name: &part.name, is_sensitive: part.is_sensitive }).collect();
    let [derives, debug] = shown::derives(&name, &shown);
    let fields = parts.iter().map(|Part { name, text, docs, deprecated, is_sensitive, ty, .. }| {
        let serialised = shown::serialised(cx, text, *is_sensitive);
        quote!(#docs #deprecated #serialised pub #name: #ty)
    });
    quote! {
        #docs
        #derives
        #serde
        pub struct #name {
            #(#fields,)*
        }
        #debug
    }
}

/// The columns, each by itself, of whatever model has the type.
fn columns(item: &EmbeddedType, parts: &[Part<'_>]) -> TokenStream {
    let (columns, name) = (names::beside("Columns", &item.name), names::shown(&item.name));
    let docs = layout::docs(&[&format!("The columns of a [`{name}`] at the place `P` of a query.")]);
    let fields = parts.iter().map(|Part { name, ty, inner, .. }| match inner {
        None => quote!(pub #name: __::Column<P, #ty>),
        Some(group) => {
            let columns = group.at_place();
            quote!(pub #name: __::CompositeColumn<P, #ty, #columns>)
        }
    });
    let values = parts.iter().map(|Part { name, at, inner, .. }| {
        let at = layout::behind_first(*at);
        match inner {
            None => quote!(#name: __::Column::new(at, #at)),
            Some(Group { columns, .. }) => {
                quote!(#name: __::CompositeColumn::new(at, #at, #columns::new(at, #at)))
            }
        }
    });
    let place = parts.iter().any(|part| part.inner.is_some()).then(|| quote!(: __::Place));
    quote! {
        #docs
        pub struct #columns<P #place> {
            #(#fields,)*
        }
        impl<P #place> __::Clone for #columns<P> {
            fn clone(&self) -> Self {
                *self
            }
        }
        impl<P #place> __::Copy for #columns<P> {}
        impl<P #place> #columns<P> {
            /// The columns from a place in the columns of a table on.
            pub fn new(at: __::At, first: u16) -> Self {
                Self { #(#values),* }
            }
        }
    }
}

fn composite(item: &EmbeddedType, parts: &[Part<'_>]) -> TokenStream {
    let name = names::item(&item.name);
    let width = layout::number(parts.iter().map(|part| part.width).sum());
    let encoded = parts.iter().map(|Part { name, inner, .. }| match inner {
        None => quote!(values.push(__::Scalar::encode(self.#name));),
        Some(_) => quote!(__::Composite::encode(self.#name, values);),
    });
    let decoded = parts.iter().map(|Part { name, inner, .. }| match inner {
        None => quote!(#name: row.next()?),
        Some(_) => quote!(#name: __::Composite::decode(row)?),
    });
    quote! {
        impl __::Composite for #name {
            const WIDTH: usize = #width;
            type Nullable = __::Option<Self>;
            fn encode(self, values: &mut __::Vec<__::Value>) {
                #(#encoded)*
            }
            fn decode(row: &mut __::Row<'_>) -> __::Result<Self> {
                __::Ok(Self { #(#decoded),* })
            }
        }
    }
}

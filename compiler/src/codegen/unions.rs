//! A union's file: its enum, its columns, and how it meets them.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use rex_schema::model::{ModelId, Type, Union, UnionId};

use super::{Cx, layout, model as rows, names, types};

/// Generates the file of a union.
pub(super) fn file(cx: &Cx<'_>, id: UnionId) -> String {
    let item = &cx.schema[id];
    let members: Vec<Member> = item.members.iter().map(|&model| Member::new(cx, model)).collect();
    let mut items = vec![definition(cx, item, &members), methods(item, &members)];
    items.extend(members.iter().map(|member| conversions(item, member)));
    items.extend([columns(item, &members), composite(item, &members)]);
    layout::file(&item.file, items.into_iter().map(Into::into))
}

/// A model that a union may lead to.
struct Member {
    /// The model's own name, and the variant's.
    name: Ident,
    /// Its path.
    row: TokenStream,
    /// The path of its id's type.
    id: TokenStream,
    method: Ident,
    ty: Type,
}

impl Member {
    fn new(cx: &Cx<'_>, model: ModelId) -> Member {
        let draft = &cx.schema[model];
        Member {
            name: names::item(&draft.name),
            row: names::model_path(cx.schema, model),
            id: names::id_path(cx.schema, model),
            method: names::member(cx.schema, model),
            ty: draft.columns[draft.primary_key[0]].ty,
        }
    }
}

fn definition(cx: &Cx<'_>, item: &Union, members: &[Member]) -> TokenStream {
    let (name, serde) = (names::item(&item.name), rows::serde(cx));
    let plain = format!("The id of one of the models of `{}`.", item.name);
    let docs = layout::docs(&[if item.docs.is_empty() { &plain } else { &item.docs }]);
    let copy = members.iter().all(|member| types::is_copy(member.ty));
    let copy = copy.then(|| quote!(__::Copy,));
    let variants = members.iter().map(|Member { name, id, .. }| {
        let docs = layout::docs(&[&format!("The id of a [`{name}`](super::{name}).")]);
        quote!(#docs #name(#id))
    });
    quote! {
        #docs
        #[derive(
            __::Clone, #copy __::Debug, __::PartialEq, __::Eq,
            __::Hash, __::PartialOrd, __::Ord
        )]
        #serde
        pub enum #name {
            #(#variants,)*
        }
    }
}

fn methods(item: &Union, members: &[Member]) -> TokenStream {
    let name = names::item(&item.name);
    let methods = members.iter().map(|member| {
        let Member { name, id, method, .. } = member;
        let docs = layout::docs(&[&format!("The id, if it is one of a [`{name}`](super::{name}).")]);
        quote! {
            #docs
            pub fn #method(&self) -> __::Option<#id> {
                match self {
                    Self::#name(id) => __::Some(__::Clone::clone(id)),
                    _ => __::None,
                }
            }
        }
    });
    quote!(impl #name { #(#methods)* })
}

/// What becomes the union: a member's id, and its row.
fn conversions(item: &Union, member: &Member) -> TokenStream {
    let (union, Member { name, row, id, .. }) = (names::item(&item.name), member);
    quote! {
        impl __::From<#id> for #union {
            fn from(id: #id) -> Self {
                Self::#name(id)
            }
        }
        impl __::From<&#row> for #union {
            fn from(row: &#row) -> Self {
                Self::#name(__::Model::key(row))
            }
        }
        #[diagnostic::do_not_recommend]
        impl __::Fits<#union> for #id {
            fn fit(self) -> #union {
                #union::#name(self)
            }
        }
        #[diagnostic::do_not_recommend]
        impl __::Fits<#union> for &#row {
            fn fit(self) -> #union {
                __::From::from(self)
            }
        }
    }
}

/// The keys, each by itself, of whatever model has the union.
fn columns(item: &Union, members: &[Member]) -> TokenStream {
    let (columns, name) = (names::beside("Columns", &item.name), names::shown(&item.name));
    let docs = layout::docs(&[&format!("The keys of a [`{name}`] at the place `P` of a query.")]);
    let fields = members.iter().map(|Member { name, id, method, .. }| {
        let docs = layout::docs(&[&format!("The key to a [`{name}`](super::{name}).")]);
        quote!(#docs pub #method: __::Column<P, __::Option<#id>>)
    });
    let values = members.iter().enumerate().map(|(at, Member { method, .. })| {
        let at = layout::behind_first(at);
        quote!(#method: __::Column::new(at, #at))
    });
    quote! {
        #docs
        pub struct #columns<P> {
            #(#fields,)*
        }
        impl<P> __::Clone for #columns<P> {
            fn clone(&self) -> Self {
                *self
            }
        }
        impl<P> __::Copy for #columns<P> {}
        impl<P> #columns<P> {
            /// The columns from a place in the columns of a table on.
            pub fn new(at: __::At, first: u16) -> Self {
                Self { #(#values),* }
            }
        }
    }
}

fn composite(item: &Union, members: &[Member]) -> TokenStream {
    let (name, width) = (names::item(&item.name), layout::number(members.len()));
    let encoded = members.iter().enumerate().map(|(at, Member { name, .. })| {
        let at = layout::number(at);
        quote!(Self::#name(id) => __::encode_member(id, #at, #width, values))
    });
    let decoded =
        members.iter().map(|Member { name, id, .. }| quote!(row.next::<__::Option<#id>>()?.map(Self::#name)));
    quote! {
        impl __::Composite for #name {
            const WIDTH: usize = #width;
            type Nullable = __::Option<Self>;
            fn encode(self, values: &mut __::Vec<__::Value>) {
                match self {
                    #(#encoded,)*
                }
            }
            fn decode(row: &mut __::Row<'_>) -> __::Result<Self> {
                __::decode_member([#(#decoded),*])
            }
        }
    }
}

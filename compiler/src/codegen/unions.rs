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
    layout::file(&item.file, items)
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
    let (name, serde) = (names::item(&item.name), rows::serde(cx, false));
    let plain = format!("The id of one of the models of `{}`.", item.name);
    let docs = layout::docs(&[if item.docs.is_empty() { &plain } else { &item.docs }]);
    let copy = members.iter().all(|member| types::is_copy(member.ty));
    let copy = copy.then(|| quote!(::core::marker::Copy,));
    let variants = members.iter().map(|Member { name, id, .. }| {
        let docs = layout::docs(&[&format!("The id of a [`{name}`](super::{name}).")]);
        quote!(#docs #name(#id))
    });
    quote! {
        #docs
        #[derive(
            ::core::clone::Clone, #copy ::core::fmt::Debug, ::core::cmp::PartialEq, ::core::cmp::Eq,
            ::core::hash::Hash, ::core::cmp::PartialOrd, ::core::cmp::Ord
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
            pub fn #method(&self) -> ::core::option::Option<#id> {
                match self {
                    Self::#name(id) => ::core::option::Option::Some(::core::clone::Clone::clone(id)),
                    _ => ::core::option::Option::None,
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
        impl ::core::convert::From<#id> for #union {
            fn from(id: #id) -> Self {
                Self::#name(id)
            }
        }
        impl ::core::convert::From<&#row> for #union {
            fn from(row: &#row) -> Self {
                Self::#name(::rex_orm::__::Model::key(row))
            }
        }
        #[diagnostic::do_not_recommend]
        impl ::rex_orm::__::Fits<#union> for #id {
            fn fit(self) -> #union {
                #union::#name(self)
            }
        }
        #[diagnostic::do_not_recommend]
        impl ::rex_orm::__::Fits<#union> for &#row {
            fn fit(self) -> #union {
                ::core::convert::From::from(self)
            }
        }
    }
}

/// The keys, each by itself, of whatever model has the union.
fn columns(item: &Union, members: &[Member]) -> TokenStream {
    let (columns, name) = (names::beside("Columns", &item.name), names::shown(&item.name));
    let docs =
        layout::docs(&[&format!("The keys of a [`{name}`] in the model `M`, in conditions and orders.")]);
    let fields = members.iter().map(|Member { name, id, method, .. }| {
        let docs = layout::docs(&[&format!("The key to a [`{name}`](super::{name}).")]);
        quote!(#docs pub #method: ::rex_orm::Column<M, ::core::option::Option<#id>>)
    });
    let values = members.iter().enumerate().map(|(at, Member { method, .. })| {
        let at = layout::behind_first(at);
        quote!(#method: ::rex_orm::Column::new(#at))
    });
    quote! {
        #docs
        pub struct #columns<M> {
            #(#fields,)*
        }
        impl<M> #columns<M> {
            /// The columns from a place in the model's table on.
            pub const fn new(first: u16) -> Self {
                Self { #(#values),* }
            }
        }
    }
}

fn composite(item: &Union, members: &[Member]) -> TokenStream {
    let (name, width) = (names::item(&item.name), layout::number(members.len()));
    let encoded = members.iter().enumerate().map(|(at, Member { name, .. })| {
        let at = layout::number(at);
        quote!(Self::#name(id) => ::rex_orm::__::encode_member(id, #at, #width, values))
    });
    let decoded = members
        .iter()
        .map(|Member { name, id, .. }| quote!(row.next::<::core::option::Option<#id>>()?.map(Self::#name)));
    quote! {
        impl ::rex_orm::__::Composite for #name {
            const WIDTH: usize = #width;
            fn encode(self, values: &mut ::std::vec::Vec<::rex_orm::__::Value>) {
                match self {
                    #(#encoded,)*
                }
            }
            fn decode(row: &mut ::rex_orm::__::Row<'_>) -> ::rex_orm::Result<Self> {
                ::rex_orm::__::decode_member([#(#decoded),*])
            }
        }
    }
}

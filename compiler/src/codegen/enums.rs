//! An enum's file.

use proc_macro2::TokenStream;
use quote::quote;
use rex_schema::model::{Enum, EnumId};

use super::{Cx, layout, model as rows, names, shown};

/// Generates the file of an enum.
pub(super) fn file(cx: &Cx<'_>, id: EnumId) -> String {
    let items = [definition(cx, id), constants(cx, id), text(cx, id), scalar(cx, id)];
    layout::file(&cx.schema[id].file, items.into_iter().map(Into::into))
}

fn definition(cx: &Cx<'_>, id: EnumId) -> TokenStream {
    let item = &cx.schema[id];
    let (name, serde) = (names::item(&item.name), rows::serde(cx));
    let plain = format!("One of the values of `{}`.", item.name);
    let docs = layout::docs(&[if item.docs.is_empty() { &plain } else { &item.docs }]);
    let variants = item.variants.iter().map(|variant| {
        let label = format!("`{}`", variant.label);
        let docs = layout::docs(&[if variant.docs.is_empty() { &label } else { &variant.docs }]);
        let (name, label) = (names::variant(&variant.name), &variant.label);
        let rename = cx.options.serde.then(|| quote!(#[serde(rename = #label)]));
        let deprecated = shown::deprecated(variant.deprecated.as_deref());
        quote!(#docs #deprecated #rename #name)
    });
    let allow = allow_deprecated(item);
    quote! {
        #docs
        #[derive(
            __::Clone, __::Copy, __::Debug, __::PartialEq,
            __::Eq, __::Hash, __::PartialOrd, __::Ord
        )]
        #serde
        #allow
        pub enum #name {
            #(#variants,)*
        }
    }
}

/// What is generated names deprecated variants too.
fn allow_deprecated(item: &Enum) -> Option<TokenStream> {
    let is_deprecated = item.variants.iter().any(|variant| variant.deprecated.is_some());
    is_deprecated.then(|| quote!(#[allow(deprecated)]))
}

fn constants(cx: &Cx<'_>, id: EnumId) -> TokenStream {
    let item = &cx.schema[id];
    let name = names::item(&item.name);
    let variants = item.variants.iter().map(|variant| names::variant(&variant.name));
    let labels = item.variants.iter().map(|variant| &variant.label);
    let allow = allow_deprecated(item);
    quote! {
        #allow
        impl #name {
            /// All variants, in declared order.
            pub const VARIANTS: &'static [Self] = &[#(Self::#variants),*];
            /// The labels in the database, in the same order.
            pub const LABELS: &'static [&'static str] = &[#(#labels),*];
            /// The label in the database.
            pub const fn as_str(self) -> &'static str {
                Self::LABELS[self as usize]
            }
        }
    }
}

fn text(cx: &Cx<'_>, id: EnumId) -> TokenStream {
    let name = names::item(&cx.schema[id].name);
    quote! {
        impl __::Display for #name {
            fn fmt(&self, f: &mut __::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(self.as_str())
            }
        }
        impl __::FromStr for #name {
            type Err = __::UnknownLabel;
            fn from_str(label: &str) -> ::core::result::Result<Self, __::UnknownLabel> {
                __::parse_variant(Self::LABELS, Self::VARIANTS, label)
            }
        }
    }
}

fn scalar(cx: &Cx<'_>, id: EnumId) -> TokenStream {
    let item = &cx.schema[id];
    let (text, name) = (&item.name, names::item(&item.name));
    let schema = item.schema.iter().map(|schema| rex_sql::ident(schema) + ".");
    let postgres = schema.chain([rex_sql::ident(&item.type_name)]).collect::<String>();
    quote! {
        impl __::Scalar for #name {
            const NAME: &'static str = #text;
            type Nullable = __::Option<Self>;
            const LABELS_OF: __::Option<__::Labels> =
                __::Some(__::Labels { postgres: #postgres, all: Self::LABELS });
            fn encode(self) -> __::Value {
                __::Value::Label(self.as_str())
            }
            fn decode(cell: __::Cell<'_>) -> __::Option<Self> {
                __::variant_of(Self::LABELS, Self::VARIANTS, cell)
            }
        }
        impl __::Element for #name {}
    }
}

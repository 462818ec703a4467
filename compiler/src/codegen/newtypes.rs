//! Types of the user's own that columns have (`@rust`): how each meets the runtime.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::quote;
use rex_schema::model::{Column, Scalar, Type, TypeField};

use super::{Cx, types};

/// The runtime's trait for each of them, once a path.
pub(super) fn items(cx: &Cx<'_>) -> Vec<TokenStream> {
    let of_models = cx.schema.models().flat_map(|(_, model)| &model.columns);
    let of_types = cx.schema.types().flat_map(|(_, ty)| &ty.fields).filter_map(|field| match field {
        TypeField::Column(column) => Some(&**column),
        TypeField::Embedded { .. } => None,
    });
    let paths: BTreeMap<&str, Type> = of_models.chain(of_types).filter_map(stands_for).collect();
    paths.into_iter().map(|(path, ty)| item(cx, path, ty)).collect()
}

fn stands_for(column: &Column) -> Option<(&str, Type)> {
    Some((column.rust.as_deref()?, column.ty))
}

fn item(cx: &Cx<'_>, text: &str, ty: Type) -> TokenStream {
    let path = path(text);
    let (encode, decode) = match ty {
        Type::Scalar(Scalar::Json) => (quote!(__::encode_json(&self)), quote!(__::decode_json(cell))),
        ty => {
            let scalar = types::value(cx, ty);
            (quote!(__::encode_as::<#scalar, _>(self)), quote!(__::decode_as::<#scalar, _>(cell)))
        }
    };
    quote! {
        impl __::Scalar for #path {
            const NAME: &'static str = #text;
            type Nullable = __::Option<Self>;
            fn encode(self) -> __::Value {
                #encode
            }
            fn decode(cell: __::Cell<'_>) -> __::Option<Self> {
                #decode
            }
        }
        impl __::Element for #path {}
    }
}

/// The path of a type, as the checker has read it.
pub(super) fn path(text: &str) -> TokenStream {
    text.parse().expect("the checker has parsed the path")
}

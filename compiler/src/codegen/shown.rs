//! What a struct shows of its fields, and which it advises against.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::Cx;

/// A field, and whether it is shown.
pub(super) struct Shown<'a> {
    pub(super) name: &'a Ident,
    pub(super) is_sensitive: bool,
}

/// The derives of a struct with these fields, and its `Debug` where that shows not all of them.
pub(super) fn derives(name: &Ident, fields: &[Shown<'_>]) -> [TokenStream; 2] {
    let all = quote!(::core::clone::Clone, ::core::fmt::Debug, ::core::cmp::PartialEq);
    if fields.iter().all(|field| !field.is_sensitive) {
        return [quote!(#[derive(#all)]), TokenStream::new()];
    }
    let derives = quote!(#[derive(::core::clone::Clone, ::core::cmp::PartialEq)]);
    [derives, debug(name, fields)]
}

/// `User { id: 1, password: .. }`
fn debug(name: &Ident, fields: &[Shown<'_>]) -> TokenStream {
    let text = name.to_string();
    let fields = fields.iter().map(|field| {
        let (name, label) = (field.name, field.name.to_string());
        let label = label.trim_start_matches("r#");
        match field.is_sensitive {
            true => quote!(.field(#label, &::rex_orm::__::Hidden)),
            false => quote!(.field(#label, &self.#name)),
        }
    });
    quote! {
        impl ::core::fmt::Debug for #name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.debug_struct(#text) #(#fields)* .finish()
            }
        }
    }
}

/// `#[deprecated]`, for a reason.
pub(super) fn deprecated(reason: Option<&str>) -> Option<TokenStream> {
    reason.map(|reason| quote!(#[deprecated(note = #reason)]))
}

/// What keeps a field out of serialised output, where it is configured.
pub(super) fn hidden(cx: &Cx<'_>, is_sensitive: bool) -> Option<TokenStream> {
    (cx.options.serde && is_sensitive).then(|| quote!(#[serde(skip_serializing)]))
}

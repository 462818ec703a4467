//! What a struct shows of its fields, and which it advises against.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::{Cx, names};

/// A field, and whether it is shown.
pub(super) struct Shown<'a> {
    pub(super) name: &'a Ident,
    pub(super) is_sensitive: bool,
}

/// The derives of a struct with these fields, and its `Debug` where that shows not all of them.
pub(super) fn derives(name: &Ident, fields: &[Shown<'_>]) -> [TokenStream; 2] {
    let all = quote!(__::Clone, __::Debug, __::PartialEq);
    if fields.iter().all(|field| !field.is_sensitive) {
        return [quote!(#[derive(#all)]), TokenStream::new()];
    }
    let derives = quote!(#[derive(__::Clone, __::PartialEq)]);
    [derives, debug(name, fields)]
}

/// `User { id: 1, password: .. }`
pub(super) fn debug(name: &Ident, fields: &[Shown<'_>]) -> TokenStream {
    let text = name.to_string();
    let fields = fields.iter().map(|field| {
        let (name, label) = (field.name, field.name.to_string());
        let label = label.trim_start_matches("r#");
        match field.is_sensitive {
            true => quote!(.field(#label, &__::Hidden)),
            false => quote!(.field(#label, &self.#name)),
        }
    });
    quote! {
        impl __::Debug for #name {
            fn fmt(&self, f: &mut __::Formatter<'_>) -> ::core::fmt::Result {
                f.debug_struct(#text) #(#fields)* .finish()
            }
        }
    }
}

/// `#[deprecated]`, for a reason.
pub(super) fn deprecated(reason: Option<&str>) -> Option<TokenStream> {
    reason.map(|reason| quote!(#[deprecated(note = #reason)]))
}

/// How a field is serialised, where that is configured: by its name in the schema, and not at all
/// if nobody may see it.
pub(super) fn serialised(cx: &Cx<'_>, name: &str, is_sensitive: bool) -> Option<TokenStream> {
    let renamed = (names::field(name) == format!("{name}_")).then(|| quote!(#[serde(rename = #name)]));
    let hidden = is_sensitive.then(|| quote!(#[serde(skip_serializing)]));
    cx.options.serde.then(|| quote!(#renamed #hidden))
}

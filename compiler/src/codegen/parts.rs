//! A row as a tuple of its fields: how it is put together, copied, compared and shown.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::fields::{self, Field};
use super::shown;

/// So many fields are one tuple: the runtime knows no longer ones.
const AT_ONCE: usize = 16;

/// What the derives of `Clone`, `PartialEq` and `Debug` would be, and cheaper to compile.
pub(super) fn items(row: &Ident, fields: &[Field<'_>]) -> TokenStream {
    let names: Vec<_> = fields.iter().map(|field| &field.name).collect();
    let locals = locals(&names);
    let values = names.iter().zip(&locals).map(|(name, local)| match *name == local {
        true => quote!(#name),
        false => quote!(#name: #local),
    });
    let two = |first, rest| quote!(__::Two(#first, #rest));
    let taken = tuples(locals.iter().map(|local| quote!(#local)), two);
    let lent = tuples(names.iter().map(|name| quote!(&self.#name)), two);
    let kinds =
        tuples(fields.iter().map(|field| field.ty.clone()), |first, rest| quote!(__::Two<#first, #rest>));
    let debug = debug(row, fields);
    quote! {
        impl __::Parts for #row {
            type Of = #kinds;
            fn of(#taken: Self::Of) -> Self {
                Self { #(#values),* }
            }
            fn parts(&self) -> <Self::Of as __::Tuple>::Refs<'_> {
                #lent
            }
        }
        impl __::Clone for #row {
            fn clone(&self) -> Self {
                __::copied(self)
            }
        }
        impl __::PartialEq for #row {
            fn eq(&self, other: &Self) -> bool {
                __::same(self, other)
            }
        }
        #debug
    }
}

/// The fields as one tuple, or as several, of which two at a time are one.
fn tuples(
    fields: impl Iterator<Item = TokenStream>,
    two: impl Fn(TokenStream, TokenStream) -> TokenStream,
) -> TokenStream {
    let fields: Vec<_> = fields.collect();
    let each = fields.chunks(AT_ONCE).map(|fields| quote!((#(#fields,)*)));
    each.rev().reduce(|rest, first| two(first, rest)).expect("a row has a field")
}

/// What the fields are called where a tuple is taken apart.
fn locals(names: &[&Ident]) -> Vec<Ident> {
    // Nothing that a pattern could mean instead has a name without a capital.
    let has_capital = |name: &Ident| name.to_string().contains(char::is_uppercase);
    let local = |(at, name): (usize, &&Ident)| match has_capital(name) {
        true => format_ident!("Field{at}"),
        false => (*name).clone(),
    };
    names.iter().enumerate().map(local).collect()
}

/// All fields by their names; of one that nobody sees, two points.
fn debug(row: &Ident, fields: &[Field<'_>]) -> TokenStream {
    if fields.iter().any(|field| field.is_sensitive) {
        return shown::debug(row, &fields::shown(fields));
    }
    let names: Vec<_> = fields.iter().map(|field| plain(&field.name)).collect();
    let (text, names) = (plain(row), names.join(" "));
    quote! {
        impl __::Debug for #row {
            fn fmt(&self, f: &mut __::Formatter<'_>) -> ::core::fmt::Result {
                __::show(self, f, #text, #names)
            }
        }
    }
}

fn plain(name: &Ident) -> String {
    name.to_string().trim_start_matches("r#").to_owned()
}

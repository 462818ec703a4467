//! `Create` and `Update`: writes, field by field.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use rex_schema::model::{Model, ModelId, Scalar, Type};

use super::fields::{self, Field};
use super::{Cx, layout, names};

/// Both builders of a model.
pub(super) fn items(cx: &Cx<'_>, id: ModelId) -> Vec<TokenStream> {
    let model = &cx.schema[id];
    let states = States::new(cx, model);
    let mut items = states.traits(model);
    items.push(create_struct(model, &states));
    items.push(create_impl(cx, id, &states));
    items.push(update_struct(model));
    items.push(update_impl(cx, model));
    items.push(update_wraps(model));
    let (create, update) = (names::beside("Create", &model.name), names::beside("Update", &model.name));
    let parameters = &states.parameters;
    items.push(not_awaited(model, &create, &generics(&quote!(#(#parameters),*), &states)));
    items.push(not_awaited(model, &update, &quote!(<T>)));
    items
}

/// A builder that is awaited is told that it is to be saved.
fn not_awaited(model: &Model, builder: &Ident, generics: &TokenStream) -> TokenStream {
    let row = names::item(&model.name);
    quote! {
        impl #generics __::Future for #builder #generics
        where
            for<'a> __::Unsaved<'a>: __::WrittenWhenAwaited,
        {
            type Output = __::Result<#row>;
            fn poll(
                self: ::core::pin::Pin<&mut Self>,
                _: &mut ::core::task::Context<'_>,
            ) -> ::core::task::Poll<Self::Output> {
                ::core::task::Poll::Pending
            }
        }
    }
}

/// The required fields, and the type parameters that say whether each is set.
struct States {
    places: Vec<usize>,
    markers: Vec<Ident>,
    parameters: Vec<Ident>,
}

impl States {
    fn new(cx: &Cx<'_>, model: &Model) -> States {
        let fields = fields::of(cx, model);
        let required = || fields.iter().filter(|field| field.is_required);
        let setters: Vec<&str> = required().map(|field| field.setter).collect();
        States {
            places: required().map(|field| field.place).collect(),
            markers: setters.iter().map(|name| names::method(name)).collect(),
            parameters: setters.iter().map(|name| format_ident!("Has{}", names::camel(&[name]))).collect(),
        }
    }

    fn at(&self, place: usize) -> Option<usize> {
        self.places.iter().position(|&required| required == place)
    }

    /// The parameters, with the one at a place set.
    fn with(&self, at: usize) -> Vec<TokenStream> {
        let parameters = self.parameters.iter().enumerate();
        parameters.map(|(i, name)| if i == at { quote!(__::Set) } else { quote!(#name) }).collect()
    }

    /// A trait for each required field, which holds when the field is set.
    fn traits(&self, model: &Model) -> Vec<TokenStream> {
        if self.markers.is_empty() {
            return Vec::new();
        }
        let traits = self.markers.iter().map(|name| {
            let message = format!(
                "a required field of `{}` is missing: call `.{name}(…)` before the row is written",
                model.name
            );
            let label = format!("`{name}` is not set");
            quote! {
                #[diagnostic::on_unimplemented(message = #message, label = #label)]
                pub trait #name {}
                impl #name for super::__::Set {}
            }
        });
        vec![quote! {
            /// One trait for each required field: it holds when the field is set.
            #[allow(non_camel_case_types)]
            pub mod required {
                #(#traits)*
            }
        }]
    }
}

fn create_struct(model: &Model, states: &States) -> TokenStream {
    let (create, row) = (names::beside("Create", &model.name), names::item(&model.name));
    let parameters = &states.parameters;
    let text = format!(
        "A new [`{}`] in the making. Its parameters say which required fields are set.",
        names::shown(&model.name)
    );
    let docs = layout::docs(&[&text]);
    let generics = generics(&quote!(#(#parameters = __::Missing),*), states);
    quote! {
        #docs
        #[must_use = "nothing is written before `.save()`"]
        pub struct #create #generics(__::Draft<#row, (#(#parameters,)*)>);
    }
}

/// Parameters in angle brackets; nothing where no field is required.
fn generics(parameters: &TokenStream, states: &States) -> TokenStream {
    if states.places.is_empty() { TokenStream::new() } else { quote!(<#parameters>) }
}

fn create_impl(cx: &Cx<'_>, id: ModelId, states: &States) -> TokenStream {
    let model = &cx.schema[id];
    let (create, row) = (names::beside("Create", &model.name), names::item(&model.name));
    let (parameters, markers) = (&states.parameters, &states.markers);
    let setters = fields::of_new(cx, model).into_iter().map(|field| create_setter(model, states, &field));
    let insert = cx.statements.of(id).writes.as_ref().map(|writes| writes.insert.docs());
    let docs = layout::docs(&[
        "Writes the row; answers with it as the database has it.",
        &insert.unwrap_or_default(),
    ]);
    let bounds = (!parameters.is_empty()).then(|| quote!(where #(#parameters: required::#markers),*));
    let generics = generics(&quote!(#(#parameters),*), states);
    let or_else = or_else(model, bounds.as_ref());
    let columns = names::beside("Columns", &model.name);
    quote! {
        impl #generics #create #generics {
            #(#setters)*
            #docs
            pub fn save(self) -> __::Pending<#row> #bounds {
                self.0.save()
            }
            /// Writes the row, and what hangs on it; all or nothing:
            /// `.save_with(|row, m| ([new], m.relation().link([&other])))`.
            pub fn save_with<X: __::Nests<#row>>(
                self,
                nested: impl __::FnOnce(&#row, #columns<#row>) -> X + __::Send + 'static,
            ) -> __::Pending<(#row, X::Out)>
            #bounds
            {
                self.0.save_with(nested)
            }
            #or_else
        }
    }
}

/// What is done where a row is there already.
fn or_else(model: &Model, bounds: Option<&TokenStream>) -> TokenStream {
    let row = names::item(&model.name);
    let [unique, update, columns] =
        ["Unique", "Update", "Columns"].map(|what| names::beside(what, &model.name));
    if model.primary_key.is_empty() && model.uniques.is_empty() {
        return TokenStream::new();
    }
    quote! {
        /// Writes the row, unless one is there already with which it shares a unique value: then
        /// nothing is written, and the answer is none.
        pub fn or_ignore(self) -> __::Pending<__::Option<#row>> #bounds {
            self.0.or_ignore()
        }
        /// Writes the row; one that is there already, by this unique, gets the values that are set.
        pub fn upsert(self, by: #unique) -> __::Pending<#row> #bounds {
            self.0.upsert(by)
        }
        /// Writes the row; one that is there already, by this unique, is changed.
        pub fn or_update(
            self,
            by: #unique,
            change: impl __::FnOnce(#update<()>, #columns<#row>) -> #update<()>,
        ) -> __::Pending<#row>
        #bounds
        {
            self.0.or_update(by, change)
        }
    }
}

fn create_setter(model: &Model, states: &States, field: &Field<'_>) -> TokenStream {
    let (number, set) = (layout::number(field.place), field.set());
    let (method, ty) = (names::method(field.setter), &field.ty);
    let docs = setter_docs(field);
    let create = names::beside("Create", &model.name);
    let out = match states.at(field.place) {
        Some(at) => {
            let parameters = states.with(at);
            quote!(#create<#(#parameters),*>)
        }
        None => quote!(Self),
    };
    let builder = if states.at(field.place).is_some() { quote!(#create) } else { quote!(Self) };
    let (deprecated, exact) = (field.deprecation(), exact(model, field));
    quote! {
        #docs
        #deprecated
        pub fn #method<How #exact>(self, value: impl __::Fits<#ty, How>) -> #out {
            #builder(self.0.#set(#number, value.fit()))
        }
    }
}

/// What is asked of the way by which a value fits: an exact number is not made of a floating one.
pub(super) fn exact(model: &Model, field: &Field<'_>) -> Option<TokenStream> {
    let [place] = field.columns[..] else { return None };
    let is_exact = matches!(model.columns[place].ty, Type::Scalar(Scalar::Decimal { .. }));
    is_exact.then(|| quote!(: __::Exact))
}

/// Their names say what they set.
fn setter_docs(field: &Field<'_>) -> TokenStream {
    layout::docs(&[field.docs])
}

fn update_struct(model: &Model) -> TokenStream {
    let (update, row) = (names::beside("Update", &model.name), names::item(&model.name));
    let docs = layout::docs(&[&format!(
        "A change of one [`{}`], or of all that a finder matches.",
        names::shown(&model.name)
    )]);
    quote! {
        #docs
        #[must_use = "nothing is written before `.save()`"]
        pub struct #update<T>(__::Update<#row, T>);
    }
}

fn update_impl(cx: &Cx<'_>, model: &Model) -> TokenStream {
    let (update, row) = (names::beside("Update", &model.name), names::item(&model.name));
    let columns = names::beside("Columns", &model.name);
    let is_key = |field: &Field<'_>| field.columns.iter().any(|place| model.primary_key.contains(place));
    let fields = fields::of(cx, model).into_iter().filter(|field| !is_key(field));
    let setters = fields.map(|field| {
        let (number, set) = (layout::number(field.place), field.set());
        let (method, ty, docs) = (names::method(field.setter), &field.ty, setter_docs(&field));
        if field.is_fixed {
            return not_updated(&method);
        }
        let (deprecated, exact) = (field.deprecation(), exact(model, &field));
        if field.is_composite() {
            return quote! {
                #docs
                #deprecated
                pub fn #method<How>(self, value: impl __::Fits<#ty, How>) -> Self {
                    Self(self.0.#set(#number, value.fit()))
                }
            };
        }
        quote! {
            #docs
            #deprecated
            pub fn #method<How #exact>(self, value: impl __::Assigned<#row, #ty, How>) -> Self {
                Self(self.0.#set(#number, value.assigned()))
            }
        }
    });
    quote! {
        impl<T> #update<T> {
            #(#setters)*
            /// Sets fields to what is computed of the row as it is: `.set(|u, c| u.age(c.age.add(1)))`.
            pub fn set(self, change: impl __::FnOnce(Self, #columns<#row>) -> Self) -> Self {
                change(self, __::columns::<#row>())
            }
            /// Writes the change; answers with the row, or with how many rows there were.
            pub fn save(self) -> __::Pending<T::Out>
            where
                T: __::Target<#row>,
            {
                self.0.save()
            }
        }
    }
}

/// A method that nothing can be handed to, and that says so.
fn not_updated(method: &Ident) -> TokenStream {
    quote! {
        #[doc(hidden)]
        pub fn #method(self, _: impl __::NotUpdated) -> Self {
            self
        }
    }
}

/// That the builder is the runtime's under a name of its own.
fn update_wraps(model: &Model) -> TokenStream {
    let (update, row) = (names::beside("Update", &model.name), names::item(&model.name));
    quote! {
        impl<T> __::Wraps<__::Update<#row, T>> for #update<T> {
            fn wrap(update: __::Update<#row, T>) -> Self {
                Self(update)
            }
            fn unwrap(self) -> __::Update<#row, T> {
                self.0
            }
        }
    }
}

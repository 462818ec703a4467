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
    let state = (!states.is_empty()).then(|| quote!(<S>));
    items.push(not_awaited(model, &create, state.as_ref()));
    items.push(not_awaited(model, &update, Some(&quote!(<T>))));
    items
}

/// A builder that is awaited is told that it is to be saved.
fn not_awaited(model: &Model, builder: &Ident, generics: Option<&TokenStream>) -> TokenStream {
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

/// So many required fields are one tuple of states; more are several. The runtime knows no longer ones.
const AT_ONCE: usize = 16;

/// The required fields, and the types that say whether each is set: a tuple of states for each few of them.
struct States {
    places: Vec<usize>,
    markers: Vec<Ident>,
    /// A type parameter for each tuple.
    tuples: Vec<Ident>,
}

impl States {
    fn new(cx: &Cx<'_>, model: &Model) -> States {
        let fields = fields::of(cx, model);
        let required = || fields.iter().filter(|field| field.is_required);
        let places: Vec<usize> = required().map(|field| field.place).collect();
        let tuples = match places.len().div_ceil(AT_ONCE) {
            1 => vec![format_ident!("S")],
            several => (0..several).map(|at| format_ident!("S{at}")).collect(),
        };
        States { places, markers: required().map(|field| names::method(field.setter)).collect(), tuples }
    }

    fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The builder in a state.
    fn builder(&self, create: &Ident, tuples: &[TokenStream]) -> TokenStream {
        match tuples {
            [] => quote!(#create),
            [one] => quote!(#create<#one>),
            several => quote!(#create<(#(#several),*)>),
        }
    }

    /// The builder in any state.
    fn any(&self, create: &Ident) -> TokenStream {
        let tuples: Vec<_> = self.tuples.iter().map(|tuple| quote!(#tuple)).collect();
        self.builder(create, &tuples)
    }

    /// The builder with the field at a place set; none where it is not required.
    fn with(&self, create: &Ident, place: usize) -> Option<TokenStream> {
        let at = self.places.iter().position(|&required| required == place)?;
        let (set, of) = (format_ident!("Set{}", at % AT_ONCE), at / AT_ONCE);
        let tuples = self.tuples.iter().enumerate();
        let tuples: Vec<_> =
            tuples.map(|(i, tuple)| if i == of { quote!(#tuple::#set) } else { quote!(#tuple) }).collect();
        Some(self.builder(create, &tuples))
    }

    /// The tuples of what each field has, in one type.
    fn all(&self, each: &[TokenStream]) -> TokenStream {
        let tuples: Vec<_> = each.chunks(AT_ONCE).map(|fields| quote!((#(#fields,)*))).collect();
        match tuples.as_slice() {
            [one] => one.clone(),
            several => quote!((#(#several),*)),
        }
    }

    /// That each is set.
    fn all_set(&self) -> TokenStream {
        let bounds = self.markers.iter().enumerate().map(|(at, marker)| {
            let (tuple, at) = (&self.tuples[at / AT_ONCE], format_ident!("At{}", at % AT_ONCE));
            quote!(#tuple::#at: required::#marker)
        });
        quote!(where #(#bounds),*)
    }

    /// A trait for each required field, which holds when the field is set.
    fn traits(&self, model: &Model) -> Vec<TokenStream> {
        if self.is_empty() {
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
    let text = match states.is_empty() {
        true => format!("A new [`{}`] in the making.", names::shown(&model.name)),
        false => format!(
            "A new [`{}`] in the making. Its parameter says which required fields are set.",
            names::shown(&model.name)
        ),
    };
    let docs = layout::docs(&[&text]);
    let missing = states.all(&vec![quote!(__::Missing); states.places.len()]);
    let [generics, state] = match states.is_empty() {
        true => [TokenStream::new(), quote!(())],
        false => [quote!(<S = #missing>), quote!(S)],
    };
    quote! {
        #docs
        #[must_use = "nothing is written before `.save()`"]
        pub struct #create #generics(__::Draft<#row, #state>);
    }
}

fn create_impl(cx: &Cx<'_>, id: ModelId, states: &States) -> TokenStream {
    let model = &cx.schema[id];
    let (create, row) = (names::beside("Create", &model.name), names::item(&model.name));
    let fields = fields::of_new(cx, model);
    let setters = fields.iter().map(|field| create_setter(model, states, field));
    let insert = cx.statements.of(id).writes.as_ref().map(|writes| writes.insert.docs());
    let docs = layout::docs(&[
        "Writes the row; answers with it as the database has it.",
        &insert.unwrap_or_default(),
    ]);
    let any = states.any(&create);
    let [next, out, bounds, parameters] = match states.is_empty() {
        true => [TokenStream::new(), quote!(Self), TokenStream::new(), TokenStream::new()],
        false => {
            let (tuples, bounds) = (&states.tuples, states.all_set());
            [quote!(Next,), quote!(#create<Next>), bounds, quote!(<#(#tuples: __::States),*>)]
        }
    };
    let puts = puts(&fields.iter().collect::<Vec<_>>()).into_iter().map(|[own, put, kind]| {
        quote! {
            fn #own<#next V: __::#kind, How, X: __::Fits<V, How>>(self, place: u16, value: X) -> #out {
                #create(self.0.#put(place, value))
            }
        }
    });
    let or_else = or_else(model, &bounds);
    let columns = names::beside("Columns", &model.name);
    quote! {
        impl #parameters #any {
            #(#puts)*
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

/// The builder's own method that each setter calls, the runtime's that it calls itself, and what that takes,
/// for the kinds of field that there are. To call one is cheaper to compile than what it does, as often as
/// there are setters; with its types, so that rustc does not look for them.
fn puts(fields: &[&Field<'_>]) -> Vec<[Ident; 3]> {
    let has = |composite| fields.iter().any(|field| field.is_composite() == composite);
    let kinds = [(false, ["__put", "put", "Scalar"]), (true, ["__put_all", "put_all", "Composite"])];
    let some = kinds.into_iter().filter(|(composite, _)| has(*composite));
    some.map(|(_, names)| names.map(|name| format_ident!("{name}"))).collect()
}

/// What is done where a row is there already.
fn or_else(model: &Model, bounds: &TokenStream) -> TokenStream {
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
    let (number, put) = (layout::number(field.place), field.put());
    let (method, ty) = (names::method(field.setter), &field.ty);
    let docs = setter_docs(field);
    let create = names::beside("Create", &model.name);
    let out = states.with(&create, field.place).unwrap_or_else(|| quote!(Self));
    let next = (!states.is_empty()).then(|| quote!(_,));
    let (deprecated, exact) = (field.deprecation(), exact(model, field));
    quote! {
        #docs
        #deprecated
        pub fn #method<How #exact>(self, value: impl __::Fits<#ty, How>) -> #out {
            self.#put::<#next #ty, How, _>(#number, value)
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
    let mut fields = fields::of(cx, model);
    fields.retain(|field| !is_key(field));
    let setters = fields.iter().map(|field| {
        let (number, put) = (layout::number(field.place), field.put());
        let (method, ty, docs) = (names::method(field.setter), &field.ty, setter_docs(field));
        if field.is_fixed {
            return not_updated(&method);
        }
        let (deprecated, exact) = (field.deprecation(), exact(model, field));
        if field.is_composite() {
            return quote! {
                #docs
                #deprecated
                pub fn #method<How>(self, value: impl __::Fits<#ty, How>) -> Self {
                    self.#put::<#ty, How, _>(#number, value)
                }
            };
        }
        quote! {
            #docs
            #deprecated
            pub fn #method<How #exact>(self, value: impl __::Assigned<#row, #ty, How>) -> Self {
                self.#put::<#ty, How, _>(#number, value)
            }
        }
    });
    let set: Vec<_> = fields.iter().filter(|field| !field.is_fixed).collect();
    let puts = puts(&set).into_iter().map(|[own, put, kind]| {
        let value = match kind == "Composite" {
            true => quote!(__::Fits<V, How>),
            false => quote!(__::Assigned<#row, V, How>),
        };
        quote! {
            fn #own<V: __::#kind, How, X: #value>(self, place: u16, value: X) -> Self {
                Self(self.0.#put(place, value))
            }
        }
    });
    quote! {
        impl<T> #update<T> {
            #(#puts)*
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

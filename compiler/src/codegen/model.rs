//! A model's file: its struct, its id, the row to be inserted, and what the runtime asks of it.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use rex_schema::model::{Column, Model, ModelId, ModelKind, Type};

use super::fields::{self, Field};
use super::layout::Piece;
use super::{
    Cx, builders, columns, constant, constraints, layout, meta, names, parts, relations, repository, shown,
    types,
};

/// Generates the file of a model.
pub(super) fn file(cx: &Cx<'_>, id: ModelId) -> String {
    let model = &cx.schema[id];
    let mut items = vec![row(cx, model)];
    items.extend(types::own_id(model, id).map(|column| typed_id(cx, model, column)));
    items.extend(row_key(model, id));
    let is_written = !model.is_read_only();
    if is_written {
        items.extend([new_row(cx, model), new_constructor(cx, model), new_impl(cx, model)]);
    }
    items.extend(columns::items(cx, model));
    items.push(row_impl(cx, model));
    let mut pieces: Vec<Piece> = items.into_iter().map(Piece::from).collect();
    pieces.extend(model_impl(cx, id));
    let mut items = Vec::new();
    if is_written {
        items.push(writable_impl(model));
        items.push(acts(cx, model));
        items.extend(constraints::items(cx, id));
    }
    pieces.extend(items.into_iter().map(Piece::from));
    pieces.extend(relations::items(cx, id));
    pieces.extend(repository::items(cx, id).into_iter().map(Piece::from));
    if is_written {
        pieces.extend(builders::items(cx, id).into_iter().map(Piece::from));
    }
    layout::file(&model.file, pieces)
}

/// `pub struct User { … }`
fn row(cx: &Cx<'_>, model: &Model) -> TokenStream {
    let name = names::item(&model.name);
    let stands = match &model.kind {
        ModelKind::View(view) if view.materialized => "Materialised view",
        ModelKind::View(_) => "View",
        ModelKind::Table | ModelKind::Unmanaged => "Table",
    };
    let table = model.schema.iter().chain([&model.table]).map(String::as_str).collect::<Vec<_>>().join(".");
    let docs = layout::docs(&[described(&model.docs, &model.name).as_str(), &format!("{stands} `{table}`.")]);
    let serde = serde(cx);
    let fields = fields::of(cx, model);
    let [derives, parts] = match has_own(model) {
        true => shown::derives(&name, &fields::shown(&fields)),
        false => [TokenStream::new(), parts::items(&name, &fields)],
    };
    let fields = fields.iter().map(|field| {
        let (name, ty, docs, deprecated) =
            (&field.name, &field.ty, field.documentation(), field.deprecation());
        let serialised = shown::serialised(cx, field.text(), field.is_sensitive);
        quote!(#docs #deprecated #serialised pub #name: #ty)
    });
    quote! {
        #docs
        #derives
        #serde
        pub struct #name {
            #(#fields,)*
        }
        #parts
    }
}

/// Whether a field has a type of the program's own, `@rust`: it may be one that the program keeps to itself,
/// which no trait's type may tell.
fn has_own(model: &Model) -> bool {
    model.columns.iter().any(|column| column.rust.is_some() && column.id_of.is_none())
}

/// serde's derives, where they are configured.
pub(super) fn serde(cx: &Cx<'_>) -> TokenStream {
    if !cx.options.serde {
        return TokenStream::new();
    }
    quote! {
        #[derive(__::serde::Serialize, __::serde::Deserialize)]
        #[serde(crate = "::rex_orm::__::serde")]
    }
}

/// The documentation of the schema, or the bare name.
pub(super) fn described(docs: &str, name: &str) -> String {
    if docs.is_empty() { format!("A row of `{name}`.") } else { docs.to_owned() }
}

/// `pub type UserId = IdOf<User>`, and the function that makes one.
fn typed_id(cx: &Cx<'_>, model: &Model, column: &Column) -> TokenStream {
    let (id, row) = (names::id_type(&model.name), names::item(&model.name));
    let docs = layout::docs(&[&format!("The id of a [`{}`].", names::shown(&model.name))]);
    let value = types::value(cx, column.ty);
    let plain = match column.ty {
        Type::Enum(_) => fits(&id, &value),
        Type::Scalar(_) => TokenStream::new(),
    };
    quote! {
        #docs
        pub type #id = __::IdOf<#row>;
        #docs
        pub fn #id(value: #value) -> #id {
            __::IdOf(value)
        }
        impl __::Identified for #row {
            type Value = #value;
        }
        #plain
    }
}

/// That a value of the schema's own type stands for the id; the runtime has it of the others.
fn fits(id: &proc_macro2::Ident, value: &TokenStream) -> TokenStream {
    quote! {
        #[diagnostic::do_not_recommend]
        impl __::Fits<#id> for #value {
            fn fit(self) -> #id {
                __::IdOf(self)
            }
        }
    }
}

/// That a row stands for its key, where the key is no type of the model's own that says so.
fn row_key(model: &Model, id: ModelId) -> Option<TokenStream> {
    if model.primary_key.is_empty() || types::own_id(model, id).is_some() {
        return None;
    }
    let row = names::item(&model.name);
    Some(quote! {
        #[diagnostic::do_not_recommend]
        impl __::Key<#row> for &#row {
            fn into_key(self) -> <#row as __::Model>::Key {
                __::Model::key(self)
            }
        }
    })
}

/// A column's value taken from a row by reference.
pub(super) fn taken(column: &Column, place: &TokenStream) -> TokenStream {
    match types::is_copy(column.ty) && !column.list && column.rust.is_none() {
        true => place.clone(),
        false => quote!(__::Clone::clone(&#place)),
    }
}

/// `pub struct NewUser { … }`
fn new_row(cx: &Cx<'_>, model: &Model) -> TokenStream {
    let name = names::new_type(&model.name);
    let docs = layout::docs(&[&format!(
        "A [`{}`] to be inserted. What has a default may be `None`.",
        names::shown(&model.name)
    )]);
    let fields = fields::of_new(cx, model);
    let fields = fields.iter().map(|field| {
        let (name, docs, ty, deprecated) =
            (&field.name, field.documentation(), &field.ty, field.deprecation());
        match field.has_default {
            true => quote!(#docs #deprecated pub #name: __::Option<#ty>),
            false => quote!(#docs #deprecated pub #name: #ty),
        }
    });
    quote! {
        #docs
        #[derive(__::Clone)]
        pub struct #name {
            #(#fields,)*
        }
        impl __::Debug for #name {
            fn fmt(&self, f: &mut __::Formatter<'_>) -> ::core::fmt::Result {
                __::show_new(self, f)
            }
        }
        impl __::PartialEq for #name {
            fn eq(&self, other: &Self) -> bool {
                __::same_new(self, other)
            }
        }
    }
}

/// `NewUser::new(email, name)`
fn new_constructor(cx: &Cx<'_>, model: &Model) -> TokenStream {
    let name = names::new_type(&model.name);
    let fields = fields::of_new(cx, model);
    let required: Vec<&Field<'_>> = fields.iter().filter(|field| field.is_required).collect();
    let how: Vec<_> = (0..required.len()).map(|at| format_ident!("How{at}")).collect();
    let arguments = required.iter().zip(&how).map(|(field, how)| {
        let (name, ty) = (names::field(field.setter), &field.ty);
        quote!(#name: impl __::Fits<#ty, #how>)
    });
    let values = fields.iter().map(|field| {
        let (name, argument) = (&field.name, names::field(field.setter));
        match field.is_required {
            true => quote!(#name: #argument.fit()),
            false => quote!(#name: __::None),
        }
    });
    let exact = required.iter().map(|field| builders::exact(model, field));
    let generics = (!how.is_empty()).then(|| quote!(<#(#how #exact),*>));
    quote! {
        impl #name {
            /// A row with its required fields; the others are `None`.
            pub fn new #generics(#(#arguments),*) -> Self {
                Self { #(#values),* }
            }
        }
    }
}

fn new_impl(cx: &Cx<'_>, model: &Model) -> TokenStream {
    let (name, row) = (names::new_type(&model.name), names::item(&model.name));
    let values = fields::values(&fields::of(cx, model));
    quote! {
        impl __::New for #name {
            type Model = #row;
            fn encode_to(self, values: &mut __::Vec<__::Value>) {
                #values
            }
        }
    }
}

/// What the runtime asks of a model whose rows count their changes, or stay when they are deleted.
fn acts(cx: &Cx<'_>, model: &Model) -> TokenStream {
    let row = names::item(&model.name);
    let versioned = model.version.map(|place| {
        let column = &model.columns[place];
        let (field, ty) = (names::field(&column.field), types::column(cx, column));
        quote! {
            impl __::Versioned for #row {
                type Version = #ty;
                fn version(&self) -> #ty {
                    self.#field
                }
            }
        }
    });
    let soft_delete = model.soft_delete.map(|_| quote!(impl __::SoftDelete for #row {}));
    let lockable = (cx.options.databases == [rex_sql::Dialect::Postgres] && !model.is_read_only())
        .then(|| quote!(impl __::Lockable for #row {}));
    quote!(#versioned #soft_delete #lockable)
}

/// What the runtime asks of a model whose rows are written.
fn writable_impl(model: &Model) -> TokenStream {
    let (row, new) = (names::item(&model.name), names::new_type(&model.name));
    let update = names::beside("Update", &model.name);
    quote! {
        impl __::Writable for #row {
            type New = #new;
            type Update<T> = #update<T>;
        }
    }
}

/// How a row is read.
fn row_impl(cx: &Cx<'_>, model: &Model) -> TokenStream {
    let row = names::item(&model.name);
    let fields = fields::of(cx, model);
    let body = match has_own(model) || fields.iter().any(Field::is_composite) {
        true => {
            let (names, decoded) =
                (fields.iter().map(|field| &field.name), fields.iter().map(Field::decoded));
            quote!(__::Ok(Self { #(#names: #decoded),* }))
        }
        false => quote!(__::read(row)),
    };
    quote! {
        impl __::FromRow for #row {
            fn arrange(columns: &mut __::Arranging<'_>) -> __::Result<()> {
                __::arrange::<Self>(columns)
            }
            fn from_row(row: &mut __::Row<'_>) -> __::Result<Self> {
                #body
            }
        }
    }
}

/// What the runtime asks of a model.
fn model_impl(cx: &Cx<'_>, id: ModelId) -> [Piece; 2] {
    let model = &cx.schema[id];
    let row = names::item(&model.name);
    let columns = names::beside("Columns", &model.name);
    let key = types::key(cx, model);
    let fields = fields::of(cx, model);
    let columns_of = fields.iter().map(|field| constant::field(field.name.clone(), field.column_value()));
    let columns_of = constant::structure_of(columns.clone().into(), columns_of);
    let meta = constant::reference(meta::model(cx, id));
    let parts = model.primary_key.iter().map(|&place| fields::value(cx, model, place, &quote!(self)));
    let parts: Vec<TokenStream> = parts.collect();
    let value = match parts.as_slice() {
        // A unit.
        [] => TokenStream::new(),
        [one] => one.clone(),
        _ => quote!((#(#parts),*)),
    };
    let item = quote! {
        impl __::Model for #row {
            type Columns<P: __::Place> = #columns<P>;
            type Key = #key;
            fn columns<P: __::Place>(at: __::At) -> #columns<P> {
                ()
            }
            fn key(&self) -> Self::Key {
                #value
            }
        }
    };
    let description = quote! {
        impl<X> __::Described<X> for #row {
            const DESCRIPTION: &'static __::ModelMeta = ();
        }
    };
    let items = [(description, meta), (item, columns_of)];
    items.map(|(item, value)| Piece::Item(Box::new(constant::with_values(item, [value]))))
}

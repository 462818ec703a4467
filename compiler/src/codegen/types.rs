//! The Rust types of columns.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use rex_schema::model::{Column, Default, Model, ModelId, Scalar, Type};

use super::{Cx, names, newtypes};

/// The type of a column's value, `Option` and `Vec` included.
pub(super) fn column(cx: &Cx<'_>, column: &Column) -> TokenStream {
    optional(plain(cx, column), column.nullable)
}

/// A type, or an `Option` of it.
pub(super) fn optional(ty: TokenStream, optional: bool) -> TokenStream {
    if optional { quote!(__::Option<#ty>) } else { ty }
}

/// The type of a column's value when it is not null.
pub(super) fn plain(cx: &Cx<'_>, column: &Column) -> TokenStream {
    if let Some(model) = column.id_of {
        return names::id_path(cx.schema, model);
    }
    let one = element(cx, column);
    if column.list { quote!(__::Vec<#one>) } else { one }
}

/// The type of a column's value, or of an element of its list.
pub(super) fn element(cx: &Cx<'_>, column: &Column) -> TokenStream {
    match &column.rust {
        Some(path) => newtypes::path(path),
        None => value(cx, column.ty),
    }
}

/// The type of one value.
pub(super) fn value(cx: &Cx<'_>, ty: Type) -> TokenStream {
    match ty {
        Type::Enum(id) => names::enum_path(cx.schema, id),
        Type::Scalar(scalar) => self::scalar(cx, scalar),
    }
}

fn scalar(cx: &Cx<'_>, scalar: Scalar) -> TokenStream {
    let of_crate = |name: &str| {
        let (module, name) = (cx.options.datetime.module(), format_ident!("{name}"));
        quote!(__::types::#module::#name)
    };
    match scalar {
        Scalar::Bool => quote!(bool),
        Scalar::SmallInt => quote!(i16),
        Scalar::Int => quote!(i32),
        Scalar::BigInt => quote!(i64),
        Scalar::Float => quote!(f32),
        Scalar::Double => quote!(f64),
        Scalar::Decimal { .. } => quote!(__::types::Decimal),
        Scalar::String { .. } => quote!(__::String),
        Scalar::Bytes => quote!(__::Vec<u8>),
        Scalar::Uuid => quote!(__::types::Uuid),
        Scalar::Date => of_crate("Date"),
        Scalar::Time => of_crate("Time"),
        Scalar::DateTime => of_crate("DateTime"),
        Scalar::LocalDateTime => of_crate("LocalDateTime"),
        Scalar::Json => quote!(__::types::Json),
    }
}

/// Whether values of a scalar are copied instead of cloned.
pub(super) fn is_copy(ty: Type) -> bool {
    !matches!(ty, Type::Scalar(Scalar::String { .. } | Scalar::Bytes | Scalar::Json))
}

/// The type of a model's primary key: a typed id, or a tuple of the parts.
pub(super) fn key(cx: &Cx<'_>, model: &Model) -> TokenStream {
    columns(cx, model, &model.primary_key)
}

/// The type of some columns that are no null: one, or a tuple.
pub(super) fn columns(cx: &Cx<'_>, model: &Model, places: &[usize]) -> TokenStream {
    let types: Vec<TokenStream> = places.iter().map(|&place| plain(cx, &model.columns[place])).collect();
    match types.as_slice() {
        [one] => one.clone(),
        _ => quote!((#(#types),*)),
    }
}

/// Whether a model has an id type of its own: a single plain column.
pub(super) fn own_id(model: &Model, id: ModelId) -> Option<&Column> {
    match model.primary_key.as_slice() {
        [place] => Some(&model.columns[*place]).filter(|column| column.id_of == Some(id)),
        _ => None,
    }
}

/// Whether a new row must set the column.
pub(super) fn is_required(column: &Column) -> bool {
    !column.nullable && column.default.is_none() && column.computed.is_none()
}

/// Whether what a new row sets may be left out although null is no answer, or no default.
pub(super) fn has_default(column: &Column) -> bool {
    column.default.is_some()
}

/// Whether the database, not Rex, fills the column.
pub(super) fn is_the_databases(column: &Column) -> bool {
    column.computed.is_some() || matches!(column.default, Some(Default::Autoincrement | Default::Sql(_)))
}

/// What PostgreSQL calls the type of a column, where no value of it tells.
pub(super) fn named(cx: &Cx<'_>, column: &Column) -> Option<String> {
    let serves = cx.options.databases.contains(&rex_sql::Dialect::Postgres);
    let is_own = match &column.native.postgres {
        Some(_) => column.list || as_text(column),
        None => matches!(column.ty, Type::Enum(_)),
    };
    (serves && is_own).then(|| rex_schema::postgres::type_name(cx.schema, column))
}

/// Whether PostgreSQL answers with the column as text: it is a text in Rust, and the type that the
/// user chose has a form of its own on the wire (`inet`), which nobody here reads.
pub(super) fn as_text(column: &Column) -> bool {
    let Some(native) = &column.native.postgres else { return false };
    let is_text = matches!(column.ty, Type::Scalar(Scalar::String { .. })) && !column.list;
    is_text && !rex_schema::postgres::is_text(native)
}

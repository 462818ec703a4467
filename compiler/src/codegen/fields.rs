//! The fields of a row in Rust: a column each, or several columns that belong together, which are
//! one value in Rust.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use rex_schema::model::{Column, EmbeddedField, Model, RowField, UnionField};
use syn::Expr;

use super::shown::Shown;
use super::{Cx, constant, layout, model as rows, names, shown, types};

/// A field of a row.
pub(super) struct Field<'a> {
    /// The place of its first column.
    pub(super) place: usize,
    /// The places of all its columns.
    pub(super) columns: &'a [usize],
    /// What the structs call it.
    pub(super) name: Ident,
    /// What setters and arguments are called after.
    pub(super) setter: &'a str,
    /// The type of its value, `Option` and `Vec` included.
    pub(super) ty: TokenStream,
    /// Documentation of the schema; empty if none.
    pub(super) docs: &'a str,
    /// The reason not to use it any more.
    pub(super) deprecated: Option<&'a str>,
    /// Whether it is never shown.
    pub(super) is_sensitive: bool,
    /// Whether updates leave it alone, but for what they write of their own accord.
    pub(super) is_fixed: bool,
    /// Whether the database makes it: it is only read.
    pub(super) is_computed: bool,
    /// Whether a new row must set it.
    pub(super) is_required: bool,
    /// Whether what a new row sets may be left out although null is no answer, or no default.
    pub(super) has_default: bool,
    kind: Kind<'a>,
}

enum Kind<'a> {
    Column(&'a Column),
    Composite(Group),
}

/// Several columns: the type of them in conditions, which is generic over the place.
pub(super) struct Group {
    pub(super) columns: TokenStream,
    /// Whether the field may be absent, which makes each of them null.
    pub(super) absent: bool,
    /// Whether they are of an embedded type, whose fields may be absent in their turn.
    pub(super) of_type: bool,
}

impl Group {
    /// The columns' type at the place `P` of the field.
    pub(super) fn at_place(&self) -> TokenStream {
        let Group { columns, absent, .. } = self;
        match absent {
            true => quote!(#columns<P::OrNull>),
            false => quote!(#columns<P>),
        }
    }
}

/// The fields of a row to be inserted: all but those that the database makes.
pub(super) fn of_new<'a>(cx: &Cx<'a>, model: &'a Model) -> Vec<Field<'a>> {
    let mut fields = of(cx, model);
    fields.retain(|field| !field.is_computed);
    fields
}

/// The fields of a model's rows, in order.
pub(super) fn of<'a>(cx: &Cx<'a>, model: &'a Model) -> Vec<Field<'a>> {
    let fields = model.fields.iter().map(|field| match field {
        RowField::Column(place) => column(cx, model, *place, field.columns()),
        RowField::Embedded(embedded) => self::embedded(cx, model, embedded),
        RowField::Union(union) => self::union(cx, model, union),
    });
    fields.collect()
}

fn column<'a>(cx: &Cx<'a>, model: &'a Model, place: usize, columns: &'a [usize]) -> Field<'a> {
    let column = &model.columns[place];
    Field {
        place,
        columns,
        name: names::field(&column.field),
        setter: names::setter(cx.schema, model, place),
        ty: types::column(cx, column),
        docs: &column.docs,
        deprecated: column.deprecated.as_deref(),
        is_sensitive: column.sensitive,
        is_fixed: column.immutable || model.version == Some(place) || column.computed.is_some(),
        is_computed: column.computed.is_some(),
        is_required: types::is_required(column),
        has_default: types::has_default(column),
        kind: Kind::Column(column),
    }
}

fn embedded<'a>(cx: &Cx<'a>, model: &'a Model, field: &'a EmbeddedField) -> Field<'a> {
    let is_required =
        !field.optional && field.columns.iter().any(|&place| types::is_required(&model.columns[place]));
    Field {
        place: field.columns[0],
        columns: &field.columns,
        name: names::field(&field.name),
        setter: &field.name,
        ty: types::optional(names::type_path(cx.schema, field.ty), field.optional),
        docs: &field.docs,
        deprecated: field.deprecated.as_deref(),
        is_sensitive: false,
        is_fixed: false,
        is_computed: false,
        is_required,
        has_default: !is_required && !field.optional,
        kind: Kind::Composite(Group {
            columns: names::type_columns_path(cx.schema, field.ty),
            absent: field.optional,
            of_type: true,
        }),
    }
}

fn union<'a>(cx: &Cx<'a>, model: &Model, field: &'a UnionField) -> Field<'a> {
    Field {
        place: field.columns[0],
        columns: &field.columns,
        name: names::field(&field.name),
        setter: &field.name,
        ty: types::optional(names::union_path(cx.schema, field.union), field.optional),
        docs: &field.docs,
        deprecated: field.deprecated.as_deref(),
        is_sensitive: false,
        is_fixed: field.columns.iter().any(|&place| model.columns[place].immutable),
        is_computed: false,
        is_required: !field.optional,
        has_default: false,
        // Of its keys each may be null as it is.
        kind: Kind::Composite(Group {
            columns: names::union_columns_path(cx.schema, field.union),
            absent: false,
            of_type: false,
        }),
    }
}

/// Which of the fields are shown.
pub(super) fn shown<'a>(fields: &'a [Field<'_>]) -> Vec<Shown<'a>> {
    fields.iter().map(|field| Shown { name: &field.name, is_sensitive: field.is_sensitive }).collect()
}

impl Field<'_> {
    /// Whether the type of its columns needs to know what the place is.
    pub(super) fn needs_place(&self) -> bool {
        matches!(&self.kind, Kind::Composite(group) if group.of_type)
    }

    /// Whether it is of several columns.
    pub(super) fn is_composite(&self) -> bool {
        matches!(self.kind, Kind::Composite(_))
    }

    /// `#[deprecated]`, where it is.
    pub(super) fn deprecation(&self) -> Option<TokenStream> {
        shown::deprecated(self.deprecated)
    }

    /// Its documentation, or what it is called in the database where that is something else.
    pub(super) fn documentation(&self) -> TokenStream {
        match &self.kind {
            Kind::Column(column) if column.docs.is_empty() && self.name != column.name => {
                layout::docs(&[&format!("`{}`", column.name)])
            }
            Kind::Column(_) | Kind::Composite(_) => layout::docs(&[self.docs]),
        }
    }

    /// Its name in the schema, or that of its column.
    pub(super) fn text(&self) -> &str {
        match &self.kind {
            Kind::Column(column) => &column.field,
            Kind::Composite(_) => self.setter,
        }
    }

    /// Its type in `Columns`.
    pub(super) fn column_type(&self) -> TokenStream {
        let ty = &self.ty;
        match &self.kind {
            Kind::Column(_) => quote!(__::Column<P, #ty>),
            Kind::Composite(group) => {
                let columns = group.at_place();
                quote!(__::CompositeColumn<P, #ty, #columns>)
            }
        }
    }

    /// Its value in `Columns`.
    pub(super) fn column_value(&self) -> Expr {
        match &self.kind {
            Kind::Column(_) => {
                constant::call("__::Column::new", [constant::named("at"), constant::number(self.place)])
            }
            Kind::Composite(Group { columns, .. }) => {
                let place = layout::number(self.place);
                constant::parsed(quote!(__::CompositeColumn::new(at, #place, #columns::new(at, #place))))
            }
        }
    }

    /// Its value from the next columns of `row`.
    pub(super) fn decoded(&self) -> TokenStream {
        match self.kind {
            Kind::Column(_) => quote!(row.next()?),
            Kind::Composite(_) => quote!(__::Composite::decode(row)?),
        }
    }

    /// The method of a builder that takes its value.
    pub(super) fn put(&self) -> TokenStream {
        match self.kind {
            Kind::Column(_) => quote!(__put),
            Kind::Composite(_) => quote!(__put_all),
        }
    }

    /// How the row to be inserted gives its value.
    fn encoded(&self) -> TokenStream {
        let name = &self.name;
        match (&self.kind, self.has_default) {
            _ if self.is_computed => quote!(__::Value::Unset),
            (Kind::Column(_), true) => quote!(__::or_default(self.#name)),
            (Kind::Column(_), false) => quote!(__::Scalar::encode(self.#name)),
            (Kind::Composite(_), true) => quote!(__::or_defaults(self.#name, values)),
            (Kind::Composite(_), false) => quote!(__::Composite::encode(self.#name, values)),
        }
    }
}

/// Appends the values of a row to be inserted, one for each column.
pub(super) fn values(fields: &[Field<'_>]) -> TokenStream {
    let values = fields.iter().map(Field::encoded);
    if fields.iter().all(|field| matches!(field.kind, Kind::Column(_))) {
        return quote!(values.extend([#(#values),*]););
    }
    let values = fields.iter().zip(values).map(|(field, value)| match field.kind {
        Kind::Column(_) => quote!(values.push(#value);),
        Kind::Composite(_) => quote!(#value;),
    });
    quote!(#(#values)*)
}

/// A column's value in the row `root`, which is at hand by reference.
pub(super) fn value(cx: &Cx<'_>, model: &Model, place: usize, root: &TokenStream) -> TokenStream {
    let holder = model.fields.iter().find(|field| field.columns().contains(&place));
    match holder.expect("every column belongs to a field") {
        RowField::Column(_) => {
            let (column, name) = (&model.columns[place], names::field(&model.columns[place].field));
            rows::taken(column, &quote!(#root.#name))
        }
        RowField::Union(field) => {
            let at = field.columns.iter().position(|&column| column == place).expect("it is one of these");
            let (name, ty) = (names::field(&field.name), names::union_path(cx.schema, field.union));
            let member = names::member(cx.schema, cx.schema[field.union].members[at]);
            match field.optional {
                true => quote!(#root.#name.as_ref().and_then(#ty::#member)),
                false => quote!(#root.#name.#member()),
            }
        }
        RowField::Embedded(_) => unreachable!("a part of an embedded type is in no key"),
    }
}

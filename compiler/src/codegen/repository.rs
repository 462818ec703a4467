//! `Repository`: what `db.user()` is; and `Unique`, by which a conflict is told.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use rex_schema::model::{Model, ModelId, ModelKind, RelationKind, Scalar, Type, Unique, View};
use rex_sql::fixed;

use super::statements::{self, Text, Writes};
use super::{Cx, layout, names, shown, types};

/// The struct and its operations.
pub(super) fn items(cx: &Cx<'_>, id: ModelId) -> [TokenStream; 2] {
    let model = &cx.schema[id];
    let (repository, row) = (names::beside("Repository", &model.name), names::item(&model.name));
    let handle = names::accessor(&cx.names.model_module(id));
    let what = format!("The rows of [`{}`]: what `db.{handle}()` is.", names::shown(&model.name));
    let docs = layout::docs(&[&what, &fixed(cx, id)]);
    let shared = match model.version {
        Some(_) => quote!(__::Repo<#row, __::OneVersion>),
        None => quote!(__::Repo<#row>),
    };
    let struct_ = quote! {
        #docs
        pub struct #repository(pub(super) #shared);
        impl __::Deref for #repository {
            type Target = #shared;
            fn deref(&self) -> &#shared {
                &self.0
            }
        }
    };
    let own = [write_methods(cx, id), refresh_method(model)];
    // The read by the primary key comes first, where there is one.
    let first = usize::from(!model.primary_key.is_empty());
    let by = total(model).enumerate().map(|(get, (at, unique))| by_unique(cx, id, get + first, at, unique));
    let links = model.relations.iter().filter_map(|&relation| links(cx, model, &cx.schema[relation]));
    let methods: TokenStream = own.into_iter().chain(by.flatten()).chain(links).collect();
    let methods = match methods.is_empty() {
        true => methods,
        false => quote!(impl #repository { #methods }),
    };
    [struct_, methods]
}

/// The SQL of what the runtime has for every model.
fn fixed(cx: &Cx<'_>, id: ModelId) -> String {
    let model = &cx.schema[id];
    let statements = cx.statements.of(id);
    let get = (!model.primary_key.is_empty()).then(|| ("get", &statements.gets[0]));
    let writes = statements.writes.iter().flat_map(|writes| {
        let delete = (!is_own(model)).then_some(("delete", &writes.delete));
        std::iter::once(("create` and `insert", &writes.insert)).chain(delete)
    });
    let texts = get.into_iter().chain(writes).map(|(method, text)| format!("`{method}`: {}", text.docs()));
    texts.collect::<Vec<_>>().join("\n\n")
}

/// Whether rows are changed and deleted otherwise than by their keys alone, so that the methods are the
/// model's own.
fn is_own(model: &Model) -> bool {
    model.version.is_some() || model.soft_delete.is_some()
}

/// The methods that the runtime has for every model, as a program sees them; those of a model's own stand
/// in their place.
pub(super) fn shared(model: &Model) -> Vec<String> {
    let (row, new) = (names::item(&model.name), names::new_type(&model.name));
    let mut methods = Vec::new();
    if !model.primary_key.is_empty() {
        methods.push(format!("get(key: impl Key<{row}>) -> Pending<{row}>"));
    }
    methods.push(format!("find() -> Find<{row}>"));
    if !model.is_read_only() {
        methods.extend([
            // It is the model's own, and stands here.
            format!("create() -> {}", names::beside("Create", &model.name)),
            format!("insert(row: {new}) -> Pending<{row}>"),
            format!("insert_many(rows: impl IntoIterator<Item = {new}>) -> Pending<Vec<{row}>>"),
            format!("copy_in(rows: impl IntoIterator<Item = {new}>) -> Pending<u64>"),
        ]);
        if !is_own(model) {
            let update = names::beside("Update", &model.name);
            methods.extend([
                format!("update(key: impl Key<{row}>) -> {update}<ByKey>"),
                format!("delete(key: impl Key<{row}>) -> Pending<()>"),
            ]);
        }
    }
    methods
}

fn documented(text: &str, statement: &Text) -> TokenStream {
    layout::docs(&[text, &statement.docs()])
}

/// What writes rows; nothing where they are only read.
fn write_methods(cx: &Cx<'_>, id: ModelId) -> TokenStream {
    let model = &cx.schema[id];
    let Some(writes) = &cx.statements.of(id).writes else { return TokenStream::new() };
    let create = names::beside("Create", &model.name);
    let changes = is_own(model).then(|| changes(cx, id, writes));
    quote! {
        /// Starts a new row: set its fields, then `.save()`.
        pub fn create(&self) -> #create {
            #create(self.0.draft())
        }
        #changes
    }
}

/// Changes and the end of one row: by its key, or by its key and version.
fn changes(cx: &Cx<'_>, id: ModelId, writes: &Writes) -> TokenStream {
    let model = &cx.schema[id];
    let (row, update) = (names::item(&model.name), names::beside("Update", &model.name));
    let by = match model.version {
        Some(_) => By::version(&row),
        None => By::key(&row),
    };
    let By { argument, ty, update: start, delete, which, fails } = &by;
    let starts = layout::docs(&[&format!("Starts a change of {which}: set fields, then `.save()`.")]);
    let deletes = match model.soft_delete.map(|place| &model.columns[place].field) {
        Some(field) => layout::docs(&[&format!(
            "Deletes {which}, or fails with {fails}: the time is written to `{field}`, and the row is seen \
             only by who asks for it."
        )]),
        None => documented(&format!("Deletes {which}, or fails with {fails}."), &writes.delete),
    };
    let soft = model.soft_delete.map(|_| soft_delete(cx, id, &by, writes));
    quote! {
        #starts
        pub fn update(&self, #argument: #ty) -> #update<__::ByKey> {
            self.0.#start
        }
        #deletes
        pub fn delete(&self, #argument: #ty) -> __::Pending<()> {
            self.0.#delete
        }
        #soft
    }
}

/// How one row is named.
struct By {
    argument: Ident,
    ty: TokenStream,
    update: TokenStream,
    delete: TokenStream,
    /// In words.
    which: &'static str,
    /// The kinds of error that say why it is not there.
    fails: &'static str,
}

impl By {
    fn key(row: &Ident) -> By {
        By {
            argument: format_ident!("key"),
            ty: quote!(impl __::Key<#row>),
            update: quote!(update(key)),
            delete: quote!(delete(key)),
            which: "the row with this key",
            fails: "`NotFound`",
        }
    }

    fn version(row: &Ident) -> By {
        By {
            argument: format_ident!("row"),
            ty: quote!(impl __::KeyVersion<#row>),
            update: quote!(update_version(row)),
            delete: quote!(delete_version(row)),
            which: "this version of a row, `&row` or `(key, version)`",
            fails: "`Stale` or `NotFound`",
        }
    }
}

/// What there is beside where deleted rows stay.
fn soft_delete(cx: &Cx<'_>, id: ModelId, by: &By, writes: &Writes) -> TokenStream {
    let row = names::item(&cx.schema[id].name);
    let By { argument, ty, which, fails, .. } = by;
    let at = match cx.schema[id].version {
        Some(_) => quote!(__::ByKey::version(row)),
        None => quote!(__::ByKey::new::<#row>(key.into_key())),
    };
    let restores = layout::docs(&[&format!("Takes back the deletion of {which}, or fails with {fails}.")]);
    let removes = documented(&format!("Deletes {which} for good, or fails with {fails}."), &writes.delete);
    quote! {
        #restores
        pub fn restore(&self, #argument: #ty) -> __::Pending<#row> {
            self.0.restore(#at)
        }
        #removes
        pub fn delete_forever(&self, #argument: #ty) -> __::Pending<()> {
            self.0.delete_forever(#at)
        }
    }
}

/// `db.post_stats().refresh()`, for a materialised view.
fn refresh_method(model: &Model) -> TokenStream {
    let ModelKind::View(View { materialized: true, .. }) = model.kind else { return TokenStream::new() };
    let sql = fixed::refresh(&statements::table(model), !model.primary_key.is_empty());
    let docs = layout::docs(&[
        "Computes all rows anew, in PostgreSQL, which keeps them until then. In SQLite they are computed \
         whenever they are read, and this does nothing.",
        &format!("```sql\n{sql}\n```"),
    ]);
    let sql = layout::raw(&sql);
    quote! {
        #docs
        pub fn refresh(&self) -> __::Pending<()> {
            self.0.refresh(&[#sql])
        }
    }
}

/// What a unique is called: its fields, with a number where another has the same name.
pub(super) fn unique_names(model: &Model) -> Vec<String> {
    let mut taken: Vec<String> = vec![key_fields(model).join("_")];
    for unique in &model.uniques {
        let plain = unique.fields.join("_");
        let numbered = (2..).map(|number| format!("{plain}_{number}"));
        let free = std::iter::once(plain.clone()).chain(numbered).find(|name| !taken.contains(name));
        taken.push(free.expect("numbers do not end"));
    }
    taken
}

fn key_fields(model: &Model) -> Vec<&str> {
    model.primary_key.iter().map(|&place| model.columns[place].field.as_str()).collect()
}

/// The uniques over all rows, with their places: what is unique among some rows finds no single one.
pub(super) fn total(model: &Model) -> impl Iterator<Item = (usize, &Unique)> {
    model.uniques.iter().enumerate().filter(|(_, unique)| unique.finds_one_row())
}

/// The method's name of each unique, as metadata has it too.
pub(super) fn by_name(model: &Model, at: usize) -> String {
    format!("by_{}", unique_names(model)[at + 1])
}

/// `db.user().by_email("…")`. Floating-point numbers are no keys.
fn by_unique(cx: &Cx<'_>, id: ModelId, get: usize, at: usize, unique: &Unique) -> Option<TokenStream> {
    let model = &cx.schema[id];
    let columns: Vec<_> = unique.columns.iter().map(|&place| &model.columns[place]).collect();
    let is_key = |ty| !matches!(ty, Type::Scalar(scalar) if !Scalar::is_key(scalar));
    if !columns.iter().all(|column| is_key(column.ty)) {
        return None;
    }
    let row = names::item(&model.name);
    let method = format_ident!("{}", by_name(model, at));
    let arguments: Vec<Ident> =
        unique.columns.iter().map(|&place| names::field(names::setter(cx.schema, model, place))).collect();
    let kinds = columns.iter().map(|column| types::plain(cx, column));
    let key = match arguments.as_slice() {
        [one] => quote!(#one.fit()),
        several => quote!((#(#several.fit()),*)),
    };
    let text = format!("The row with this value of the unique `{}`, if there is one.", unique.name);
    let docs = documented(&text, &cx.statements.of(id).gets[get]);
    let get = layout::number(get);
    Some(quote! {
        #docs
        pub fn #method(
            &self,
            #(#arguments: impl __::Fits<#kinds>),*
        ) -> __::Pending<__::Option<#row>> {
            self.0.by(#get, #key)
        }
    })
}

/// `db.post().tags(id).add([…])`, for a many-to-many. Over a model, where deleting a link is no change
/// of it.
fn links(cx: &Cx<'_>, model: &Model, relation: &rex_schema::model::Relation) -> Option<TokenStream> {
    match relation.kind {
        RelationKind::ManyToMany { .. } => {}
        RelationKind::Through { here, .. } => {
            let (between, _) = cx.schema.foreign_key(here);
            let between = &cx.schema[between];
            if between.soft_delete.is_some() || between.is_read_only() {
                return None;
            }
        }
        RelationKind::ToOne { .. } | RelationKind::InverseOne { .. } | RelationKind::InverseMany { .. } => {
            return None;
        }
    }
    let row = names::item(&model.name);
    let (method, marker) = (names::method(&relation.name), names::camel(&[&relation.name]));
    let docs = layout::docs(&[&format!(
        "The links of a row to its `{}`: `add`, `remove`, `set`, `clear`.",
        relation.name
    )]);
    let deprecated = shown::deprecated(relation.deprecated.as_deref());
    Some(quote! {
        #docs
        #deprecated
        pub fn #method(&self, of: impl __::Key<#row>) -> __::Links<relations::#marker> {
            __::Links::new(__::Clone::clone(self.0.db()), of.into_key())
        }
    })
}

//! The file that joins the others: modules, the names that users write, `Db`.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use rex_schema::Dialect;
use rex_schema::model::{Column, Scalar, Type};

use super::layout::Piece;
use super::{Cx, Layout, layout, meta, names, newtypes, rules, types};

/// What the file is called.
pub(super) fn name(cx: &Cx<'_>) -> String {
    match cx.options.layout {
        Layout::Included => "schema.rs".to_owned(),
        Layout::Modules => "mod.rs".to_owned(),
    }
}

/// Generates `schema.rs`, or `mod.rs`.
pub(super) fn file(cx: &Cx<'_>) -> String {
    let version = env!("CARGO_PKG_VERSION");
    let mut items = vec![quote!(const _: () = __::assert_version(#version);)];
    items.extend(needed_features(cx));
    items.push(modules(cx));
    items.push(names_of_all(cx));
    items.extend(database(cx));
    items.push(migrations(cx));
    let mut pieces: Vec<Piece> = items.into_iter().map(Piece::from).collect();
    pieces.extend(cx.schema.join_tables().map(|(id, join)| meta::join_table(cx, id, join)));
    pieces.extend(newtypes::items(cx).into_iter().map(Piece::from));
    pieces.push(ddl(cx).into());
    layout::file(&sources(cx), pieces)
}

/// That the runtime was compiled with what the schema needs: the crate of its dates and times, if it has
/// any, and what tests its rules.
fn needed_features(cx: &Cx<'_>) -> impl Iterator<Item = TokenStream> {
    let is_time = |ty| {
        let Type::Scalar(scalar) = ty else { return false };
        matches!(scalar, Scalar::Date | Scalar::Time | Scalar::DateTime | Scalar::LocalDateTime)
    };
    let has_time = cx.schema.models().any(|(_, model)| model.columns.iter().any(|column| is_time(column.ty)));
    let rules = cx.schema.models().flat_map(|(_, model)| &model.columns).flat_map(Column::validation);
    let of_rules: BTreeSet<&str> = rules.filter_map(|rule| rules::feature(&rule.kind)).collect();
    has_time.then(|| cx.options.datetime.name()).into_iter().chain(of_rules).map(|feature| {
        let needs = format_ident!("needs_{feature}");
        quote!(const _: () = __::#needs::<__::Compiled>();)
    })
}

/// The files of the schema, for the head.
fn sources(cx: &Cx<'_>) -> String {
    let models = cx.schema.models().map(|(_, model)| model.file.as_str());
    let enums = cx.schema.enums().map(|(_, item)| item.file.as_str());
    let types = cx.schema.types().map(|(_, item)| item.file.as_str());
    let unions = cx.schema.unions().map(|(_, item)| item.file.as_str());
    let files: BTreeSet<&str> = models.chain(enums).chain(types).chain(unions).collect();
    files.into_iter().collect::<Vec<_>>().join(", ")
}

/// Lints about names, which are the schema's to choose, and about what a program does not use. What a name
/// says already has no documentation: rustc reads each line of it whenever the program is compiled.
fn allow() -> TokenStream {
    quote! {
        #[allow(
            dead_code, deprecated, missing_docs, private_bounds, private_interfaces, unreachable_pub, unused_imports, non_camel_case_types, non_snake_case,
            clippy::enum_variant_names, clippy::module_inception, clippy::new_without_default,
            clippy::should_implement_trait, clippy::too_many_arguments, clippy::type_complexity,
            clippy::upper_case_acronyms,
            clippy::wrong_self_convention
        )]
    }
}

fn modules(cx: &Cx<'_>) -> TokenStream {
    let allow = allow();
    let models = cx
        .schema
        .models()
        .map(|(id, model)| (cx.names.model_module(id), &model.name, " and what belongs to it."));
    let enums = cx.schema.enums().map(|(id, item)| (cx.names.enum_module(id), &item.name, "."));
    let types =
        cx.schema.types().map(|(id, item)| (cx.names.type_module(id), &item.name, " and its columns."));
    let unions =
        cx.schema.unions().map(|(id, item)| (cx.names.union_module(id), &item.name, " and its columns."));
    let modules = models.chain(enums).chain(types).chain(unions).map(|(module, name, behind)| {
        let docs = layout::docs(&[&format!("[`{}`]{behind}", names::shown(name))]);
        match cx.options.layout {
            Layout::Modules => {
                let path = names::file(&module);
                let own = path == format!("{}.rs", module.to_string().trim_start_matches("r#"));
                let path = (!own).then(|| quote!(#[path = #path]));
                quote!(#docs #allow #path pub mod #module;)
            }
            Layout::Included => {
                let path = format!("/rex/{}", names::file(&module));
                quote! {
                    #docs
                    #allow
                    pub mod #module {
                        ::core::include!(::core::concat!(::core::env!("OUT_DIR"), #path));
                    }
                }
            }
        }
    });
    quote!(#(#modules)*)
}

fn names_of_all(cx: &Cx<'_>) -> TokenStream {
    let allow = quote!(#[allow(unreachable_pub, unused_imports)]);
    let models = cx.schema.models().map(|(id, model)| {
        let module = cx.names.model_module(id);
        let new = (!model.is_read_only()).then(|| names::new_type(&model.name));
        let id = types::own_id(model, id).map(|_| names::id_type(&model.name));
        let items = std::iter::once(names::item(&model.name)).chain(id).chain(new);
        quote!(#allow pub use self::#module::{#(#items),*};)
    });
    let enums = cx.schema.enums().map(|(id, item)| {
        let (module, name) = (cx.names.enum_module(id), names::item(&item.name));
        quote!(#allow pub use self::#module::#name;)
    });
    let types = cx.schema.types().map(|(id, item)| (cx.names.type_module(id), names::item(&item.name)));
    let unions = cx.schema.unions().map(|(id, item)| (cx.names.union_module(id), names::item(&item.name)));
    let others = types.chain(unions).map(|(module, name)| quote!(#allow pub use self::#module::#name;));
    quote!(#(#models)* #(#enums)* #(#others)*)
}

fn database(cx: &Cx<'_>) -> [TokenStream; 4] {
    let struct_ = quote! {
        /// The database of this schema: a pool of connections, or an open transaction.
        #[allow(unreachable_pub)]
        #[derive(__::Clone, __::Debug)]
        pub struct Db(__::Db);
    };
    let repositories = cx.schema.models().map(|(id, model)| {
        let module = cx.names.model_module(id);
        let method = names::accessor(&module);
        let repository = names::beside("Repository", &model.name);
        let docs = layout::docs(&[&format!("The rows of [`{}`].", names::shown(&model.name))]);
        quote! {
            #docs
            pub fn #method(&self) -> self::#module::#repository {
                self::#module::#repository(__::Repo::new(&self.0))
            }
        }
    });
    let repositories = match cx.schema.models().len() {
        0 => TokenStream::new(),
        _ => quote!(#[allow(dead_code, unreachable_pub)] impl Db { #(#repositories)* }),
    };
    let from = quote! {
        impl __::From<__::Db> for Db {
            fn from(db: __::Db) -> Self {
                Self(db)
            }
        }
    };
    [struct_, from, handle(), repositories]
}

/// The file of the migrations, if there are any; else methods that say what is to be done.
fn migrations(cx: &Cx<'_>) -> TokenStream {
    let module = format_ident!("{}", super::migrations::MODULE);
    let path = format!("/rex/{module}.rs");
    let body = match cx.options.layout {
        Layout::Modules => quote!(mod #module;),
        Layout::Included => quote! {
            mod #module {
                ::core::include!(::core::concat!(::core::env!("OUT_DIR"), #path));
            }
        },
    };
    if !cx.options.migrations {
        return unmigrated();
    }
    quote! {
        #body
        #[allow(unreachable_pub, unused_imports)]
        pub use self::#module::MIGRATIONS;
    }
}

/// What `Db` has where there are no migrations: to call it does not compile, and says why.
fn unmigrated() -> TokenStream {
    quote! {
        #[allow(dead_code, unreachable_pub)]
        impl Db {
            /// Applies the migrations of this crate, once it has some: `rexc migrate new NAME` makes the first.
            pub fn migrate(&self) -> __::BoxFuture<'_, __::Result<__::Report>>
            where
                for<'a> Self: __::Embeds<'a>,
            {
                self.0.migrate(<Self as __::Embeds<'_>>::MIGRATIONS)
            }
            /// The runner of the migrations of this crate, once it has some.
            pub fn migrations(&self) -> __::Runner<'_>
            where
                for<'a> Self: __::Embeds<'a>,
            {
                __::Runner::new(&self.0, <Self as __::Embeds<'_>>::MIGRATIONS)
            }
        }
    }
}

/// What every schema's `Db` can do.
fn handle() -> TokenStream {
    let (transaction, raw) = (transaction(), raw());
    quote! {
        #[allow(dead_code, unreachable_pub)]
        impl Db {
            /// Connects to the database of a URL: `sqlite://path`, `sqlite::memory:`, `postgres://…`.
            ///
            /// # Errors
            ///
            /// When the URL cannot work or the database cannot be reached.
            pub async fn connect(url: &str) -> __::Result<Self> {
                __::Db::connect(url).await.map(Self)
            }
            /// Connects step by step: `Db::builder().url(…).pool_size(20).connect().await?`.
            pub fn builder() -> __::Builder<Self> {
                __::Builder::new()
            }
            /// Connects to the database of a configuration.
            ///
            /// # Errors
            ///
            /// When the configuration cannot work or the database cannot be reached.
            pub async fn connect_with(config: &__::Config) -> __::Result<Self> {
                __::Db::connect_with(config).await.map(Self)
            }
            /// Creates all tables, in one transaction.
            ///
            /// # Errors
            ///
            /// When the database already has one of them; nothing is then created.
            pub async fn create_schema(&self) -> __::Result<()> {
                self.0.create_schema(SCHEMA).await
            }
            /// Compares the live database with the one that this program was generated for.
            ///
            /// # Errors
            ///
            /// Of the kind `Schema`, with what is missing and what is otherwise.
            pub async fn check_schema(&self) -> ::rex_orm::Result<()> {
                self.0.check_schema(SCHEMA).await
            }
            /// The same, as a list.
            ///
            /// # Errors
            ///
            /// When the database cannot be asked.
            pub async fn schema_differences(
                &self,
            ) -> ::rex_orm::Result<::std::vec::Vec<::rex_orm::Difference>> {
                self.0.schema_differences(SCHEMA).await
            }
            /// Which database it is.
            pub fn dialect(&self) -> __::Dialect {
                self.0.dialect()
            }
            #transaction
            #raw
        }
    }
}

/// What goes past the models.
fn raw() -> TokenStream {
    quote! {
        /// A statement of one's own, with values bound to `$1`, `$2` and so on: awaited, it answers with
        /// rows; `.execute()` answers with how many were written.
        pub fn sql<R>(&self, text: &'static str) -> __::Sql<R> {
            self.0.sql(text)
        }
        /// The same database, and more is told of what this handle sends: slow statements, their number,
        /// the values that are bound.
        pub fn watch(&self, watch: __::Watch) -> Self {
            Self(self.0.watch(watch))
        }
        /// The same handle as every schema has it: for libraries that know none, and for the drivers'
        /// own connections.
        pub fn handle(&self) -> &__::Db {
            &self.0
        }
        /// How busy the pool of connections is right now.
        pub fn gauges(&self) -> __::Gauges {
            __::Gauged::gauges(&self.0)
        }
    }
}

fn transaction() -> TokenStream {
    quote! {
        /// Runs `work` in a transaction, within one in a savepoint: kept when it answers `Ok`, undone
        /// when it answers `Err`, panics, or is dropped.
        ///
        /// # Errors
        ///
        /// Those of `work`, and those of beginning and committing.
        pub async fn transaction<T, F: __::Future<Output = __::Result<T>>>(
            &self,
            work: impl __::FnOnce(Self) -> F,
        ) -> __::Result<T> {
            self.0.transaction(|db| work(Self(db))).await
        }
        /// The same, with an error type of the caller's.
        ///
        /// # Errors
        ///
        /// Those of `work`, and those of beginning and committing.
        pub async fn try_transaction<
            T,
            E: __::From<__::Error>,
            F: __::Future<Output = ::core::result::Result<T, E>>,
        >(
            &self,
            work: impl __::FnOnce(Self) -> F,
        ) -> ::core::result::Result<T, E> {
            self.0.try_transaction(|db| work(Self(db))).await
        }
        /// Opens a transaction that ends by its `commit`, within one a savepoint. Dropped before, it
        /// is rolled back.
        ///
        /// # Errors
        ///
        /// When it cannot be begun.
        pub async fn begin(&self) -> __::Result<__::Transaction<Self>> {
            __::Ok(self.0.begin().await?.map(Self))
        }
        /// A transaction with options, an `Isolation` or `TransactionOptions`, that may be tried again:
        /// `transaction_with(Isolation::Serializable).retry(5).run(|tx| async move { … })`.
        pub fn transaction_with(
            &self,
            options: impl __::Into<__::TransactionOptions>,
        ) -> __::TransactionWith<Self> {
            self.0.transaction_with(options).map(Self)
        }
        /// Calls `callback` once the outermost transaction that this handle is in is committed, unless
        /// what the handle did is undone before; outside of a transaction at once.
        pub fn after_commit(&self, callback: impl __::FnOnce() + __::Send + 'static) {
            self.0.after_commit(callback);
        }
    }
}

fn ddl(cx: &Cx<'_>) -> TokenStream {
    let of = |dialect| match cx.options.databases.contains(&dialect) {
        true => rex_schema::create(cx.schema, dialect),
        false => Vec::new(),
    };
    let raw =
        |statements: Vec<String>| -> Vec<_> { statements.iter().map(|text| layout::raw(text)).collect() };
    let outline = |dialect| match cx.options.databases.contains(&dialect) {
        true => layout::raw(&rex_schema::outline(cx.schema, dialect)),
        false => layout::raw(""),
    };
    let (postgres_outline, sqlite_outline) = (outline(Dialect::Postgres), outline(Dialect::Sqlite));
    let (postgres, sqlite) = (raw(of(Dialect::Postgres)), raw(of(Dialect::Sqlite)));
    quote! {
        /// The statements that create the tables.
        const SCHEMA: &__::SchemaMeta = &__::SchemaMeta {
            postgres: &[#(#postgres),*],
            sqlite: &[#(#sqlite),*],
            postgres_outline: #postgres_outline,
            sqlite_outline: #sqlite_outline,
        };
    }
}

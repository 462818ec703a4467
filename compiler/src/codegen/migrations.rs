//! The file of the migrations, which are compiled into the program.

use quote::quote;
use rex_schema::Dialect;
use rex_sql::migration::{Migration, Migrations, Scripts};

use super::{GeneratedFile, Options, layout};

/// The name of the module. No model is called so.
pub(super) const MODULE: &str = "rex_migrations";

/// The file of a schema's migrations, for a schema that [has some](Options::migrations). `folder` is
/// where they are, for its head.
pub fn migrations(migrations: &Migrations, folder: &str, options: &Options) -> GeneratedFile {
    let each = migrations.list.iter().map(|migration| one(migration, options));
    let list = quote!(const LIST: &[__::Migration] = &[#(#each),*];);
    let all = quote! {
        /// The migrations of this schema.
        #[allow(unreachable_pub)]
        pub static MIGRATIONS: __::Migrations = __::Migrations::embedded(LIST);
    };
    let migrate = quote! {
        #[allow(dead_code, unreachable_pub)]
        impl super::Db {
            /// Brings the database to the last migration. Of several programs that start at once, one does
            /// it, and the others wait.
            ///
            /// # Errors
            ///
            /// Of the kind `Migration` when migrations and database do not belong together, and those of the
            /// statements. Steps before that are kept, and the next run goes on behind them.
            pub async fn migrate(&self) -> __::Result<__::Report> {
                self.0.migrate(&MIGRATIONS).await
            }
            /// The runner of the migrations, for what [`Db::migrate`](super::Db::migrate) does not say: how long
            /// is waited, what happens, where the database stands, and the way back.
            pub fn migrations(&self) -> __::Runner<'_> {
                __::Runner::new(&self.0, &MIGRATIONS)
            }
        }
    };
    GeneratedFile {
        name: format!("{MODULE}.rs"),
        text: layout::file(folder, [all, migrate, list].map(Into::into)),
    }
}

fn one(migration: &Migration, options: &Options) -> proc_macro2::TokenStream {
    let id = &*migration.id;
    let identity = migration.identity.to_string();
    let parent = match migration.head.parent.map(|parent| parent.to_string()) {
        Some(parent) => quote!(__::Some(#parent)),
        None => quote!(__::None),
    };
    let compatible = migration.head.compatible;
    let replaces = migration.head.replaces.iter().map(|id| quote!(__::Cow::Borrowed(#id)));
    let scripts = migration.scripts.iter().filter(|scripts| options.databases.contains(&scripts.dialect));
    let scripts = scripts.map(|Scripts { dialect, up, down }| {
        let dialect = match dialect {
            Dialect::Postgres => quote!(Postgres),
            Dialect::Sqlite => quote!(Sqlite),
        };
        let up = layout::raw(up);
        let down = match down {
            Some(down) => {
                let down = layout::raw(down);
                quote!(__::Some(#down))
            }
            None => quote!(__::None),
        };
        quote!(__::Scripts::embedded(__::Dialect::#dialect, #up, #down))
    });
    // What is dropped has its own place, or it would not live for ever.
    quote!({
        const SCRIPTS: &[__::Scripts] = &[#(#scripts),*];
        __::Migration::embedded(#id, #identity, #parent, #compatible, &[#(#replaces),*], SCRIPTS)
    })
}

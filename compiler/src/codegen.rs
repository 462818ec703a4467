//! From a schema to Rust source: one file for each model and enum, and one that joins them.
//!
//! What is generated names things and calls the runtime, through `rex_orm::__` alone, which has
//! what Rust's prelude has too, so that a model may be called `Option`. Each file begins with
//! `use ::rex_orm::__;`: short paths are a fifth of the tokens less to lay out, and are easier to
//! read. All that could be a loop or an `if` is in the runtime, once.

mod builders;
mod checks;
mod column_words;
mod columns;
mod constant;
mod constraints;
mod embedded;
mod enums;
mod fields;
mod kept;
mod layout;
mod listing;
mod meta;
mod migrations;
mod model;
mod names;
mod newtypes;
mod parts;
mod relations;
mod repository;
mod root;
mod rules;
mod shown;
mod statements;
mod types;
mod unions;

use rex_schema::model::{EnumId, ModelId, TypeId, UnionId};
use rex_schema::parts::Fingerprints;
use rex_schema::{Dialect, Schema};

use crate::parallel;

pub use kept::Kept;
use kept::{Made, Maker};
pub use listing::{Listing, Query, listings};
pub use migrations::migrations;
use names::Names;
use statements::Statements;

/// How code is generated.
#[derive(Clone, Debug)]
pub struct Options {
    /// The databases whose SQL goes in.
    pub databases: Vec<Dialect>,
    /// Which crate's types dates and times are.
    pub datetime: DateTimeCrate,
    /// Models and enums derive serde's traits.
    pub serde: bool,
    /// How the files find each other.
    pub layout: Layout,
    /// There are migrations: their file is made by [`migrations`].
    pub migrations: bool,
}

/// A crate for dates and times.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DateTimeCrate {
    /// `chrono`
    #[default]
    Chrono,
    /// `jiff`
    Jiff,
    /// `time`
    Time,
}

impl DateTimeCrate {
    /// All of them.
    pub const ALL: [DateTimeCrate; 3] = [DateTimeCrate::Chrono, DateTimeCrate::Jiff, DateTimeCrate::Time];

    /// Its name, which is that of the runtime's feature too.
    pub fn name(self) -> &'static str {
        match self {
            DateTimeCrate::Chrono => "chrono",
            DateTimeCrate::Jiff => "jiff",
            DateTimeCrate::Time => "time",
        }
    }

    /// The runtime's module of its types.
    fn module(self) -> proc_macro2::Ident {
        quote::format_ident!("{}", self.name())
    }
}

/// How the generated files find each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// `schema.rs` includes the others from `OUT_DIR`: for build scripts.
    Included,
    /// `mod.rs` declares the others as modules: for code that is kept in the repository.
    Modules,
}

/// A file of generated code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GeneratedFile {
    /// Its name, without a folder.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// Generates all files of a schema, the joining one first.
pub fn generate(schema: &Schema, options: &Options) -> Vec<GeneratedFile> {
    generate_from(schema, options, &Kept::default()).0
}

/// The same, where files of an earlier run are taken that would come out the same; and what to keep
/// for the next run.
pub fn generate_from(schema: &Schema, options: &Options, kept: &Kept) -> (Vec<GeneratedFile>, Kept) {
    let cx = Cx { schema, options, names: Names::new(schema), statements: Statements::new(schema, options) };
    let maker = Maker::new(kept, Fingerprints::new(schema), options);
    let mut outputs = vec![Output::Root];
    outputs.extend(schema.enums().map(|(id, _)| Output::Enum(id)));
    outputs.extend(schema.types().map(|(id, _)| Output::Type(id)));
    outputs.extend(schema.unions().map(|(id, _)| Output::Union(id)));
    outputs.extend(schema.models().map(|(id, _)| Output::Model(id)));
    // Layout is what takes time, and every file is laid out by itself.
    let made = parallel::map(&outputs, |output| output.make(&cx, &maker));
    maker.finish(made)
}

/// A file to be generated.
enum Output {
    Root,
    Enum(EnumId),
    Type(TypeId),
    Union(UnionId),
    Model(ModelId),
}

impl Output {
    fn make(&self, cx: &Cx<'_>, maker: &Maker<'_>) -> Made {
        match *self {
            Output::Root => maker.file(root::name(cx), "root", || root::file(cx)),
            Output::Enum(id) => {
                let made_from = format!("enum {}", cx.schema[id].name);
                maker.file(names::file(&cx.names.enum_module(id)), &made_from, || enums::file(cx, id))
            }
            Output::Type(id) => {
                let made_from = format!("type {}", cx.schema[id].name);
                maker.file(names::file(&cx.names.type_module(id)), &made_from, || embedded::file(cx, id))
            }
            Output::Union(id) => {
                let made_from = format!("union {}", cx.schema[id].name);
                maker.file(names::file(&cx.names.union_module(id)), &made_from, || unions::file(cx, id))
            }
            Output::Model(id) => {
                // Made before, with numbers that depend on all models.
                let made_from = format!("model {} {:?}", cx.schema[id].name, cx.statements.of(id));
                maker.file(names::file(&cx.names.model_module(id)), &made_from, || model::file(cx, id))
            }
        }
    }
}

/// What all generators look things up in.
struct Cx<'a> {
    schema: &'a Schema,
    options: &'a Options,
    names: Names,
    statements: Statements,
}

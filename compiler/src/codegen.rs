//! From a schema to Rust source: one file for each model and enum, and one that joins them.
//!
//! What is generated names things and calls the runtime, through `rex_orm::__` alone and by
//! absolute paths, so that a model may be called `Option`. All that could be a loop or an `if` is
//! in the runtime, once.

mod builders;
mod checks;
mod columns;
mod embedded;
mod enums;
mod fields;
mod layout;
mod meta;
mod model;
mod names;
mod newtypes;
mod relations;
mod repository;
mod root;
mod rules;
mod shown;
mod statements;
mod types;
mod unions;

use rex_schema::model::ModelId;
use rex_schema::{Dialect, Schema};

use crate::parallel;

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
    let cx = Cx { schema, options, names: Names::new(schema), statements: Statements::new(schema, options) };
    let mut files = vec![root::file(&cx)];
    files.extend(schema.enums().map(|(id, _)| enums::file(&cx, id)));
    files.extend(schema.types().map(|(id, _)| embedded::file(&cx, id)));
    files.extend(schema.unions().map(|(id, _)| unions::file(&cx, id)));
    // Layout is what takes time, and every file is laid out by itself.
    let models: Vec<ModelId> = schema.models().map(|(id, _)| id).collect();
    files.extend(parallel::map(&models, |&id| model::file(&cx, id)));
    files
}

/// What all generators look things up in.
struct Cx<'a> {
    schema: &'a Schema,
    options: &'a Options,
    names: Names,
    statements: Statements,
}

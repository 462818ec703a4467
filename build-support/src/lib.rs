//! Compiles Rex schemas in a build script.
//!
//! ```no_run
//! // build.rs
//! fn main() {
//!     rex_build::compile("schema");
//! }
//! ```
//!
//! The generated code goes to `OUT_DIR`, and `rex_orm::include_schema!()` takes it in. Faults of
//! the schema become errors of the crate that includes it: the build script itself succeeds, so
//! that cargo keeps `OUT_DIR` and editors keep the API.
//!
//! # Invariants
//!
//! 1. A file is written only when its bytes change; nothing is written outside `OUT_DIR`.
//! 2. Cargo is told to look at the files of the schema and of its migrations and at `Cargo.toml`, and
//!    at nothing else.
//! 3. Nothing here panics on what a user wrote, and no network or server is needed, nor a program
//!    but rustc, whose version decides how it is kept to a schema's own errors (`failure.rs`).
//!
//! This crate is also where schema folders, migrations and `[package.metadata.rex]` are read, for `rexc`.

// A build script is its `main`.
#![allow(clippy::needless_doctest_main)]

mod config;
mod failure;
mod kept;
pub mod migrations;
mod output;
mod script;
mod sources;

pub use config::Config;
pub use migrations::migration_sql;
pub use output::{Changed, compare_files, write_files};
pub use rex_schema::Dialect;
pub use script::{Build, compile};
pub use sources::{Loaded, load, read_text};

//! How text becomes a schema and a schema becomes Rust.
//!
//! ```text
//! Sources ──check──▶ Checked { schema, diagnostics } ──codegen::generate──▶ [GeneratedFile]
//! ```
//!
//! # Invariants
//!
//! 1. [`check()`] reports everything that is wrong, in source order, one cause once; it never
//!    panics on a user's text.
//! 2. After it no stage returns a user's error: [`codegen::generate`] is total.
//! 3. Nothing here touches a file, a clock, the environment or a network; the same sources give
//!    the same bytes.
//! 4. A diagnostic is made by a function of its own in [`diagnostic`]; codespan-reporting is known
//!    to one file there.

pub mod check;
pub mod codegen;
pub mod diagnostic;
pub mod format;
mod parallel;
mod rust_names;
mod source;

pub use check::{Checked, Options, check};
pub use diagnostic::{Diagnostic, Severity};
pub use rex_grammar::MAX_BYTES;
pub use source::{FileId, Place, Sources};

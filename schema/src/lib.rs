//! What a schema is, and what it is in each database.
//!
//! # Invariants
//!
//! 1. A [`Schema`] in hand is valid. Its one constructor, [`Schema::new`], verifies it; a
//!    violation there is a bug of the compiler, not an error of the user. Ids are dense and
//!    follow source order; spans stay outside.
//! 2. No stage here returns a user's error: [`lower()`], [`diff::diff`], [`plan::plan`] and
//!    [`render()`] are total. [`diff`] says what changes and knows no database; a dialect's plan
//!    says how.
//! 3. Nothing here touches a file, a clock, the environment or a network, and the same schema
//!    gives the same bytes.
//! 4. What differs between databases lives in one folder per dialect, behind [`Dialect`].

pub mod model;
pub mod names;

pub mod database;
mod dialect;
pub mod diff;
pub mod inspect;
mod lower;
mod order;
mod outline;
pub mod parts;
pub mod plan;
mod plural;
mod render;
pub mod rules;
mod syntax;
mod version;

pub mod postgres;
pub mod sqlite;

pub mod civil;
mod decimal;

#[cfg(test)]
mod tests;

pub use lower::{condition, lower, table_of, unmanaged};
pub use model::Schema;
pub use outline::outline;
pub use render::{create, expression, render};
pub use rex_sql::Dialect;
pub use version::{Servers, Version};

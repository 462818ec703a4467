//! The language at work, one module for each area: what a schema says holds when a program runs, on
//! every database alike.

mod actions;
mod arrays;
mod attributes;
mod bulk;
mod embedded;
pub(crate) mod everything;
mod expressions;
mod indexes;
mod mixins;
mod renames;
pub(crate) mod rules;
mod schemas;
mod stored;
mod times;
pub(crate) mod types;
mod unions;
mod views;

use crate::support::postgres;

/// Runs `check` with the URL of an empty database, once for each kind. `name` is the database's on
/// the PostgreSQL server, where no other test may have it.
async fn on_every_database(name: &str, check: impl AsyncFn(&str)) {
    check("sqlite::memory:").await;
    let database = postgres::server().database(name);
    check(&database.url()).await;
}

/// The kind of a failure.
#[track_caller]
fn kind<T: std::fmt::Debug>(outcome: rex_orm::Result<T>) -> rex_orm::Kind {
    outcome.expect_err("it fails").kind()
}

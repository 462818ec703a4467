//! The runtime of Rex: all that ships in a program besides the code that was generated from its
//! schema.
//!
//! ```text
//! mod blog { rex_orm::include_schema!(); }          // what the build script made of schema/*.rex
//!
//! let db = blog::Db::connect("sqlite://blog.db").await?;
//! let ada = db.user().create().email("ada@example.com").name("Ada").save().await?;
//! let users = db.user().find()
//!     .filter(|u| u.name.starts_with("A") & u.age.gt(30))
//!     .with(|u| u.posts().order(|p| p.published_at.desc()).limit(5).with(|p| p.tags()))
//!     .await?;                                      // Vec<(User, Vec<(Post, Vec<Tag>)>)>
//! ```
//!
//! # The way of an operation
//!
//! ```text
//! generated method ─▶ Repo / Find / Draft / Update / Links      generic over the model
//!                        │  names and types from its META
//!                        ▼
//!                    Operation { model, table, shape, values }  data; what hooks and caches will see
//!                        │
//!                        ▼
//!                    Db ─▶ pool or transaction ─▶ Adapter       the one seam for a database
//!                                                   │  Session::execute, text from rex-sql
//!                        rows ◀── Sink ◀── Row ◀── Cells
//! ```
//!
//! # Invariants
//!
//! 1. Nothing but the modules `adapter::postgres` and `adapter::sqlite` knows what a database does
//!    its own way. Values go out as [`Value`] and come back as [`Cell`].
//! 2. Values are bound, never written into a statement; they are in no error's text and in no
//!    `Debug` of ours.
//! 3. The text of an operation depends on its shape only. By key, by unique and insert are fixed
//!    at build time and prepared once for each connection.
//! 4. What a call does is written once, as a [`Work`](adapter::Work) against a
//!    [`Session`](adapter::Session), eager loading included: on SQLite it runs in one go, on
//!    PostgreSQL it waits for the network, and all its statements see one state of the database.
//! 5. The number of statements depends on the call, never on the number of rows (but for the
//!    limits of a statement: thousands of rows written, hundreds of composite keys).
//! 6. A connection goes back to its pool with nothing under way and nothing open.
//! 7. The same call gives the same rows, the same order of nulls and enums, and the same kind of
//!    error with the same constraint's name on every database.
//!
//! # Features
//!
//! `sqlite` and `postgres` bring the adapters, `tls` encrypted connections to PostgreSQL; `chrono`, `jiff`, `time`, `decimal`, `json`, `uuid` the Rust types
//! of columns; `email`, `url` and `pattern` the rules of those names; `serde` reads a [`Config`] from
//! a file. All are on by default but the adapters, `tls`, `url` and `pattern`: what a schema needs and is
//! off, its generated code asks for.

pub mod adapter;
#[cfg_attr(not(all(feature = "sqlite", feature = "chrono")), allow(dead_code))]
mod check;
mod composite;
mod config;
mod db;
mod error;
mod executor;
mod features;
mod fits;
mod from_row;
mod id;
pub mod meta;
pub mod migrate;
mod model;
pub mod operation;
mod outline;
mod parts;
mod query;
mod repo;
pub mod row;
mod scalar;
mod sql;
mod stream;
mod texts;
mod transaction;
#[doc(hidden)]
pub mod types;
mod validate;
mod value;
mod watch;
mod words;
mod write;

#[doc(hidden)]
#[path = "internal.rs"]
pub mod __;

pub use composite::Composite;
pub use config::{
    Builder, ChannelBinding, Config, DatabaseKind, JournalMode, Password, SslMode, Synchronous,
};
pub use db::Db;
pub use error::{ConstraintOf, DriverError, Error, Kind, Result, Violation};
pub use executor::Blocking;
pub use fits::{Fits, Key, KeyVersion};
pub use from_row::FromRow;
pub use id::{IdOf, Identified};
pub use model::{
    Cardinality, Lockable, Many, Maybe, Model, New, One, Relation, SoftDelete, Versioned, Writable,
};
pub use outline::Difference;
pub use query::{
    Along, Append, Assigned, Case, Column, Common, CompositeColumn, Cond, Counted, Cursor, Deep, Divisible,
    Ex, Expression, Extent, Filterable, Find, Grouped, Groups, IntoLiteral, Item, Keys, Listed, Literal,
    Load, LoadOf, Loads, Mode, Nested, Numeric, Operand, OrNull, Order, Orders, Over, Page, Place, Plus,
    Query, Record, Selected, Selection, Source, Step, Subquery, Summed, Tabular, ToMany, ToOne, Tree, Whole,
    Widens, count, cume_dist, dense_rank, exists, ntile, percent_rank, rank, row_number, scalar,
    seal_cursors, value,
};
pub use rex_sql::Dialect;
pub use scalar::{Element, KeyParts, Scalar, UnknownLabel};
pub use sql::{Sql, ToValue};
pub use stream::Rows;
pub use transaction::{Isolation, Transaction, TransactionOptions, TransactionWith};
pub use value::{Cell, Fixed, Value};
pub use watch::{Counts, Gauged, Gauges, Watch};
pub use write::{Each, Linked, Links, Nests, each};

/// What an operation answers with, once awaited.
pub type Pending<T> = adapter::BoxFuture<'static, Result<T>>;

/// Puts the code that was generated from a crate's schema where it is called.
///
/// ```text
/// mod blog { rex_orm::include_schema!(); }
/// ```
#[macro_export]
macro_rules! include_schema {
    () => {
        include!(concat!(
            env!(
                "OUT_DIR",
                "no build script has run: write `fn main() { rex_build::compile(\"schema\") }` into build.rs"
            ),
            "/rex/schema.rs"
        ));
    };
}

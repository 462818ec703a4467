//! The tests of Rex from outside: everything that needs more than one crate, or a database.
//!
//! `support` makes what the tests stand on, `suite` holds the tests. There is one binary, so
//! that there is one link and one PostgreSQL server.

pub(crate) mod suite;
mod support;

/// The blog's generated code, as its own build script makes it.
mod blog {
    rex_orm::include_schema!();
}

// The generated code of a schema for PostgreSQL alone.
include!(concat!(env!("OUT_DIR"), "/queue.rs"));

/// The generated code of every schema in `fixtures/valid`, whose warnings are errors.
#[deny(warnings, missing_docs)]
#[allow(dead_code, unreachable_pub, reason = "it is there to be compiled")]
mod fixtures {
    include!(concat!(env!("OUT_DIR"), "/fixtures.rs"));
}

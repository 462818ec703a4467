//! The tests, one module per subject.

mod build_script;
mod checking;
mod codegen;
mod connecting;
mod diagnostics;
mod expressions;
mod failures;
mod fmt;
mod harness;
mod kept;
pub(crate) mod language;
mod licence;
mod migrate;
mod naughty;
mod pgbouncer;
mod processes;
mod raw_sql;
mod rexc;
mod scenario;
mod secrets;
mod serialised;
mod streams;
mod tidy;
mod tls;
mod transactions;
mod ui;
mod watching;

//! What the tests stand on. Must not hold tests.

pub(crate) mod busy;
pub(crate) mod certificates;
pub(crate) mod chance;
pub(crate) mod crates;
pub(crate) mod mutate;
pub(crate) mod pgbouncer;
pub(crate) mod postgres;
pub(crate) mod properties;
pub(crate) mod proxy;
pub(crate) mod sources;

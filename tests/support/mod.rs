//! What the tests stand on. Must not hold tests.

pub(crate) mod crates;
pub(crate) mod postgres;
pub(crate) mod sources;

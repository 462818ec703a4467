//! Which features this runtime was compiled with, as traits: generated code asks for the one that
//! its schema's configuration needs, and rustc says in words what is missing.

/// This runtime.
#[derive(Debug)]
pub enum Compiled {}

/// The feature `chrono` is on.
#[diagnostic::on_unimplemented(
    message = "the schema's dates and times are chrono's, and rex-orm lacks its feature `chrono`",
    label = "add the feature \"chrono\" to the dependency rex-orm",
    note = "which crate they are from is `datetime` in [package.metadata.rex] of Cargo.toml"
)]
pub trait HasChrono {}

/// The feature `jiff` is on.
#[diagnostic::on_unimplemented(
    message = "the schema's dates and times are jiff's, and rex-orm lacks its feature `jiff`",
    label = "add the feature \"jiff\" to the dependency rex-orm",
    note = "which crate they are from is `datetime` in [package.metadata.rex] of Cargo.toml"
)]
pub trait HasJiff {}

/// The feature `time` is on.
#[diagnostic::on_unimplemented(
    message = "the schema's dates and times are those of the crate time, and rex-orm lacks its feature `time`",
    label = "add the feature \"time\" to the dependency rex-orm",
    note = "which crate they are from is `datetime` in [package.metadata.rex] of Cargo.toml"
)]
pub trait HasTime {}

#[cfg(feature = "chrono")]
impl HasChrono for Compiled {}
#[cfg(feature = "jiff")]
impl HasJiff for Compiled {}
#[cfg(feature = "time")]
impl HasTime for Compiled {}

/// Compiles where chrono is there.
pub const fn needs_chrono<T: HasChrono>() {}

/// Compiles where jiff is there.
pub const fn needs_jiff<T: HasJiff>() {}

/// Compiles where the crate time is there.
pub const fn needs_time<T: HasTime>() {}

//! Which features this runtime was compiled with, as traits: generated code asks once for each that its
//! schema needs, and rustc says in words what is missing.

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

/// The feature `email` is on.
#[diagnostic::on_unimplemented(
    message = "the schema has the rule `@email`, and rex-orm lacks its feature `email`",
    label = "add the feature \"email\" to the dependency rex-orm"
)]
pub trait HasEmail {}

/// The feature `url` is on.
#[diagnostic::on_unimplemented(
    message = "the schema has the rule `@url`, and rex-orm lacks its feature `url`",
    label = "add the feature \"url\" to the dependency rex-orm"
)]
pub trait HasUrl {}

/// The feature `pattern` is on.
#[diagnostic::on_unimplemented(
    message = "the schema has the rule `@pattern`, and rex-orm lacks its feature `pattern`",
    label = "add the feature \"pattern\" to the dependency rex-orm"
)]
pub trait HasPattern {}

#[cfg(feature = "chrono")]
impl HasChrono for Compiled {}
#[cfg(feature = "jiff")]
impl HasJiff for Compiled {}
#[cfg(feature = "time")]
impl HasTime for Compiled {}
#[cfg(feature = "email")]
impl HasEmail for Compiled {}
#[cfg(feature = "url")]
impl HasUrl for Compiled {}
#[cfg(feature = "pattern")]
impl HasPattern for Compiled {}

/// Compiles where chrono is there.
pub const fn needs_chrono<T: HasChrono>() {}

/// Compiles where jiff is there.
pub const fn needs_jiff<T: HasJiff>() {}

/// Compiles where the crate time is there.
pub const fn needs_time<T: HasTime>() {}

/// Compiles where `@email` is there.
pub const fn needs_email<T: HasEmail>() {}

/// Compiles where `@url` is there.
pub const fn needs_url<T: HasUrl>() {}

/// Compiles where `@pattern` is there.
pub const fn needs_pattern<T: HasPattern>() {}

//! Which features this runtime was compiled with, as traits: generated code asks for the one that
//! its schema's configuration needs, and rustc says in words what is missing.

/// This runtime.
#[derive(Debug)]
pub enum Compiled {}

macro_rules! features {
    ($($name:literal $has:ident $needs:ident $message:literal $label:literal;)*) => {$(
        /// The feature is on.
        #[diagnostic::on_unimplemented(
            message = $message,
            label = $label,
            note = "which crate dates and times are from is `datetime` in [package.metadata.rex] of Cargo.toml"
        )]
        pub trait $has {}

        #[cfg(feature = $name)]
        impl $has for Compiled {}

        /// Compiles where the feature is on.
        pub const fn $needs<T: $has>() {}
    )*};
}

features! {
    "chrono" HasChrono needs_chrono
        "the schema's dates and times are chrono's, and rex-orm lacks its feature `chrono`"
        "add the feature \"chrono\" to the dependency rex-orm";
    "jiff" HasJiff needs_jiff
        "the schema's dates and times are jiff's, and rex-orm lacks its feature `jiff`"
        "add the feature \"jiff\" to the dependency rex-orm";
    "time" HasTime needs_time
        "the schema's dates and times are those of the crate time, and rex-orm lacks its feature `time`"
        "add the feature \"time\" to the dependency rex-orm";
}

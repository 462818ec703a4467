//! From one file to Rust, and to tables in SQLite.
#![no_main]

#[allow(dead_code, reason = "each target holds some of them")]
#[path = "../../support/properties.rs"]
mod properties;

libfuzzer_sys::fuzz_target!(|text: &str| {
    let mut sources = rex_compiler::Sources::default();
    sources.add("fuzz.rex", text);
    let checked = properties::checked(&sources);
    properties::generated(&checked);
    properties::created(text, &checked);
});

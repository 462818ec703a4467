//! Checking, of one file.
#![no_main]

#[allow(dead_code, reason = "each target holds some of them")]
#[path = "../../support/properties.rs"]
mod properties;

libfuzzer_sys::fuzz_target!(|text: &str| {
    let mut sources = rex_compiler::Sources::default();
    sources.add("fuzz.rex", text);
    properties::checked(&sources);
});

//! Parsing, of any bytes that are text.
#![no_main]

#[allow(dead_code, reason = "each target holds some of them")]
#[path = "../../support/properties.rs"]
mod properties;

libfuzzer_sys::fuzz_target!(|text: &str| properties::parsed(text));

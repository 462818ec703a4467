//! Formatting, of one file.
#![no_main]

#[path = "../../suite/fmt/contents.rs"]
mod contents;
#[path = "../../suite/fmt/properties.rs"]
mod properties;
#[path = "../../suite/fmt/spans.rs"]
mod spans;

libfuzzer_sys::fuzz_target!(|text: &str| {
    properties::formatted(text);
});

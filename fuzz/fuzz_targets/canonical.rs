#![no_main]

#[path = "../entries.rs"]
#[allow(dead_code, reason = "a target is one entry")]
mod entries;

libfuzzer_sys::fuzz_target!(|text: &str| entries::canonical(text));

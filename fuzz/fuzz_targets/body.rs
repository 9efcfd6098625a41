//! A line with the content type, and the body of a request.
#![no_main]

#[path = "../../cli/src/server"]
#[allow(dead_code, reason = "of the receiver, only the reading of bodies")]
mod server {
    pub(crate) mod entries;
    pub(crate) mod submission;
}
#[path = "../body.rs"]
mod body;

libfuzzer_sys::fuzz_target!(|data: &[u8]| body::body(data));

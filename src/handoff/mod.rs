//! What sales receives of a lead.

mod record;

pub use record::{Asked, Claim, Consent, PactRef, Promise, Record};

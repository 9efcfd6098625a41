//! What sales receives of a lead.

mod clock;
mod record;
#[cfg(feature = "text")]
pub(crate) mod zone;

pub use record::{Asked, Claim, Consent, PactRef, Promise, Record};

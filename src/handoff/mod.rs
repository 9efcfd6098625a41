//! What sales receives of a lead.

mod clock;
#[cfg(feature = "verify")]
mod difference;
#[cfg(feature = "verify")]
mod entries;
#[cfg(feature = "verify")]
mod given;
mod record;
#[cfg(feature = "verify")]
pub(crate) mod verify;
#[cfg(feature = "text")]
pub(crate) mod zone;

#[cfg(feature = "verify")]
pub use difference::Difference;
#[cfg(feature = "verify")]
pub use entries::FormEntries;
pub use record::{Asked, Claim, Consent, PactRef, Promise, Record};
#[cfg(feature = "text")]
pub use verify::verify;
#[cfg(feature = "verify")]
pub use verify::{Received, Verification, is_id};

//! What any endpoint that receives leads can be held against, check by check.

mod delivery;
mod doubts;
mod endpoint;
mod lead;
mod refusals;
mod repeats;

pub(crate) use endpoint::{Endpoint, Foreign, Stored};
pub(crate) use lead::PACT;

use lead::TestLead;

/// One thing that an endpoint must do.
pub(crate) struct Check {
    /// Its name.
    pub(crate) id: &'static str,
    /// What is sent, and what becomes of it.
    pub(crate) what: &'static str,
    /// What was expected, where it is not so.
    pub(crate) expected: &'static str,
    /// What to look at then.
    pub(crate) hint: &'static str,
    run: fn(&Endpoint, &TestLead) -> Outcome,
}

/// How a check went.
pub(crate) type Outcome = Result<(), Wrong>;

/// Why a check did not pass.
#[derive(Debug)]
pub(crate) enum Wrong {
    /// The endpoint did something else.
    Failed(String),
    /// It cannot be told.
    Skipped(&'static str),
}

impl From<String> for Wrong {
    fn from(why: String) -> Self {
        Self::Failed(why)
    }
}

/// Every check, in the order in which they run.
pub(crate) fn checks() -> impl Iterator<Item = &'static Check> {
    [delivery::CHECKS, repeats::CHECKS, doubts::CHECKS, refusals::CHECKS].into_iter().flatten()
}

impl Check {
    /// Holds the endpoint against it, with a lead that nobody has sent yet.
    pub(crate) fn run(&self, endpoint: &Endpoint) -> Outcome {
        (self.run)(endpoint, &endpoint.lead())
    }
}

/// Fails with why, unless it is so.
fn ensure(is_so: bool, why: impl FnOnce() -> String) -> Outcome {
    if is_so { Ok(()) } else { Err(Wrong::Failed(why())) }
}

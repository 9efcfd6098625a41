#![cfg_attr(feature = "text", doc = include_str!("../README.md"))]
#![cfg_attr(not(feature = "text"), doc = "The engine of LeadPact.")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod asking;
#[cfg(feature = "browser")]
pub mod browser;
mod handoff;
#[cfg(feature = "text")]
mod history;
mod json;
mod lead;
mod outlook;
mod pact;
mod problem;
mod score;
mod sorted;
mod table;
mod text;
mod time;

#[cfg(feature = "explain")]
pub use asking::explain::{Answers, Change, Effect, Explanation, Span, Thinking};
#[cfg(feature = "explain")]
pub use asking::sentence::{AskWords, EffectWords, Words};
pub use asking::visit::{Arm, Experiment};
pub use asking::{Ask, Next, Stop, Why};
#[cfg(feature = "text")]
pub use handoff::verify;
pub use handoff::{Asked, Claim, Consent, PactRef, Promise, Record};
#[cfg(feature = "verify")]
pub use handoff::{Difference, FormEntries, Received, Verification, is_id};
#[cfg(feature = "text")]
pub use history::{Columns, LeadLine, Outcome};
pub use json::Value;
#[cfg(feature = "verify")]
pub use json::{locate, parse};
pub use lead::{Answer, Given, Lead, Measured, Provider};
pub use outlook::{Odds, Outlook};
pub use pact::signal::path_matches;
pub use pact::{Pact, Terms};
pub use problem::{FactError, Problem, Problems, Step};
pub use score::Points;
pub use score::assessment::{Assessment, GroupPoints, Reason, Stage};
#[cfg(feature = "explain")]
pub use score::earned::{Earned, EarnedWords};
pub use table::Table;
pub use time::Time;

/// How large things may be. Past a limit an error names it; nothing is cut silently.
pub mod limits {
    #[cfg(feature = "verify")]
    pub use crate::handoff::verify::LONGEST_RECORD;
    pub use crate::json::{DEEPEST, LARGEST};
    pub use crate::lead::answer::LONGEST_ANSWER;
    pub use crate::pact::condition::DEEPEST_CONDITION;
    pub use crate::pact::criterion::{MOST_BOUND, MOST_POINTS, MOST_TIMES};
    pub use crate::pact::field::MOST_OPTIONS;
    pub use crate::pact::qualification::MOST_THRESHOLD;
    pub use crate::pact::{LONGEST, MOST_CRITERIA, MOST_FACTS};
}

/// The parts of a pact.
pub mod terms {
    pub use crate::pact::asking::{Asking, Mode};
    pub use crate::pact::criterion::{Criterion, Dimension, Group};
    pub use crate::pact::field::{Ask, Band, Choice, Field, Kind, Number};
    pub use crate::pact::handoff::{Calendar, Channel, Format, Handoff, Offer, Route, Sla};
    pub use crate::pact::pipeline::{About, Pipeline, Rejection, Stage};
    pub use crate::pact::qualification::{Decision, Disqualifier, Grades, Need, Qualification};
    pub use crate::pact::share::Share;
    pub use crate::pact::signal::{Measure, Signal};
    pub use crate::pact::{Signature, Terms};
    pub use crate::text::Text;
}

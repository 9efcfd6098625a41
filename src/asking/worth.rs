//! What a visit is worth in qualified leads, and what asking costs: ASKING.md, *What is maximised*.

use crate::pact::asking::Asking;
use crate::pact::qualification::Decision;

/// What questions are planned for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Goal {
    /// The most worth when the form ends.
    Worth,
    /// The decision proved, for the least friction. Its value is the friction still expected, below 0.
    Proof,
}

impl Goal {
    /// What asking is worth, where the answers are worth this on average.
    pub(super) fn asking(self, answered: f64, stay: f64, friction: f64) -> f64 {
        match self {
            Self::Worth => stay * answered,
            Self::Proof => answered - friction,
        }
    }
}

/// What ending the form is worth, and what each question loses.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stakes {
    wrong_handoff: f64,
    nurtured_value: f64,
    loss: f64,
}

/// What one easy question costs at least, so that a pact in which nobody leaves still prefers easy questions.
const LEAST_COST: f64 = 1e-9;

impl Stakes {
    pub(super) fn of(asking: &Asking) -> Self {
        let Asking { wrong_handoff, nurtured_value, loss_per_question, .. } = *asking;
        Self { wrong_handoff, nurtured_value, loss: loss_per_question }
    }

    /// What a lead is worth were the form submitted now: `p` is the probability that it is handed over in the end, `lost`
    /// the worth of what sales needs and does not know.
    pub(super) fn worth(&self, decision: Decision, p: f64, lost: f64) -> f64 {
        match decision {
            Decision::Handoff => p - (1.0 - p) * self.wrong_handoff - p * lost,
            Decision::Nurture => p * self.nurtured_value,
            Decision::Disqualified => 0.0,
        }
    }

    /// What hangs on the decision: a good lead that goes the right way rather than the wrong one, and a bad one.
    pub(super) fn at_stake(&self) -> f64 {
        1.0 - self.nurtured_value + self.wrong_handoff
    }

    /// The probability that a visitor stays through a question of this friction.
    pub(super) fn stay(&self, friction: f64) -> f64 {
        libm::pow(1.0 - self.loss, friction)
    }

    /// What a question of this friction costs: the logarithm of those who stay, so that costs add up.
    pub(super) fn cost(&self, friction: f64) -> f64 {
        friction * (-libm::log(1.0 - self.loss)).max(LEAST_COST)
    }
}

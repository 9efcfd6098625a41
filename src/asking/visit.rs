//! The experiment of a visit: with nothing extra asked, to compare with, or with one choice made at random, so that what
//! questions lose can be learned. Chance is the caller's.

use super::Ask;
use crate::lead::Lead;
use serde::Serialize;

/// Which arm of the pact's experiment a visit is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Arm {
    /// Questions are asked as the pact has them.
    Plain,
    /// Nothing extra is asked.
    Holdout,
    /// The first question is one of those worth asking, whichever.
    Explore,
}

/// What was drawn for a visit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Experiment {
    /// The arm.
    pub arm: Arm,
    /// The probability of this arm.
    pub probability: f64,
    /// The caller's random number, from 0 to 1.
    pub draw: f64,
}

impl Lead {
    /// Draws the visit's arm by a random number from 0 to 1, below 1. Without a draw a visit is plain.
    ///
    /// ```
    /// use leadpact::{Arm, Lead, Pact};
    ///
    /// let pact: Pact = r#"{"pact": 1, "id": "demo", "fields": [], "qualification": {"threshold": 50},
    ///     "asking": {"holdout": 0.1, "explore": 0.2}}"#.parse()?;
    /// let mut lead = Lead::new(&pact);
    /// lead.draw(0.05);
    /// assert_eq!(lead.experiment().unwrap().arm, Arm::Holdout);
    /// # Ok::<(), leadpact::Problems>(())
    /// ```
    pub fn draw(&mut self, chance: f64) {
        self.drawn = Some(if chance.is_finite() { chance.clamp(0.0, 1.0) } else { 1.0 });
    }

    /// The visit's arm; none where nothing was drawn, or the pact makes no experiment.
    #[must_use]
    pub fn experiment(&self) -> Option<Experiment> {
        let asking = &self.terms().asking;
        let (holdout, explore) = (asking.holdout, asking.explore.min(1.0 - asking.holdout));
        let draw = self.drawn.filter(|_| holdout + explore > 0.0)?;
        let (arm, probability) = if draw < holdout {
            (Arm::Holdout, holdout)
        } else if draw < holdout + explore {
            (Arm::Explore, explore)
        } else {
            (Arm::Plain, 1.0 - holdout - explore)
        };
        Some(Experiment { arm, probability, draw })
    }

    /// Makes the visit's first choice at random where it explores, and says of the question that is then asked how likely
    /// that was among visits in which anything is asked.
    pub(super) fn explore(&self, asks: &mut [Ask], asked: usize) {
        let Some(experiment) = self.experiment().filter(|_| asked == 0 && !asks.is_empty()) else { return };
        let asking = &self.terms().asking;
        let explore = asking.explore.min(1.0 - asking.holdout);
        if explore <= 0.0 {
            return;
        }
        #[expect(clippy::cast_precision_loss, reason = "at most 500 fields")]
        let (count, part) = (asks.len() as f64, explore / (1.0 - asking.holdout));
        for (nth, ask) in asks.iter_mut().enumerate() {
            ask.probability = Some(part / count + if nth == 0 { 1.0 - part } else { 0.0 });
        }
        if experiment.arm == Arm::Explore {
            let at = (experiment.draw - asking.holdout) / explore * count;
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to the count")]
            let at = (libm::floor(at).max(0.0) as usize).min(asks.len() - 1);
            if let Some(first) = asks.get_mut(..=at) {
                first.rotate_right(1);
            }
        }
    }
}

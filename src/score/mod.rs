//! From facts to points: what each criterion is worth, the sums, and the decision.

pub(crate) mod assessment;
#[cfg(feature = "explain")]
pub(crate) mod earned;

use crate::lead::{Lead, Measured, times};
use crate::pact::condition::Truth;
use crate::pact::criterion::{Criterion, Dimension, Earns};
use crate::pact::qualification::{Decision, Disqualifier};
use crate::table::Table;
use crate::time::Time;

/// The points of a lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Points {
    /// Who the visitor is.
    pub fit: i64,
    /// What the visitor does.
    pub interest: i64,
}

impl Points {
    /// Fit and interest together.
    #[must_use]
    pub fn score(self) -> i64 {
        self.fit + self.interest
    }

    /// Adds points of a dimension. Groups and their bounds are limited, so that no sum overflows.
    pub(crate) fn add(&mut self, dimension: Dimension, points: i64) {
        match dimension {
            Dimension::Fit => self.fit += points,
            Dimension::Interest => self.interest += points,
        }
    }
}

impl Lead {
    /// The points at the time `now`.
    #[must_use]
    pub fn points(&self, now: Time) -> Points {
        if self.terms().fading.is_empty() {
            return self.truths.held;
        }
        let mut points = Points { fit: 0, interest: 0 };
        for (group, raw) in self.terms().groups.iter().zip(&self.raw(now)) {
            points.add(group.dimension, group.hold(*raw));
        }
        points
    }

    /// The decision at the time `now`.
    #[must_use]
    pub fn decision(&self, now: Time) -> Decision {
        let Points { fit, interest } = self.points(now);
        self.terms().qualification.decide(fit, interest, self.disqualified(), self.behaviour())
    }

    pub(crate) fn disqualified(&self) -> bool {
        self.disqualified_by().next().is_some()
    }

    /// What excludes this lead, whatever its score.
    pub fn disqualified_by(&self) -> impl Iterator<Item = &Disqualifier> {
        let disqualify = &self.terms().qualification.disqualify;
        disqualify.iter().filter(|excluded| self.truths.of(excluded.when) == Truth::True)
    }

    /// Points by group before the groups' bounds, those that fade included.
    pub(crate) fn raw(&self, now: Time) -> Table<i64> {
        let mut raw = self.truths.raw.clone();
        for id in &self.terms().fading {
            let criterion = &self.terms().criteria[*id];
            raw[criterion.group] += self.worth(criterion, now);
        }
        raw
    }

    /// What a criterion earns at the time `now`.
    pub(crate) fn worth(&self, criterion: &Criterion, now: Time) -> i64 {
        let full = match criterion.earns {
            Earns::When(gate) if self.truths.of(gate) == Truth::True => criterion.points,
            Earns::When(_) => 0,
            Earns::Each { signal, up_to } => match self.measured(signal) {
                Some(Measured::Number(value, _)) => criterion.points * times(*value, up_to),
                _ => 0,
            },
        };
        match criterion.half_life_days {
            Some(half_life) if full != 0 => fade(full, self.age(criterion, now), half_life),
            _ => full,
        }
    }

    /// Days since the latest growth of the criterion's signals; 0 where none ever grew.
    fn age(&self, criterion: &Criterion, now: Time) -> f64 {
        let last = |signal: &usize| match self.measured(*signal) {
            Some(Measured::Number(_, last)) => *last,
            _ => None,
        };
        criterion.aged_by.iter().filter_map(last).max().map_or(0.0, |last| now.days_since(last))
    }
}

/// `points × 2^(−age ÷ half-life)`, rounded to the nearest whole number, halves away from zero.
#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "well within 2⁵³")]
fn fade(points: i64, age: f64, half_life: f64) -> i64 {
    libm::round(points as f64 * libm::pow(2.0, -age / half_life)) as i64
}

#[cfg(test)]
mod tests {
    use super::fade;

    #[test]
    fn worth_halves_with_each_half_life_and_rounds_halves_away_from_zero() {
        assert_eq!(fade(10, 0.0, 7.0), 10);
        assert_eq!(fade(10, 7.0, 7.0), 5);
        assert_eq!(fade(5, 7.0, 7.0), 3);
        assert_eq!(fade(-5, 7.0, 7.0), -3);
        assert_eq!(fade(10, 14.0, 7.0), 3);
        assert_eq!(fade(1000, 1e9, 0.001), 0);
    }
}

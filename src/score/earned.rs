//! What earned the points of a lead, group by group: as data and in words.

use super::assessment::Reason;
use crate::asking::sentence::Reader;
use crate::lead::Lead;
use crate::pact::criterion::{Dimension, Group};
use crate::time::Time;
use serde::Serialize;

/// What one group earned, and by which criteria.
#[derive(Clone, Debug, Serialize)]
pub struct Earned {
    /// The group's id.
    pub group: String,
    /// Its sum held within its bounds.
    pub points: i64,
    /// Its sum.
    pub raw: i64,
    /// The criteria that earned points, in the pact's order; their points sum to `raw`.
    pub criteria: Vec<Reason>,
}

/// A group in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EarnedWords {
    /// What the group earned: `Company: 40 points (55, of which at most 40 count).`
    pub sentence: String,
    /// A line for each criterion that earned points: `+15 Target sector`.
    pub criteria: Vec<String>,
}

impl Lead {
    /// What earned points, or could have been held within a bound, by group, in the pact's order.
    pub(crate) fn earned(&self, now: Time) -> Vec<Earned> {
        let terms = self.terms();
        let mut all = Vec::new();
        for (at, (group, raw)) in terms.groups.iter().zip(&self.raw(now)).enumerate() {
            let mut criteria = Vec::new();
            for criterion in terms.criteria.iter().filter(|criterion| criterion.group == at) {
                let points = self.worth(criterion, now);
                if points != 0 {
                    criteria.push(Reason { criterion: criterion.id.clone(), points });
                }
            }
            all.push(Earned { group: group.id.clone(), points: group.hold(*raw), raw: *raw, criteria });
        }
        all
    }
}

/// Where the points come from.
impl Reader<'_> {
    /// The score and its two parts; without consent to behaviour, that interest was not measured.
    pub(crate) fn score(self, earned: &[Earned], behaviour: bool) -> String {
        let of = |dimension: Dimension| -> i64 {
            let groups = self.terms.groups.iter().zip(earned).filter(|(group, _)| group.dimension == dimension);
            groups.map(|(_, earned)| earned.points).sum()
        };
        let (fit, interest) = (of(Dimension::Fit), of(Dimension::Interest));
        let (score, fit) = (self.points(fit + interest), self.whole(fit));
        // Answers may earn points of interest, too.
        let interest = self.whole(interest);
        let parts = match self.french {
            true => format!("{score}, dont {fit} pour l’adéquation et {interest} pour l’intérêt"),
            false => format!("{score}, {fit} of them for fit and {interest} for interest"),
        };
        let unmeasured = self.word(
            "\u{a0}; le comportement n’a pas été mesuré, et ne compte ni pour ni contre",
            "; behaviour was not measured, and counts neither for nor against",
        );
        let tail = if behaviour { "" } else { unmeasured };
        [&self.said_of("Score", &parts), tail, "."].concat()
    }

    pub(crate) fn earned(self, earned: &Earned) -> EarnedWords {
        let group = self.terms.groups.iter().find(|group| group.id == earned.group);
        let label =
            group.and_then(|group| group.label.as_ref()).map_or(earned.group.as_str(), |label| self.text(label));
        let held = group.filter(|_| earned.raw != earned.points).map(|group| self.held(group, earned));
        let points = [self.points(earned.points), held.unwrap_or_default()].concat();
        let criteria = earned.criteria.iter().map(|reason| {
            let found = self.terms.criteria.iter().find(|criterion| criterion.id == reason.criterion);
            let label = found.map_or(reason.criterion.as_str(), |criterion| self.text(&criterion.label));
            let sign = if reason.points > 0 { "+" } else { "−" };
            format!("{sign}{} {label}", self.whole(reason.points.abs()))
        });
        EarnedWords { sentence: [&self.said_of(label, &points), "."].concat(), criteria: criteria.collect() }
    }

    /// That a group's bound holds its sum: ` (55, of which at most 40 count)`.
    fn held(self, group: &Group, earned: &Earned) -> String {
        let raw = self.whole(earned.raw);
        let most = group.max.is_some_and(|max| earned.raw > max);
        let bound = self.whole(earned.points);
        match (self.french, most) {
            (true, true) => format!(" ({raw}, dont {bound} au plus comptent)"),
            (true, false) => format!(" ({raw}, comptés comme {bound} au moins)"),
            (false, true) => format!(" ({raw}, of which at most {bound} count)"),
            (false, false) => format!(" ({raw}, counted as at least {bound})"),
        }
    }

    fn points(self, points: i64) -> String {
        let one = if self.french { points.abs() < 2 } else { points.abs() == 1 };
        format!("{} {}", self.whole(points), if one { "point" } else { "points" })
    }

    #[expect(clippy::cast_precision_loss, reason = "points stay within 2⁵³")]
    fn whole(self, points: i64) -> String {
        self.number(points as f64).replace('-', "−")
    }
}

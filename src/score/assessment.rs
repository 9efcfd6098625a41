//! The assessment: everything the engine says of a lead, and why.

use crate::asking::Ask;
use crate::lead::Lead;
use crate::outlook::view::View;
use crate::outlook::{Forecast, Odds};
use crate::pact::Terms;
use crate::pact::field::Kind;
use crate::pact::qualification::Decision;
use crate::time::Time;
use serde::Serialize;

/// Everything the engine says of a lead at one time.
#[derive(Clone, Debug, Serialize)]
pub struct Assessment {
    /// Fit and interest together.
    pub score: i64,
    /// Who the visitor is, in points.
    pub fit: i64,
    /// What the visitor does, in points.
    pub interest: i64,
    /// `A1` … `D4`, or `A-` … `D-` where behaviour was not measured; absent where the pact grades nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grade: Option<String>,
    /// How far the lead has come.
    pub stage: Stage,
    /// Where the lead goes.
    pub decision: Decision,
    /// Whether sales knows all that it needs.
    pub complete: bool,
    /// The fields that sales needs and does not know.
    pub missing: Vec<String>,
    /// No completion scores less.
    pub low: i64,
    /// No completion scores more.
    pub high: i64,
    /// How likely each decision is, were every question answered.
    pub odds: Odds,
    /// Whether every completion gives the same decision.
    pub certain: bool,
    /// Whether the odds rest on a share that the pact does not give.
    pub assumed: bool,
    /// Whether the odds are drawn rather than exact; absent where they are exact.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub approximate: bool,
    /// Every criterion that earned points, before its group's bounds, in the pact's order.
    pub reasons: Vec<Reason>,
    /// Every group, in the pact's order.
    pub groups: Vec<GroupPoints>,
    /// The questions worth asking now, the best first; empty when it is time to stop.
    pub ask: Vec<Ask>,
    /// Who takes the lead; absent where no route does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub route: Option<String>,
}

/// How far a lead has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Nobody knows how to reach them.
    Visitor,
    /// They can be reached.
    Lead,
    /// Marketing hands them over.
    Mql,
    /// Outside what the pact is about.
    Disqualified,
}

/// What one criterion earned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// The criterion's id.
    pub criterion: String,
    /// What it earned, never 0.
    pub points: i64,
}

/// The points of one group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GroupPoints {
    /// The group's id.
    pub group: String,
    /// Its sum held within its bounds.
    pub points: i64,
    /// Its sum.
    pub raw: i64,
}

impl Lead {
    /// Everything the engine says of this lead at the time `now`.
    #[must_use]
    pub fn assess(&self, now: Time) -> Assessment {
        self.assess_after(0, now)
    }

    /// The same, after a number of questions were asked in this visit beyond those always asked.
    #[must_use]
    pub fn assess_after(&self, asked: usize, now: Time) -> Assessment {
        let terms = self.terms();
        let points = self.points(now);
        let decision = self.decision(now);
        let forecast = Forecast::of(&View::of(self, now));
        let outlook = forecast.outlook();
        let missing = self.missing();
        let interest = self.behaviour().then_some(points.interest);
        Assessment {
            score: points.score(),
            fit: points.fit,
            interest: points.interest,
            grade: terms.qualification.grades.as_ref().map(|grades| grades.grade(points.fit, interest)),
            stage: self.stage(decision),
            decision,
            complete: missing.is_empty(),
            missing,
            low: outlook.low,
            high: outlook.high,
            odds: outlook.odds,
            certain: outlook.certain,
            assumed: outlook.assumed,
            approximate: outlook.approximate,
            reasons: self.reasons(now),
            groups: self.group_points(now),
            ask: self.choose_questions(&forecast, &outlook, asked).asks,
            route: self.route(),
        }
    }

    fn stage(&self, decision: Decision) -> Stage {
        let reachable = |(id, field): (usize, &crate::pact::field::Field)| {
            matches!(field.kind, Kind::Email) && self.known(id).is_known() && self.applies(id)
        };
        match decision {
            Decision::Disqualified => Stage::Disqualified,
            Decision::Handoff => Stage::Mql,
            Decision::Nurture if self.terms().fields.iter().enumerate().any(reachable) => Stage::Lead,
            Decision::Nurture => Stage::Visitor,
        }
    }

    /// What sales needs and does not know, by the fields' ids.
    fn missing(&self) -> Vec<String> {
        let mut missing = Vec::new();
        for need in self.open_needs() {
            missing.push(self.terms().fields[need.field].id.clone());
        }
        missing
    }

    /// Every criterion that earned points, in the pact's order.
    fn reasons(&self, now: Time) -> Vec<Reason> {
        let mut reasons = Vec::new();
        for criterion in &self.terms().criteria {
            let points = self.worth(criterion, now);
            if points != 0 {
                reasons.push(Reason { criterion: criterion.id.clone(), points });
            }
        }
        reasons
    }

    fn group_points(&self, now: Time) -> Vec<GroupPoints> {
        let mut groups = Vec::new();
        for (group, raw) in self.terms().groups.iter().zip(&self.raw(now)) {
            groups.push(GroupPoints { group: group.id.clone(), points: group.hold(*raw), raw: *raw });
        }
        groups
    }

    /// Who takes the lead: the first route whose condition is true or absent.
    #[must_use]
    pub fn route(&self) -> Option<String> {
        let routes = &self.terms().handoff.routes;
        let takes = routes.iter().find(|route| Terms::holds(route.when, |gate| self.truths.of(gate)))?;
        Some(takes.to.clone())
    }
}

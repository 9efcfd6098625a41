//! How many questions a proof takes: the least that can be expected, and the best fixed order.

use super::card::Card;
use super::data::{Leads, Row};

/// The least number of questions expected until the decision is proved, by which were asked and how many points are
/// missing.
pub(crate) struct Proof {
    /// The questions that earn points.
    pub(crate) questions: Vec<usize>,
    /// The most points of the questions not asked, by set.
    rest: Vec<i64>,
    /// By set and missing points, less one; what is missing beyond the rest is proved.
    expected: Vec<Vec<f64>>,
}

impl Proof {
    pub(crate) fn of(leads: &Leads, card: &Card) -> Self {
        let questions: Vec<usize> = leads.questions().filter(|column| card.most(*column) > 0).collect();
        let sets = 1_usize << questions.len();
        let rest = |set: usize| {
            let open = questions.iter().enumerate().filter(|(at, _)| set >> at & 1 == 0);
            open.map(|(_, column)| card.most(*column)).sum::<i64>()
        };
        let rest: Vec<i64> = (0..sets).map(rest).collect();
        let mut proof = Self { questions, rest, expected: vec![Vec::new(); sets] };
        for set in (0..sets).rev() {
            let expected = (1..=proof.rest[set]).map(|missing| proof.best(card, set, missing).0).collect();
            proof.expected[set] = expected;
        }
        proof
    }

    pub(crate) fn is_proved(&self, set: usize, missing: i64) -> bool {
        missing <= 0 || missing > self.rest[set]
    }

    fn expected(&self, set: usize, missing: i64) -> f64 {
        if self.is_proved(set, missing) { 0.0 } else { self.expected[set][missing as usize - 1] }
    }

    /// The least number of questions, and the place of the question that leads to it.
    pub(crate) fn best(&self, card: &Card, set: usize, missing: i64) -> (f64, usize) {
        let mut best = (f64::INFINITY, 0);
        for (at, column) in self.questions.iter().enumerate().filter(|(at, _)| set >> at & 1 == 0) {
            let mut sum = 1.0;
            for (points, share) in card.points[*column].iter().zip(&card.shares[*column]) {
                sum += share * self.expected(set | 1 << at, missing - points);
            }
            if sum < best.0 {
                best = (sum, at);
            }
        }
        best
    }

    /// How many questions a lead is asked in a fixed order until the decision is proved.
    fn asked_in_order(&self, card: &Card, order: &[usize], row: &Row, missing: i64) -> usize {
        let (mut missing, mut set) = (missing, 0);
        for (asked, at) in order.iter().enumerate() {
            if self.is_proved(set, missing) {
                return asked;
            }
            let column = self.questions[*at];
            missing -= card.points[column][row.answers[column]];
            set |= 1 << at;
        }
        order.len()
    }

    /// The best fixed order on the half that is fitted on: from the widest range of points on, questions are swapped as
    /// long as that saves any.
    pub(crate) fn best_order(&self, leads: &Leads, card: &Card) -> Vec<usize> {
        let rows: Vec<(&Row, i64)> =
            leads.fit.iter().take(4000).map(|row| (row, card.threshold - card.score(row, 0..leads.free))).collect();
        let asked = |order: &[usize]| -> usize {
            rows.iter().map(|(row, missing)| self.asked_in_order(card, order, row, *missing)).sum()
        };
        let mut order: Vec<usize> = (0..self.questions.len()).collect();
        order.sort_by_key(|at| -card.most(self.questions[*at]));
        let mut least = asked(&order);
        loop {
            let before = least;
            for one in 0..order.len() {
                for other in one + 1..order.len() {
                    order.swap(one, other);
                    let own = asked(&order);
                    if own < least {
                        least = own;
                    } else {
                        order.swap(one, other);
                    }
                }
            }
            if least == before {
                return order;
            }
        }
    }
}

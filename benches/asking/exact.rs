//! The exact optimum by plain recursion over what may be known, from ASKING.md, *What is maximised*; slow.

use crate::model::{Decision, Model, State};
use std::collections::HashMap;

/// What the decision would be were every question answered.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Ahead {
    /// How likely each decision is.
    pub(crate) odds: [f64; 3],
    /// The decisions that some completion gives, a bit each.
    pub(crate) may: u8,
}

impl Ahead {
    pub(crate) fn handoff(self) -> f64 {
        self.odds[Decision::Handoff as usize]
    }

    pub(crate) fn may_hand_off(self) -> bool {
        self.may & 1 << Decision::Handoff as u8 != 0
    }

    pub(crate) fn is_certain(self) -> bool {
        self.may.count_ones() == 1
    }
}

/// What is expected of a model, by state; every state is reckoned once.
pub(crate) struct Exact<'m> {
    pub(crate) model: &'m Model,
    additive: bool,
    ahead: HashMap<u64, Ahead>,
    value: HashMap<u64, f64>,
    proof: HashMap<u64, f64>,
}

impl<'m> Exact<'m> {
    pub(crate) fn new(model: &'m Model) -> Self {
        let additive = model.is_additive();
        Self { model, additive, ahead: HashMap::new(), value: HashMap::new(), proof: HashMap::new() }
    }

    /// The same for states that nothing tells apart: with plain sums, those of the same fields and the same sum.
    pub(crate) fn key(&self, state: State) -> u64 {
        if !self.additive {
            return state.0;
        }
        let known = |field: &usize| state.answer(*field).is_some();
        let fields = (0..self.model.fields.len()).filter(known).fold(0, |set, field| set | 1 << field);
        let (fit, interest) = self.model.points(state);
        fields << 32 | u64::from((fit + interest) as i32 as u32)
    }

    /// The answers to a field: how likely each is, and the state after it.
    pub(crate) fn after(&self, state: State, field: usize) -> Vec<(f64, State)> {
        let answers = self.model.fields[field].answers.iter().enumerate();
        answers.map(|(nth, answer)| (answer.share, state.with(field, nth))).collect()
    }

    pub(crate) fn ahead(&mut self, state: State) -> Ahead {
        let key = self.key(state);
        if let Some(ahead) = self.ahead.get(&key) {
            return *ahead;
        }
        let mut ahead = Ahead::default();
        match self.model.open(state).first() {
            None => {
                let decision = self.model.decision(state);
                ahead.odds[decision as usize] = 1.0;
                ahead.may = 1 << decision as u8;
            }
            Some(field) => {
                for (share, next) in self.after(state, *field) {
                    let next = self.ahead(next);
                    ahead.may |= next.may;
                    for (sum, odds) in ahead.odds.iter_mut().zip(next.odds) {
                        *sum += share * odds;
                    }
                }
            }
        }
        self.ahead.insert(key, ahead);
        ahead
    }

    /// The worth of ending now.
    pub(crate) fn end(&mut self, state: State) -> f64 {
        let p = self.ahead(state).handoff();
        self.model.worth(state, p)
    }

    /// What the best policy is worth from here on.
    pub(crate) fn value(&mut self, state: State) -> f64 {
        let key = self.key(state);
        if let Some(value) = self.value.get(&key) {
            return *value;
        }
        let mut best = self.end(state);
        for field in self.model.open(state) {
            best = best.max(self.asking(state, field));
        }
        self.value.insert(key, best);
        best
    }

    /// What asking a field is worth, and the best policy after it.
    pub(crate) fn asking(&mut self, state: State, field: usize) -> f64 {
        let mut sum = 0.0;
        for (share, next) in self.after(state, field) {
            sum += share * self.value(next);
        }
        self.model.stay(field) * sum
    }

    /// What the best policy asks; none where it ends.
    pub(crate) fn best(&mut self, state: State) -> Option<usize> {
        let end = self.end(state);
        self.best_of(state, end, Self::asking)
    }

    /// The open field of the greatest rank above `least`.
    pub(crate) fn best_of(
        &mut self,
        state: State,
        least: f64,
        rank: impl Fn(&mut Self, State, usize) -> f64,
    ) -> Option<usize> {
        let (mut most, mut best) = (least, None);
        for field in self.model.open(state) {
            let own = rank(self, state, field);
            if own > most + 1e-12 {
                (most, best) = (own, Some(field));
            }
        }
        best
    }

    /// The least friction that is expected until the decision is certain.
    pub(crate) fn proof(&mut self, state: State) -> f64 {
        let key = self.key(state);
        if let Some(proof) = self.proof.get(&key) {
            return *proof;
        }
        let mut least = f64::INFINITY;
        if self.ahead(state).is_certain() {
            least = 0.0;
        }
        for field in self.model.open(state) {
            if least > 0.0 {
                least = least.min(self.proof_asking(state, field));
            }
        }
        self.proof.insert(key, least);
        least
    }

    fn proof_asking(&mut self, state: State, field: usize) -> f64 {
        let mut sum = self.model.fields[field].friction;
        for (share, next) in self.after(state, field) {
            sum += share * self.proof(next);
        }
        sum
    }
}

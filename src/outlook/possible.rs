//! The answers that a field may still get, told apart only where the decision can tell them apart.

use super::add_at;
use super::drawn::Sequence;
use crate::lead::Provider;
use crate::lead::answer::text_passes;
use crate::pact::Terms;
use crate::pact::condition::{Comparison, Fact, Gate, Quantity, Test};
use crate::pact::field::{Choice, Kind, Number};
use crate::pact::share::Share;
use crate::sorted::{Numbers, set};
use crate::table::Table;
use std::sync::{Arc, OnceLock};

/// How many joint answers are enumerated; also how many one field may have.
pub(crate) const MOST_JOINT: usize = 4_096;

/// How many times tests are asked to list what one field may bring; past that its answers are drawn.
const MOST_ASKED: usize = 1 << 20;

/// What may be answered to each field in one segment, once somebody asked.
pub(crate) type Shelf = Arc<Table<OnceLock<Arc<Possible>>>>;

/// A shelf with nothing on it yet.
pub(crate) fn shelf(fields: usize) -> Shelf {
    let mut empty = Table(Vec::new());
    empty.0.resize_with(fields, OnceLock::new);
    Arc::new(empty)
}

/// What a field's tests may come to say, in the order of [`Possible::tests`].
#[derive(Debug)]
pub(crate) struct Possible {
    pub(crate) field: usize,
    /// The tests that the decision rests on.
    pub(crate) tests: Vec<usize>,
    /// Each distinct outcome of the tests, 1 where one holds, and how likely it is; an answer that nobody gives has 0.
    /// Nothing where there are more than can be enumerated.
    pub(crate) answers: Vec<(Says, f64)>,
    /// Whether the shares are not all given by the pact, and matter.
    pub(crate) assumed: bool,
    /// Of a number: where the line is cut, and the shares of the pieces. Of a `choice`: the shares of the options.
    cuts: Vec<f64>,
    shares: Vec<f64>,
}

/// What some tests say: 1 for each that holds, else 0.
pub(crate) type Says = Vec<u8>;

/// Answers that come one after the other, and become one where the tests say the same.
#[derive(Default)]
struct Merged {
    numbers: Numbers,
    shares: Vec<f64>,
}

impl Merged {
    fn add(&mut self, says: Says, share: f64) {
        add_at(&mut self.shares, self.numbers.of(says), share);
    }

    fn into_vec(self) -> Vec<(Says, f64)> {
        let mut answers = Vec::new();
        for (says, number) in self.numbers.into_vec() {
            answers.push((says, self.shares.get(number).copied().unwrap_or(0.0)));
        }
        answers
    }
}

/// The answers that `field` may get in a segment.
pub(crate) fn possible(terms: &Terms, field: usize, segment: Option<&str>) -> Possible {
    possible_to(terms, field, tests_of(terms, field), segment)
}

/// The same, told apart by these tests of the field.
pub(crate) fn possible_to(terms: &Terms, field: usize, tests: Vec<usize>, segment: Option<&str>) -> Possible {
    let asked = Asked { terms, tests, segment };
    let kind = &terms.fields[field].kind;
    let mut merged = Merged::default();
    let (mut cut, mut shares) = (Vec::new(), Vec::new());
    match kind {
        Kind::Choice(options) => shares = option_shares(&options.0, segment),
        Kind::YesNo(share) => {
            let yes = share.as_ref().map_or(0.5, |share| share.within(segment));
            shares = vec![1.0 - yes, yes];
        }
        Kind::Choices(options) => asked.any_of(&options.0, &mut merged),
        Kind::Number(number) => {
            cut = cuts(terms, number, &terms.circuit.of_field[field]);
            shares = piece_shares(number, segment, &cut);
        }
        _ => asked.in_words(&mut merged),
    }
    if shares.len() * asked.tests.len() <= MOST_ASKED {
        for (at, share) in shares.iter().enumerate() {
            merged.add(asked.says_of(&cut, at), *share);
        }
    }
    let answers = merged.into_vec();
    let assumed = answers.len() != 1 && !asked.given(kind);
    Possible { field, tests: asked.tests, answers, assumed, cuts: cut, shares }
}

impl Possible {
    /// How many options or pieces of the line there are.
    #[cfg(feature = "explain")]
    pub(crate) fn places(&self) -> usize {
        self.shares.len()
    }

    /// A piece of the line: where it begins, and where the next does.
    #[cfg(feature = "explain")]
    pub(crate) fn piece(&self, at: usize) -> Option<(f64, f64)> {
        Some((*self.cuts.get(at)?, *self.cuts.get(at + 1)?))
    }
}

/// What the tests say of the option at a place, or of the piece of the line.
#[cfg(feature = "explain")]
pub(crate) fn says_at(terms: &Terms, possible: &Possible, at: usize) -> Says {
    let asked = Asked { terms, tests: possible.tests.clone(), segment: None };
    asked.says_of(&possible.cuts, at)
}

/// The tests of a field that the decision rests on.
pub(crate) fn tests_of(terms: &Terms, field: usize) -> Vec<usize> {
    let mut tests = Vec::new();
    for test in &terms.circuit.of_field[field] {
        if terms.decides[*test] {
            tests.push(*test);
        }
    }
    tests
}

/// What each test says.
pub(crate) fn says(terms: &Terms, tests: &[usize], says: &mut dyn FnMut(&Test) -> bool) -> Says {
    let mut said = Vec::with_capacity(tests.len());
    for test in tests {
        said.push(match &terms.circuit.gates[*test] {
            Gate::Test(_, test) => says(test).into(),
            _ => 1,
        });
    }
    said
}

/// What the tests of a `choice` say of an option.
pub(crate) fn says_of_option(terms: &Terms, tests: &[usize], option: usize) -> Says {
    says(terms, tests, &mut |test| match test {
        Test::OneOf(options) => options.contains(&option),
        _ => true,
    })
}

/// How many options have no share of their own.
pub(crate) fn without_share(options: &[Choice]) -> usize {
    let mut without = 0;
    for option in options {
        without += usize::from(option.share.is_none());
    }
    without
}

/// How likely each option of a `choice` is: by its share, what is left over evenly to those without one, in all 1.
pub(crate) fn option_shares(options: &[Choice], segment: Option<&str>) -> Vec<f64> {
    let mut sum = 0.0;
    for option in options {
        sum += option.share.as_ref().map_or(0.0, |share| share.within(segment));
    }
    #[expect(clippy::cast_precision_loss, reason = "at most 2,000 options")]
    let rest = (1.0_f64 - sum).max(0.0) / without_share(options).max(1) as f64;
    let mut shares = Vec::new();
    for option in options {
        shares.push(option.share.as_ref().map_or(rest, |share| share.within(segment)));
    }
    scale(&mut shares);
    shares
}

/// Scales shares to sum to 1; even shares where all are 0.
fn scale(shares: &mut [f64]) {
    let mut sum = 0.0;
    for share in &*shares {
        sum += share;
    }
    #[expect(clippy::cast_precision_loss, reason = "a few thousand at most")]
    let even = 1.0 / shares.len().max(1) as f64;
    for share in shares {
        *share = if sum > 0.0 { *share / sum } else { even };
    }
}

/// How likely an option of `choices` is chosen.
fn share_of_choice(options: &[Choice], option: usize, segment: Option<&str>) -> f64 {
    let share = options.get(option).and_then(|option| option.share.as_ref());
    share.map_or(0.5, |share| share.within(segment))
}

/// How many outcomes `yes_or_no` independent ones have together; none where they are too many.
fn joint(yes_or_no: usize) -> usize {
    if yes_or_no > MOST_JOINT.ilog2() as usize { 0 } else { 1 << yes_or_no }
}

/// The tests that are asked of a field, in a segment.
struct Asked<'a> {
    terms: &'a Terms,
    tests: Vec<usize>,
    segment: Option<&'a str>,
}

impl Asked<'_> {
    fn says(&self, says_of: &mut dyn FnMut(&Test) -> bool) -> Says {
        says(self.terms, &self.tests, says_of)
    }

    /// Whether the pact gives every share that the tests depend on.
    fn given(&self, kind: &Kind) -> bool {
        match kind {
            // One option without a share has what the others leave over.
            Kind::Choice(options) => without_share(&options.0) <= 1,
            Kind::YesNo(share) => share.is_some(),
            Kind::Choices(options) => self
                .mentioned()
                .iter()
                .all(|option| options.entry(*option).is_some_and(|option| option.share.is_some())),
            Kind::Number(number) => !number.bands.is_empty(),
            _ => false,
        }
    }

    /// What the tests say of the option at a place, or of the piece of the line.
    fn says_of(&self, cuts: &[f64], at: usize) -> Says {
        let (Some(start), Some(end)) = (cuts.get(at), cuts.get(at + 1)) else {
            return says_of_option(self.terms, &self.tests, at);
        };
        self.says(&mut |test| match test {
            Test::Number(Comparison::AtLeast, at) => *start >= *at,
            Test::Number(Comparison::Above, at) => *start >= at.next_up(),
            Test::Number(Comparison::AtMost, at) => *end <= at.next_up(),
            Test::Number(Comparison::Below, at) => *end <= *at,
            Test::NumberIn(numbers) => numbers.iter().any(|at| *start == *at && *end == at.next_up()),
            _ => true,
        })
    }

    /// The options that tests name, ascending.
    fn mentioned(&self) -> Vec<usize> {
        let mut named = Vec::new();
        self.says(&mut |test| {
            if let Test::Includes(options, _) = test {
                named.extend_from_slice(options);
            }
            true
        });
        set(named)
    }

    /// What the tests of `choices` say of a set of options.
    fn says_of_set(&self, chosen: &[usize]) -> Says {
        self.says(&mut |test| match test {
            Test::Includes(options, Quantity::Any) => options.iter().any(|option| chosen.contains(option)),
            Test::Includes(options, Quantity::All) => options.iter().all(|option| chosen.contains(option)),
            _ => true,
        })
    }

    /// Any of the options, each by itself; only those that tests name are told apart.
    fn any_of(&self, options: &[Choice], merged: &mut Merged) {
        let named = self.mentioned();
        for set in 0..joint(named.len()) {
            let mut chosen = Vec::new();
            let mut share = 1.0;
            for (at, option) in named.iter().enumerate() {
                let own = share_of_choice(options, *option, self.segment);
                if set >> at & 1 == 1 {
                    chosen.push(*option);
                    share *= own;
                } else {
                    share *= 1.0 - own;
                }
            }
            merged.add(self.says_of_set(&chosen), share);
        }
    }

    /// Texts: every `contains` holds by itself in one half of the cases; `is` and `in` may hold but are not counted on.
    fn in_words(&self, merged: &mut Merged) {
        let mut contains = 0;
        let mut texts = Vec::new();
        let mut providers: &[f64] = &[1.0];
        for test in &self.tests {
            match &self.terms.circuit.gates[*test] {
                Gate::Test(Fact::Provider(_), _) => providers = &Provider::SHARES,
                Gate::Test(_, Test::Contains(_)) => contains += 1,
                Gate::Test(_, Test::TextIn(is)) => texts.push(is),
                _ => {}
            }
        }
        let outcomes = joint(contains);
        if outcomes == 0 {
            return;
        }
        #[expect(clippy::cast_precision_loss, reason = "at most 4,096")]
        let share = 1.0 / outcomes as f64;
        for outcome in 0..outcomes {
            let mut left = outcome;
            let said = self.says_of_words(&mut || {
                let holds = left & 1 == 1;
                left >>= 1;
                holds
            });
            self.by_provider(&said, share, providers, merged);
        }
        for exact in texts {
            for text in exact {
                let mut folded = None;
                let said = self.says(&mut |test| text_passes(test, text, &mut folded));
                self.by_provider(&said, 0.0, providers, merged);
            }
        }
    }

    /// What the tests of a text say where each `contains` holds or not, and no `is` or `in` does.
    fn says_of_words(&self, holds: &mut dyn FnMut() -> bool) -> Says {
        self.says(&mut |test| match test {
            Test::Contains(_) => holds(),
            Test::TextIn(_) => false,
            _ => true,
        })
    }

    fn by_provider(&self, said: &[u8], share: f64, providers: &[f64], merged: &mut Merged) {
        for (provider, own) in providers.iter().enumerate() {
            merged.add(self.with_provider(said, provider), share * own);
        }
    }

    /// The same of an address with this provider: no other test of a text asks for one of several.
    fn with_provider(&self, said: &[u8], provider: usize) -> Says {
        let mut said = said.iter();
        self.says(&mut |test| match (test, said.next()) {
            (Test::OneOf(options), _) => options.contains(&provider),
            (_, said) => said != Some(&0),
        })
    }
}

/// Where the line is cut: just before a number, which is just after the one before it. The first and the last cut are
/// the ends.
fn cuts(terms: &Terms, number: &Number, tests: &[usize]) -> Vec<f64> {
    let start = number.min.unwrap_or(f64::NEG_INFINITY);
    let end = number.max.map_or(f64::INFINITY, f64::next_up);
    let mut cuts = vec![start, end];
    let mut cut = |cut: f64| {
        if cut > start && cut < end {
            cuts.push(cut);
        }
    };
    says(terms, tests, &mut |test| {
        let (numbers, before, after) = match test {
            Test::Number(Comparison::AtLeast | Comparison::Below, at) => (std::slice::from_ref(at), true, false),
            Test::Number(_, at) => (std::slice::from_ref(at), false, true),
            Test::NumberIn(numbers) => (numbers.as_slice(), true, true),
            _ => return true,
        };
        for at in numbers {
            if before {
                cut(*at);
            }
            if after {
                cut(at.next_up());
            }
        }
        true
    });
    cuts.sort_unstable_by(f64::total_cmp);
    cuts.dedup();
    cuts
}

/// A band spreads evenly over the pieces that meet it; without bands all pieces are equally likely.
fn piece_shares(number: &Number, segment: Option<&str>, cuts: &[f64]) -> Vec<f64> {
    let mut shares = vec![0.0; cuts.len() - 1];
    let mut start = f64::NEG_INFINITY;
    for band in &number.bands {
        let end = band.below.unwrap_or(f64::INFINITY);
        // Pieces ascend: those that end before the band and those that begin after it stand on either side.
        let first = cuts.partition_point(|cut| *cut <= start).saturating_sub(1);
        let last = cuts.partition_point(|cut| *cut < end).min(shares.len());
        #[expect(clippy::cast_precision_loss, reason = "a pact has fewer")]
        let part = band.share.within(segment) / last.saturating_sub(first) as f64;
        for share in shares.iter_mut().take(last).skip(first) {
            *share += part;
        }
        start = end;
    }
    scale(&mut shares);
    shares
}

/// A draw of what the tests of a field with too many answers to list come to say.
pub(super) fn draw(terms: &Terms, possible: &Possible, segment: Option<&str>, sequence: &mut Sequence) -> Says {
    let asked = Asked { terms, tests: possible.tests.clone(), segment };
    if let Kind::Choices(options) = &terms.fields[possible.field].kind {
        let mut chosen = Vec::new();
        for option in asked.mentioned() {
            if sequence.next() < share_of_choice(&options.0, option, segment) {
                chosen.push(option);
            }
        }
        return asked.says_of_set(&chosen);
    }
    let mut at = sequence.next();
    if !possible.shares.is_empty() {
        let drawn = possible.shares.iter().position(|share| {
            at -= share;
            at < 0.0
        });
        return asked.says_of(&possible.cuts, drawn.unwrap_or(possible.shares.len() - 1));
    }
    let said = asked.says_of_words(&mut || sequence.next() < 0.5);
    asked.with_provider(&said, usize::from(at >= 0.6) + usize::from(at >= 0.98))
}

/// Whether any share differs by the segment's value `value`.
pub(crate) fn names_segment(terms: &Terms, value: &str) -> bool {
    let names = |share: &Share| share.by_segment.iter().any(|(name, _)| name == value);
    let named = |share: &Option<Share>| share.as_ref().is_some_and(names);
    terms.fields.iter().any(|field| match &field.kind {
        Kind::Number(number) => number.bands.iter().any(|band| names(&band.share)),
        Kind::YesNo(share) => named(share),
        kind => kind.options().iter().any(|option| named(&option.share)),
    })
}

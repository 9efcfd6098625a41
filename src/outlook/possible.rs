//! The answers that a field may still get, told apart only where the decision can tell them apart.

use crate::lead::answer::text_passes;
use crate::pact::Terms;
use crate::pact::condition::{Comparison, Fact, Gate, Quantity, Test};
use crate::pact::field::{Choice, Kind, Number};
use crate::pact::share::Share;
use crate::sorted::{Sorted, set};

/// How many joint answers are enumerated; also how many one field may have.
pub(crate) const MOST_JOINT: usize = 4_096;

/// What a field's tests may come to say, in the order of [`Possible::tests`].
pub(crate) struct Possible {
    /// The tests that the decision rests on.
    pub(crate) tests: Vec<usize>,
    /// Each distinct outcome of the tests and how likely it is; an answer that nobody gives has 0.
    pub(crate) answers: Vec<(Vec<bool>, f64)>,
    /// Whether the shares are not all given by the pact, and matter.
    pub(crate) assumed: bool,
}

/// The answers that `field` may get in a segment, or nothing where there are more than can be enumerated.
pub(crate) fn possible(terms: &Terms, field: usize, segment: Option<&str>) -> Option<Possible> {
    let all = &terms.circuit.of_field[field];
    let tests: Vec<usize> = all.iter().copied().filter(|test| terms.decides[*test]).collect();
    let asked: Vec<(Fact, &Test)> = tests.iter().filter_map(|test| as_test(terms, *test)).collect();
    let kind = &terms.fields[field].kind;
    let drawn = match kind {
        Kind::Choice(options) => one_of(&option_shares(&options.0, segment), &asked),
        Kind::YesNo(share) => {
            let yes = share.as_ref().map_or(0.5, |share| share.within(segment));
            one_of(&[1.0 - yes, yes], &asked)
        }
        Kind::Choices(options) => any_of(&options.0, segment, &asked)?,
        Kind::Number(number) => {
            let every: Vec<&Test> = all.iter().filter_map(|test| Some(as_test(terms, *test)?.1)).collect();
            on_line(number, segment, &every, &asked)
        }
        _ => in_words(&asked)?,
    };
    let mut merged = Sorted::new();
    for (says, share) in drawn {
        if let Some(total) = merged.keep(says, 0.0) {
            *total += share;
        }
    }
    let answers = merged.into_vec();
    let assumed = answers.len() > 1 && !given(kind, &asked);
    Some(Possible { tests, answers, assumed })
}

pub(crate) fn as_test(terms: &Terms, gate: usize) -> Option<(Fact, &Test)> {
    match &terms.circuit.gates[gate] {
        Gate::Test(fact, test) => Some((*fact, test)),
        _ => None,
    }
}

/// Whether the pact gives every share that the tests depend on.
fn given(kind: &Kind, asked: &[(Fact, &Test)]) -> bool {
    match kind {
        // One option without a share has what the others leave over.
        Kind::Choice(options) => options.iter().filter(|option| option.share.is_none()).count() <= 1,
        Kind::YesNo(share) => share.is_some(),
        Kind::Choices(options) => {
            mentioned(asked).iter().all(|option| options.entry(*option).is_some_and(|option| option.share.is_some()))
        }
        Kind::Number(number) => !number.bands.is_empty(),
        _ => false,
    }
}

/// How likely each option of a `choice` is: by its share, what is left over evenly to those without one, in all 1.
pub(crate) fn option_shares(options: &[Choice], segment: Option<&str>) -> Vec<f64> {
    let given: Vec<Option<f64>> = options.iter().map(|option| Some(option.share.as_ref()?.within(segment))).collect();
    let sum: f64 = given.iter().flatten().sum();
    let without = given.iter().filter(|share| share.is_none()).count();
    #[expect(clippy::cast_precision_loss, reason = "at most 2,000 options")]
    let rest = (1.0 - sum).max(0.0) / without.max(1) as f64;
    scale(given.into_iter().map(|share| share.unwrap_or(rest)).collect())
}

/// Scales shares to sum to 1; even shares where all are 0.
fn scale(shares: Vec<f64>) -> Vec<f64> {
    let sum: f64 = shares.iter().sum();
    #[expect(clippy::cast_precision_loss, reason = "a few thousand at most")]
    let even = 1.0 / shares.len().max(1) as f64;
    shares.into_iter().map(|share| if sum > 0.0 { share / sum } else { even }).collect()
}

/// One of the options.
fn one_of(shares: &[f64], asked: &[(Fact, &Test)]) -> Vec<(Vec<bool>, f64)> {
    let says = |option: usize| {
        let says = |(_, test): &(Fact, &Test)| match test {
            Test::OneOf(options) => options.contains(&option),
            _ => true,
        };
        asked.iter().map(says).collect()
    };
    shares.iter().enumerate().map(|(option, share)| (says(option), *share)).collect()
}

/// The options that tests name, ascending.
fn mentioned(asked: &[(Fact, &Test)]) -> Vec<usize> {
    let mut named = Vec::new();
    for (_, test) in asked {
        if let Test::Includes(options, _) = test {
            named.extend_from_slice(options);
        }
    }
    set(named)
}

/// What the tests of `choices` say of a set of options.
pub(crate) fn says_of_set(asked: &[(Fact, &Test)], chosen: impl Fn(usize) -> bool) -> Vec<bool> {
    let says = |test: &Test| match test {
        Test::Includes(options, Quantity::Any) => options.iter().any(|option| chosen(*option)),
        Test::Includes(options, Quantity::All) => options.iter().all(|option| chosen(*option)),
        _ => true,
    };
    asked.iter().map(|(_, test)| says(test)).collect()
}

/// Any of the options, each by itself; only those that tests name are told apart.
fn any_of(options: &[Choice], segment: Option<&str>, asked: &[(Fact, &Test)]) -> Option<Vec<(Vec<bool>, f64)>> {
    let named = mentioned(asked);
    let sets = joint(named.len())?;
    let share = |option: usize| share_of_choice(options, option, segment);
    let drawn = (0..sets).map(|set| {
        let chosen = |option: usize| named.iter().position(|name| *name == option).is_some_and(|at| set >> at & 1 == 1);
        let shares = named.iter().map(|option| if chosen(*option) { share(*option) } else { 1.0 - share(*option) });
        (says_of_set(asked, chosen), shares.product())
    });
    Some(drawn.collect())
}

/// How likely an option of `choices` is chosen.
pub(crate) fn share_of_choice(options: &[Choice], option: usize, segment: Option<&str>) -> f64 {
    let share = options.get(option).and_then(|option| option.share.as_ref());
    share.map_or(0.5, |share| share.within(segment))
}

/// How many outcomes `yes_or_no` independent ones have together, where that is few enough.
fn joint(yes_or_no: usize) -> Option<usize> {
    let outcomes = 1_usize.checked_shl(u32::try_from(yes_or_no).ok()?)?;
    (outcomes <= MOST_JOINT).then_some(outcomes)
}

/// A place where the line is cut: just before or just after a number.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
struct Cut(f64, Side);

#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Side {
    Before,
    After,
}

const START: Cut = Cut(f64::NEG_INFINITY, Side::Before);
const END: Cut = Cut(f64::INFINITY, Side::After);

/// The pieces into which the pact's conditions cut the line, with their shares.
fn on_line(number: &Number, segment: Option<&str>, every: &[&Test], asked: &[(Fact, &Test)]) -> Vec<(Vec<bool>, f64)> {
    let pieces = pieces(number, every);
    let shares = piece_shares(number, segment, &pieces);
    let says = |piece: &(Cut, Cut)| asked.iter().map(|(_, test)| piece_passes(test, *piece)).collect();
    pieces.iter().map(says).zip(shares).collect()
}

fn pieces(number: &Number, every: &[&Test]) -> Vec<(Cut, Cut)> {
    let start = number.min.map_or(START, |min| Cut(min, Side::Before));
    let end = number.max.map_or(END, |max| Cut(max, Side::After));
    let mut cuts = vec![start, end];
    let mut cut = |cut: Cut| {
        let at = cuts.partition_point(|other| *other < cut);
        if cut > start && cut < end && cuts.get(at) != Some(&cut) {
            cuts.insert(at, cut);
        }
    };
    for test in every {
        match test {
            Test::Number(Comparison::AtLeast | Comparison::Below, at) => cut(Cut(*at, Side::Before)),
            Test::Number(Comparison::Above | Comparison::AtMost, at) => cut(Cut(*at, Side::After)),
            Test::NumberIn(numbers) => {
                for at in numbers {
                    cut(Cut(*at, Side::Before));
                    cut(Cut(*at, Side::After));
                }
            }
            _ => {}
        }
    }
    cuts.windows(2).filter_map(|pair| Some((*pair.first()?, *pair.last()?))).collect()
}

fn piece_passes(test: &Test, (start, end): (Cut, Cut)) -> bool {
    match test {
        Test::Number(Comparison::AtLeast, at) => start >= Cut(*at, Side::Before),
        Test::Number(Comparison::Above, at) => start >= Cut(*at, Side::After),
        Test::Number(Comparison::AtMost, at) => end <= Cut(*at, Side::After),
        Test::Number(Comparison::Below, at) => end <= Cut(*at, Side::Before),
        Test::NumberIn(numbers) => {
            numbers.iter().any(|at| start == Cut(*at, Side::Before) && end == Cut(*at, Side::After))
        }
        _ => true,
    }
}

/// A band spreads evenly over the pieces that meet it; without bands all pieces are equally likely.
fn piece_shares(number: &Number, segment: Option<&str>, pieces: &[(Cut, Cut)]) -> Vec<f64> {
    let mut shares = vec![0.0; pieces.len()];
    let mut start = START;
    for band in &number.bands {
        let end = band.below.map_or(END, |below| Cut(below, Side::Before));
        let meets = |piece: &(Cut, Cut)| piece.0 < end && start < piece.1;
        let met = pieces.iter().filter(|piece| meets(piece)).count();
        for (piece, share) in pieces.iter().zip(&mut shares) {
            if meets(piece) {
                #[expect(clippy::cast_precision_loss, reason = "a few thousand at most")]
                let part = band.share.within(segment) / met as f64;
                *share += part;
            }
        }
        start = end;
    }
    scale(shares)
}

/// Texts: every `contains` holds by itself in one half of the cases; `is` and `in` may hold but are not counted on.
fn in_words(asked: &[(Fact, &Test)]) -> Option<Vec<(Vec<bool>, f64)>> {
    let contains = asked.iter().filter(|(_, test)| matches!(test, Test::Contains(_))).count();
    let outcomes = joint(contains)?;
    #[expect(clippy::cast_precision_loss, reason = "at most 4,096")]
    let share = 1.0 / outcomes as f64;
    let mut drawn: Vec<(Vec<bool>, f64)> = (0..outcomes).map(|outcome| (says_of_text(asked, outcome), share)).collect();
    for (_, test) in asked {
        if let Test::TextIn(texts) = test {
            drawn.extend(texts.iter().map(|text| (says_of_exactly(asked, text), 0.0)));
        }
    }
    if !asked.iter().any(|(fact, _)| matches!(fact, Fact::Provider(_))) {
        return Some(drawn);
    }
    let with_provider = drawn.iter().flat_map(|(says, share)| {
        crate::lead::Provider::SHARES
            .iter()
            .enumerate()
            .map(move |(provider, own)| (says_of_provider(asked, says, provider), share * own))
    });
    Some(with_provider.collect())
}

fn says_of_text(asked: &[(Fact, &Test)], outcome: usize) -> Vec<bool> {
    let mut at = 0;
    let mut says = |test: &Test| match test {
        Test::Contains(_) => {
            at += 1;
            outcome >> (at - 1) & 1 == 1
        }
        Test::TextIn(_) => false,
        _ => true,
    };
    asked.iter().map(|(_, test)| says(test)).collect()
}

fn says_of_exactly(asked: &[(Fact, &Test)], text: &str) -> Vec<bool> {
    let mut folded = None;
    asked.iter().map(|(_, test)| text_passes(test, text, &mut folded)).collect()
}

fn says_of_provider(asked: &[(Fact, &Test)], says: &[bool], provider: usize) -> Vec<bool> {
    let said = |((fact, test), says): (&(Fact, &Test), &bool)| match (fact, test) {
        (Fact::Provider(_), Test::OneOf(options)) => options.contains(&provider),
        (Fact::Provider(_), _) => true,
        _ => *says,
    };
    asked.iter().zip(says).map(said).collect()
}

/// A draw of what the tests of a field with too many answers to list come to say. `next` gives numbers from 0 to 1.
pub(crate) fn draw(
    terms: &Terms,
    field: usize,
    segment: Option<&str>,
    mut next: impl FnMut() -> f64,
) -> (Vec<usize>, Vec<bool>) {
    let tests: Vec<usize> = terms.circuit.of_field[field].iter().copied().filter(|test| terms.decides[*test]).collect();
    let asked: Vec<(Fact, &Test)> = tests.iter().filter_map(|test| as_test(terms, *test)).collect();
    let says = match &terms.fields[field].kind {
        Kind::Choices(options) => {
            let chosen: Vec<usize> = mentioned(&asked)
                .into_iter()
                .filter(|option| next() < share_of_choice(&options.0, *option, segment))
                .collect();
            says_of_set(&asked, |option| chosen.contains(&option))
        }
        _ => {
            let says: Vec<bool> = asked
                .iter()
                .map(|(_, test)| match test {
                    Test::Contains(_) => next() < 0.5,
                    Test::TextIn(_) => false,
                    _ => true,
                })
                .collect();
            let at = next();
            let provider = usize::from(at >= 0.6) + usize::from(at >= 0.98);
            says_of_provider(&asked, &says, provider)
        }
    };
    (tests, says)
}

impl Share {
    /// Whether the share differs by the segment's value `value`.
    pub(crate) fn names(&self, value: &str) -> bool {
        self.by_segment.iter().any(|(name, _)| name == value)
    }
}

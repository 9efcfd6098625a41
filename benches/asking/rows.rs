//! The tables on random pacts: every way to ask on the same pacts, as a share of the exact optimum.

use crate::exact::Exact;
use crate::make::{additive, counted, tangled};
use crate::model::{Model, Shares, State, answer_id, field_id};
use crate::policy::{self, Engine, Played, Policy, play};
use crate::random::Random;
use crate::table::{Spread, table};
use std::fmt::Write as _;
use std::time::Instant;

/// How many threads play pacts.
const THREADS: u64 = 2;
/// How many past leads shares are counted from.
const PAST: usize = 30;
const FIELDS: usize = 9;

type Rule = fn(&mut Exact<'_>, State) -> Option<usize>;

/// Other ways to ask, by the name that the page gives them.
const OTHERS: [(&str, Rule); 6] = [
    ("one-step value of information", policy::myopic),
    ("by index, until the odds are 90 %", policy::until_confident),
    ("by range of points, until certain", policy::by_range),
    ("everything", policy::everything),
    ("the pact's order, three questions", policy::queue),
    ("nothing", policy::nothing),
];

/// A kind of pact, and what the page says of it.
struct Family {
    title: &'static str,
    bar: &'static str,
    make: fn(u64) -> Model,
    /// How many pacts, of every hundred asked for.
    percent: u64,
}

const FAMILIES: [Family; 3] = [
    Family {
        title: "Plain sums, 9 fields of 2–4 answers",
        bar: "mean ≥ 0.997, worst ≥ 0.95",
        make: |seed| additive(seed, FIELDS, false),
        percent: 50,
    },
    Family {
        title: "The same, and sales needs one to three of the answers",
        bar: "mean ≥ 0.997, worst ≥ 0.95",
        make: |seed| additive(seed, FIELDS, true),
        percent: 50,
    },
    Family {
        title: "Bounded groups, joint conditions, `when`, needs, 6–7 fields",
        bar: "mean ≥ 0.985",
        make: |seed| tangled(seed, 6 + (seed % 2) as usize),
        percent: 100,
    },
];

/// All tables; `worst` shows the pact on which the engine does worst, of each.
pub(crate) fn report(pacts: u64, worst: bool) -> String {
    let mut text = String::new();
    for family in &FAMILIES {
        let seeds = (pacts * family.percent / 100).max(1);
        let begun = Instant::now();
        let scored = each(seeds, |seed| shares_of_optimum(&(family.make)(seed)));
        eprintln!("{}: {:.0} s", family.title, begun.elapsed().as_secs_f64());
        let _ = writeln!(text, "**{}**: seeds 0–{}; aim: {}\n", family.title, seeds - 1, family.bar);
        text.push_str(&table_of_worth(&scored));
        text.push('\n');
        if worst {
            show_worst(family, &scored);
        }
    }
    text.push_str(&certain(pacts / 2));
    text.push('\n');
    text.push_str(&counted_shares(pacts / 2));
    text
}

/// What a function makes of each seed, in their order.
fn each<T: Send>(seeds: u64, work: impl Fn(u64) -> T + Sync) -> Vec<T> {
    let (work, mut parts) = (&work, Vec::new());
    std::thread::scope(|scope| {
        let of = |part: u64| scope.spawn(move || (part..seeds).step_by(THREADS as usize).map(work).collect::<Vec<T>>());
        parts =
            (0..THREADS).map(of).collect::<Vec<_>>().into_iter().map(|part| part.join().unwrap().into_iter()).collect();
    });
    (0..seeds).map(|seed| parts[(seed % THREADS) as usize].next().unwrap()).collect()
}

/// What a way to ask brings: its share of the optimum, and what it asks.
#[derive(Clone, Copy)]
struct Scored {
    share: f64,
    questions: f64,
}

fn shares_of_optimum(model: &Model) -> Vec<Scored> {
    let mut exact = Exact::new(model);
    let optimum = exact.value(State::default());
    let scored = |played: Played| Scored { share: played.worth / optimum, questions: played.questions };
    let mut all = Vec::new();
    for mode in ["value", "certain"] {
        let mut engine = Engine::new(&exact, mode, &Shares::True);
        all.push(scored(play(&mut exact, &mut engine)));
    }
    for (_, mut rule) in OTHERS {
        all.push(scored(play(&mut exact, &mut rule)));
    }
    all.push(scored(play(&mut exact, &mut (policy::best as Rule))));
    all
}

fn table_of_worth(scored: &[Vec<Scored>]) -> String {
    let names = ["**LeadPact, `value`**", "LeadPact, `certain`"].into_iter();
    let names = names.chain(OTHERS.map(|(name, _)| name)).chain(["*the optimum*"]);
    let row = |(at, name): (usize, &str)| {
        let own = scored.iter().map(|all| all[at]);
        let share = Spread::of(own.clone().map(|own| own.share));
        let questions = Spread::of(own.map(|own| own.questions));
        let numbers = [share.mean(), share.quantile(0.05), share.quantile(0.0)].map(|share| format!("{share:.4}"));
        let [mean, low, worst] = numbers;
        vec![name.to_owned(), mean, low, worst, format!("{:.2}", questions.mean())]
    };
    let rows: Vec<Vec<String>> = names.enumerate().map(row).collect();
    table(&["asks", "share of the optimum, mean", "5th percentile", "worst", "questions put"], &rows)
}

/// Expected friction until the decision is certain, over the least that is possible.
fn certain(pacts: u64) -> String {
    let begun = Instant::now();
    let ratios = each(pacts, |seed| {
        let model = additive(seed, FIELDS, false);
        let mut exact = Exact::new(&model);
        let least = exact.proof(State::default());
        let mut engine = Engine::new(&exact, "certain", &Shares::True);
        let ours = play(&mut exact, &mut engine).friction;
        let by_range = play(&mut exact, &mut (policy::by_range as Rule)).friction;
        let everything = play(&mut exact, &mut (policy::everything as Rule)).friction;
        [ours, by_range, everything].map(|friction| friction / least)
    });
    eprintln!("certain: {:.0} s", begun.elapsed().as_secs_f64());
    let mut rows = Vec::new();
    for (at, name) in ["**LeadPact, `certain`**", "by range of points", "everything"].into_iter().enumerate() {
        let ratio = Spread::of(ratios.iter().map(|all| all[at]));
        let numbers = [ratio.mean(), ratio.quantile(0.95), ratio.quantile(1.0)].map(|ratio| format!("{ratio:.3}"));
        rows.push([&[name.to_owned()], &numbers[..]].concat());
    }
    let title = "**Friction until the decision is certain**, over the least that is possible; plain sums";
    let header = ["asks", "mean", "95th percentile", "worst"];
    format!("{title}: seeds 0–{}; aim: mean ≤ 1.03, 95th percentile ≤ 1.08\n\n{}", pacts - 1, table(&header, &rows))
}

/// What is lost where shares are counted from a few leads, or not given.
fn counted_shares(pacts: u64) -> String {
    let begun = Instant::now();
    let shares = each(pacts, |seed| {
        let model = additive(seed, FIELDS, seed % 2 == 0);
        let mut exact = Exact::new(&model);
        let optimum = exact.value(State::default());
        let believed = counted(&mut Random::new(seed ^ 0xbe11), &model, PAST);
        let even = model.fields.iter().map(|field| vec![1.0 / field.answers.len() as f64; field.answers.len()]);
        let all = [Shares::True, Shares::Believed(believed), Shares::Believed(even.collect()), Shares::Absent];
        all.map(|shares| {
            let mut engine = Engine::new(&exact, "value", &shares);
            let played = play(&mut exact, &mut engine);
            Scored { share: played.worth / optimum, questions: played.questions }
        })
    });
    eprintln!("counted shares: {:.0} s", begun.elapsed().as_secs_f64());
    let names = ["the true ones", "**counted from 30 leads**", "even ones, believed", "none (asks on until certain)"];
    let mut rows = Vec::new();
    for (at, name) in names.into_iter().enumerate() {
        let share = Spread::of(shares.iter().map(|all| all[at].share));
        let questions = Spread::of(shares.iter().map(|all| all[at].questions));
        let numbers = [share.mean(), share.quantile(0.05), share.quantile(0.0)].map(|share| format!("{share:.4}"));
        rows.push([&[name.to_owned()], &numbers[..], &[format!("{:.2}", questions.mean())]].concat());
    }
    let title = "**Shares that the pact carries**; `value` on plain sums, half of them with needs";
    let header = ["shares", "share of the optimum, mean", "5th percentile", "worst", "questions put"];
    format!("{title}: seeds 0–{}; aim for 30 leads: mean ≥ 0.98\n\n{}", pacts - 1, table(&header, &rows))
}

/// Shows the pact on which the engine does worst, and where it leaves the best way.
fn show_worst(family: &Family, scored: &[Vec<Scored>]) {
    let mut seeds: Vec<usize> = (0..scored.len()).collect();
    seeds.sort_by(|one, other| scored[*one][0].share.total_cmp(&scored[*other][0].share));
    for seed in seeds.iter().take(3) {
        eprintln!("seed {seed}: {:.5}", scored[*seed][0].share);
    }
    let model = (family.make)(seeds[0] as u64);
    eprintln!("{}", model.json("value", &Shares::True));
    let mut exact = Exact::new(&model);
    let mut engine = Engine::new(&exact, "value", &Shares::True);
    let mut lost = Vec::new();
    where_lost(&mut exact, &mut engine, State::default(), 1.0, &mut lost);
    lost.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    for (loss, line) in lost.iter().take(8) {
        eprintln!("  loses {loss:.6}: {line}");
    }
}

/// Along the engine's way, what each of its choices loses against the best one in its place.
fn where_lost(exact: &mut Exact<'_>, engine: &mut Engine, state: State, reach: f64, lost: &mut Vec<(f64, String)>) {
    let (asked, best) = (engine.next(exact, state), exact.best(state));
    let value = match asked {
        Some(field) => exact.asking(state, field),
        None => exact.end(state),
    };
    let loss = reach * (exact.value(state) - value);
    if loss > 1e-9 {
        let name = |field: Option<usize>| field.map_or("end".to_owned(), field_id);
        let fields = 0..exact.model.fields.len();
        let known = fields.filter_map(|at| Some(format!("{}={}", field_id(at), answer_id(state.answer(at)?))));
        let known: Vec<String> = known.collect();
        let p = exact.ahead(state).handoff();
        let (ours, best) = (name(asked), name(best));
        let end = exact.end(state);
        lost.push((
            loss,
            format!(
                "[{}] P {p:.3}, end {end:.4}, ours {ours} {value:.4}, best {best} {:.4}",
                known.join(" "),
                exact.value(state)
            ),
        ));
    }
    if let Some(field) = asked {
        for (share, next) in exact.after(state, field) {
            where_lost(exact, engine, next, reach * share * exact.model.stay(field), lost);
        }
    }
}

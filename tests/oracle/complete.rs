//! Every completion of what is known, with its share.

use super::evaluate::{Fact, World, compare, facts_in, list, text, words};
use serde_json::Value as Json;

/// How the shares that the pact does not give are filled in: evenly, or bent to see whether they matter.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Fill {
    AsWritten,
    Bent,
}

/// Every question answered: each way it may end, and how likely that is.
pub(crate) fn completions<'p>(world: &World<'p>, fill: Fill) -> Vec<(f64, World<'p>)> {
    let mut out = Vec::new();
    let order = order(world);
    match open_segment(world, &order) {
        None => {
            let segment = known_segment(world);
            walk(world.clone(), &order, &Drawing { segment: segment.as_deref(), preset: None, fill }, 1.0, &mut out);
        }
        Some(field) => {
            let id = text(&field["id"]);
            for (share, fact) in answers(world, field, None, fill) {
                let Fact::One(option) = &fact else { unreachable!() };
                let drawing = Drawing { segment: Some(option), preset: Some(&id), fill };
                walk(world.clone(), &order, &drawing, share, &mut out);
            }
        }
    }
    out
}

struct Drawing<'d> {
    segment: Option<&'d str>,
    /// The field of which `segment` is the answer.
    preset: Option<&'d str>,
    fill: Fill,
}

fn walk<'p>(world: World<'p>, order: &[&'p Json], drawing: &Drawing<'_>, share: f64, out: &mut Vec<(f64, World<'p>)>) {
    let Some((field, rest)) = order.split_first() else { return out.push((share, world)) };
    let id = text(&field["id"]);
    if field["ask"] == "never" || world.facts.contains_key(&id) || !world.applies(field) {
        return walk(world, rest, drawing, share, out);
    }
    let answers = match drawing.preset {
        Some(preset) if preset == id => vec![(1.0, Fact::One(drawing.segment.unwrap().into()))],
        _ => answers(&world, field, drawing.segment, drawing.fill),
    };
    for (own, fact) in answers {
        let mut next = world.clone();
        next.facts.insert(id.clone(), fact);
        walk(next, rest, drawing, share * own, out);
    }
}

/// Fields in an order in which each comes after those its `when` names.
fn order<'p>(world: &World<'p>) -> Vec<&'p Json> {
    let mut order: Vec<&Json> = Vec::new();
    while order.len() < world.fields().len() {
        for field in world.fields() {
            let mut needed = Vec::new();
            facts_in(field.get("when").unwrap_or(&Json::Null), &mut needed);
            let done = |id: &String| world.field(id).is_none() || order.iter().any(|field| field["id"] == **id);
            if !order.iter().any(|other| other["id"] == field["id"]) && needed.iter().all(done) {
                order.push(field);
            }
        }
    }
    order
}

/// The segment's field, where a question may still ask it.
fn open_segment<'p>(world: &World<'p>, order: &[&'p Json]) -> Option<&'p Json> {
    let id = world.pact["asking"]["segment"].as_str()?;
    let field = world.field(id)?;
    if world.facts.contains_key(id) {
        return None;
    }
    let mut out = Vec::new();
    let drawing = Drawing { segment: None, preset: None, fill: Fill::AsWritten };
    walk(world.clone(), order, &drawing, 1.0, &mut out);
    out.iter().any(|(_, world)| world.facts.contains_key(id)).then_some(field)
}

fn known_segment(world: &World<'_>) -> Option<String> {
    let id = world.pact["asking"]["segment"].as_str()?;
    if world.field(id).is_some_and(|field| !world.applies(field)) {
        return None;
    }
    match world.facts.get(id)? {
        Fact::One(value) | Fact::Text(value) => Some(value.clone()),
        _ => None,
    }
}

fn share_in(share: &Json, segment: Option<&str>) -> f64 {
    match share {
        Json::Object(by) => segment.and_then(|own| by.get(own)).unwrap_or(&by["else"]).as_f64().unwrap(),
        share => share.as_f64().unwrap(),
    }
}

/// Whether the pact leaves a share of this field's answers to the format.
pub(crate) fn lacks_shares(field: &Json) -> bool {
    match field["kind"].as_str().unwrap() {
        "yes_no" => field.get("share").is_none(),
        "choice" => list(&field["options"]).iter().filter(|option| option.get("share").is_none()).count() > 1,
        "choices" => list(&field["options"]).iter().any(|option| option.get("share").is_none()),
        "number" => field.get("bands").is_none(),
        _ => true,
    }
}

/// What may be answered to a field, and how likely each answer is.
fn answers(world: &World<'_>, field: &Json, segment: Option<&str>, fill: Fill) -> Vec<(f64, Fact)> {
    let half = if fill == Fill::Bent { 0.37 } else { 0.5 };
    match field["kind"].as_str().unwrap() {
        "yes_no" => {
            let yes = field.get("share").map_or(half, |share| share_in(share, segment));
            vec![(yes, Fact::Flag(true)), (1.0 - yes, Fact::Flag(false))]
        }
        "choice" => {
            let options = list(&field["options"]);
            let given: f64 = options.iter().filter_map(|o| Some(share_in(o.get("share")?, segment))).sum();
            let weight = |at: usize| if fill == Fill::Bent { 1.0 + at as f64 } else { 1.0 };
            let open: f64 =
                options.iter().enumerate().filter(|(_, o)| o.get("share").is_none()).map(|(at, _)| weight(at)).sum();
            let share = |(at, option): (usize, &Json)| match option.get("share") {
                Some(share) => share_in(share, segment),
                None => (1.0 - given).max(0.0) * weight(at) / open,
            };
            let shares = options.iter().enumerate().map(share).collect();
            let values = options.iter().map(|option| Fact::One(text(&option["value"])));
            scaled(shares).into_iter().zip(values).collect()
        }
        "choices" => {
            let mut sets: Vec<(f64, Vec<String>)> = vec![(1.0, Vec::new())];
            for option in list(&field["options"]) {
                let share = option.get("share").map_or(half, |share| share_in(share, segment));
                let with = |(own, set): &(f64, Vec<String>)| {
                    (own * share, set.iter().cloned().chain([text(&option["value"])]).collect())
                };
                let without = |(own, set): &(f64, Vec<String>)| (own * (1.0 - share), set.clone());
                sets = sets.iter().map(with).chain(sets.iter().map(without)).collect();
            }
            sets.into_iter().map(|(share, set)| (share, Fact::Many(set))).collect()
        }
        "number" => numbers(world, field, segment, fill),
        kind => drawn_texts(world, field, kind == "email", half),
    }
}

fn scaled(shares: Vec<f64>) -> Vec<f64> {
    let sum: f64 = shares.iter().sum();
    let even = 1.0 / shares.len() as f64;
    shares.into_iter().map(|share| if sum > 0.0 { share / sum } else { even }).collect()
}

/// All tests that the pact makes of a fact, wherever they stand.
fn tests_of<'p>(json: &'p Json, fact: &str, found: &mut Vec<(&'p str, &'p Json)>) {
    match json {
        Json::Object(entries) => {
            if entries.get("fact").is_some_and(|own| own == fact) {
                found.extend(entries.iter().filter(|(key, _)| *key != "fact").map(|(key, v)| (key.as_str(), v)));
            }
            entries.values().for_each(|value| tests_of(value, fact, found));
        }
        Json::Array(items) => items.iter().for_each(|item| tests_of(item, fact, found)),
        _ => {}
    }
}

/// The pieces of the line that conditions tell apart, each by a number in it.
fn numbers(world: &World<'_>, field: &Json, segment: Option<&str>, fill: Fill) -> Vec<(f64, Fact)> {
    let mut tests = Vec::new();
    tests_of(world.pact, field["id"].as_str().unwrap(), &mut tests);
    tests.retain(|(operator, _)| !matches!(*operator, "known" | "when" | "worth"));
    let says = |number: f64| -> Vec<bool> { tests.iter().map(|(op, operand)| compare(number, op, operand)).collect() };
    let (min, max) = (field["min"].as_f64(), field["max"].as_f64());
    let inside = |number: &f64| min.is_none_or(|min| *number >= min) && max.is_none_or(|max| *number <= max);
    let bands = list(&field["bands"]);
    let marks = marks(&tests, bands, min.into_iter().chain(max));
    // Each mark and each open stretch beside it, in order; then stretches that no condition tells apart are one piece.
    let mut stretches: Vec<f64> = vec![marks.first().map_or(0.0, |first| first - 1.0)];
    for (at, mark) in marks.iter().enumerate() {
        stretches.push(*mark);
        stretches.push(marks.get(at + 1).map_or(mark + 1.0, |next| (mark + next) / 2.0));
    }
    stretches.retain(inside);
    let mut pieces: Vec<Vec<f64>> = Vec::new();
    for stretch in stretches {
        match pieces.last_mut() {
            Some(piece) if says(piece[0]) == says(stretch) => piece.push(stretch),
            _ => pieces.push(vec![stretch]),
        }
    }
    let mut shares = vec![0.0; pieces.len()];
    let mut from = f64::NEG_INFINITY;
    for band in bands {
        let below = band["below"].as_f64().unwrap_or(f64::INFINITY);
        let meets = |piece: &Vec<f64>| piece.iter().any(|number| *number >= from && *number < below);
        let met = pieces.iter().filter(|piece| meets(piece)).count();
        for (piece, share) in pieces.iter().zip(&mut shares) {
            *share += if meets(piece) { share_in(&band["share"], segment) / met as f64 } else { 0.0 };
        }
        from = below;
    }
    if bands.is_empty() && fill == Fill::Bent {
        shares = (1..=pieces.len()).map(|weight| weight as f64).collect();
    }
    scaled(shares).into_iter().zip(pieces).map(|(share, piece)| (share, Fact::Number(piece[0]))).collect()
}

fn marks(tests: &[(&str, &Json)], bands: &[Json], bounds: impl Iterator<Item = f64>) -> Vec<f64> {
    let operands = tests.iter().flat_map(|(_, operand)| operand.as_f64().into_iter().chain(floats(operand)));
    let belows = bands.iter().filter_map(|band| band["below"].as_f64());
    let mut marks: Vec<f64> = operands.chain(belows).chain(bounds).collect();
    marks.sort_by(f64::total_cmp);
    marks.dedup();
    marks
}

fn floats(json: &Json) -> impl Iterator<Item = f64> {
    list(json).iter().filter_map(Json::as_f64)
}

/// Every `contains` holds or not by itself; every text that an `is` names may be the answer, though nobody counts on it.
fn drawn_texts(world: &World<'_>, field: &Json, email: bool, half: f64) -> Vec<(f64, Fact)> {
    let mut tests = Vec::new();
    tests_of(world.pact, field["id"].as_str().unwrap(), &mut tests);
    let mut distinct: Vec<Vec<String>> = Vec::new();
    let mut exact: Vec<String> = Vec::new();
    for (operator, operand) in tests {
        match operator {
            "contains" | "contains_any" if !distinct.contains(&words(operand)) => distinct.push(words(operand)),
            "is" | "in" => exact.extend(words(operand)),
            _ => {}
        }
    }
    let mut sets: Vec<(f64, Vec<Vec<String>>)> = vec![(1.0, Vec::new())];
    for condition in distinct {
        let with = |(own, set): &(f64, Vec<Vec<String>>)| {
            (own * half, set.iter().cloned().chain([condition.clone()]).collect())
        };
        let without = |(own, set): &(f64, Vec<Vec<String>>)| (own * (1.0 - half), set.clone());
        sets = sets.iter().map(with).chain(sets.iter().map(without)).collect();
    }
    let providers: &[(f64, &'static str)] = match (email, half == 0.5) {
        (true, true) => &[(0.6, "business"), (0.38, "free"), (0.02, "disposable")],
        (true, false) => &[(0.5, "business"), (0.3, "free"), (0.2, "disposable")],
        (false, _) => &[(1.0, "")],
    };
    let each = |(own, provider): &(f64, &'static str)| {
        let (own, provider) = (*own, *provider);
        let drawn = sets.iter().map(move |(share, set)| (share * own, Fact::Drawn(set.clone(), provider)));
        drawn.chain(exact.iter().map(move |text| (0.0, Fact::DrawnText(text.clone(), provider)))).collect::<Vec<_>>()
    };
    providers.iter().flat_map(each).collect()
}

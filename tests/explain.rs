//! Why a question is asked, what its answers would do, why none is, and what would change the decision: as data and as
//! sentences.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::unreachable,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    missing_docs,
    reason = "test helpers fail by panicking"
)]

#[path = "oracle/mod.rs"]
mod slow;

use leadpact::{Answers, Explanation, Lead, Pact, Span, Stop, Thinking, Time, Why, Words};
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use slow::make::{AT, made};
use slow::tree;

const NOW: Time = Time(AT);

/// A pact of these fields and criteria: `[id, points, condition]`.
fn pact(fields: &Json, criteria: &[(i64, Json)], more: &Json) -> Pact {
    let criteria: Vec<Json> = criteria
        .iter()
        .enumerate()
        .map(|(at, (points, when))| json!({"id": format!("c{at}"), "group": "g", "points": points, "when": when}))
        .collect();
    let mut pact = json!({
        "pact": 1, "id": "test", "locales": ["fr", "en"], "fields": fields,
        "groups": [{"id": "g", "dimension": "fit"}], "criteria": criteria,
        "qualification": {"threshold": 10}, "asking": {"mode": "certain"}
    });
    for (key, value) in more.as_object().unwrap() {
        pact[key] = value.clone();
    }
    Pact::read(&tree(&pact)).unwrap_or_else(|problems| panic!("{problems}"))
}

/// A pact of one field, of which each condition is worth a hand-over.
fn one(field: Json, conditions: &[Json]) -> Pact {
    let criteria: Vec<(i64, Json)> = conditions.iter().map(|when| (10, when.clone())).collect();
    let mut field = field;
    field["id"] = json!("f");
    if field.get("label").is_none() {
        field["label"] = json!({"fr": "Taille", "en": "Size"});
    }
    pact(&json!([field]), &criteria, &json!({}))
}

fn lead(pact: &Pact, facts: Json) -> Lead {
    let (lead, refused) = Lead::from_facts(pact, &tree(&facts), true, NOW);
    assert!(refused.is_empty(), "{refused:?}");
    lead
}

fn explain(pact: &Pact, facts: Json) -> Thinking {
    lead(pact, facts).explain(0, NOW)
}

/// What each answer to the first question would do, in English: `81% yes`.
fn effects(pact: &Pact) -> Vec<String> {
    told(pact, json!({}), "en").ask[0].answers.iter().map(|said| format!("{} {}", said.chance, said.answer)).collect()
}

fn told(pact: &Pact, facts: Json, locale: &str) -> Words {
    explain(pact, facts).words(pact, locale)
}

fn asked(thinking: &Thinking, field: &str) -> Explanation {
    thinking.ask.iter().find(|asked| asked.field == field).expect("it is asked").clone()
}

/// Two options, of which the first earns a hand-over.
fn sector() -> Json {
    json!({"id": "sector", "kind": "choice", "label": {"fr": "Secteur", "en": "Industry"}, "options": [
        {"value": "industry", "label": {"fr": "Industrie", "en": "Manufacturing"}, "share": 0.25},
        {"value": "retail", "label": {"fr": "Commerce", "en": "Retail"}, "share": 0.75}]})
}

fn yes_no(id: &str, friction: f64) -> Json {
    json!({"id": id, "kind": "yes_no", "label": id, "share": 0.5, "friction": friction})
}

fn is(fact: &str, value: impl Into<Json>) -> Json {
    json!({"fact": fact, "is": value.into()})
}

#[test]
fn options_that_do_the_same_are_one_answer_and_the_likeliest_hand_over_comes_first() {
    let options: Vec<Json> =
        ["a", "b", "c"].iter().map(|value| json!({"value": value, "label": value.to_uppercase()})).collect();
    let pact = one(json!({"kind": "choice", "options": options}), &[json!({"fact": "f", "in": ["b", "c"]})]);
    assert_eq!(effects(&pact), ["100% “B” or “C”", "0% “A”"]);
    let answers = &explain(&pact, json!({})).ask[0].answers;
    assert_eq!(answers[0].answer.options, ["b", "c"]);
    assert!((answers[0].share - 2.0 / 3.0).abs() < 1e-12);
}

#[test]
fn yes_and_no_are_said_in_the_readers_language() {
    let pact = one(json!({"kind": "yes_no", "share": 0.3}), &[is("f", true)]);
    assert_eq!(effects(&pact), ["100% yes", "0% no"]);
    let french = told(&pact, json!({}), "fr-BE");
    assert_eq!(french.ask[0].answers[0].answer, "oui");
    assert_eq!(french.ask[0].answers[0].share, "30\u{202f}%");
    assert_eq!(french.ask[0].label, "Taille");
}

#[test]
fn spans_of_numbers_are_said_by_the_ends_that_the_field_leaves_open() {
    let number = |field: Json, condition: Json| effects(&one(field, &[condition]));
    let plain = || json!({"kind": "number"});
    assert_eq!(number(plain(), json!({"fact": "f", "at_least": 50})), ["100% at least 50", "0% under 50"]);
    assert_eq!(number(plain(), json!({"fact": "f", "above": 50})), ["100% more than 50", "0% at most 50"]);
    assert_eq!(number(plain(), json!({"fact": "f", "at_most": 0.5})), ["100% at most 0.5", "0% more than 0.5"]);
    assert_eq!(number(plain(), json!({"fact": "f", "below": -3})), ["100% under -3", "0% at least -3"]);
    assert_eq!(number(plain(), is("f", 12)), ["100% 12", "0% under 12 or more than 12"]);
    let both = json!({"all": [{"fact": "f", "at_least": 20}, {"fact": "f", "below": 250}]});
    assert_eq!(number(plain(), both.clone()), ["100% 20 to under 250", "0% under 20 or at least 250"]);
    let people = json!({"kind": "number", "min": 1, "max": 100_000, "step": 1, "unit": "people"});
    let expected = ["100% 20 to 249\u{a0}people", "0% under 20\u{a0}people or at least 250\u{a0}people"];
    assert_eq!(number(people, both), expected);
    let beyond = json!({"all": [{"fact": "f", "above": 12_500.5}, {"fact": "f", "at_most": 20_000}]});
    assert_eq!(number(plain(), beyond)[0], "100% more than 12,500.5 and at most 20,000");
}

#[test]
fn spans_say_where_they_begin_and_end_in_the_words_of_conditions() {
    let span = |condition: Json| {
        explain(&one(json!({"kind": "number"}), &[condition]), json!({})).ask[0].answers[0].answer.spans.clone()
    };
    let none = Span::default();
    assert_eq!(span(json!({"fact": "f", "at_least": 5})), [Span { at_least: Some(5.0), ..none }]);
    assert_eq!(span(json!({"fact": "f", "above": 5})), [Span { above: Some(5.0), ..none }]);
    assert_eq!(span(json!({"fact": "f", "at_most": 5})), [Span { at_most: Some(5.0), ..none }]);
    assert_eq!(span(json!({"fact": "f", "below": 5})), [Span { below: Some(5.0), ..none }]);
    assert_eq!(span(is("f", 5)), [Span { at_least: Some(5.0), at_most: Some(5.0), ..none }]);
}

#[test]
fn several_choices_are_said_by_what_is_among_them() {
    let options = json!([{"value": "a", "label": "A", "share": 0.5}, {"value": "b", "label": "B", "share": 0.5},
        {"value": "c", "label": "C", "share": 0.5}]);
    let tools = json!({"kind": "choices", "options": options});
    let any = one(tools.clone(), &[json!({"fact": "f", "includes_any": ["a", "b"]})]);
    assert_eq!(effects(&any), ["100% “A” or “B”", "0% any other answer"]);
    let all = one(tools.clone(), &[json!({"fact": "f", "includes_all": ["a", "b"]})]);
    assert_eq!(effects(&all), ["100% “A” and “B”", "0% any other answer"]);
    let criteria = [(5, json!({"fact": "f", "includes_any": ["a", "b"]})), (6, json!({"fact": "f", "includes": "c"}))];
    let mut field = tools;
    field["id"] = json!("f");
    field["label"] = json!("Tools");
    let both = pact(&json!([field]), &criteria, &json!({}));
    assert_eq!(effects(&both)[0], "100% “A” or “B”, and “C”");
    assert_eq!(explain(&both, json!({})).ask[0].answers[0].answer.includes, [vec!["a", "b"], vec!["c"]]);
}

#[test]
fn texts_are_said_by_the_words_that_count() {
    let text = one(json!({"kind": "text"}), &[json!({"fact": "f", "contains_any": ["SAP", "Oracle"]})]);
    assert_eq!(effects(&text), ["100% a text with “oracle” or “sap”", "0% any other answer"]);
    let french = &told(&text, json!({}), "fr").ask[0].answers[0].answer;
    assert_eq!(french, "un texte avec «\u{a0}oracle\u{a0}» ou «\u{a0}sap\u{a0}»");
}

#[test]
fn addresses_are_said_by_who_runs_them() {
    let email = || json!({"kind": "email"});
    let business = one(email(), &[is("f.provider", "business")]);
    assert_eq!(effects(&business), ["100% a business address", "0% a free address or a disposable address"]);
    let free = one(email(), &[json!({"fact": "f.provider", "in": ["business", "free"]})]);
    assert_eq!(effects(&free)[0], "100% a business address or a free address");
    assert_eq!(told(&business, json!({}), "fr").ask[0].answers[0].answer, "une adresse d’entreprise");
}

#[test]
fn answers_that_nobody_gives_are_not_told() {
    let pact = one(json!({"kind": "text"}), &[is("f", "exactly this"), json!({"fact": "f", "contains": "word"})]);
    assert_eq!(effects(&pact), ["100% a text with “word”", "0% any other answer"]);
}

#[test]
fn a_question_that_decides_says_from_where_the_odds_move_to_where() {
    let pact = pact(&json!([sector()]), &[(10, is("sector", "industry"))], &json!({}));
    let thinking = explain(&pact, json!({}));
    assert_eq!(thinking.ask[0].why, Why::Decides);
    let english = thinking.words(&pact, "en");
    assert_eq!(english.decision, "Were the form sent now: kept by marketing.");
    assert_eq!(english.odds, "Were every question answered: 25% handed over to sales, 75% kept by marketing.");
    assert_eq!(english.ask[0].sentence, "Industry: moves the chance of hand-over from 25% to 0% or 100%.");
    let french = thinking.words(&pact, "fr");
    let sentence =
        "Secteur\u{a0}: fait passer la probabilité de transmission de 25\u{202f}% à 0\u{202f}% ou 100\u{202f}%.";
    assert_eq!(french.ask[0].sentence, sentence);
    let parts = 6; // the score, its group, the decision, the odds, the question, what would change the decision
    assert_eq!(thinking.sentences(&pact, "fr").len(), parts);
}

/// Two groups that are held, one that is not, and behaviour that may be measured or not.
fn scored(behaviour: bool) -> (Pact, Lead) {
    let pact = json!({
        "pact": 1, "id": "test", "locales": ["fr", "en"], "fields": [sector()],
        "signals": [{"id": "views", "measure": "page_views"}],
        "groups": [
            {"id": "company", "dimension": "fit", "max": 40, "label": {"fr": "Entreprise", "en": "Company"}},
            {"id": "persona", "dimension": "fit", "min": -5},
            {"id": "visit", "dimension": "interest", "label": {"fr": "Visite", "en": "Visit"}}],
        "criteria": [
            {"id": "target", "group": "company", "points": 55, "when": is("sector", "industry"),
             "label": {"fr": "Secteur visé", "en": "Target industry"}},
            {"id": "early", "group": "persona", "points": -1000, "when": {"fact": "sector", "known": true}},
            {"id": "pages", "group": "visit", "points": 1, "each": "views", "up_to": 5,
             "label": {"fr": "Pages vues", "en": "Pages viewed"}}],
        "qualification": {"threshold": 50}
    });
    let pact = Pact::read(&tree(&pact)).unwrap_or_else(|problems| panic!("{problems}"));
    let (lead, _) = Lead::from_facts(&pact, &tree(&json!({"sector": "industry", "views": 1})), behaviour, NOW);
    (pact, lead)
}

#[test]
fn priv_13_the_score_is_told_in_words_with_its_criteria_and_bounds() {
    let (pact, lead) = scored(true);
    let thinking = lead.explain(0, NOW);
    let english = thinking.words(&pact, "en");
    assert_eq!(english.score, "Score: 36 points, 35 of them for fit and 1 for interest.");
    let said: Vec<&str> = english.groups.iter().map(|group| group.sentence.as_str()).collect();
    assert_eq!(
        said,
        [
            "Company: 40 points (55, of which at most 40 count).",
            "persona: −5 points (−1000, counted as at least −5).",
            "Visit: 1 point."
        ]
    );
    let criteria: Vec<&String> = english.groups.iter().flat_map(|group| &group.criteria).collect();
    assert_eq!(criteria, ["+55 Target industry", "−1000 early", "+1 Pages viewed"]);
    let french = thinking.words(&pact, "fr");
    assert_eq!(french.score, "Score\u{a0}: 36 points, dont 35 pour l’adéquation et 1 pour l’intérêt.");
    let said: Vec<&str> = french.groups.iter().map(|group| group.sentence.as_str()).collect();
    assert_eq!(
        said,
        [
            "Entreprise\u{a0}: 40 points (55, dont 40 au plus comptent).",
            "persona\u{a0}: −5 points (−1000, comptés comme −5 au moins).",
            "Visite\u{a0}: 1 point."
        ]
    );
    assert_eq!(french.groups[0].criteria, ["+55 Secteur visé"]);
}

#[test]
fn priv_05_without_consent_the_score_says_that_behaviour_was_not_measured() {
    let (pact, lead) = scored(false);
    let thinking = lead.explain(0, NOW);
    assert_eq!(
        thinking.words(&pact, "en").score,
        "Score: 35 points, 35 of them for fit and 0 for interest; behaviour was not measured, and counts neither for nor against."
    );
    assert!(
        thinking
            .words(&pact, "fr")
            .score
            .ends_with("le comportement n’a pas été mesuré, et ne compte ni pour ni contre.")
    );
    assert!(thinking.groups[2].criteria.is_empty());
}

#[test]
fn of_many_odds_the_least_and_the_greatest_are_said() {
    let fields = json!([{"id": "f", "kind": "choice", "label": "F", "options": [
        {"value": "a", "share": 0.25}, {"value": "b", "share": 0.25}, {"value": "c", "share": 0.25}, {"value": "d"}]},
        {"id": "n", "kind": "number", "label": "N", "bands": [{"below": 1, "share": 0.4}, {"below": 2, "share": 0.3},
            {"share": 0.3}]}]);
    let criteria = [
        (10, is("f", "a")),
        (5, is("f", "b")),
        (3, is("f", "c")),
        (7, json!({"fact": "n", "at_least": 2})),
        (5, json!({"all": [{"fact": "n", "at_least": 1}, {"fact": "n", "below": 2}]})),
    ];
    let pact = pact(&fields, &criteria, &json!({}));
    let words = told(&pact, json!({}), "en");
    let own = words.ask.iter().find(|asked| asked.label == "F").unwrap();
    let expected =
        "F: moves the chance of hand-over from 48% to somewhere between 0% and 100%, depending on the answer.";
    assert_eq!(own.sentence, expected);
}

#[test]
fn a_question_that_parts_others_than_hand_overs_names_what_it_parts() {
    let more =
        json!({"qualification": {"threshold": 90, "disqualify": [{"id": "out", "when": is("sector", "retail")}]}});
    let pact = pact(&json!([sector()]), &[], &more);
    let words = told(&pact, json!({}), "en");
    let expected = "Industry: moves the chance of being disqualified from 75% to 0% or 100%.";
    assert_eq!(words.ask[0].sentence, expected);
    assert_eq!(words.ask[0].answers[1].disqualified.as_deref(), Some("disqualified 100%"));
    assert_eq!(words.ask[0].answers[0].disqualified, None);
}

#[test]
fn a_label_that_is_a_question_begins_a_sentence() {
    let label = json!({"fr": "Plusieurs sites\u{a0}?", "en": "Several sites?"});
    let pact = one(json!({"kind": "yes_no", "share": 0.5, "label": label}), &[is("f", true)]);
    assert!(told(&pact, json!({}), "en").ask[0].sentence.starts_with("Several sites? Moves the chance"));
    assert!(told(&pact, json!({}), "fr").ask[0].sentence.starts_with("Plusieurs sites\u{a0}? Fait passer"));
}

#[test]
fn a_question_that_sales_needs_says_so() {
    let more = json!({"qualification": {"threshold": 10, "needs": [{"fact": "phone", "worth": 0.9}]}});
    let fields = json!([sector(), {"id": "phone", "kind": "phone", "label": {"fr": "Téléphone", "en": "Phone"}}]);
    let pact = pact(&fields, &[(10, is("sector", "industry"))], &more);
    let thinking = explain(&pact, json!({}));
    let phone = asked(&thinking, "phone");
    assert_eq!((phone.why, phone.answers.len()), (Why::Needed, 0));
    let said = |locale: &str| {
        let words = thinking.words(&pact, locale);
        words.ask.into_iter().find(|asked| asked.sentence.contains("phon")).unwrap().sentence
    };
    let words = thinking.words(&pact, "en");
    assert!(
        words.ask.iter().any(|asked| asked.sentence == "Phone: sales needs it, and the chance of hand-over is 25%.")
    );
    let french =
        "Téléphone\u{a0}: les commerciaux en ont besoin, et la probabilité de transmission est de 25\u{202f}%.";
    assert_eq!(said("fr"), french);
}

#[test]
fn what_asking_brings_and_loses_is_said_for_a_hundred_visits() {
    let pact =
        pact(&json!([sector()]), &[(10, is("sector", "industry"))], &json!({"asking": {"loss_per_question": 0.1}}));
    let mut thinking = explain(&pact, json!({}));
    let mut cost = |gain: f64, loss: f64, locale: &str| {
        thinking.ask[0].gain = gain;
        thinking.ask[0].loss = loss;
        thinking.words(&pact, locale).ask[0].cost.clone()
    };
    let expected =
        "Rather than stopping here: 4.1 qualified leads more in 100 such visits (3 visitors leave at this question).";
    assert_eq!(cost(0.041, 0.03, "en"), expected);
    let expected =
        "Rather than stopping here: 1 qualified lead fewer in 100 such visits (1 visitor leaves at this question).";
    assert_eq!(cost(-0.01, 0.01, "en"), expected);
    assert_eq!(cost(0.0, 0.0001, "en"), "In 100 such visits, less than 0.1 visitors leave at this question.");
    let expected = "Plutôt que de s’arrêter là\u{a0}: 1,5 lead qualifié de plus pour 100 visites semblables (2 visiteurs partent à cette question).";
    assert_eq!(cost(0.015, 0.02, "fr"), expected);
}

#[test]
fn each_stop_has_its_reason() {
    let stop = |asking: Json, qualification: Json, asked: usize| {
        let more = json!({"asking": asking, "qualification": qualification});
        let pact = pact(&json!([sector()]), &[(10, is("sector", "industry"))], &more);
        let thinking = Lead::new(&pact).explain(asked, NOW);
        (thinking.stop, thinking.words(&pact, "en").stop.unwrap_or_default())
    };
    let open = || json!({"threshold": 10});
    let expected = "Nothing more to ask: the pact asks no extra question (kept by marketing).";
    assert_eq!(stop(json!({"mode": "off"}), open(), 0), (Some(Stop::Off), expected.into()));
    let (budget, said) = stop(json!({"budget": 2}), open(), 2);
    assert_eq!(budget, Some(Stop::Budget));
    assert!(said.contains("all the questions that the pact allows"), "{said}");
    let (certain, said) = stop(json!({}), json!({"threshold": 0}), 0);
    assert_eq!(certain, Some(Stop::Certain));
    assert_eq!(said, "Nothing more to ask: no other answer will change the decision (handed over to sales).");
    let costly = json!({"mode": "value", "loss_per_question": 0.99, "nurtured_value": 1.0});
    let (value, said) = stop(costly, open(), 0);
    assert_eq!(value, Some(Stop::Value));
    assert!(said.contains("would lose more visitors than it is worth"), "{said}");
    assert_eq!(stop(json!({}), open(), 0).0, None);
}

#[test]
fn what_is_asked_elsewhere_is_no_reason_to_ask() {
    // The page gives it, or it stands in the form: the decision is open, and the engine has nothing to ask.
    let mut field = sector();
    field["ask"] = json!("always");
    let pact = pact(&json!([field]), &[(10, is("sector", "industry"))], &json!({}));
    let thinking = explain(&pact, json!({}));
    assert_eq!(thinking.stop, Some(Stop::Nothing));
    let said = thinking.words(&pact, "en").stop.unwrap();
    assert!(said.contains("no question that is left can change the decision"), "{said}");
}

#[test]
fn every_stop_is_said_in_both_languages() {
    let pact = pact(&json!([sector()]), &[], &json!({}));
    let mut thinking = explain(&pact, json!({}));
    for stop in [Stop::Off, Stop::Budget, Stop::Certain, Stop::Nothing, Stop::Value, Stop::Holdout] {
        thinking.stop = Some(stop);
        let said = |locale: &str| thinking.words(&pact, locale).stop.unwrap();
        assert!(said("fr").starts_with("Plus rien à demander\u{a0}: "), "{}", said("fr"));
        assert!(said("en").starts_with("Nothing more to ask: "), "{}", said("en"));
    }
}

#[test]
fn the_cheapest_answer_that_would_change_the_decision_is_told() {
    let fields = json!([yes_no("dear", 3.0), yes_no("cheap", 1.0), yes_no("same", 1.0)]);
    let pact = pact(&fields, &[(10, is("dear", true)), (10, is("cheap", true)), (10, is("same", false))], &json!({}));
    let thinking = explain(&pact, json!({}));
    let change = thinking.change.clone().unwrap();
    let answer = Answers { options: vec!["yes".into()], ..Answers::default() };
    assert_eq!((change.field.as_str(), change.given, change.answer), ("cheap", false, answer));
    let english = thinking.words(&pact, "en").change.unwrap();
    let expected =
        "What would change the decision: “cheap”, with the answer yes. The lead would then be handed over to sales.";
    assert_eq!(english, expected);
    let french = thinking.words(&pact, "fr").change.unwrap();
    let expected = "Ce qui changerait la décision\u{a0}: «\u{a0}cheap\u{a0}», avec la réponse oui. \
        Le lead serait alors transmis aux commerciaux.";
    assert_eq!(french, expected);
}

#[test]
fn an_answer_already_given_is_told_where_no_open_one_would_change_the_decision() {
    let fields = json!([yes_no("one", 1.0), yes_no("other", 2.0)]);
    let pact = pact(&fields, &[(10, is("one", true)), (2, is("other", true))], &json!({}));
    let thinking = explain(&pact, json!({"one": false, "other": true}));
    let change = thinking.change.as_ref().unwrap();
    assert_eq!((change.field.as_str(), change.given), ("one", true));
    let expected = "What would have changed the decision: “one”, with the answer yes. \
        The lead would then have been handed over to sales.";
    assert_eq!(thinking.words(&pact, "en").change.unwrap(), expected);
    // Together they are handed over; only the first matters.
    let open = explain(&pact, json!({"other": true})).change.unwrap();
    assert_eq!((open.field.as_str(), open.given), ("one", false));
}

#[test]
fn an_answer_that_brings_a_lead_further_comes_before_a_cheaper_one_that_does_not() {
    let more = json!({"qualification": {"threshold": 10, "disqualify": [{"id": "out", "when": is("cheap", true)}]}});
    let fields = json!([yes_no("cheap", 1.0), yes_no("dear", 3.0)]);
    let pact = pact(&fields, &[(10, is("dear", true))], &more);
    assert_eq!(explain(&pact, json!({})).change.unwrap().field, "dear");
    let handed = explain(&pact, json!({"dear": true})).change.unwrap();
    assert_eq!((handed.field.as_str(), handed.given), ("cheap", false));
}

#[test]
fn what_does_not_apply_or_is_not_asked_changes_nothing() {
    let mut hidden = yes_no("hidden", 1.0);
    hidden["when"] = is("first", true);
    let mut never = yes_no("never", 0.1);
    never["ask"] = json!("never");
    let fields = json!([yes_no("first", 1.0), hidden, never]);
    let pact = pact(&fields, &[(10, is("hidden", true)), (10, is("never", true))], &json!({}));
    assert!(explain(&pact, json!({})).change.is_none());
    assert_eq!(explain(&pact, json!({"first": true})).change.unwrap().field, "hidden");
    assert!(told(&pact, json!({"first": false}), "fr").change.is_none());
}

#[test]
fn odds_that_rest_on_assumptions_or_are_drawn_say_so() {
    let pact = one(json!({"kind": "yes_no"}), &[is("f", true)]);
    let mut thinking = explain(&pact, json!({}));
    assert!(thinking.assumed && !thinking.approximate);
    assert!(thinking.words(&pact, "en").caveats[0].contains("rest on assumptions"));
    assert!(thinking.words(&pact, "fr").caveats[0].contains("hypothèses\u{a0}:"));
    thinking.approximate = true;
    let words = thinking.words(&pact, "en");
    assert!(words.odds.contains("about 50%") && words.ask[0].sentence.contains("from about 50%"), "{words:?}");
    assert!(words.caveats[1].contains("approximate"));
    assert!(thinking.words(&pact, "fr").odds.contains("environ 50\u{202f}%"));
    let given = one(json!({"kind": "yes_no", "share": 0.5}), &[is("f", true)]);
    assert!(told(&given, json!({}), "en").caveats.is_empty());
}

#[test]
fn too_many_answers_to_list_are_not_told_and_the_odds_are_approximate() {
    let options: Vec<Json> = (0..16).map(|n| json!({"value": format!("o{n}"), "label": "O", "share": 0.5})).collect();
    let criteria: Vec<(i64, Json)> = (0..16).map(|n| (1, json!({"fact": "f", "includes": format!("o{n}")}))).collect();
    let pact = pact(&json!([{"id": "f", "kind": "choices", "label": "F", "options": options}]), &criteria, &json!({}));
    let thinking = explain(&pact, json!({}));
    assert!(thinking.approximate && thinking.ask[0].answers.is_empty());
    assert_eq!(thinking.words(&pact, "en").ask[0].sentence, "F: the answer may change the decision.");
}

#[test]
fn an_open_segment_is_told_by_its_options() {
    let by = |one: f64, other: f64| json!({"chat": one, "mail": one, "else": other});
    let origin = json!({"id": "origin", "kind": "choice", "label": "Origin", "options": [
        {"value": "chat", "label": "Chat", "share": 0.25}, {"value": "mail", "label": "Mail", "share": 0.25},
        {"value": "fair", "label": "Fair", "share": 0.25}, {"value": "other", "label": "Other", "share": 0.25}]});
    let sized = json!({"id": "big", "kind": "yes_no", "label": "Big", "share": by(0.9, 0.1)});
    let more = json!({"asking": {"mode": "certain", "segment": "origin"}});
    let pact = pact(&json!([origin, sized]), &[(10, is("big", true))], &more);
    let words = told(&pact, json!({}), "en");
    let big = words.ask.iter().find(|asked| asked.label == "Big").unwrap();
    assert_eq!(big.answers[0].answer, "yes");
    // That it is answered tells of others, though no condition looks at it.
    let thinking = explain(&pact, json!({}));
    if let Some(origin) = thinking.ask.iter().find(|asked| asked.field == "origin") {
        assert_eq!(origin.answers[0].answer.options, ["chat", "mail"]);
        assert_eq!(origin.answers[1].answer.options, ["fair", "other"]);
    }
    let more = json!({"asking": {"mode": "certain", "segment": "origin"}, "qualification": {"threshold": 10,
        "disqualify": [{"id": "out", "when": is("origin", "other")}]}});
    let fields = serde_json::to_value(pact_fields(by(0.9, 0.1))).unwrap();
    let pact = self::pact(&fields, &[(10, is("big", true))], &more);
    let origin = asked(&explain(&pact, json!({})), "origin");
    let options: Vec<_> = origin.answers.iter().map(|effect| effect.answer.options.clone()).collect();
    assert_eq!(options, [vec!["chat", "mail"], vec!["fair"], vec!["other"]]);
    assert!((origin.answers[0].share - 0.5).abs() < 1e-12);
}

fn pact_fields(share: Json) -> Vec<Json> {
    let options: Vec<Json> =
        ["chat", "mail", "fair", "other"].iter().map(|value| json!({"value": value, "share": 0.25})).collect();
    vec![
        json!({"id": "origin", "kind": "choice", "label": "Origin", "options": options}),
        json!({"id": "big", "kind": "yes_no", "label": "Big", "share": share}),
    ]
}

#[test]
fn french_keeps_its_signs_on_the_line() {
    let fields = json!([sector(), {"id": "n", "kind": "number", "label": "N", "unit": "€"}]);
    let criteria = [(10, is("sector", "industry")), (10, json!({"fact": "n", "at_least": 12_500.5}))];
    let pact = pact(&fields, &criteria, &json!({}));
    let words = told(&pact, json!({}), "fr");
    let all = serde_json::to_string(&words).unwrap();
    for broken in [" :", " %", " ;", " ?", "« ", " »", "'"] {
        assert!(!all.contains(broken), "`{broken}` in {all}");
    }
    assert!(all.contains("au moins 12\u{202f}500,5\u{a0}€"), "{all}");
    assert!(!told(&pact, json!({}), "en").odds.contains('\u{202f}'));
}

#[test]
fn what_is_nearly_impossible_or_certain_is_not_called_so() {
    let pact = pact(&json!([sector()]), &[(10, is("sector", "industry"))], &json!({}));
    let mut thinking = explain(&pact, json!({}));
    thinking.odds.handoff = 0.999;
    thinking.odds.nurture = 0.001;
    let odds = |locale: &str| thinking.words(&pact, locale).odds;
    assert_eq!(odds("en"), "Were every question answered: over 99% handed over to sales, under 1% kept by marketing.");
    assert!(odds("fr").contains("plus de 99\u{202f}% transmis") && odds("fr").contains("moins de 1\u{202f}% suivi"));
}

fn cases(cases: u32) -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(cases);
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(any::<u8>(), 0..260)
}

fn random(bytes: &[u8]) -> (Pact, Lead, Json) {
    let made = made(bytes);
    let pact = Pact::read(&tree(&made.pact)).unwrap_or_else(|problems| panic!("{problems}"));
    let (lead, _) = Lead::from_facts(&pact, &tree(&made.facts), made.behaviour, NOW);
    (pact, lead, made.pact)
}

/// Answers to a field that its kind can list, as JSON.
fn listed(field: &Json) -> Vec<Json> {
    match field["kind"].as_str().unwrap() {
        "yes_no" => vec![json!(true), json!(false)],
        "choice" => field["options"].as_array().unwrap().iter().map(|option| option["value"].clone()).collect(),
        _ => Vec::new(),
    }
}

proptest! {
    #![proptest_config(cases(10_000))]

    #[test]
    fn priv_13_the_points_of_an_explanation_sum_to_the_score(bytes in bytes()) {
        let (_, lead, _) = random(&bytes);
        let (thinking, assessment) = (lead.explain(0, NOW), lead.assess(NOW));
        for group in &thinking.groups {
            prop_assert_eq!(group.criteria.iter().map(|reason| reason.points).sum::<i64>(), group.raw);
        }
        prop_assert_eq!(thinking.groups.iter().map(|group| group.points).sum::<i64>(), assessment.score);
        let told: usize = thinking.groups.iter().map(|group| group.criteria.len()).sum();
        prop_assert_eq!(told, assessment.reasons.len());
    }
}

proptest! {
    #![proptest_config(cases(2000))]

    #[test]
    fn the_answers_odds_weighed_by_their_shares_give_back_todays(bytes in bytes()) {
        let (_, lead, pact) = random(&bytes);
        let thinking = lead.explain(0, NOW);
        prop_assert_eq!(thinking.ask.is_empty(), thinking.stop.is_some());
        for asked in thinking.ask.iter().filter(|asked| !asked.answers.is_empty()) {
            let field = pact["fields"].as_array().unwrap().iter().find(|field| field["id"] == asked.field.as_str());
            let sum: f64 = asked.answers.iter().map(|effect| effect.share).sum();
            // A field that may cease to apply has no answer in those cases.
            if field.unwrap().get("when").is_some() {
                prop_assert!(sum < 1.0 + 1e-9);
                continue;
            }
            prop_assert!((sum - 1.0).abs() < 1e-9, "{} shares sum to {}", asked.field, sum);
            for (of, today) in [
                ((|odds: &leadpact::Odds| odds.handoff) as fn(&leadpact::Odds) -> f64, thinking.odds.handoff),
                (|odds| odds.nurture, thinking.odds.nurture),
                (|odds| odds.disqualified, thinking.odds.disqualified),
            ] {
                let mixed: f64 = asked.answers.iter().map(|effect| effect.share * of(&effect.odds)).sum();
                prop_assert!((mixed - today).abs() < 1e-9, "{}: {} is not {}", asked.field, mixed, today);
            }
        }
    }

    #[test]
    fn an_answer_told_to_change_the_decision_does_and_none_is_kept_back(bytes in bytes()) {
        let (_, lead, pact) = random(&bytes);
        let thinking = lead.explain(0, NOW);
        let decided = |field: &Json, answer: &Json| {
            let mut other = lead.clone();
            other.take(field["id"].as_str().unwrap(), &tree(answer), NOW).unwrap();
            other.assess(NOW).decision
        };
        let fields = pact["fields"].as_array().unwrap();
        if let Some(change) = &thinking.change {
            let field = fields.iter().find(|field| field["id"] == change.field.as_str()).unwrap();
            for option in &change.answer.options {
                let answer = if field["kind"] == "yes_no" { json!(option == "yes") } else { json!(option) };
                prop_assert_eq!(decided(field, &answer), change.decision);
            }
        } else {
            for field in fields.iter().filter(|field| field["ask"] != "never") {
                let id = lead.field(field["id"].as_str().unwrap()).unwrap();
                for answer in listed(field).iter().filter(|_| lead.applies(id)) {
                    prop_assert_eq!(decided(field, answer), thinking.decision);
                }
            }
        }
    }

    #[test]
    fn every_sentence_is_whole_in_both_languages(bytes in bytes()) {
        let (pact, lead, _) = random(&bytes);
        for locale in ["fr", "en"] {
            for sentence in lead.explain(0, NOW).sentences(&pact, locale) {
                prop_assert!(sentence.ends_with('.') && !sentence.contains("  ") && !sentence.contains(" ."), "{}", sentence);
                prop_assert!(!sentence.contains("NaN") && !sentence.contains("inf"), "{}", sentence);
            }
        }
    }
}

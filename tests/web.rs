//! The module for web pages, from JavaScript's side: in Node and in browsers.
#![cfg(all(target_arch = "wasm32", feature = "browser"))]

use js_sys::{Function, JSON};
use leadpact::browser::{Lead, Zone, to_value};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test as test;

const PACT: &str = r#"{
    "pact": 1, "id": "web", "locales": ["en", "fr"],
    "fields": [
        {"id": "email", "label": {"en": "E-mail", "fr": "Adresse e-mail"}, "kind": "email", "ask": "always"},
        {"id": "role", "label": "Role", "kind": "text"},
        {"id": "size", "label": "Size", "kind": "number", "min": 1, "decline": true},
        {"id": "plan", "label": "Plan", "kind": "choice", "options": [{"value": "free"}, {"value": "team"}]},
        {"id": "needs", "label": "Needs", "kind": "choices", "options": [{"value": "api"}, {"value": "sso"}]},
        {"id": "budget", "label": "Budget?", "kind": "yes_no"},
        {"id": "note", "label": "Note", "kind": "paragraph"}
    ],
    "signals": [{"id": "views", "measure": "page_views"}, {"id": "source", "measure": "query", "name": "utm_source"}],
    "groups": [{"id": "fit", "dimension": "fit", "label": "Fit"}, {"id": "visit", "dimension": "interest"}],
    "criteria": [
        {"id": "boss", "group": "fit", "points": 5, "when": {"fact": "role", "contains": "directrice"}},
        {"id": "large", "group": "fit", "points": 10, "when": {"fact": "size", "at_least": 50}},
        {"id": "team", "group": "fit", "points": 20, "when": {"fact": "plan", "is": "team"}},
        {"id": "sso", "group": "fit", "points": 40, "when": {"fact": "needs", "includes": "sso"}},
        {"id": "funded", "group": "fit", "points": 80, "when": {"fact": "budget", "is": true}},
        {"id": "looked", "group": "visit", "points": 1, "each": "views", "up_to": 9}
    ],
    "qualification": {"threshold": 50}
}"#;

/// An answer that the visitor would rather not give.
const DECLINED: &str = r#"{"declined":true}"#;

/// What the record says, of a pact without a calendar: nothing is asked of its zone.
fn handed_off(lead: &Lead) -> String {
    lead.hand_off(0, JsValue::NULL.unchecked_ref::<Zone>())
}

fn json(text: &str) -> JsValue {
    JSON::parse(text).unwrap()
}

fn js(code: &str) -> JsValue {
    Function::new_no_args(&["return ", code].concat()).call0(&JsValue::NULL).unwrap()
}

fn lead() -> Lead {
    Lead::new(&text(&json(PACT))).ok().unwrap()
}

fn text(value: &JsValue) -> String {
    JSON::stringify(value).unwrap().into()
}

#[test]
fn pact_that_is_wrong_is_refused_with_every_problem() {
    let wrong = r#"{"pact":1,"id":"x","fields":[{"id":"a","label":"A","kind":"txt"}],"qualification":{}}"#;
    let said = Lead::new(wrong).err().unwrap();
    assert_eq!(said.lines().count(), 3, "{said}");
    assert!(said.contains("fields[0].kind: ") && said.contains("qualification"), "{said}");
}

#[test]
fn values_that_are_not_plain_json_are_refused_with_their_place() {
    let refused = |code: &str| to_value(&js(code)).unwrap_err().to_string();
    assert_eq!(refused("({ a: [1, 2 ** 53 + 2] })"), "a[1]: a number beyond ±2^53");
    assert_eq!(refused("({ a: { b: '\\ud800' } })"), "a.b: a lone surrogate");
    assert_eq!(refused("({ '\\udc00': 1 })"), "a lone surrogate");
    assert!(refused("undefined").contains("expected JSON"));
    assert!(refused("10n").contains("expected JSON"));
    assert!(refused("(() => { const a = {}; a.a = a; return a; })()").contains("expected JSON"));
    assert!(refused("({ get a() { throw new Error('no'); } })").contains("expected JSON"));
    let nested = |deep: usize| to_value(&js(&["[".repeat(deep), "]".repeat(deep)].concat()));
    assert!(nested(64).is_ok());
    assert!(nested(65).unwrap_err().message.contains("deeper than 64"));
    assert!(refused("'x'.repeat(2 ** 20)").contains("1048576"));
}

#[test]
fn values_arrive_as_they_are() {
    let tree = to_value(&js("({ b: [true, null, -0, 1e-7, 'é\\u0000😀\\ufffd'], __proto__x: {} })")).unwrap();
    let list = tree.get("b").unwrap();
    let expected = [
        leadpact::Value::Bool(true),
        leadpact::Value::Null,
        leadpact::Value::Number(0.0),
        leadpact::Value::Number(1e-7),
        leadpact::Value::Text("é\0😀\u{fffd}".into()),
    ];
    assert_eq!(*list, leadpact::Value::List(expected.to_vec()));
}

#[test]
fn setters_record_what_fits_and_what_does_not_leaves_the_fact_unknown() {
    let mut lead = lead();
    let at = |lead: &Lead, id: &str| lead.field(id).unwrap();
    let (role, size, plan) = (at(&lead, "role"), at(&lead, "size"), at(&lead, "plan"));
    let (needs, budget, note) = (at(&lead, "needs"), at(&lead, "budget"), at(&lead, "note"));
    assert_eq!(lead.set_text(role, "La DIRECTRICE générale".into()), 5.0);
    assert!(!lead.say(role, r#"" La DIRECTRICE générale ""#));
    assert_eq!(lead.set(size, 0, 60.0), 15.0);
    assert_eq!(lead.set(plan, 2, 1.0), 35.0);
    assert_eq!(lead.set(needs, 3, 1.0), 75.0);
    assert_eq!(lead.set(needs, 3, 0.0), 75.0);
    assert_eq!(lead.set(budget, 1, 1.0), 155.0);
    assert_eq!([0, 1, 2].map(|part| lead.points(part)), [155.0, 155.0, 0.0]);
    assert_eq!(lead.decision(), 0);
    assert_eq!(lead.set(size, 0, 0.0), 145.0);
    assert_eq!(lead.set(size, 0, f64::NAN), 145.0);
    assert_eq!(lead.set(plan, 2, 7.0), 125.0);
    assert_eq!(lead.set(needs, 3, 9.0), 125.0);
    assert_eq!(lead.set(needs, 4, 1.0), 85.0);
    assert_eq!(lead.set(budget, 1, 0.0), 5.0);
    assert!(lead.say(budget, DECLINED) && !lead.say(budget, DECLINED));
    assert!(lead.say(role, r#""""#) && !lead.say(role, "null"));
    assert!(!lead.say(role, r#""\ud800""#) && !lead.say(99, "1"));
    assert_eq!(lead.set(99, 0, 1.0), 0.0);
    assert_eq!(lead.decision(), 1);
    assert!(lead.say(size, r#""60""#) && lead.say(size, DECLINED));
    // No condition looks at the note, and it is not remembered.
    assert_eq!([role, size, note, 99].map(|field| lead.reads(field)), [true, true, false, false]);
    assert!(lead.say(note, r#""-""#) && !lead.say(note, r#""-""#));
}

#[test]
fn answers_by_name_are_refused_with_the_reason_and_never_the_value() {
    let mut lead = lead();
    assert_eq!(lead.answer("needs", r#"["sso"]"#), None);
    assert_eq!(lead.answer("size", DECLINED), None);
    assert_eq!(lead.answer("budget", "true"), None);
    assert_eq!(lead.points(0), 120.0);
    assert_eq!(lead.answer("budget", "null"), None);
    assert_eq!(lead.points(0), 40.0);
    let said = lead.answer("size", r#""ada@secret.example""#).unwrap();
    assert!(said.starts_with("`size`: expected a number") && !said.contains("secret"), "{said}");
    assert!(lead.answer("sise", "null").unwrap().starts_with("`sise`: the pact has no such"));
}

#[test]
fn behaviour_is_measured_only_where_it_may_be() {
    let mut lead = lead();
    assert!(lead.observe("views", "3", None).unwrap().contains("not measured"));
    lead.set_behaviour(true);
    assert_eq!(lead.observe("views", "3", Some(0.0)), None);
    assert_eq!(lead.observe("source", r#""fair""#, None), None);
    for at in [f64::INFINITY, f64::NAN, 1e300, -1e300] {
        assert_eq!(lead.observe("views", "3", Some(at)), None);
        assert!(handed_off(&lead).contains("\"views\""), "{at}");
    }
    assert_eq!(lead.points(2), 3.0);
    assert!(lead.observe("views", r#""three""#, None).is_some());
    lead.set_behaviour(false);
    assert_eq!(lead.points(2), 0.0);
    assert!(!handed_off(&lead).contains("fair"));
}

#[test]
fn assessment_and_what_is_handed_over_are_plain_objects() {
    let mut lead = lead();
    assert_eq!(lead.answer("email", r#""ada@works.example""#), None);
    let whole = handed_off(&lead);
    for part in [r#""facts":{"email":"ada@works.example"}"#, r#""decision":"nurture""#, r#""at":"2"#] {
        assert!(whole.contains(part), "{part} in {whole}");
    }
    assert_eq!(text(&json(&lead.assess(0))), lead.assess(0));
}

#[test]
fn measures_are_counted_where_behaviour_is_measured_and_nothing_personal_is_kept() {
    let (page_views, visits, query) = (0, 1, 6);
    let mut lead = lead();
    assert!(!lead.count(page_views, "/", f64::NAN));
    lead.set_behaviour(true);
    assert!(lead.count(page_views, "/", f64::NAN) && !lead.count(visits, "/", f64::NAN));
    assert_eq!(lead.points(2), 1.0);
    assert!(!lead.note(query, "utm_medium", "mail") && !lead.note(query, "utm_source", "ada%40works.example"));
    assert!(lead.note(query, "utm_source", "fair"));
    assert!(lead.keep().contains(r#""source":"fair""#), "{}", lead.keep());
}

#[test]
fn times_are_written_as_the_platform_writes_them() {
    for at in [0_i64, 951_782_399_999, 951_782_400_000, 1_709_164_800_123, 4_107_542_399_999, 253_402_207_200_000] {
        let date = js(&["new Date(", &at.to_string(), ").toISOString()"].concat());
        assert_eq!(leadpact::Time(at).to_string(), date.as_string().unwrap());
    }
}

/// What a script of the page exports under this name.
fn exported(script: &str, name: &str) -> Function {
    js(&["(() => {", &script.replace("export ", ""), "return ", name, "})()"].concat()).unchecked_into()
}

#[test]
fn labels_speak_the_pages_language_and_fall_back_to_the_id() {
    const WORDS: &str = include_str!("../src/browser/words.js");
    let (label, describe) = (exported(WORDS, "label"), exported(WORDS, "describe"));
    let label = |locale: &str, kind: &str, id: &str| {
        let given = [json(PACT), kind.into(), id.into(), locale.into()];
        label.apply(&JsValue::NULL, &given.iter().collect()).unwrap().as_string().unwrap()
    };
    assert_eq!(label("fr-CA", "fields", "email"), "Adresse e-mail");
    assert_eq!(label("FR", "fields", "email"), "Adresse e-mail");
    assert_eq!(label("de", "fields", "email"), "E-mail");
    assert_eq!(label("", "groups", "fit"), "Fit");
    assert_eq!(label("", "groups", "visit"), "visit");
    assert_eq!(label("", "disqualify", "visit"), "visit");
    assert_eq!(label("", "nothing", "x"), "x");
    let drawn = |field: u32| text(&describe.call3(&JsValue::NULL, &json(PACT), &field.into(), &"de".into()).unwrap());
    assert!(drawn(0).contains(r#""label":{"text":"E-mail","lang":"en"},"#), "{}", drawn(0));
    assert!(drawn(0).contains(r#""field":"email","required":true"#), "{}", drawn(0));
    assert!(drawn(1).contains(r#""label":{"text":"Role"}"#) && drawn(1).contains(r#""required":false"#));
    assert!(drawn(3).contains(r#""options":[{"value":"free","label":{"text":"free"}},"#), "{}", drawn(3));
}

#[test]
fn inputs_of_every_kind_are_read_together() {
    let said = exported(include_str!("../src/browser/control.js"), "said");
    let said = |code: &str| {
        let make =
            "((all) => all.map((one) => ({ value: '', checked: false, hasAttribute: (name) => !!one[name], ...one })))";
        let inputs = js(&[make, "(", code, ")"].concat());
        let values = said.call1(&JsValue::NULL, &inputs).unwrap();
        if values.is_undefined() { String::new() } else { text(&values) }
    };
    assert_eq!(said("[{ type: 'text', value: ' Directrice ' }]"), r#"[" Directrice "]"#);
    assert_eq!(said("[{ type: 'textarea', value: '' }]"), r#"[""]"#);
    assert_eq!(said("[]"), "[]");
    let radios = "[{ type: 'radio', value: 'free' }, { type: 'radio', value: 'team', checked: true }]";
    assert_eq!(said(radios), r#"["team"]"#);
    let boxes =
        "[{ type: 'checkbox', value: 'api', checked: true }, { type: 'checkbox', value: 'sso', checked: true }]";
    assert_eq!(said(boxes), r#"["api","sso"]"#);
    let list = "[{ type: 'select-one', selectedOptions: [{ value: 'yes', hasAttribute: () => false }] }]";
    assert_eq!(said(list), r#"["yes"]"#);
    for declined in [
        "[{ type: 'number', value: '60' }, { type: 'checkbox', checked: true, 'data-leadpact-declines': true }]",
        "[{ type: 'select-one', selectedOptions: [{ value: '', hasAttribute: () => true }] }]",
    ] {
        assert_eq!(said(declined), "", "declined");
    }
    let open = "[{ type: 'number', value: '60', 'data-leadpact-declines': true }, { type: 'checkbox', 'data-leadpact-declines': true }]";
    assert_eq!(said(open), r#"["60"]"#);
}

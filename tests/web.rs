//! The module for web pages, from JavaScript's side: in Node and in browsers.
#![cfg(all(target_arch = "wasm32", feature = "browser"))]

use js_sys::{Array, Function, JSON, Reflect};
use leadpact::browser::{Lead, describe, hand_off, note_asked, take, to_value};
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

fn json(text: &str) -> JsValue {
    JSON::parse(text).unwrap()
}

fn js(code: &str) -> JsValue {
    Function::new_no_args(&["return ", code].concat()).call0(&JsValue::NULL).unwrap()
}

fn lead() -> Lead {
    Lead::new(&json(PACT), Some("en".into())).ok().unwrap()
}

fn message(error: wasm_bindgen::JsError) -> String {
    let error = JsValue::from(error);
    Reflect::get(&error, &"message".into()).unwrap().as_string().unwrap()
}

fn text(value: &JsValue) -> String {
    JSON::stringify(value).unwrap().into()
}

#[test]
fn pact_that_is_wrong_is_refused_with_every_problem() {
    let wrong =
        json(r#"{"pact": 1, "id": "x", "fields": [{"id": "a", "label": "A", "kind": "txt"}], "qualification": {}}"#);
    let said = message(Lead::new(&wrong, None).err().unwrap());
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
fn setters_return_the_score_and_what_does_not_fit_leaves_the_fact_unknown() {
    let mut lead = lead();
    let at = |lead: &Lead, id: &str| lead.field(id).ok().unwrap();
    let (role, size, plan) = (at(&lead, "role"), at(&lead, "size"), at(&lead, "plan"));
    let (needs, budget) = (at(&lead, "needs"), at(&lead, "budget"));
    assert_eq!(lead.set_text(role, "La DIRECTRICE générale".into()), 5.0);
    assert_eq!(lead.set_number(size, 60.0), 15.0);
    assert_eq!(lead.set_choice(plan, 1), 35.0);
    assert_eq!(lead.set_option(needs, 1, true), 75.0);
    assert_eq!(lead.set_option(needs, 0, true), 75.0);
    assert_eq!(lead.set_flag(budget, true), 155.0);
    assert_eq!((lead.score(), lead.fit(), lead.interest()), (155.0, 155.0, 0.0));
    assert_eq!(lead.decision(), "handoff");
    assert_eq!(lead.set_number(size, 0.0), 145.0);
    assert_eq!(lead.set_number(size, f64::NAN), 145.0);
    assert_eq!(lead.set_choice(plan, 7), 125.0);
    assert_eq!(lead.set_option(needs, 9, true), 125.0);
    assert_eq!(lead.set_option(needs, 1, false), 85.0);
    assert_eq!(lead.decline(budget), 5.0);
    assert_eq!(lead.clear(role), 0.0);
    assert_eq!(lead.set_number(99, 1.0), 0.0);
    assert_eq!(lead.decision(), "nurture");
}

#[test]
fn answers_by_name_are_refused_with_the_reason_and_never_the_value() {
    let mut lead = lead();
    lead.answer("needs", &json(r#"["sso"]"#)).ok().unwrap();
    lead.answer("size", &json(r#"{"declined": true}"#)).ok().unwrap();
    lead.answer("budget", &JsValue::TRUE).ok().unwrap();
    assert_eq!(lead.score(), 120.0);
    lead.answer("budget", &JsValue::UNDEFINED).ok().unwrap();
    assert_eq!(lead.score(), 40.0);
    let said = message(lead.answer("size", &"ada@secret.example".into()).err().unwrap());
    assert!(said.starts_with("`size`: expected a number") && !said.contains("secret"), "{said}");
    assert!(message(lead.answer("sise", &JsValue::NULL).err().unwrap()).starts_with("`sise`: the pact has no such"));
}

#[test]
fn behaviour_is_measured_only_where_it_may_be() {
    let mut lead = lead();
    assert!(message(lead.observe("views", &3.into(), None).err().unwrap()).contains("not measured"));
    lead.set_behaviour(true);
    lead.observe("views", &3.into(), Some(0.0)).ok().unwrap();
    lead.observe("source", &"fair".into(), None).ok().unwrap();
    for at in [f64::INFINITY, f64::NAN, 1e300, -1e300] {
        lead.observe("views", &3.into(), Some(at)).ok().unwrap();
        assert!(text(&hand_off(&lead, "0".into(), 1, None, &JsValue::UNDEFINED)).contains("\"views\""), "{at}");
    }
    assert_eq!(lead.interest(), 3.0);
    assert!(lead.observe("views", &"three".into(), None).is_err());
    lead.set_behaviour(false);
    assert_eq!(lead.interest(), 0.0);
    assert!(!text(&hand_off(&lead, "0".into(), 1, None, &JsValue::UNDEFINED)).contains("fair"));
}

#[test]
fn assessment_and_record_are_plain_objects() {
    let mut lead = lead();
    lead.answer("email", &"ada@works.example".into()).ok().unwrap();
    let size = lead.field("size").ok().unwrap();
    note_asked(&mut lead, size, true, None);
    let consent = JSON::parse(r#"{"by":"banner","at":7,"gpc":true,"more":{}}"#).unwrap();
    let record = hand_off(&lead, "ab".into(), 2, Some("hash".into()), &consent);
    let whole = text(&record);
    for part in [
        r#""id":"ab","attempt":2"#,
        r#""pact":{"id":"web","hash":"hash"}"#,
        r#""facts":{"email":"ada@works.example"}"#,
        r#""asked":[{"field":"size","why":"needed"}]"#,
        r#""consent":{"behaviour":false,"by":"banner","gpc":true}"#,
        r#""decision":"nurture""#,
    ] {
        assert!(whole.contains(part), "{part} in {whole}");
    }
    assert_eq!(text(&JSON::parse(&text(&lead.assess())).unwrap()), text(&lead.assess()));
}

#[test]
fn labels_speak_the_leads_language_and_fall_back_to_the_id() {
    let label =
        |locale: Option<&str>, kind, id| Lead::new(&json(PACT), locale.map(String::from)).ok().unwrap().label(kind, id);
    assert_eq!(label(Some("fr-CA"), "fields", "email"), "Adresse e-mail");
    assert_eq!(label(Some("de"), "fields", "email"), "E-mail");
    assert_eq!(label(None, "groups", "fit"), "Fit");
    assert_eq!(label(None, "groups", "visit"), "visit");
    assert_eq!(label(None, "nothing", "x"), "x");
    let foreign = Lead::new(&json(PACT), Some("de".into())).ok().unwrap();
    let drawn = text(&describe(&foreign, 0));
    assert!(drawn.contains(r#""label":{"text":"E-mail","lang":"en"}"#), "{drawn}");
    assert!(text(&describe(&foreign, 1)).contains(r#""label":{"text":"Role"}"#));
}

/// Inputs as a form has them, so that this runs without a document.
fn inputs(code: &str) -> Array {
    let make =
        "((all) => all.map((one) => ({ value: '', checked: false, hasAttribute: (name) => !!one[name], ...one })))";
    js(&[make, "(", code, ")"].concat()).unchecked_into()
}

#[test]
fn inputs_of_every_kind_are_read_together() {
    let mut lead = lead();
    let field = |id: &str| lead.field(id).ok().unwrap();
    let (role, size, plan, needs, budget, note) =
        (field("role"), field("size"), field("plan"), field("needs"), field("budget"), field("note"));
    assert!(take(&mut lead, role, &inputs("[{ type: 'text', value: 'Directrice' }]"), false));
    assert!(!take(&mut lead, role, &inputs("[{ type: 'text', value: ' Directrice ' }]"), false));
    assert!(take(&mut lead, size, &inputs("[{ type: 'number', value: '60' }]"), false));
    assert!(take(
        &mut lead,
        plan,
        &inputs("[{ type: 'radio', value: 'free' }, { type: 'radio', value: 'team', checked: true }]"),
        false
    ));
    let boxes =
        "[{ type: 'checkbox', value: 'api', checked: true }, { type: 'checkbox', value: 'sso', checked: true }]";
    assert!(take(&mut lead, needs, &inputs(boxes), false));
    let list = "[{ type: 'select-one', selectedOptions: { length: 1, item: () => ({ value: 'yes', hasAttribute: () => false }) } }]";
    assert!(take(&mut lead, budget, &inputs(list), false));
    assert_eq!(lead.score(), 155.0);
    let declined =
        "[{ type: 'number', value: '60' }, { type: 'checkbox', checked: true, 'data-leadpact-declines': true }]";
    assert!(take(&mut lead, size, &inputs(declined), false));
    assert_eq!(lead.score(), 145.0);
    // No condition looks at the note: it is copied only where all of it is wanted.
    let typed = inputs("[{ type: 'textarea', value: 'a long story' }]");
    assert!(take(&mut lead, note, &typed, false));
    assert!(!text(&hand_off(&lead, "0".into(), 1, None, &JsValue::UNDEFINED)).contains("story"));
    assert!(take(&mut lead, note, &typed, true));
    assert!(text(&hand_off(&lead, "0".into(), 1, None, &JsValue::UNDEFINED)).contains("a long story"));
    assert!(take(&mut lead, note, &inputs("[{ type: 'textarea', value: ' \\n' }]"), false));
    assert!(!take(&mut lead, note, &inputs("[]"), true));
    assert!(!take(&mut lead, 99, &typed, false));
}

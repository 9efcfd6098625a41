//! The golden cases of `tests/cases` in the module's own world: Node and browsers, where `JSON.parse` reads them.
#![cfg(target_arch = "wasm32")]
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

#[path = "cases/run.rs"]
mod run;

use leadpact::browser::to_value;
use leadpact::{Assessment, Lead, Pact, Promise, Time, Value};
use serde::Serialize;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

const HOST: run::Host = run::Host { source: None, words: false, json, promise };

/// By the page's own file.
fn promise(lead: &Lead, pact: &Pact, at: Time) -> Option<Promise> {
    let body = include_str!("../src/browser/zone.js").replace("export ", "") + "return zone(name).ahead(at);";
    let ahead = js_sys::Function::new_with_args("name, at", &body);
    let zone = pact.handoff.calendar.as_ref().map_or("", |calendar| calendar.zone.as_str());
    lead.promise_in(at, &|at| {
        let ahead = ahead.call2(&JsValue::NULL, &zone.into(), &(at.0 as f64).into()).unwrap().as_f64().unwrap();
        ahead.is_finite().then_some(ahead as i64)
    })
}

fn json(assessment: &Assessment) -> Value {
    let plain = serde_wasm_bindgen::Serializer::new().serialize_maps_as_objects(true);
    to_value(&assessment.serialize(&plain).unwrap()).unwrap()
}

fn all_hold(source: &str) {
    let Value::List(cases) = to_value(&js_sys::JSON::parse(source).unwrap()).unwrap() else {
        panic!("the file is no list of cases");
    };
    let failed: Vec<String> = cases
        .iter()
        .filter_map(|case| Some(format!("{:?}: {}", case.get("name"), run::run(case, &HOST).err()?)))
        .collect();
    assert!(failed.is_empty(), "in {}:\n{}", here(), failed.join("\n"));
}

/// Which browser this is, or Node.
fn here() -> String {
    web_sys::window().and_then(|window| window.navigator().user_agent().ok()).unwrap_or_else(|| "Node".into())
}

macro_rules! themes {
    ($($theme:ident)*) => {
        $(
            #[wasm_bindgen_test]
            fn $theme() {
                all_hold(include_str!(concat!("cases/", stringify!($theme), ".json")));
            }
        )*
    };
}

themes! { asking bad_pacts clock conditions decay facts good_pacts outlook points qualification texts }

//! The exported class `Lead`.

use super::{now, to_js, to_value};
use crate::pact::qualification::Decision;
use crate::text::Text;
use crate::{Asked, FactError, Given, Pact, Points, Problem, Problems, Time, Value};
use js_sys::JsString;
use wasm_bindgen::prelude::*;

/// The last millisecond, in the year 9999, that every reader of a record takes.
const LAST: f64 = 253_402_207_200_000.0;

/// One visitor as a pact sees them; [`crate::Lead`] for JavaScript.
#[wasm_bindgen]
pub struct Lead {
    pub(super) inner: crate::Lead,
    pub(super) locale: String,
    pub(super) asked: Vec<Asked>,
}

#[wasm_bindgen]
impl Lead {
    /// A visitor of whom nothing is known, and whose behaviour is not measured until they agree.
    ///
    /// # Errors
    /// Every place that is wrong in the pact, a line each.
    #[wasm_bindgen(constructor)]
    pub fn new(pact: &JsValue, locale: Option<String>) -> Result<Lead, JsError> {
        let pact = to_value(pact).map_err(|problem| Problems(vec![problem])).and_then(|tree| Pact::read(&tree));
        let pact = pact.map_err(|problems| refused(&problems.0))?;
        let mut inner = crate::Lead::new(&pact);
        inner.set_behaviour(false);
        inner.draw(js_sys::Math::random());
        Ok(Self { inner, locale: locale.unwrap_or_default(), asked: Vec::new() })
    }

    /// Records an answer as JSON has it: text, number, flag, list, `null` or `{"declined": true}`.
    ///
    /// # Errors
    /// Where the field is not in the pact or the answer does not fit it; the fact is then unknown.
    pub fn answer(&mut self, id: &str, value: &JsValue) -> Result<(), JsError> {
        let field = self.field(id)?;
        let refuse = |message: &str| unfit(&FactError { fact: id.into(), message: message.into() });
        let value = if value.is_undefined() { Ok(Value::Null) } else { to_value(value) };
        let given = value.map_err(|problem| refuse(&problem.message))?;
        let given = Given::try_from(&given).map_err(refuse)?;
        self.inner.answer_field(field, &given).map_err(|error| unfit(&error))
    }

    /// Records what a signal has grown to; `at` is when, in milliseconds, now where absent.
    ///
    /// # Errors
    /// Where the signal is not in the pact, the value does not fit it, or behaviour is not measured.
    pub fn observe(&mut self, id: &str, value: &JsValue, at: Option<f64>) -> Result<(), JsError> {
        #[expect(clippy::cast_possible_truncation, reason = "held within what can be written as a date")]
        let at = at.filter(|at| at.is_finite()).map_or_else(now, |at| Time(at.clamp(0.0, LAST) as i64));
        let done = match value.dyn_ref::<JsString>() {
            Some(text) => self.inner.observe_text(id, &String::from(text)),
            None => self.inner.observe(id, value.as_f64().unwrap_or(-1.0), at),
        };
        done.map_err(|error| unfit(&error))
    }

    /// Says whether behaviour may be measured; without, what was measured is dropped.
    #[wasm_bindgen(js_name = setBehaviour)]
    pub fn set_behaviour(&mut self, measured: bool) {
        self.inner.set_behaviour(measured);
    }

    /// Whether behaviour may be measured.
    #[wasm_bindgen(getter)]
    pub fn behaviour(&self) -> bool {
        self.inner.behaviour()
    }

    /// The handle of a field, for the setters.
    ///
    /// # Errors
    /// Where no field is called so.
    pub fn field(&self, id: &str) -> Result<usize, JsError> {
        self.inner.field(id).map_err(|error| unfit(&error))
    }

    /// Answers with a text. Like every setter: returns the score, and what does not fit leaves the fact unknown.
    #[wasm_bindgen(js_name = setText)]
    pub fn set_text(&mut self, field: usize, text: String) -> f64 {
        self.inner.say_text(field, text);
        self.score()
    }

    /// Answers with a number.
    #[wasm_bindgen(js_name = setNumber)]
    pub fn set_number(&mut self, field: usize, number: f64) -> f64 {
        self.set(field, &Given::Number(number))
    }

    /// Answers yes or no.
    #[wasm_bindgen(js_name = setFlag)]
    pub fn set_flag(&mut self, field: usize, flag: bool) -> f64 {
        self.set(field, &Given::Flag(flag))
    }

    /// Answers a `choice` with the option at this position in the pact, from 0.
    #[wasm_bindgen(js_name = setChoice)]
    pub fn set_choice(&mut self, field: usize, option: usize) -> f64 {
        self.inner.choose(field, option);
        self.score()
    }

    /// Takes an option of a `choices` field in or out.
    #[wasm_bindgen(js_name = setOption)]
    pub fn set_option(&mut self, field: usize, option: usize, chosen: bool) -> f64 {
        self.inner.toggle(field, option, chosen);
        self.score()
    }

    /// Answers "I'd rather not say".
    pub fn decline(&mut self, field: usize) -> f64 {
        self.set(field, &Given::Declined)
    }

    /// Makes the fact unknown.
    pub fn clear(&mut self, field: usize) -> f64 {
        self.set(field, &Given::Blank)
    }

    /// Fit and interest together.
    #[wasm_bindgen(getter)]
    #[expect(clippy::cast_precision_loss, reason = "points stay within 2⁵³")]
    pub fn score(&self) -> f64 {
        self.points().score() as f64
    }

    /// Who the visitor is, in points.
    #[wasm_bindgen(getter)]
    #[expect(clippy::cast_precision_loss, reason = "points stay within 2⁵³")]
    pub fn fit(&self) -> f64 {
        self.points().fit as f64
    }

    /// What the visitor does, in points.
    #[wasm_bindgen(getter)]
    #[expect(clippy::cast_precision_loss, reason = "points stay within 2⁵³")]
    pub fn interest(&self) -> f64 {
        self.points().interest as f64
    }

    /// Where the lead goes: `handoff`, `nurture` or `disqualified`.
    #[wasm_bindgen(getter)]
    pub fn decision(&self) -> String {
        match self.inner.decision(self.when()) {
            Decision::Handoff => "handoff",
            Decision::Nurture => "nurture",
            Decision::Disqualified => "disqualified",
        }
        .into()
    }

    /// Everything the engine says of the lead now.
    pub fn assess(&self) -> JsValue {
        to_js(&self.inner.assess_after(self.asked.len(), now()))
    }

    /// What people call a thing of the pact, in the lead's locale; the id where it has no name.
    pub fn label(&self, kind: &str, id: &str) -> String {
        let terms = self.inner.pact();
        let text = match kind {
            "fields" => terms.fields.iter().find(|field| field.id == id).map(|field| &field.label),
            "criteria" => terms.criteria.iter().find(|criterion| criterion.id == id).map(|criterion| &criterion.label),
            "groups" => terms.groups.iter().find(|group| group.id == id).and_then(|group| group.label.as_ref()),
            "signals" => terms.signals.iter().find(|signal| signal.id == id).and_then(|signal| signal.label.as_ref()),
            "disqualify" => {
                let mut all = terms.qualification.disqualify.iter();
                all.find(|excluded| excluded.id == id).and_then(|excluded| excluded.label.as_ref())
            }
            _ => None,
        };
        text.map_or(id, |text: &Text| text.pick(&self.locale, &terms.locales)).into()
    }
}

impl Lead {
    fn set(&mut self, field: usize, given: &Given) -> f64 {
        self.inner.say(field, given);
        self.score()
    }

    fn points(&self) -> Points {
        self.inner.points(self.when())
    }

    /// Now, unless the time does not matter to the points: asking the clock costs as much as a keystroke.
    fn when(&self) -> Time {
        if self.inner.pact().fading.is_empty() { Time(0) } else { now() }
    }
}

fn refused(problems: &[Problem]) -> JsError {
    let mut lines = String::from("the pact cannot be read");
    for problem in problems {
        lines.push('\n');
        lines.push_str(&problem.path());
        lines.push_str(": ");
        lines.push_str(&problem.message);
    }
    JsError::new(&lines)
}

fn unfit(error: &FactError) -> JsError {
    JsError::new(&["`", &error.fact, "`: ", &error.message].concat())
}

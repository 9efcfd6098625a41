//! The module for web pages. It translates and forwards; no rule of a pact lives here.
//!
//! JavaScript listens, reads the form and draws (`leadpact.js`, `form.js`, `question.js`); Rust asks the engine.
//! Only numbers and texts cross, and of JavaScript's objects one, the zone of a calendar, while a record is made. Nothing
//! here holds a listener or a callback, so that whatever goes wrong surfaces in the JavaScript that called, and the form
//! goes on as a plain form.

#[cfg(feature = "explain")]
mod explain;
mod lead;
mod measure;
mod record;
mod result;
mod value;
#[cfg(feature = "verify")]
mod verify;

pub use lead::Lead;
pub use record::Zone;
pub use value::to_value;
#[cfg(feature = "verify")]
pub use verify::Verifier;

use crate::Time;
use result::to_json;

/// A fraction of the code of the standard allocator, and quicker.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static MEMORY: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

/// The page's clock. The engine never asks one: it is told the time here.
#[expect(clippy::cast_possible_truncation, reason = "milliseconds of a date fit")]
fn now() -> Time {
    Time(js_sys::Date::now() as i64)
}

//! From JavaScript values to the engine's small tree of JSON.

use crate::json::{DEEPEST, LARGEST};
use crate::pact::LONGEST;
use crate::{Problem, Step, Value};
use js_sys::{Array, JSON, JsString, Object};
use wasm_bindgen::{JsCast, JsValue};

/// Reads what `JSON.stringify` makes of a JavaScript value, so that getters, proxies and circles end there.
///
/// The bound on size counts the UTF-16 units of that text, which has no blanks: a file of more bytes may pass here that
/// `leadpact check` refuses.
///
/// # Errors
/// The first place that is not JSON that every reader reads alike.
pub fn to_value(source: &JsValue) -> Result<Value, Problem> {
    let refuse = |message: &str| Problem { path: Vec::new(), message: message.into(), place: None };
    let text = JSON::stringify(source).map_err(|_| refuse("expected JSON: plain objects, lists, texts and numbers"))?;
    if !text.is_string() {
        return Err(refuse("expected JSON, found nothing"));
    }
    if text.length() as usize > LONGEST {
        return Err(refuse("a pact has at most 1048576 bytes"));
    }
    let plain = JSON::parse(&String::from(text)).map_err(|_| refuse("nested too deep"))?;
    let mut path = Vec::new();
    walk(&plain, &mut path).map_err(|message| Problem { path, ..refuse(message) })
}

/// On an error, `path` leads to the place.
fn walk(source: &JsValue, path: &mut Vec<Step>) -> Result<Value, &'static str> {
    if let Some(number) = source.as_f64() {
        return if number.abs() <= LARGEST { Ok(Value::Number(number + 0.0)) } else { Err("a number beyond ±2^53") };
    }
    if let Some(text) = source.dyn_ref::<JsString>() {
        return Ok(Value::Text(whole(text)?));
    }
    if let Some(flag) = source.as_bool() {
        return Ok(Value::Bool(flag));
    }
    if !source.is_object() {
        return Ok(Value::Null);
    }
    if path.len() >= DEEPEST {
        return Err("nested deeper than 64");
    }
    if let Some(list) = source.dyn_ref::<Array>() {
        let mut items = Vec::new();
        for (at, item) in list.iter().enumerate() {
            path.push(Step::Item(at));
            items.push(walk(&item, path)?);
            path.pop();
        }
        return Ok(Value::List(items));
    }
    let mut entries = Vec::new();
    for entry in Object::entries(source.unchecked_ref::<Object>()).iter() {
        let entry: Array = entry.unchecked_into();
        let key = whole(&entry.get(0).unchecked_into())?;
        path.push(Step::Key(key.clone()));
        entries.push((key, walk(&entry.get(1), path)?));
        path.pop();
    }
    Ok(Value::Object(entries))
}

/// The text, unless half of a surrogate pair is missing: Rust would put another character in its place.
fn whole(text: &JsString) -> Result<String, &'static str> {
    let copy = String::from(text);
    let own: &JsValue = text.as_ref();
    let replaced = copy.contains('\u{fffd}') && *own != JsValue::from_str(&copy);
    if replaced { Err("a lone surrogate") } else { Ok(copy) }
}

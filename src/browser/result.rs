//! Results as JSON, which the platform reads at once. One small writer for all of them is a fraction of the code that
//! making each object key by key takes.

use serde::ser::{Impossible, Serialize, SerializeMap, SerializeSeq, SerializeStruct, Serializer};
use std::fmt;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// A number as JavaScript writes it: the shortest digits that read as the same number.
    #[wasm_bindgen(js_name = String)]
    fn digits(number: f64) -> String;
}

/// A result as JSON; what is absent is left out.
pub(super) fn to_json(value: &impl Serialize) -> String {
    let mut json = Json(String::new());
    let written = value.serialize(&mut json);
    debug_assert!(written.is_ok(), "results are of kinds that are written");
    json.0
}

/// JSON as far as it is written. Results are structures, lists, maps, texts, numbers and flags: all else is refused.
struct Json(String);

type Written = Result<(), fmt::Error>;
type Never = Impossible<(), fmt::Error>;

impl Json {
    /// Between an entry and the one before it.
    #[inline(never)]
    fn part(&mut self) {
        if !matches!(self.0.as_bytes().last(), Some(b'[' | b'{')) {
            self.0.push(',');
        }
    }

    #[inline(never)]
    fn key(&mut self, key: &str) {
        self.part();
        self.text(key);
        self.0.push(':');
    }

    #[inline(never)]
    fn text(&mut self, text: &str) {
        self.0.push('"');
        for c in text.chars() {
            match c {
                '\0'..='\u{1f}' => {
                    self.0.push_str(if c < '\u{10}' { "\\u000" } else { "\\u001" });
                    self.0.extend(char::from_digit(c as u32 % 16, 16));
                    continue;
                }
                '"' | '\\' => self.0.push('\\'),
                _ => {}
            }
            self.0.push(c);
        }
        self.0.push('"');
    }

    #[inline(never)]
    fn number(&mut self, number: f64) {
        self.0.push_str(&digits(number));
    }

    #[inline(never)]
    fn put(&mut self, mark: &str) {
        self.0.push_str(mark);
    }
}

impl Serializer for &mut Json {
    type Ok = ();
    type Error = fmt::Error;
    type SerializeSeq = Self;
    type SerializeTuple = Never;
    type SerializeTupleStruct = Never;
    type SerializeTupleVariant = Never;
    type SerializeMap = Self;
    type SerializeStruct = Self;
    type SerializeStructVariant = Never;

    fn serialize_bool(self, flag: bool) -> Written {
        self.put(if flag { "true" } else { "false" });
        Ok(())
    }

    fn serialize_i8(self, number: i8) -> Written {
        self.serialize_f64(number.into())
    }

    fn serialize_i16(self, number: i16) -> Written {
        self.serialize_f64(number.into())
    }

    fn serialize_i32(self, number: i32) -> Written {
        self.serialize_f64(number.into())
    }

    #[expect(clippy::cast_precision_loss, reason = "points and times stay within 2⁵³")]
    fn serialize_i64(self, number: i64) -> Written {
        self.serialize_f64(number as f64)
    }

    fn serialize_u8(self, number: u8) -> Written {
        self.serialize_f64(number.into())
    }

    fn serialize_u16(self, number: u16) -> Written {
        self.serialize_f64(number.into())
    }

    fn serialize_u32(self, number: u32) -> Written {
        self.serialize_f64(number.into())
    }

    #[expect(clippy::cast_precision_loss, reason = "counts stay within 2⁵³")]
    fn serialize_u64(self, number: u64) -> Written {
        self.serialize_f64(number as f64)
    }

    fn serialize_f32(self, number: f32) -> Written {
        self.serialize_f64(number.into())
    }

    fn serialize_f64(self, number: f64) -> Written {
        self.number(number);
        Ok(())
    }

    fn serialize_char(self, c: char) -> Written {
        self.text(c.encode_utf8(&mut [0; 4]));
        Ok(())
    }

    fn serialize_str(self, text: &str) -> Written {
        self.text(text);
        Ok(())
    }

    fn serialize_bytes(self, _: &[u8]) -> Written {
        Err(fmt::Error)
    }

    fn serialize_none(self) -> Written {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Written {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Written {
        self.put("null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Written {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, name: &'static str) -> Written {
        self.serialize_str(name)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Written {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Written {
        Err(fmt::Error)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self, fmt::Error> {
        self.put("[");
        Ok(self)
    }

    fn serialize_tuple(self, _: usize) -> Result<Never, fmt::Error> {
        Err(fmt::Error)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Never, fmt::Error> {
        Err(fmt::Error)
    }

    fn serialize_tuple_variant(self, _: &'static str, _: u32, _: &'static str, _: usize) -> Result<Never, fmt::Error> {
        Err(fmt::Error)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self, fmt::Error> {
        self.put("{");
        Ok(self)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, fmt::Error> {
        self.serialize_map(None)
    }

    fn serialize_struct_variant(self, _: &'static str, _: u32, _: &'static str, _: usize) -> Result<Never, fmt::Error> {
        Err(fmt::Error)
    }
}

impl SerializeSeq for &mut Json {
    type Ok = ();
    type Error = fmt::Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Written {
        self.part();
        value.serialize(&mut **self)
    }

    fn end(self) -> Written {
        self.put("]");
        Ok(())
    }
}

impl SerializeMap for &mut Json {
    type Ok = ();
    type Error = fmt::Error;

    /// The keys of maps are texts, or names of variants.
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Written {
        self.part();
        key.serialize(&mut **self)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Written {
        self.put(":");
        value.serialize(&mut **self)
    }

    fn end(self) -> Written {
        self.put("}");
        Ok(())
    }
}

impl SerializeStruct for &mut Json {
    type Ok = ();
    type Error = fmt::Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Written {
        self.key(key);
        value.serialize(&mut **self)
    }

    fn end(self) -> Written {
        self.put("}");
        Ok(())
    }
}

//! JSON as others write it, read within bounds: a text of one mebibyte can stand for a hundred in
//! memory, so that the values are counted while they are read.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::zeros;

/// How much a text may become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Texts, numbers, lists, objects and what else there is, each by itself.
    pub values: usize,
    /// Lists and objects inside of each other.
    pub depth: usize,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// It is no JSON.
    Broken,
    /// It is more than the bounds allow.
    TooMuch,
}

pub fn read(bytes: &[u8], bounds: Bounds) -> Result<Value, Unreadable> {
    let left = Cell::new(Some(bounds.values));
    let counted = Counted {
        left: &left,
        depth: bounds.depth,
    };
    let mut text = serde_json::Deserializer::from_slice(bytes);
    let read = counted.deserialize(&mut text);
    let read = read.and_then(|value| text.end().map(|()| value));
    read.map_err(|_| match left.get() {
        Some(_) => Unreadable::Broken,
        None => Unreadable::TooMuch,
    })
}

/// One value, with what may still come.
#[derive(Clone, Copy)]
struct Counted<'c> {
    /// `None` once it was too much.
    left: &'c Cell<Option<usize>>,
    depth: usize,
}

impl Counted<'_> {
    fn count<E: Error>(&self) -> Result<(), E> {
        let left = self.left.get().and_then(|left| left.checked_sub(1));
        self.left.set(left);
        left.map(|_| ()).ok_or_else(|| E::custom("too many values"))
    }

    fn inside<E: Error>(&self) -> Result<Self, E> {
        match self.depth.checked_sub(1) {
            Some(depth) => Ok(Self { depth, ..*self }),
            None => {
                self.left.set(None);
                Err(E::custom("too deep"))
            }
        }
    }
}

impl<'de> DeserializeSeed<'de> for Counted<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, text: D) -> Result<Value, D::Error> {
        self.count()?;
        text.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Counted<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(zeros::without(value)))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(zeros::without(value)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let inside = self.inside()?;
        let mut items = Vec::new();
        while let Some(item) = list.next_element_seed(inside)? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Value, A::Error> {
        let inside = self.inside()?;
        let mut members = Map::new();
        while let Some(name) = object.next_key::<String>()? {
            members.insert(zeros::without(name), object.next_value_seed(inside)?);
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: Bounds = Bounds {
        values: 5,
        depth: 3,
    };

    #[test]
    fn what_fits_is_read_as_it_would_be_without_bounds() {
        let plenty = Bounds {
            values: 100,
            depth: 10,
        };
        for text in [
            "null",
            " true ",
            "-9007199254740993",
            "18446744073709551615",
            "1e300",
            "0.1",
            r#""\u00e9\n\ud83d\ude00""#,
            r#"[1,"a",{"b":[],"a":{},"b":null}]"#,
            r#"{"z":1,"a":2,"$serde_json::private::RawValue":"3"}"#,
        ] {
            let plain: Value = serde_json::from_str(text).unwrap();
            assert_eq!(read(text.as_bytes(), plenty).as_ref(), Ok(&plain), "{text}");
            let order = |value: &Value| value.to_string();
            assert_eq!(
                order(&read(text.as_bytes(), plenty).unwrap()),
                order(&plain)
            );
        }
        for text in [
            "",
            "{",
            "1 2",
            "[1,]",
            "1e999",
            "{\"a\":1,}",
            "nul",
            "\"\\ud800\"",
        ] {
            let error = Err(Unreadable::Broken);
            assert_eq!(read(text.as_bytes(), plenty), error, "{text}");
        }
    }

    #[test]
    fn what_is_too_much_is_refused_where_it_becomes_too_much() {
        for (text, fits) in [
            ("[1,2,3,4]", true),
            ("[1,2,3,4,5]", false),
            (r#"{"a":1,"b":2,"c":3,"d":4}"#, true),
            (r#"{"a":1,"b":2,"c":3,"d":4,"e":5}"#, false),
            ("[[[]]]", true),
            ("[[[[]]]]", false),
            (r#"{"a":{"a":{"a":{}}}}"#, false),
            // it is too much before it is broken
            ("[1,2,3,4,5,", false),
        ] {
            let read = read(text.as_bytes(), SMALL);
            assert_eq!(read.is_ok(), fits, "{text}");
            assert!(fits || read == Err(Unreadable::TooMuch), "{text}");
        }
        let deep = "[".repeat(1 << 20);
        assert_eq!(read(deep.as_bytes(), SMALL), Err(Unreadable::TooMuch));
    }
}

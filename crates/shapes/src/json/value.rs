//! A JSON document in memory: members in their order and as often as they were sent, numbers as texts.

use std::{cell::Cell, fmt};

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use super::MAX_VALUES;
use crate::{
    element::shorten,
    read_error::{Position, ReadError, ReadErrorKind},
};

/// One value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// `null`.
    Null,
    /// A number or a truth value, in decimal digits or as the word.
    Literal(String),
    /// A string.
    Text(String),
    /// A list.
    Array(Vec<Value>),
    /// An object.
    Object(Vec<(String, Value)>),
}

impl Value {
    /// This value is there instead of what belongs there.
    pub(crate) fn instead_of(&self, expected: &'static str) -> ReadErrorKind {
        let value = match self {
            Self::Null => "null".to_owned(),
            Self::Literal(text) | Self::Text(text) => shorten(text),
            Self::Array(_) => "[...]".to_owned(),
            Self::Object(_) => "{...}".to_owned(),
        };
        ReadErrorKind::InvalidValue { value, expected }
    }
}

/// Reads a document. Nesting is bounded by `serde_json` (128), the number of values by [`MAX_VALUES`].
pub fn parse(document: &[u8]) -> Result<Value, ReadError> {
    let left = Cell::new(MAX_VALUES);
    let mut deserializer = serde_json::Deserializer::from_slice(document);
    let value = Reader { left: &left }.deserialize(&mut deserializer).map_err(|error| malformed(&error))?;
    deserializer.end().map_err(|error| malformed(&error))?;
    Ok(value)
}

fn malformed(error: &serde_json::Error) -> ReadError {
    // The message ends with the place, which has a field of its own.
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or_default();
    let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let position = Position { row: number(error.line()), column: number(error.column()) };
    ReadError::malformed(&message).at(Some(position))
}

/// Reads one value while there are values left.
#[derive(Clone, Copy)]
struct Reader<'a> {
    left: &'a Cell<u32>,
}

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        let left = self.left.get().checked_sub(1);
        let left = left.ok_or_else(|| D::Error::custom(format!("more than {MAX_VALUES} values")))?;
        self.left.set(left);
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Literal(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Literal(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Literal(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Literal(value.to_string()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = entries.next_element_seed(self)? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut members = Vec::new();
        while let Some(name) = entries.next_key::<String>()? {
            members.push((name, entries.next_value_seed(self)?));
        }
        Ok(Value::Object(members))
    }
}

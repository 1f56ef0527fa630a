//! JSON, read strictly by the library's reader or carelessly by `serde_json`.

use entitlements_core::strict::json::{self, JsonErrorKind};
use serde_json::Value as Loose;

use super::reader::{Check, Reason};

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Null,
    Bool(bool),
    Integer(i128),
    /// A plain integer that is longer than any that counts.
    Huge,
    /// Another number.
    Number,
    Text(String),
    List(Vec<Value>),
    Map(Vec<(String, Value)>),
}

impl Value {
    pub(super) fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Map(members) => members
                .iter()
                .find(|(member, _)| member == name)
                .map(|(_, value)| value),
            _ => None,
        }
    }

    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// An object, but for what `without` lets through.
pub(super) fn object(bytes: &[u8], without: Option<Check>) -> Result<Value, Reason> {
    let lets = |check| without == Some(check);
    let value = match json::read(bytes) {
        Ok(value) => strict(&value),
        Err(error) => {
            let (reason, check) = match error.kind() {
                JsonErrorKind::DuplicateMember => ("duplicate_member", Check::Duplicates),
                JsonErrorKind::Depth => ("depth", Check::Depth),
                JsonErrorKind::Encoding => ("json", Check::Utf8),
                JsonErrorKind::Trailing => ("json", Check::Trailing),
                _ => ("json", Check::Json),
            };
            if !lets(check) {
                return Err(reason);
            }
            careless(bytes).ok_or(reason)?
        }
    };
    match value {
        Value::Map(_) => Ok(value),
        _ if lets(Check::Object) => Ok(Value::Map(Vec::new())),
        _ => Err("not_an_object"),
    }
}

/// The last of two members counts, bytes that are no UTF-8 are replaced, and what follows is not looked at.
fn careless(bytes: &[u8]) -> Option<Value> {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_start_matches('\u{feff}').replace(",}", "}");
    let mut values = serde_json::Deserializer::from_str(&text).into_iter::<Loose>();
    Some(loose(&values.next()?.ok()?))
}

fn strict(value: &json::Value<'_>) -> Value {
    match value {
        json::Value::Null => Value::Null,
        json::Value::Bool(on) => Value::Bool(*on),
        json::Value::Number(number) => match number.as_integer() {
            Some(integer) => Value::Integer(integer),
            None if number
                .as_str()
                .bytes()
                .skip(1)
                .all(|byte| byte.is_ascii_digit())
                && number.as_str() != "-0" =>
            {
                Value::Huge
            }
            None => Value::Number,
        },
        json::Value::String(text) => Value::Text(text.clone().into_owned()),
        json::Value::Array(items) => Value::List(items.iter().map(strict).collect()),
        json::Value::Object(members) => Value::Map(
            members
                .iter()
                .map(|(name, value)| (name.clone().into_owned(), strict(value)))
                .collect(),
        ),
        _ => panic!("JSON has no other values"),
    }
}

fn loose(value: &Loose) -> Value {
    match value {
        Loose::Null => Value::Null,
        Loose::Bool(on) => Value::Bool(*on),
        Loose::Number(number) => number.as_i128().map_or(Value::Number, Value::Integer),
        Loose::String(text) => Value::Text(text.clone()),
        Loose::Array(items) => Value::List(items.iter().map(loose).collect()),
        Loose::Object(members) => Value::Map(
            members
                .iter()
                .map(|(name, value)| (name.clone(), loose(value)))
                .collect(),
        ),
    }
}

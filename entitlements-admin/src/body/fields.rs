use std::borrow::Cow;

use entitlements_core::Timestamp;
use entitlements_core::strict::json::{self, Member, Value};

use super::Sent;
use crate::refusal::{FieldError, Refusal};

/// How much of an unknown field's name is repeated to whoever sent it.
const SHOWN_CHARS: usize = 64;

/// The fields of a body that is a strict JSON object. Whatever is wrong with them is told at once, by
/// [`finish`](Self::finish).
///
/// Public so that an application's own routes can refuse bodies in the same words as this API does.
///
/// ```
/// use entitlements_admin::Fields;
///
/// let mut fields = Fields::read(br#"{"name":"Ada","nick":1}"#)?;
/// assert_eq!(fields.string("name").as_deref(), Some("Ada"));
/// let refusal = fields.finish().unwrap_err();
/// assert_eq!(refusal.code(), "INVALID");
/// # Ok::<(), entitlements_admin::Refusal>(())
/// ```
#[derive(Debug)]
pub struct Fields<'a> {
    /// Those that nobody asked for yet.
    rest: Vec<Member<'a>>,
    errors: Vec<FieldError>,
}

impl<'a> Fields<'a> {
    /// Reads a body.
    ///
    /// # Errors
    /// When it is not strict JSON (`MALFORMED`), or not an object (`INVALID`).
    pub fn read(body: &'a [u8]) -> Result<Self, Refusal> {
        match json::read(body) {
            Ok(Value::Object(members)) => Ok(Self {
                rest: members,
                errors: Vec::new(),
            }),
            Ok(other) => Err(Refusal::Invalid(vec![FieldError {
                field: String::new(),
                message: format!("the body must be an object, and is {}", other.kind()),
            }])),
            Err(error) => Err(Refusal::Malformed(format!(
                "the body is not strict JSON: {error}"
            ))),
        }
    }

    /// Takes a string that must be there.
    pub fn string(&mut self, name: &str) -> Option<Cow<'a, str>> {
        match self.take(name) {
            Some(Value::String(text)) => Some(text),
            Some(other) => self.wrong(name, format!("must be a string, and is {}", other.kind())),
            None => self.wrong(name, "must be there".into()),
        }
    }

    /// Takes a boolean that must be there.
    pub fn boolean(&mut self, name: &str) -> Option<bool> {
        match self.take(name) {
            Some(Value::Bool(value)) => Some(value),
            Some(other) => self.wrong(name, format!("must be a boolean, and is {}", other.kind())),
            None => self.wrong(name, "must be there".into()),
        }
    }

    /// Takes a string that may be left out, or null.
    pub fn optional_string(&mut self, name: &str) -> Sent<Cow<'a, str>> {
        self.optional(name, "a string", |value| match value {
            Value::String(text) => Ok(text),
            other => Err(other.kind()),
        })
    }

    /// Takes a number that may be left out, or null: a plain integer of 64 bits that is not negative.
    pub fn optional_integer(&mut self, name: &str) -> Sent<u64> {
        self.optional(name, "an integer from 0 to 18446744073709551615", |value| {
            let number = value
                .as_integer()
                .and_then(|number| u64::try_from(number).ok());
            number.ok_or_else(|| match value {
                Value::Number(_) => "another number",
                other => other.kind(),
            })
        })
    }

    /// Takes a list of strings that may be left out, or null.
    pub fn optional_strings(&mut self, name: &str) -> Sent<Vec<Cow<'a, str>>> {
        self.optional(name, "an array of strings", |value| {
            let Value::Array(items) = value else {
                return Err(value.kind());
            };
            let strings = items.into_iter().map(|item| match item {
                Value::String(text) => Ok(text),
                _ => Err("an array of something else"),
            });
            strings.collect()
        })
    }

    /// Takes a time that may be left out, or null: RFC 3339 with a capital `Z` or an offset.
    pub fn optional_time(&mut self, name: &str) -> Sent<Timestamp> {
        let expected = "a time such as `2027-01-31T12:00:00Z`";
        self.optional(name, expected, |value| match value {
            Value::String(text) => text.parse().map_err(|_| "another string"),
            other => Err(other.kind()),
        })
    }

    /// Whether a field is there that nobody took yet.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.rest.iter().any(|(member, _)| member == name)
    }

    /// Demands that a field is there, be it null.
    pub fn require(&mut self, name: &str) {
        if !self.has(name) {
            self.refuse(name, "must be there");
        }
    }

    /// Says that a field is wrong; `message` follows its name, as in `must not be empty`.
    pub fn refuse(&mut self, field: &str, message: impl Into<String>) {
        self.errors.push(FieldError {
            field: field.into(),
            message: message.into(),
        });
    }

    /// Refuses the body where a field was wrong, or is there that nobody asked for.
    ///
    /// # Errors
    /// `INVALID`, with every field that is wrong.
    pub fn finish(mut self) -> Result<(), Refusal> {
        let unknown = self.rest.into_iter().map(|(name, _)| FieldError {
            field: shown(&name),
            message: "is not a field of this body".into(),
        });
        self.errors.extend(unknown);
        if self.errors.is_empty() {
            Ok(())
        } else {
            Err(Refusal::Invalid(self.errors))
        }
    }

    fn optional<T>(
        &mut self,
        name: &str,
        expected: &str,
        read: impl FnOnce(Value<'a>) -> Result<T, &'static str>,
    ) -> Sent<T> {
        match self.take(name) {
            None => Sent::Absent,
            Some(Value::Null) => Sent::Null,
            Some(value) => match read(value) {
                Ok(value) => Sent::Value(value),
                Err(kind) => {
                    self.refuse(name, format!("must be {expected}, and is {kind}"));
                    Sent::Absent
                }
            },
        }
    }

    fn take(&mut self, name: &str) -> Option<Value<'a>> {
        let place = self.rest.iter().position(|(member, _)| member == name)?;
        Some(self.rest.remove(place).1)
    }

    fn wrong<T>(&mut self, field: &str, message: String) -> Option<T> {
        self.refuse(field, message);
        None
    }
}

/// Shortened: a license key that was sent as a name is not sent back.
pub(crate) fn shown(name: &str) -> String {
    match name.char_indices().nth(SHOWN_CHARS) {
        Some((end, _)) => [name.get(..end).unwrap_or_default(), "…"].concat(),
        None => name.into(),
    }
}

#[cfg(test)]
mod tests;

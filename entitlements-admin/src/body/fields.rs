use std::borrow::Cow;

use entitlements_core::strict::json::{self, Member, Value};

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

    fn take(&mut self, name: &str) -> Option<Value<'a>> {
        let place = self.rest.iter().position(|(member, _)| member == name)?;
        Some(self.rest.remove(place).1)
    }

    fn wrong<T>(&mut self, field: &str, message: String) -> Option<T> {
        self.errors.push(FieldError {
            field: field.into(),
            message,
        });
        None
    }
}

/// Shortened: a license key that was sent as a name is not sent back.
fn shown(name: &str) -> String {
    match name.char_indices().nth(SHOWN_CHARS) {
        Some((end, _)) => [name.get(..end).unwrap_or_default(), "…"].concat(),
        None => name.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(body: &str) -> Vec<(String, String)> {
        let read = Fields::read(body.as_bytes()).and_then(|mut fields| {
            fields.string("key");
            fields.finish()
        });
        match read {
            Err(Refusal::Invalid(errors)) => errors
                .into_iter()
                .map(|error| (error.field, error.message))
                .collect(),
            other => panic!("{body}: {other:?}"),
        }
    }

    #[test]
    fn every_wrong_field_is_told() {
        let fields = |body| {
            errors(body)
                .into_iter()
                .map(|(field, _)| field)
                .collect::<Vec<_>>()
        };
        assert_eq!(fields("{}"), ["key"]);
        assert_eq!(fields(r#"{"key":null}"#), ["key"]);
        assert_eq!(
            fields(r#"{"b":1,"key":5,"a":{"key":"x"}}"#),
            ["key", "b", "a"]
        );
        assert_eq!(fields(r#"{"key":"x","Key":"x","":1}"#), ["Key", ""]);
        assert_eq!(fields(r#"["key"]"#), [""]);
    }

    #[test]
    fn the_message_says_what_is_wrong() {
        assert_eq!(errors("{}")[0].1, "must be there");
        assert_eq!(
            errors(r#"{"key":5}"#)[0].1,
            "must be a string, and is a number"
        );
        assert_eq!(
            errors(r#"{"key":"","x":1}"#)[0].1,
            "is not a field of this body"
        );
        assert_eq!(
            errors("3")[0].1,
            "the body must be an object, and is a number"
        );
    }

    #[test]
    fn a_long_name_is_shortened() {
        let body = |length: usize| format!(r#"{{"key":"x","{}":1}}"#, "é".repeat(length));
        assert_eq!(errors(&body(64))[0].0, "é".repeat(64));
        assert_eq!(errors(&body(65))[0].0, "é".repeat(64) + "…");
    }
}

//! Words to write schemas with (JSON Schema 2020-12).

use serde_json::{Map, Value, json};

/// A schema of the document, by its name.
pub(super) fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

pub(super) fn text() -> Value {
    json!({ "type": "string" })
}

pub(super) fn time() -> Value {
    json!({ "type": "string", "format": "date-time" })
}

pub(super) fn flag() -> Value {
    json!({ "type": "boolean" })
}

/// A number of things: 0 to 18446744073709551615.
pub(super) fn count() -> Value {
    json!({ "type": "integer", "minimum": 0 })
}

/// One of these words.
pub(super) fn one_of(words: &[&str]) -> Value {
    json!({ "type": "string", "enum": words })
}

pub(super) fn list(of: Value) -> Value {
    members([("type", "array".into()), ("items", of)])
}

/// Values by name.
pub(super) fn by_name(of: Value) -> Value {
    members([("type", "object".into()), ("additionalProperties", of)])
}

pub(super) fn or_null(schema: Value) -> Value {
    any_of([schema, json!({ "type": "null" })])
}

pub(super) fn any_of<const N: usize>(schemas: [Value; N]) -> Value {
    members([("anyOf", Value::Array(schemas.into()))])
}

/// The same, with a sentence about it.
pub(super) fn said(mut schema: Value, description: &str) -> Value {
    if let Value::Object(schema) = &mut schema {
        schema.insert("description".into(), description.into());
    }
    schema
}

/// An object of an answer: these members are always there, and later versions may add others.
pub(super) fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    with_optional(members, [])
}

/// An object of an answer, with members that may be missing.
pub(super) fn with_optional<const N: usize, const M: usize>(
    needed: [(&str, Value); N],
    optional: [(&str, Value); M],
) -> Value {
    let required: Vec<_> = needed.iter().map(|(name, _)| *name).collect();
    let members = needed.into_iter().chain(optional);
    let members: Map<_, _> = members
        .map(|(name, schema)| (name.to_owned(), schema))
        .collect();
    json!({ "type": "object", "required": required, "properties": members })
}

/// An object of a request: a member that is not named is refused.
pub(super) fn body<const N: usize, const M: usize>(
    needed: [(&str, Value); N],
    optional: [(&str, Value); M],
) -> Value {
    let mut schema = with_optional(needed, optional);
    if let Value::Object(schema) = &mut schema {
        schema.insert("additionalProperties".into(), false.into());
    }
    schema
}

fn members<const N: usize>(members: [(&str, Value); N]) -> Value {
    let members = members.into_iter();
    let members = members.map(|(name, value)| (name.to_owned(), value));
    Value::Object(members.collect())
}

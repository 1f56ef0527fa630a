//! The document as a test reads it: what it announces, and validators of the schemas in it.

use std::collections::BTreeSet;

use jsonschema::{Draft, Validator};
use serde_json::{Value, json};

/// One answer that an operation gives: its name, the status, and the code where it is a problem.
pub(crate) type Announced = (String, u16, String);

pub(crate) struct Document {
    pub(crate) value: Value,
    /// The same, with no member in an answer but those that are named: more is allowed to clients, and not to tests.
    strict: Value,
}

impl Document {
    pub(crate) fn new(value: Value) -> Self {
        let mut strict = value.clone();
        close(&mut strict, Within::Nothing);
        Self { value, strict }
    }

    /// The path of the document that a path of a request is of; of several the plainest.
    pub(crate) fn path_of(&self, path: &str) -> String {
        let path = path.split('?').next().unwrap();
        let fits = |pattern: &&String| {
            let (pattern, path) = (pattern.split('/'), path.split('/'));
            pattern.clone().count() == path.clone().count()
                && pattern.zip(path).all(|(expected, found)| {
                    expected == found || (expected.starts_with('{') && !found.is_empty())
                })
        };
        let paths = self.value["paths"].as_object().unwrap().keys().filter(fits);
        let plainest = paths.min_by_key(|pattern| pattern.matches('{').count());
        plainest
            .unwrap_or_else(|| panic!("no path of the document is {path}"))
            .clone()
    }

    /// Every operation: its path, its method and what is said of it.
    pub(crate) fn operations(&self) -> Vec<(String, String, Value)> {
        let mut operations = Vec::new();
        for (path, item) in self.value["paths"].as_object().unwrap() {
            let methods = item.as_object().unwrap().iter();
            for (method, operation) in methods.filter(|(method, _)| *method != "parameters") {
                operations.push((path.clone(), method.to_uppercase(), operation.clone()));
            }
        }
        operations
    }

    /// Every answer that it announces.
    pub(crate) fn announced(&self) -> BTreeSet<Announced> {
        let mut announced = BTreeSet::new();
        for (_, _, operation) in self.operations() {
            let id = operation["operationId"].as_str().unwrap();
            for (status, response) in operation["responses"].as_object().unwrap() {
                let status: u16 = status.parse().unwrap();
                let problem = &response["content"]["application/problem+json"]["schema"];
                let codes = problem["allOf"][1]["properties"]["code"]["enum"].as_array();
                let codes = codes.map_or(vec![""], |codes| {
                    codes.iter().map(|code| code.as_str().unwrap()).collect()
                });
                announced.extend(
                    codes
                        .iter()
                        .map(|code| (id.to_owned(), status, (*code).to_owned())),
                );
            }
        }
        announced
    }

    /// Why a body is not of the schema at this place of the document; nothing where it is.
    #[track_caller]
    pub(crate) fn assert_fits(&self, place: &str, body: &Value) {
        let errors: Vec<_> = self
            .validator(place)
            .iter_errors(body)
            .map(|error| format!("{} at {}", error, error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{place}: {errors:#?}\n{body:#}");
    }

    pub(crate) fn fits(&self, place: &str, body: &Value) -> bool {
        self.validator(place).is_valid(body)
    }

    fn validator(&self, place: &str) -> Validator {
        // References lead to the components from wherever the schema stands.
        let mut schema = self.strict.pointer(place).unwrap().clone();
        schema["components"] = self.strict["components"].clone();
        jsonschema::options()
            .with_draft(Draft::Draft202012)
            .should_validate_formats(true)
            .build(&schema)
            .unwrap_or_else(|error| panic!("{place}: {error}"))
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    Nothing,
    AllOf,
}

/// Refuses members that no schema names.
fn close(value: &mut Value, within: Within) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| close(item, within)),
        Value::Object(members) => {
            let is_whole = members.contains_key("allOf");
            for (name, member) in members.iter_mut() {
                // Of schemas that hold together none knows all members.
                let within = match name.as_str() {
                    "allOf" => Within::AllOf,
                    "anyOf" => within,
                    _ => Within::Nothing,
                };
                close(member, within);
            }
            if is_whole {
                members.insert("unevaluatedProperties".into(), false.into());
            } else if within == Within::Nothing
                && members.get("type") == Some(&json!("object"))
                && members.contains_key("properties")
            {
                members.insert("additionalProperties".into(), false.into());
            }
        }
        _ => {}
    }
}

#[tokio::test]
async fn a_body_that_is_not_as_announced_does_not_fit() {
    let world = crate::world::World::new().await;
    let fits = |name: &str, body: Value| {
        let place = format!("/components/schemas/{name}");
        world.document.fits(&place, &body)
    };
    assert!(fits(
        "Licenses",
        json!({ "status": "active", "licenses": [] })
    ));
    for body in [
        json!({ "status": "active" }),
        json!({ "status": "perhaps", "licenses": [] }),
        json!({ "status": "active", "licenses": [{}] }),
        json!({ "status": "active", "licenses": [], "key": "x" }),
    ] {
        assert!(!fits("Licenses", body.clone()), "{body}");
    }
    let made =
        json!({ "id": "1", "ends_at": null, "reason": "", "created_at": "2026-01-01T12:00:00Z" });
    for (more, expected) in [
        (json!({ "feature": "sso", "enabled": true }), true),
        (json!({ "limit": "users", "value": null }), true),
        (json!({}), false),
        (json!({ "feature": "sso" }), false),
        (json!({ "feature": "sso", "enabled": true, "x": 1 }), false),
        (
            json!({ "feature": "sso", "enabled": true, "created_at": "today" }),
            false,
        ),
    ] {
        let mut body = made.clone();
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        assert_eq!(fits("Override", body.clone()), expected, "{body}");
    }
}

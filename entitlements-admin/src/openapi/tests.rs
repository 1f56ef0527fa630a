use std::collections::BTreeSet;

use serde_json::Value;

use super::operation::METHODS;
use crate::openapi::value;
use crate::routes;

/// Every value of the document, with the way to it.
fn walk(value: &Value, path: &str, see: &mut impl FnMut(&str, &Value)) {
    see(path, value);
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                walk(value, &format!("{path}/{name}"), see);
            }
        }
        Value::Array(items) => {
            for (nth, item) in items.iter().enumerate() {
                walk(item, &format!("{path}/{nth}"), see);
            }
        }
        _ => {}
    }
}

#[test]
fn m18_every_route_is_in_the_document_and_nothing_else() {
    let document = value(routes::all());
    let mut documented = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for member in item.as_object().unwrap().keys() {
            if member == "parameters" {
                continue;
            }
            let method = METHODS
                .iter()
                .find(|method| method.as_str().to_lowercase() == *member);
            documented.insert((path.clone(), method.expect(member).to_string()));
        }
    }
    let routes = routes::all().map(|route| (route.path.to_owned(), route.method.to_string()));
    assert_eq!(documented, routes.collect());
}

#[test]
fn names_are_there_once_and_lead_somewhere() {
    let document = value(routes::all());
    let (mut ids, mut used) = (BTreeSet::new(), BTreeSet::new());
    walk(&document, "", &mut |path, value| {
        if path.ends_with("/operationId") {
            assert!(ids.insert(value.to_string()), "{value} is there twice");
        }
        if path.ends_with("/$ref") {
            let place = value.as_str().unwrap().strip_prefix('#').unwrap();
            assert!(document.pointer(place).is_some(), "{path}: {place}");
            used.insert(place.rsplit('/').next().unwrap().to_owned());
        }
    });
    assert_eq!(ids.len(), routes::all().count());
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let schemas: BTreeSet<_> = schemas.keys().cloned().collect();
    assert_eq!(schemas, used);
}

//! The document's own form: OpenAPI 3.1.0, as far as it can be told without its published schema.

use serde_json::Value;

use crate::world::World;

/// An object of OpenAPI, with the members that it must and may have (sections 4.8.1 to 4.8.30 of the specification).
#[track_caller]
fn assert_members(value: &Value, place: &str, needed: &str, allowed: &str) {
    let members = value
        .as_object()
        .unwrap_or_else(|| panic!("{place} is no object"));
    for name in needed.split_whitespace() {
        assert!(members.contains_key(name), "{place} lacks {name}");
    }
    let known: Vec<_> = needed
        .split_whitespace()
        .chain(allowed.split_whitespace())
        .collect();
    for name in members.keys() {
        assert!(known.contains(&name.as_str()), "{place} has {name}");
    }
}

fn assert_schema(schema: &Value, place: &str) {
    assert!(
        jsonschema::meta::is_valid(schema),
        "{place} is no schema: {schema:#}"
    );
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn assert_content(content: &Value, place: &str) {
    for (kind, media) in members(content) {
        assert!(kind.contains('/'), "{place}: {kind}");
        assert_members(media, place, "schema", "");
        assert_schema(&media["schema"], place);
    }
}

fn assert_parameter(parameter: &Value, place: &str) {
    assert_members(parameter, place, "name in required schema", "description");
    assert!(["path", "query"].contains(&parameter["in"].as_str().unwrap()));
    assert!(
        parameter["in"] != "path" || parameter["required"] == true,
        "{place}"
    );
    assert_schema(&parameter["schema"], place);
}

#[tokio::test]
async fn m18_the_document_has_the_form_of_openapi() {
    let world = World::new().await;
    let document = &world.document.value;
    assert_members(
        document,
        "the document",
        "openapi info servers paths components",
        "",
    );
    assert_eq!(document["openapi"], "3.1.0");
    assert_members(
        &document["info"],
        "info",
        "title version",
        "description license",
    );
    assert_members(
        &document["info"]["license"],
        "license",
        "name identifier",
        "",
    );
    let components = &document["components"];
    assert_members(components, "components", "schemas securitySchemes", "");
    for (name, schema) in members(&components["schemas"]) {
        assert!(
            name.bytes().all(|byte| byte.is_ascii_alphanumeric()),
            "{name}"
        );
        assert_schema(schema, name);
    }
    for (name, scheme) in members(&components["securitySchemes"]) {
        assert_members(scheme, name, "type scheme", "description");
    }
    for (path, item) in members(&document["paths"]) {
        assert!(path.starts_with('/'));
        let named = item["parameters"].as_array().cloned().unwrap_or_default();
        named
            .iter()
            .for_each(|parameter| assert_parameter(parameter, path));
        let named: Vec<_> = named
            .iter()
            .map(|one| format!("{{{}}}", one["name"].as_str().unwrap()))
            .collect();
        let in_path: Vec<_> = path
            .split('/')
            .filter(|segment| segment.starts_with('{'))
            .collect();
        assert_eq!(named, in_path, "{path}");
    }
    for (path, method, operation) in world.document.operations() {
        let place = format!("{method} {path}");
        assert_members(
            &operation,
            &place,
            "operationId summary security responses",
            "parameters requestBody",
        );
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            assert_parameter(parameter, &place);
        }
        if operation["requestBody"].is_object() {
            assert_members(&operation["requestBody"], &place, "content", "required");
            assert_content(&operation["requestBody"]["content"], &place);
        }
        for one in operation["security"].as_array().unwrap() {
            for (name, scopes) in members(one) {
                assert!(
                    components["securitySchemes"][name].is_object(),
                    "{place}: {name}"
                );
                assert_eq!(scopes.as_array().map(Vec::len), Some(0));
            }
        }
        for (status, response) in members(&operation["responses"]) {
            assert!(status.len() == 3 && status.bytes().all(|byte| byte.is_ascii_digit()));
            assert_members(response, &place, "description", "content headers");
            assert_content(&response["content"], &place);
            for (_, header) in members(&response["headers"]) {
                assert_members(header, &place, "schema", "");
            }
        }
    }
}

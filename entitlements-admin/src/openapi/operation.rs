use std::collections::BTreeMap;

#[cfg(test)]
use http::Method;
use serde_json::{Map, Value, json};

use super::about::{Answers, QueryKind, QueryParameter};
use super::schema::{self, reference};
use crate::refusal::row::{self, Row};
use crate::router::{Action, Route, Takes};

/// What the path names.
pub(super) fn parameters_of_path(path: &str) -> Map<String, Value> {
    let names = path.split('/').filter_map(|segment| {
        let name = segment.strip_prefix('{')?;
        name.strip_suffix('}')
    });
    let parameters: Vec<_> = names
        .map(|name| {
            json!({
                "name": name,
                "in": "path",
                "required": true,
                "schema": { "type": "string", "minLength": 1 },
            })
        })
        .collect();
    let mut item = Map::new();
    if !parameters.is_empty() {
        item.insert("parameters".into(), parameters.into());
    }
    item
}

/// What a route does.
pub(super) fn of(route: &Route) -> Value {
    let about = &route.about;
    let mut operation = Map::new();
    let mut say = |name: &str, value: Value| operation.insert(name.into(), value);
    say("operationId", about.id.into());
    say("summary", about.summary.into());
    say("security", security(&route.action));
    say("responses", responses(route));
    if !about.query.is_empty() {
        let query: Vec<_> = about.query.iter().map(query_parameter).collect();
        say("parameters", query.into());
    }
    if let Takes::Json(name) = route.body {
        let content = json!({ "application/json": { "schema": reference(name) } });
        say(
            "requestBody",
            json!({ "required": true, "content": content }),
        );
    }
    Value::Object(operation)
}

fn security(action: &Action) -> Value {
    match action {
        Action::Anyone(_) => json!([]),
        Action::Admin(_) => json!([{ "admin": [] }]),
        Action::Account(_) => json!([{ "account": [] }]),
        Action::Owner(_) => json!([{ "owner": [] }]),
        Action::Either(_) => json!([{ "admin": [] }, { "owner": [] }]),
    }
}

fn query_parameter(parameter: &QueryParameter) -> Value {
    let schema = match parameter.kind {
        QueryKind::Text | QueryKind::Needed => schema::text(),
        QueryKind::Time => schema::time(),
        QueryKind::PageSize => {
            json!({ "type": "integer", "minimum": 1, "maximum": 1000, "default": 100 })
        }
        QueryKind::Flag => json!({ "type": "boolean", "const": true }),
    };
    json!({
        "name": parameter.name,
        "in": "query",
        "required": parameter.kind == QueryKind::Needed,
        "description": parameter.description,
        "schema": schema,
    })
}

fn responses(route: &Route) -> Value {
    let mut responses = success(route.about.answers);
    let mut by_status: BTreeMap<u16, Vec<&Row>> = BTreeMap::new();
    for row in refusals(route) {
        let rows = by_status.entry(row.status).or_default();
        if !rows.iter().any(|known| known.code == row.code) {
            rows.push(row);
        }
    }
    for (status, rows) in by_status {
        responses.insert(status.to_string(), problem(status, &rows));
    }
    Value::Object(responses)
}

/// All that a route may refuse with: as of its kind, then by itself.
fn refusals(route: &Route) -> Vec<&'static Row> {
    let mut rows = match route.action {
        Action::Anyone(_) => vec![],
        Action::Admin(_) => vec![&row::UNAUTHORIZED, &row::FORBIDDEN],
        Action::Account(_) => vec![&row::ACCOUNT_UNKNOWN],
        Action::Owner(_) | Action::Either(_) => {
            vec![&row::UNAUTHORIZED, &row::ACCOUNT_UNKNOWN, &row::FORBIDDEN]
        }
    };
    if route.body != Takes::Nothing {
        rows.extend([&row::MALFORMED, &row::BODY_TOO_LARGE, &row::INVALID]);
    }
    if !route.about.query.is_empty() {
        rows.push(&row::INVALID);
    }
    rows.extend(route.about.refuses);
    rows
}

fn success(answers: Answers) -> Map<String, Value> {
    let json = |name: &str| json!({ "application/json": { "schema": reference(name) } });
    let tag = || json!({ "ETag": { "schema": schema::text() } });
    let mut responses = Map::new();
    match answers {
        Answers::Json(name) => {
            let response = json!({ "description": "OK", "content": json(name) });
            responses.insert("200".into(), response);
        }
        Answers::Tagged(name) => {
            let response = json!({ "description": "OK", "headers": tag(), "content": json(name) });
            responses.insert("200".into(), response);
            let response = json!({ "description": "Not modified", "headers": tag() });
            responses.insert("304".into(), response);
        }
        Answers::Created(name) => {
            let headers = json!({ "Location": { "schema": { "type": "string", "format": "uri-reference" } } });
            let response =
                json!({ "description": "Created", "headers": headers, "content": json(name) });
            responses.insert("201".into(), response);
        }
        Answers::NoContent => {
            responses.insert("204".into(), json!({ "description": "No content" }));
        }
    }
    responses
}

fn problem(status: u16, rows: &[&Row]) -> Value {
    let codes: Vec<_> = rows.iter().map(|row| row.code).collect();
    let titles: Vec<_> = rows.iter().map(|row| row.title).collect();
    let this = json!({
        "properties": { "status": { "const": status }, "code": { "enum": codes } },
    });
    let schema = json!({ "allOf": [reference("Problem"), this] });
    let mut response = json!({
        "description": titles.join("; "),
        "content": { "application/problem+json": { "schema": schema } },
    });
    if status == 401
        && let Value::Object(response) = &mut response
    {
        let header = json!({ "WWW-Authenticate": { "schema": schema::text() } });
        response.insert("headers".into(), header);
    }
    response
}

/// Methods that a path of the document may have.
#[cfg(test)]
pub(super) const METHODS: [Method; 5] = [
    Method::GET,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
];

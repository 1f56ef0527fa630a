//! What the API does, as an OpenAPI 3.1 document: made of the table of routes, so that no route is missing and none is made up.
//!
//! - `about.rs`: what the table says of a route for its readers;
//! - `operation.rs`: from a route to an operation;
//! - `schema.rs`: words to write schemas with; `schemas/`: the shapes of bodies, beside `views/`, which makes them.

mod about;
mod operation;
mod schema;
mod schemas;

pub(crate) use about::{About, Answers, query};

use std::sync::LazyLock;

use serde_json::{Map, Value, json};

use crate::document::Document;
use crate::router::Route;
use crate::routes;

/// The document, which is the same for every engine.
pub(crate) fn document() -> &'static Document {
    static DOCUMENT: LazyLock<Document> =
        LazyLock::new(|| Document::new(value(routes::all()).to_string()));
    &DOCUMENT
}

fn value<'a>(routes: impl Iterator<Item = &'a Route>) -> Value {
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Entitlements management API",
            "description": DESCRIPTION,
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        // Beside this document, whatever the application mounted the API under.
        "servers": [{ "url": "." }],
        "paths": paths(routes),
        "components": {
            "schemas": schemas::all(),
            "securitySchemes": {
                "admin": guard("Whoever may manage licenses and accounts."),
                "owner": guard("Whoever may ask all about an account, and say from where it may be reached."),
                "account": guard("Whoever may read an account."),
            },
        },
    })
}

const DESCRIPTION: &str = "Licenses, entitlements and accounts of a product. HEAD is answered as GET without the body. Errors are problems (RFC 9457) with a `code`. \
    A path that is not here is 404 and a method that a path lacks 405 with `Allow`, before credentials are asked for. Times are RFC 3339 in UTC.";

fn paths<'a>(routes: impl Iterator<Item = &'a Route>) -> Value {
    let mut paths = Map::new();
    for route in routes {
        let path = paths
            .entry(route.path)
            .or_insert_with(|| Value::Object(operation::parameters_of_path(route.path)));
        if let Value::Object(path) = path {
            let method = route.method.as_str().to_lowercase();
            path.insert(method, operation::of(route));
        }
    }
    Value::Object(paths)
}

/// The application decides what its guards take; a bearer token is what comes with this crate, and what a 401 asks for.
fn guard(who: &str) -> Value {
    json!({
        "type": "http",
        "scheme": "bearer",
        "description": format!("{who} The application says who that is; a bearer token unless it says otherwise."),
    })
}

#[cfg(test)]
mod tests;

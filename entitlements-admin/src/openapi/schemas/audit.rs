use serde_json::json;

use super::Named;
use crate::openapi::schema::{list, object, one_of, or_null, reference, said, text, time};

pub(super) fn schemas() -> Vec<Named> {
    let detail = object([("name", text()), ("value", text())]);
    let address = json!({
        "anyOf": [{ "type": "string", "format": "ipv4" }, { "type": "string", "format": "ipv6" }, { "type": "null" }],
    });
    let record = object([
        ("id", json!({ "type": "string", "format": "uuid" })),
        ("at", time()),
        ("action", text()),
        ("actor", text()),
        ("license", or_null(text())),
        ("plan", or_null(text())),
        ("account", or_null(text())),
        ("outcome", one_of(&["accepted", "refused"])),
        ("client_address", address),
        ("details", list(detail)),
    ]);
    let page = object([
        ("records", list(reference("AuditRecord"))),
        (
            "next",
            said(or_null(text()), "what `before` has to be for the next page"),
        ),
    ]);
    vec![("AuditRecord", record), ("AuditPage", page)]
}

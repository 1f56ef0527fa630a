use serde_json::{Value, json};

use super::Named;
use crate::openapi::schema::{body, flag, list, object, or_null, reference, said, text, time};

fn range() -> Value {
    said(
        text(),
        "a range of addresses such as `192.0.2.0/24`, without bits after its prefix, or one address",
    )
}

fn description() -> Value {
    json!({ "type": "string", "maxLength": 256, "description": "without control and invisible characters" })
}

pub(super) fn schemas() -> Vec<Named> {
    let entry = object([
        ("id", json!({ "type": "string", "format": "uuid" })),
        ("ip_range", range()),
        ("description", description()),
        (
            "is_active",
            said(flag(), "an entry that is switched off does not count"),
        ),
        ("created_by", text()),
        ("created_at", time()),
    ]);
    let words = || ("description", or_null(description()));
    let new = body([("ip_range", range())], [words()]);
    let change = body([], [("ip_range", range()), words(), ("is_active", flag())]);
    vec![
        ("IpAllowlistEntry", entry),
        (
            "IpAllowlist",
            object([("entries", list(reference("IpAllowlistEntry")))]),
        ),
        ("NewIpAllowlistEntry", new),
        ("IpAllowlistEntryChange", change),
    ]
}

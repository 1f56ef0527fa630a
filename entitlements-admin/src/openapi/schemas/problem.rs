use serde_json::json;

use super::Named;
use crate::openapi::schema::{count, list, object, reference, said, text, time, with_optional};

pub(super) fn schemas() -> Vec<Named> {
    let status = json!({ "type": "integer", "minimum": 400, "maximum": 599 });
    let problem = with_optional(
        [
            ("type", json!({ "type": "string", "format": "uri" })),
            ("title", text()),
            ("status", status),
            ("code", said(text(), "for programs; it stays")),
            ("detail", said(text(), "for people")),
        ],
        [
            (
                "reason",
                said(text(), "why a key or a list is refused, in one word"),
            ),
            ("errors", list(reference("FieldError"))),
            ("retry_after_seconds", count()),
            ("feature", said(text(), "what is missing")),
            ("license_status", text()),
            ("expired_at", time()),
            ("plan", said(text(), "the plan in force")),
            (
                "available_in",
                said(list(text()), "plans that have what is missing, low to high"),
            ),
            ("upgrade_url", text()),
        ],
    );
    let field_error = object([
        (
            "field",
            said(text(), "the member's name; empty for the body itself"),
        ),
        ("message", text()),
    ]);
    let any = || json!({ "type": "object" });
    let open_api = object([
        ("openapi", text()),
        ("info", any()),
        ("servers", list(any())),
        ("paths", any()),
        ("components", any()),
    ]);
    vec![
        ("Problem", problem),
        ("FieldError", field_error),
        ("OpenApi", open_api),
    ]
}

use serde_json::{Value, json};

use super::Named;
use crate::openapi::schema::{
    any_of, body, count, flag, list, object, one_of, or_null, reference, said, text, time,
};

fn status() -> Value {
    one_of(&["active", "trialing", "past_due", "cancelled"])
}

/// The terms that a body may say; null takes them away.
fn terms() -> [(&'static str, Value); 9] {
    [
        ("name", or_null(text())),
        ("plan", or_null(text())),
        ("status", or_null(status())),
        ("past_due_since", or_null(time())),
        ("cancelled_at", or_null(time())),
        ("ends_at", or_null(time())),
        ("quantity", or_null(count())),
        ("addons", or_null(list(text()))),
        ("license_id", or_null(text())),
    ]
}

/// What an override replaces, by what it is about.
fn kinds() -> [Value; 3] {
    [
        object([("feature", text()), ("enabled", flag())]),
        object([
            ("limit", text()),
            (
                "value",
                said(or_null(count()), "null where it is unlimited"),
            ),
        ]),
        object([
            ("rate", text()),
            (
                "requests",
                said(
                    or_null(count()),
                    "null where it is unlimited, as are the others",
                ),
            ),
            ("per", or_null(text())),
            ("burst", or_null(count())),
        ]),
    ]
}

fn new_override() -> Value {
    let ends_at = || ("ends_at", or_null(time()));
    let reason = || ("reason", or_null(text()));
    let per = said(text(), "a duration such as `90s`, `15m`, `24h` or `7d`");
    let at_least_one = || json!({ "type": "integer", "minimum": 1 });
    any_of([
        body(
            [("feature", text()), ("enabled", flag())],
            [ends_at(), reason()],
        ),
        body(
            [("limit", text()), ("value", or_null(count()))],
            [ends_at(), reason()],
        ),
        body(
            [("rate", text()), ("requests", or_null(at_least_one()))],
            [
                ("per", or_null(per)),
                ("burst", or_null(at_least_one())),
                ends_at(),
                reason(),
            ],
        ),
    ])
}

pub(super) fn schemas() -> Vec<Named> {
    let account = object([
        ("id", text()),
        ("name", text()),
        ("plan", or_null(text())),
        ("status", status()),
        ("past_due_since", or_null(time())),
        ("cancelled_at", or_null(time())),
        ("ends_at", or_null(time())),
        ("quantity", or_null(count())),
        ("addons", list(text())),
        ("license_id", or_null(text())),
        ("created_at", time()),
    ]);
    let accounts = object([
        ("accounts", list(reference("Account"))),
        (
            "next",
            said(or_null(text()), "what `after` has to be for the next page"),
        ),
    ]);
    let mut new = body([], terms());
    if let Some(Value::Object(members)) = new.get_mut("properties") {
        members.insert("id".into(), or_null(text()));
    }
    let common = object([
        ("id", text()),
        ("ends_at", or_null(time())),
        ("reason", text()),
        ("created_at", time()),
    ]);
    let one_override = json!({ "allOf": [common, any_of(kinds())] });
    vec![
        ("Account", account),
        ("Accounts", accounts),
        ("NewAccount", new),
        ("AccountChange", body([], terms())),
        ("Override", one_override),
        (
            "Overrides",
            object([("overrides", list(reference("Override")))]),
        ),
        ("NewOverride", new_override()),
    ]
}

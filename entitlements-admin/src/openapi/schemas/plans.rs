use serde_json::{Value, json};

use super::Named;
use crate::openapi::schema::{
    any_of, by_name, count, flag, list, object, one_of, or_null, reference, said, text,
    with_optional,
};

fn unlimited() -> Value {
    one_of(&["unlimited"])
}

/// A number, or the word `unlimited`.
fn number() -> Value {
    any_of([count(), unlimited()])
}

fn label() -> Value {
    object([("name", text()), ("description", or_null(text()))])
}

fn price() -> Value {
    object([
        ("currency", text()),
        ("monthly_cents", or_null(count())),
        ("annual_cents", or_null(count())),
        ("per", one_of(&["month", "year"])),
        (
            "per_seat_of",
            said(or_null(text()), "the limit that counts the seats"),
        ),
        ("free_seats", or_null(count())),
    ])
}

/// What a plan says about a limit.
fn limit_term() -> Value {
    let yes = || json!({ "const": true });
    any_of([
        number(),
        said(
            object([
                ("licensed", yes()),
                ("plus", count()),
                ("default", or_null(number())),
            ]),
            "the number of the license, and `plus`",
        ),
        said(
            object([("quantity", yes()), ("default", or_null(number()))]),
            "as many as were bought",
        ),
    ])
}

fn limit_definition() -> Value {
    let beyond = any_of([one_of(&["block", "allow"]), object([("percent", count())])]);
    with_optional(
        [
            ("name", text()),
            ("description", or_null(text())),
            ("kind", one_of(&["count", "metered", "concurrent"])),
        ],
        [
            (
                "period",
                one_of(&["hour", "day", "month", "year", "billing"]),
            ),
            ("warn_at", list(count())),
            ("overage", beyond),
            ("lease_seconds", count()),
        ],
    )
}

pub(super) fn schemas() -> Vec<Named> {
    let rate = any_of([reference("Rate"), unlimited()]);
    let plan = object([
        ("code", text()),
        ("name", text()),
        ("description", or_null(text())),
        (
            "order",
            said(
                or_null(count()),
                "its place from low to high; null for one that cannot be compared",
            ),
        ),
        ("default", flag()),
        ("extends", or_null(text())),
        ("features", list(text())),
        ("limits", by_name(limit_term())),
        ("rates", by_name(rate)),
        ("retention", by_name(reference("Retention"))),
        ("price", or_null(reference("Price"))),
        ("trial_days", or_null(count())),
    ]);
    let added = any_of([number(), object([("add", count())])]);
    let addon = object([
        ("code", text()),
        ("name", text()),
        ("description", or_null(text())),
        (
            "requires",
            said(
                list(text()),
                "plans that it may be added to; any where empty",
            ),
        ),
        ("features", list(text())),
        ("limits", by_name(added)),
        ("retention", by_name(reference("Retention"))),
        ("price", or_null(reference("Price"))),
    ]);
    let table = object([
        ("product", text()),
        ("upgrade_url", or_null(text())),
        ("default_plan", text()),
        ("plans", list(reference("PricedPlan"))),
        ("addons", list(reference("PricedAddon"))),
        ("features", by_name(label())),
        ("limits", by_name(limit_definition())),
        ("rates", by_name(label())),
    ]);
    vec![
        ("Price", price()),
        ("PricedPlan", plan),
        ("PricedAddon", addon),
        ("PricingTable", table),
    ]
}

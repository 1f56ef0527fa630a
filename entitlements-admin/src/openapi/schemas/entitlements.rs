use serde_json::Value;

use super::Named;
use crate::openapi::schema::{
    any_of, by_name, count, flag, list, object, one_of, or_null, reference, said, text, time,
    with_optional,
};

fn entitlement() -> Value {
    one_of(&["entitled", "grace_period", "not_entitled"])
}

/// Null where it is unlimited.
fn number() -> Value {
    said(or_null(count()), "null where it is unlimited")
}

fn rate() -> Value {
    said(or_null(reference("Rate")), "null where it is unlimited")
}

/// What came of a thing, and the steps to it.
fn explained(value: &Value) -> Value {
    let step = object([
        ("source", text()),
        ("id", or_null(text())),
        ("addon", or_null(text())),
        ("effect", text()),
        (
            "because",
            said(or_null(text()), "why it is ignored, where it is"),
        ),
        ("value", value.clone()),
    ]);
    object([("value", value.clone()), ("steps", list(step))])
}

/// What a thing is now, and what it would be then.
fn fall(value: &Value) -> Value {
    object([("now", value.clone()), ("then", value.clone())])
}

pub(super) fn schemas() -> Vec<Named> {
    let mut schemas = parts();
    let entitlements = with_optional(
        [
            ("account", text()),
            ("plan", reference("Plan")),
            ("plan_in_force", text()),
            ("status", reference("Status")),
            ("features", by_name(reference("Feature"))),
            ("limits", by_name(reference("Limit"))),
            ("rates", by_name(rate())),
            ("expires_at", or_null(time())),
            ("grace_ends_at", or_null(time())),
            ("upgrade_url", or_null(text())),
            ("refreshed_at", time()),
        ],
        [
            (
                "warnings",
                said(list(reference("Notice")), "for the owner alone"),
            ),
            (
                "errors",
                said(list(reference("Notice")), "for the owner alone"),
            ),
        ],
    );
    let explanation = object([
        ("account", text()),
        ("features", by_name(explained(&entitlement()))),
        ("limits", by_name(explained(&number()))),
        ("rates", by_name(explained(&rate()))),
        ("refreshed_at", time()),
    ]);
    let kept = said(
        or_null(reference("Retention")),
        "null where nothing is said of it",
    );
    let limit_fall = object([
        ("now", number()),
        ("then", number()),
        ("used", or_null(count())),
        ("over", or_null(count())),
    ]);
    let preview = object([
        ("account", text()),
        ("plan", text()),
        ("plan_in_force_now", text()),
        ("plan_in_force_then", text()),
        ("loses_nothing", flag()),
        ("features_lost", list(text())),
        ("limits", by_name(limit_fall)),
        ("rates", by_name(fall(&rate()))),
        ("retention", by_name(fall(&kept))),
        ("refreshed_at", time()),
    ]);
    schemas.extend([
        ("Entitlements", entitlements),
        ("Explanation", explanation),
        ("DowngradePreview", preview),
    ]);
    schemas
}

fn parts() -> Vec<Named> {
    let plan = object([("code", text()), ("name", text())]);
    let feature = object([
        ("enabled", flag()),
        ("entitlement", entitlement()),
        ("name", text()),
    ]);
    let limit = object([
        ("limit", number()),
        ("used", said(or_null(count()), "null where nothing counts")),
        (
            "remaining",
            said(
                or_null(count()),
                "null where it is unlimited or nothing counts",
            ),
        ),
    ]);
    let rate = object([
        ("requests", count()),
        ("per_seconds", count()),
        ("burst", count()),
    ]);
    let notice = object([("code", text()), ("message", text()), ("action", text())]);
    let retention = said(
        any_of([flag(), count(), one_of(&["unlimited"])]),
        "a promise, or a number of days",
    );
    vec![
        ("Plan", plan),
        ("Feature", feature),
        ("Limit", limit),
        ("Rate", rate),
        ("Notice", notice),
        ("Retention", retention),
    ]
}

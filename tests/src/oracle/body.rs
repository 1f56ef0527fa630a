//! The body of a denial, by `spec/denials.md`.

use entitlements_core::Timestamp;
use serde_json::{Value, json};

/// What a client is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It passes.
    Allow,
    /// It is denied.
    Deny {
        /// The HTTP status.
        status: u16,
        /// The body, to the letter.
        body: String,
    },
}

/// The members of a body after the first five; absent ones are null.
pub(super) type Members = Vec<(&'static str, Value)>;

/// A denial by its row of the table.
pub(super) fn deny(code: &str, detail: &str, more: Members) -> Answer {
    let (status, title, slug) = match code {
        "LICENSE_REQUIRED" => (402, "License required", "license-required"),
        "LICENSE_EXPIRED" => (402, "License expired", "license-expired"),
        "IP_NOT_ALLOWED" => (403, "Address not allowed", "ip-not-allowed"),
        "LIMIT_EXCEEDED" => (402, "Limit exceeded", "limit-exceeded"),
        "UNKNOWN_FEATURE" => (500, "Unknown feature", "unknown-feature"),
        "UNKNOWN_LIMIT" => (500, "Unknown limit", "unknown-limit"),
        "RATE_LIMITED" => (429, "Too many requests", "rate-limited"),
        "UNKNOWN_RATE" => (500, "Unknown rate", "unknown-rate"),
        "UNKNOWN_PLAN" => (500, "Unknown plan", "unknown-plan"),
        _ => panic!("no such code here: {code}"),
    };
    let mut members: Members = vec![
        ("type", json!(format!("urn:entitlements:problem:{slug}"))),
        ("title", json!(title)),
        ("status", json!(status)),
        ("code", json!(code)),
        ("detail", json!(detail)),
    ];
    members.extend(more);
    let written: Vec<_> = members
        .iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| format!("\"{name}\":{value}"))
        .collect();
    Answer::Deny {
        status,
        body: format!("{{{}}}", written.join(",")),
    }
}

/// `available_in`, left out where there are none.
pub(super) fn available(plans: &[String]) -> (&'static str, Value) {
    let plans = if plans.is_empty() {
        Value::Null
    } else {
        json!(plans)
    };
    ("available_in", plans)
}

pub(super) fn time(seconds: i64) -> String {
    Timestamp::from_unix_seconds(seconds).to_string()
}

/// Names in backticks with commas between them.
pub(super) fn quoted(names: &[String]) -> String {
    let quoted: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}

use entitlements_core::account::OverrideValue;
use entitlements_core::strict::duration;
use entitlements_core::{Limit, RateTerm, Timestamp};

use super::name::name;
use crate::body::{Fields, Sent};

/// The longest reason, in characters.
const LONGEST_REASON: usize = 1000;

/// An override, as a body says it.
#[derive(Debug)]
pub(crate) struct SentOverride {
    /// None where it is wrong, which the fields know.
    pub(crate) value: Option<OverrideValue>,
    pub(crate) ends_at: Option<Timestamp>,
    pub(crate) reason: String,
}

impl SentOverride {
    pub(crate) fn read(fields: &mut Fields<'_>) -> Self {
        let named = ["feature", "limit", "rate"].map(|kind| fields.has(kind));
        let value = match named {
            [true, false, false] => feature(fields),
            [false, true, false] => limit(fields),
            [false, false, true] => rate(fields),
            _ => {
                fields.refuse(
                    "",
                    "the body must name one of `feature`, `limit` and `rate`",
                );
                None
            }
        };
        let reason = fields.optional_string("reason").value().unwrap_or_default();
        if reason.chars().nth(LONGEST_REASON).is_some() {
            let message = format!("must have at most {LONGEST_REASON} characters");
            fields.refuse("reason", message);
        }
        Self {
            value,
            ends_at: fields.optional_time("ends_at").value(),
            reason: reason.into_owned(),
        }
    }
}

fn feature(fields: &mut Fields<'_>) -> Option<OverrideValue> {
    let name = needed_name(fields, "feature");
    let enabled = fields.boolean("enabled");
    Some(OverrideValue::Feature(name?.into(), enabled?))
}

/// A number, or null where it is unlimited; that is never left unsaid.
fn limit(fields: &mut Fields<'_>) -> Option<OverrideValue> {
    let name = needed_name(fields, "limit");
    fields.require("value");
    let limit = match fields.optional_integer("value") {
        Sent::Value(most) => Limit::AtMost(most),
        Sent::Null => Limit::Unlimited,
        Sent::Absent => return None,
    };
    Some(OverrideValue::Limit(name?.into(), limit))
}

/// So many requests in a time, or null where it is unlimited.
fn rate(fields: &mut Fields<'_>) -> Option<OverrideValue> {
    let name = needed_name(fields, "rate");
    fields.require("requests");
    let requests = match fields.optional_integer("requests") {
        Sent::Value(requests) => requests,
        Sent::Null => return Some(OverrideValue::Rate(name?.into(), RateTerm::Unlimited)),
        Sent::Absent => {
            // So that they are looked at too.
            per(fields);
            fields.optional_integer("burst");
            return None;
        }
    };
    let per = per(fields);
    let burst = fields.optional_integer("burst").value();
    for (field, number) in [("requests", Some(requests)), ("burst", burst)] {
        if number == Some(0) {
            fields.refuse(field, "must be at least 1");
        }
    }
    OverrideValue::rate(name?, requests, per?, burst.unwrap_or(requests))
}

fn per(fields: &mut Fields<'_>) -> Option<std::time::Duration> {
    let text = fields.string("per")?;
    let per = duration::read(&text).ok();
    if per.is_none() {
        fields.refuse(
            "per",
            "must be a duration such as `90s`, `15m`, `24h` or `7d`, and at most `36500d`",
        );
    }
    per
}

fn needed_name(fields: &mut Fields<'_>, field: &str) -> Option<String> {
    match name(fields, field) {
        Sent::Value(name) => Some(name),
        Sent::Null => {
            fields.refuse(field, "must be a string, and is null");
            None
        }
        Sent::Absent => None,
    }
}

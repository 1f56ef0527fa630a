use std::borrow::Cow;

use super::detail::whole_seconds;
use super::{Denial, DenialKind, Wanted};
use crate::rate::RateReport;
use crate::strict::json::ObjectWriter;

/// A denial as an answer: status, headers and an `application/problem+json` body (RFC 9457).
///
/// In plain strings and numbers, because frameworks disagree about the types of HTTP.
///
/// ```
/// use entitlements_core::{Denial, Problem};
///
/// let problem = Problem::of(&Denial::layer_missing());
/// assert_eq!(problem.status(), 500);
/// assert!(problem.body().starts_with(r#"{"type":"urn:entitlements:problem:entitlements-layer-missing""#));
/// assert!(problem.headers().any(|(name, value)| name == "cache-control" && value == "no-store"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    status: u16,
    retry_after: Option<String>,
    challenge: Option<&'static str>,
    rates: Vec<(&'static str, String)>,
    body: String,
}

impl Problem {
    /// The answer to a denied request.
    #[must_use]
    pub fn of(denial: &Denial) -> Self {
        let status = denial.status();
        let retry_after = match denial.kind() {
            DenialKind::RateLimited { retry_after, .. }
            | DenialKind::Unavailable { retry_after } => {
                Some(whole_seconds(*retry_after).to_string())
            }
            _ => None,
        };
        Self {
            status,
            retry_after,
            rates: denial.rates().map(lines).unwrap_or_default(),
            challenge: (status == 401).then_some("Bearer"),
            body: body(denial),
        }
    }

    /// The HTTP status.
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// The headers, their names in lower case.
    pub fn headers(&self) -> impl Iterator<Item = (&'static str, Cow<'static, str>)> {
        let fixed = |name, value| (name, Cow::Borrowed(value));
        [
            fixed("content-type", Self::CONTENT_TYPE),
            fixed("cache-control", "no-store"),
        ]
        .into_iter()
        .chain(
            self.retry_after
                .clone()
                .map(|seconds| ("retry-after", Cow::Owned(seconds))),
        )
        .chain(
            self.challenge
                .map(|challenge| fixed("www-authenticate", challenge)),
        )
        .chain(
            self.rates
                .iter()
                .map(|(name, line)| (*name, Cow::Owned(line.clone()))),
        )
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> &str {
        &self.body
    }

    /// The body, without copying it.
    #[must_use]
    pub fn into_body(self) -> String {
        self.body
    }

    /// The media type of every problem.
    pub const CONTENT_TYPE: &'static str = "application/problem+json";
}

pub(super) fn lines(rates: &RateReport) -> Vec<(&'static str, String)> {
    let mut lines = Vec::new();
    rates.visit(|name, line| lines.push((name, line.to_owned())));
    lines
}

fn body(denial: &Denial) -> String {
    let row = denial.kind().row();
    let mut body = ObjectWriter::new();
    body.string("type", &["urn:entitlements:problem:", row.slug].concat())
        .string("title", row.title)
        .number("status", denial.status())
        .string("code", row.code)
        .string("detail", &denial.detail());
    what_is_missing(denial.kind(), &mut body);
    if let Some(plan) = denial.plan() {
        body.string("plan", plan);
    }
    if !denial.available_in().is_empty() {
        body.strings("available_in", denial.available_in());
    }
    why(denial.kind(), &mut body);
    if let Some(url) = denial.upgrade_url() {
        body.string("upgrade_url", url);
    }
    body.finish()
}

fn what_is_missing(kind: &DenialKind, body: &mut ObjectWriter) {
    match kind {
        DenialKind::LicenseRequired { wanted, .. } | DenialKind::LicenseExpired { wanted, .. } => {
            match wanted {
                Wanted::Feature(feature) => body.string("feature", feature),
                Wanted::AnyFeature(features) | Wanted::AllFeatures(features) => {
                    body.strings("features", features)
                }
                Wanted::Plan(plan) => body.string("required_plan", plan),
                Wanted::PaidPlan | Wanted::ValidLicense => body,
            };
        }
        DenialKind::LimitExceeded {
            limit,
            allowed,
            used,
            ..
        } => {
            body.string("limit", limit)
                .number("allowed", *allowed)
                .number("used", *used);
        }
        DenialKind::RateLimited { rate, retry_after } => {
            body.string("rate", rate)
                .number("retry_after_seconds", whole_seconds(*retry_after));
        }
        DenialKind::UnknownFeature { name } => {
            body.string("feature", name);
        }
        DenialKind::UnknownLimit { name } if !name.is_empty() => {
            body.string("limit", name);
        }
        DenialKind::UnknownRate { name } => {
            body.string("rate", name);
        }
        DenialKind::UnknownPlan { name } if !name.is_empty() => {
            body.string("required_plan", name);
        }
        _ => {}
    }
}

fn why(kind: &DenialKind, body: &mut ObjectWriter) {
    match kind {
        DenialKind::LicenseRequired {
            license_status: Some(status),
            ..
        } => {
            body.string("license_status", status.as_str());
        }
        DenialKind::LicenseExpired { expired_at, .. } => {
            body.string("expired_at", &expired_at.to_string());
        }
        DenialKind::LimitExceeded {
            expired_at,
            resets_at,
            ..
        } => {
            if let Some(time) = expired_at {
                body.string("expired_at", &time.to_string());
            }
            if let Some(time) = resets_at {
                body.string("resets_at", &time.to_string());
            }
        }
        _ => {}
    }
}

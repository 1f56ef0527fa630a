//! The spans around what changes licenses: their fields, which never have a key in them.
//!
//! `docs/observability/` lists them.

use tracing::field::Empty;
use tracing::{Span, info_span};

use super::{ActivateError, Activation, AppliedRevocations, DeactivateError};
use crate::license::RevocationError;
use crate::resolve::{EntitlementSet, LicenseEntry};

pub(super) fn activate() -> Span {
    info_span!(target: "entitlements::licenses", "entitlements.activate", license = Empty, plan = Empty, outcome = Empty)
}

pub(super) fn activated(span: &Span, activated: &Result<Activation, ActivateError>) {
    match activated {
        Ok(activation) => {
            name(span, &activation.entry);
            span.record("outcome", activation.change.as_str());
        }
        Err(error) => {
            span.record("outcome", error.reason());
        }
    }
}

pub(super) fn deactivate() -> Span {
    info_span!(target: "entitlements::licenses", "entitlements.deactivate", license = Empty, plan = Empty, outcome = Empty)
}

/// What was asked for by its id is named where it is held: what is not might be a key that was put into the wrong place.
pub(super) fn deactivated(span: &Span, deactivated: &Result<LicenseEntry, DeactivateError>) {
    if let Ok(entry) = deactivated {
        name(span, entry);
    }
    span.record("outcome", outcome(deactivated));
}

pub(super) fn deactivate_all() -> Span {
    info_span!(target: "entitlements::licenses", "entitlements.deactivate_all", licenses = Empty, outcome = Empty)
}

pub(super) fn deactivated_all(
    span: &Span,
    deactivated: &Result<Vec<LicenseEntry>, DeactivateError>,
) {
    if let Ok(entries) = deactivated {
        span.record("licenses", entries.len());
    }
    span.record("outcome", outcome(deactivated));
}

pub(super) fn revalidate() -> Span {
    info_span!(target: "entitlements::licenses", "entitlements.revalidate", plan = Empty, outcome = Empty)
}

pub(super) fn revalidated(span: &Span, set: &EntitlementSet) {
    span.record("plan", set.plan_in_force().name());
    span.record("outcome", set.status().as_str());
}

pub(super) fn apply_revocations() -> Span {
    info_span!(target: "entitlements::licenses", "entitlements.apply_revocations", signed_by = Empty, licenses = Empty, keys = Empty, outcome = Empty)
}

pub(super) fn applied(span: &Span, applied: &Result<AppliedRevocations, RevocationError>) {
    match applied {
        Ok(applied) => {
            span.record("signed_by", applied.list.kid());
            span.record("licenses", applied.list.licenses().len());
            span.record("keys", applied.list.keys().len());
            let outcome = if applied.changed {
                "applied"
            } else {
                "unchanged"
            };
            span.record("outcome", outcome);
        }
        Err(error) => {
            span.record("outcome", error.reason());
        }
    }
}

fn name(span: &Span, entry: &LicenseEntry) {
    span.record("license", entry.id.as_deref());
    span.record("plan", entry.plan.as_deref());
}

const fn outcome<T>(deactivated: &Result<T, DeactivateError>) -> &'static str {
    match deactivated {
        Ok(_) => "removed",
        Err(error) => error.reason(),
    }
}

//! What audit records say of a changed account (M13).

use entitlements_core::RateTerm;
use entitlements_core::account::{Account, Override, OverrideValue};
use entitlements_core::audit::AuditRecord;
use entitlements_core::strict::duration;

/// The record with the account that it is about, and its plan.
pub(super) fn about_account(mut record: AuditRecord, account: &Account) -> AuditRecord {
    record.account = Some(account.id.as_str().into());
    let plan = account.terms.get().plan.as_ref();
    record.plan = plan.map(|plan| plan.as_str().into());
    record
}

/// What an override changes, and until when. Why is the operator's own text, and is where the override is.
pub(super) fn details(made: &Override) -> Vec<(String, String)> {
    let mut details = vec![("override".into(), made.id.clone())];
    let mut say = |name: &str, value: String| details.push((name.into(), value));
    match &made.value {
        OverrideValue::Feature(feature, enabled) => {
            say("feature", feature.as_str().into());
            say("enabled", enabled.to_string());
        }
        OverrideValue::Limit(limit, value) => {
            say("limit", limit.as_str().into());
            say("value", value.to_string());
        }
        OverrideValue::Rate(rate, term) => {
            say("rate", rate.as_str().into());
            match term {
                RateTerm::AtMost(rate) => {
                    say("requests", rate.requests().to_string());
                    say("per", duration::write(rate.per()));
                    say("burst", rate.burst().to_string());
                }
                RateTerm::Unlimited => say("requests", "unlimited".into()),
            }
        }
        _ => {}
    }
    if let Some(ends_at) = made.ends_at {
        say("ends_at", ends_at.to_string());
    }
    details
}

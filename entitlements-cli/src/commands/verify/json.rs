//! A judged license for programs.

use std::collections::BTreeMap;

use entitlements_core::Limit;
use entitlements_core::resolve::Notice;
use serde::Serialize;

use super::Judged;
use crate::quote::escaped;

#[derive(Serialize)]
pub(super) struct Json<'a> {
    status: &'static str,
    in_force: bool,
    /// The status again, where a rejected key has the verifier's word.
    reason: &'static str,
    message: &'a str,
    checked_at: String,
    id: &'a str,
    customer: &'a str,
    plan: Option<&'a str>,
    features: BTreeMap<&'a str, bool>,
    /// Null is unlimited.
    limits: BTreeMap<&'a str, Option<u64>>,
    rates: BTreeMap<&'a str, Option<u64>>,
    addons: &'a [String],
    not_before: Option<String>,
    issued_at: Option<String>,
    expires_at: String,
    grace_days: u32,
    grace_ends_at: String,
    deployments: &'a [String],
    instance: Option<&'a str>,
    trial: bool,
    signed_by: &'a str,
    warnings: Vec<Warning>,
}

#[derive(Serialize)]
struct Warning {
    code: &'static str,
    message: String,
    action: &'static str,
}

pub(super) fn json<'a>(judged: &'a Judged<'_>) -> Json<'a> {
    let license = judged.license;
    let numbers = |limits: &'a [(String, Limit)]| {
        limits
            .iter()
            .map(|(name, limit)| (name.as_str(), limit.at_most()))
            .collect()
    };
    Json {
        status: judged.status.as_str(),
        in_force: judged.status.is_in_force(),
        reason: judged.status.as_str(),
        message: &judged.why,
        checked_at: judged.now.to_string(),
        id: license.id(),
        customer: license.customer(),
        plan: license.plan(),
        features: license
            .features()
            .iter()
            .map(|(name, on)| (name.as_str(), *on))
            .collect(),
        limits: numbers(license.limits()),
        rates: numbers(license.rates()),
        addons: license.addons(),
        not_before: license.not_before().map(|time| time.to_string()),
        issued_at: license.issued_at().map(|time| time.to_string()),
        expires_at: license.expires_at().to_string(),
        grace_days: license.grace_days(),
        grace_ends_at: license.grace_ends_at().to_string(),
        deployments: license.deployments(),
        instance: license.instance(),
        trial: license.is_trial(),
        signed_by: license.kid(),
        warnings: judged.warnings.iter().map(warning).collect(),
    }
}

fn warning(notice: &Notice) -> Warning {
    Warning {
        code: notice.code(),
        message: escaped(notice.message()),
        action: notice.action(),
    }
}

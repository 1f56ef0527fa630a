//! From a draft to a payload, by the catalog's claim names.

use std::collections::BTreeMap;

use uuid::{NoContext, Uuid};

use super::{IssueError, LicenseDraft, numbers};
use crate::catalog::{ClaimNames, ExpiryFormat, Grants, LicenseProfile};
use crate::license::digest::sha256_hex;
use crate::strict::json::ObjectWriter;
use crate::suggest::nearest;
use crate::{Catalog, Timestamp};

/// Refuses names that the catalog lacks.
pub(super) fn check_names(draft: &LicenseDraft, catalog: &Catalog) -> Result<(), IssueError> {
    let features = draft.features.iter().map(|(name, _)| name);
    let limits = draft.limits.iter().map(|(name, _)| name);
    let rates = draft.rates.iter().map(|(name, _)| name);
    let words = catalog.license().claims.plan_values.keys();
    let plans = catalog.plans.names().chain(words.map(String::as_str));
    all_known("plan", &draft.plan, plans.collect())?;
    all_known("feature", features, catalog.features.names().collect())?;
    all_known("limit", limits, catalog.limits.names().collect())?;
    all_known("rate", rates, catalog.rates.names().collect())?;
    all_known("add-on", &draft.addons, catalog.addons.names().collect())
}

fn all_known<'a>(
    what: &'static str,
    names: impl IntoIterator<Item = &'a String>,
    known: Vec<&str>,
) -> Result<(), IssueError> {
    match names
        .into_iter()
        .find(|name| !known.contains(&name.as_str()))
    {
        None => Ok(()),
        Some(name) => Err(IssueError::Unknown {
            what,
            name: name.clone(),
            nearest: nearest(name, known).map(str::to_owned),
        }),
    }
}

/// Writes the payload.
pub(super) fn write(
    draft: &LicenseDraft,
    profile: &LicenseProfile,
    now: Timestamp,
) -> Result<String, IssueError> {
    let names = &profile.claims;
    let expires_at = draft.expires_at.ok_or(IssueError::MissingExpiry)?;
    let mut claims = ObjectWriter::new();
    if let Some(issuer) = profile.issuer() {
        claims.string("iss", issuer);
    }
    if let Some(audience) = profile.audience() {
        claims.string("aud", audience);
    }
    claims.string(
        &names.id,
        &draft.id.clone().unwrap_or_else(|| new_id(names, now)),
    );
    if !draft.customer.is_empty() {
        let customer = if names.customer.hashed {
            // C21: without outer white space and in lower case.
            sha256_hex(draft.customer.trim().to_lowercase())
        } else {
            draft.customer.clone()
        };
        claims.string(&names.customer.claim, &customer);
    }
    claims.number("iat", draft.issued_at.unwrap_or(now).unix_seconds());
    if let Some(not_before) = draft.not_before {
        claims.number("nbf", not_before.unix_seconds());
    }
    match names.expires.format {
        ExpiryFormat::NumericDate => claims.number(&names.expires.claim, expires_at.unix_seconds()),
        ExpiryFormat::Rfc3339 => {
            let whole = Timestamp::from_unix_seconds(expires_at.unix_seconds());
            claims.string(&names.expires.claim, &whole.to_string())
        }
    };
    match &draft.plan {
        Some(plan) => {
            claims.string(&names.plan, claim_value(names, plan));
        }
        None if profile.grants() == Grants::Listed => {}
        None => return Err(IssueError::MissingPlan),
    }
    write_features(&mut claims, draft, names)?;
    numbers::write(&mut claims, draft, names)?;
    if let Some(name) = repeated(&draft.addons) {
        return Err(IssueError::Twice {
            what: "add-on",
            name: name.to_owned(),
        });
    }
    if !draft.addons.is_empty() {
        claims.strings(&names.addons, &draft.addons);
    }
    if let Some(days) = draft.grace_days {
        claims.number(&names.grace_days, days);
    }
    if !draft.deployments.is_empty() {
        claims.strings(&names.deployments, &draft.deployments);
    }
    if let Some(instance) = &draft.instance {
        claims.string(&names.instance, instance);
    }
    if draft.trial {
        claims.boolean(&names.trial, true);
    }
    Ok(claims.finish())
}

/// What a key calls the catalog's plan.
fn claim_value<'a>(names: &'a ClaimNames, plan: &'a str) -> &'a str {
    let by_value = names
        .plan_values
        .iter()
        .find(|(_, catalog_plan)| *catalog_plan == plan);
    by_value.map_or(plan, |(value, _)| value)
}

/// A list where every feature is on, else a map.
fn write_features(
    claims: &mut ObjectWriter,
    draft: &LicenseDraft,
    names: &ClaimNames,
) -> Result<(), IssueError> {
    let features = distinct("feature", &draft.features)?;
    if features.values().all(|on| **on) {
        if !features.is_empty() {
            claims.strings(&names.features, features.keys());
        }
    } else {
        let mut map = ObjectWriter::new();
        for (name, on) in features {
            map.boolean(name, *on);
        }
        claims.object(&names.features, map);
    }
    Ok(())
}

/// A name that is there more than once.
fn repeated(names: &[String]) -> Option<&str> {
    let mut rest = names;
    while let [name, others @ ..] = rest {
        if others.contains(name) {
            return Some(name);
        }
        rest = others;
    }
    None
}

pub(super) fn distinct<'a, T>(
    what: &'static str,
    named: &'a [(String, T)],
) -> Result<BTreeMap<&'a str, &'a T>, IssueError> {
    let mut map = BTreeMap::new();
    for (name, value) in named {
        if map.insert(name.as_str(), value).is_some() {
            return Err(IssueError::Twice {
                what,
                name: name.clone(),
            });
        }
    }
    Ok(map)
}

fn new_id(names: &ClaimNames, now: Timestamp) -> String {
    let seconds = u64::try_from(now.unix_seconds()).unwrap_or(0);
    let uuid = Uuid::new_v7(uuid::Timestamp::from_unix(NoContext, seconds, 0));
    format!("{}{uuid}", names.id_prefix)
}

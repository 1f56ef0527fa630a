//! What a license gives: plan, features, limits, rates and add-ons.

use super::fields::{Claims, checked_name, names};
use super::mistyped;
use crate::catalog::{ClaimNames, Grants, LicenseProfile, LimitClaims};
use crate::license::{LicenseError, LicenseErrorKind};
use crate::strict::json::Value;
use crate::{Catalog, Limit};

/// The plan by the catalog's code. With `grants = "listed"` a key need not name one.
pub(super) fn plan(
    claims: &Claims<'_>,
    profile: &LicenseProfile,
    catalog: Option<&Catalog>,
) -> Result<Option<String>, LicenseError> {
    let claim = &profile.claims.plan;
    let Some(named) = claims.name(claim)? else {
        return match profile.grants {
            Grants::Listed => Ok(None),
            Grants::PlanAndListed => {
                Err(LicenseError::about(LicenseErrorKind::MissingClaim, claim))
            }
        };
    };
    let plan = profile
        .claims
        .plan_values
        .get(named)
        .map_or(named, String::as_str);
    if catalog.is_some_and(|catalog| catalog.plan_id(plan).is_none()) {
        return Err(LicenseError::about(LicenseErrorKind::UnknownPlan, named));
    }
    Ok(Some(plan.to_owned()))
}

/// A list of names, or a map of names to on and off.
pub(super) fn features(
    claims: &Claims<'_>,
    claim: &str,
) -> Result<Vec<(String, bool)>, LicenseError> {
    match claims.get(claim) {
        None => Ok(Vec::new()),
        Some(value @ Value::Array(_)) => Ok(names(value, claim)?
            .into_iter()
            .map(|name| (name, true))
            .collect()),
        Some(Value::Object(members)) => members
            .iter()
            .map(|(name, on)| match on {
                Value::Bool(on) => Ok((checked_name(name)?.to_owned(), *on)),
                _ => Err(mistyped(claim)),
            })
            .collect(),
        Some(_) => Err(mistyped(claim)),
    }
}

/// One object of limits, or a flat claim for each.
pub(super) fn limits(
    claims: &Claims<'_>,
    claim_names: &ClaimNames,
) -> Result<Vec<(String, Limit)>, LicenseError> {
    match &claim_names.limits {
        LimitClaims::Object(claim) => match claims.get(claim) {
            None => Ok(Vec::new()),
            Some(Value::Object(members)) => members
                .iter()
                .filter(|(name, _)| !is_on_the_way_to_a_rate(claim, name, claim_names))
                .map(|(name, value)| {
                    Ok((
                        checked_name(name)?.to_owned(),
                        limit(value, name, claim_names)?,
                    ))
                })
                .collect(),
            Some(_) => Err(mistyped(claim)),
        },
        LimitClaims::Flat(flat) => flat
            .iter()
            .filter_map(|(name, claim)| claims.get(claim).map(|value| (name, claim, value)))
            .map(|(name, claim, value)| Ok((name.clone(), limit(value, claim, claim_names)?)))
            .collect(),
    }
}

/// Whether a member of the limits is read as a rate, and so is no limit.
fn is_on_the_way_to_a_rate(claim: &str, member: &str, claim_names: &ClaimNames) -> bool {
    claim_names.rates.iter().any(|(_, path)| {
        let mut steps = path.split('.');
        steps.next() == Some(claim) && steps.next() == Some(member)
    })
}

/// Requests per the plan's time, each at the path that the catalog names.
pub(super) fn rates(
    claims: &Claims<'_>,
    claim_names: &ClaimNames,
) -> Result<Vec<(String, Limit)>, LicenseError> {
    let mut rates = Vec::new();
    for (name, path) in &claim_names.rates {
        let mut steps = path.split('.');
        let first = steps.next().and_then(|claim| claims.get(claim));
        let value = steps.try_fold(first, |value, step| match value {
            None => Ok(None),
            Some(value @ Value::Object(_)) => Ok(value.get(step)),
            Some(_) => Err(mistyped(path)),
        })?;
        if let Some(value) = value {
            rates.push((name.clone(), limit(value, path, claim_names)?));
        }
    }
    Ok(rates)
}

pub(super) fn addons(
    claims: &Claims<'_>,
    claim: &str,
    catalog: Option<&Catalog>,
) -> Result<Vec<String>, LicenseError> {
    let addons = claims
        .get(claim)
        .map(|value| names(value, claim))
        .transpose()?
        .unwrap_or_default();
    let unknown = |name: &&String| catalog.is_some_and(|catalog| catalog.addon_id(name).is_none());
    match addons.iter().find(unknown) {
        Some(name) => Err(LicenseError::about(LicenseErrorKind::UnknownAddon, name)),
        None => Ok(addons),
    }
}

/// A plain integer from 0, one of the vendor's words for unlimited, or null.
fn limit(value: &Value<'_>, about: &str, claim_names: &ClaimNames) -> Result<Limit, LicenseError> {
    match value {
        Value::Null => Ok(Limit::Unlimited),
        Value::Number(number) => match number.as_integer() {
            Some(integer) if claim_names.unlimited.contains(&integer) => Ok(Limit::Unlimited),
            integer => integer
                .and_then(|integer| u64::try_from(integer).ok())
                .map(Limit::AtMost)
                .ok_or_else(|| LicenseError::about(LicenseErrorKind::LimitValue, about)),
        },
        _ => Err(LicenseError::about(LicenseErrorKind::LimitValue, about)),
    }
}

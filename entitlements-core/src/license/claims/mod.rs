//! From the payload's members to a [`License`], by the catalog's claim names.

mod fields;
mod grants;
mod times;

use super::digest::sha256_hex;
use super::{License, LicenseError, LicenseErrorKind};
use crate::Catalog;
use crate::catalog::LicenseProfile;
use crate::strict::json::Value;
pub(super) use fields::{Claims, is_id};
pub(super) use times::numeric_date;

/// What is known of a payload beside its claims: the whole key, and the `kid` of the trusted key that signed it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Signed<'a> {
    pub(super) token: &'a str,
    pub(super) kid: &'a str,
}

/// Reads a payload whose signature was checked.
pub(super) fn read(
    payload: &Value<'_>,
    signed: Signed<'_>,
    profile: &LicenseProfile,
    catalog: Option<&Catalog>,
) -> Result<License, LicenseError> {
    let claims = Claims::new(payload);
    let names = &profile.claims;
    for name in &profile.required {
        claims.required(name)?;
    }
    fields::check_issuer(&claims, profile)?;
    fields::check_audience(&claims, profile)?;
    let times = times::read(&claims, profile)?;
    Ok(License {
        id: fields::id(&claims, names)?.unwrap_or_else(|| sha256_hex(signed.token)),
        customer: claims
            .text(&names.customer.claim)?
            .unwrap_or_default()
            .to_owned(),
        plan: grants::plan(&claims, profile, catalog)?,
        features: grants::features(&claims, &names.features)?,
        limits: grants::limits(&claims, names)?,
        rates: grants::rates(&claims, names)?,
        addons: grants::addons(&claims, &names.addons, catalog)?,
        expires_at: times.expires_at,
        not_before: times.not_before,
        issued_at: times.issued_at,
        grace_days: times.grace_days,
        deployments: fields::deployments(&claims, &names.deployments)?,
        instance: claims.name(&names.instance)?.map(str::to_owned),
        trial: claims.boolean(&names.trial)?.unwrap_or(false),
        kid: signed.kid.to_owned(),
        leeway_seconds: profile.leeway_seconds,
    })
}

pub(super) fn mistyped(claim: &str) -> LicenseError {
    LicenseError::about(LicenseErrorKind::MistypedClaim, claim)
}

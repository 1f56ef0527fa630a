//! When a license begins and ends.

use super::fields::Claims;
use super::mistyped;
use crate::Timestamp;
use crate::catalog::{ExpiryFormat, LicenseProfile, MOST_GRACE_DAYS};
use crate::license::{LicenseError, LicenseErrorKind};
use crate::strict::json::Value;

/// The last second of the year 9999.
const LATEST: i64 = Timestamp::MAX.unix_seconds();

pub(super) struct Times {
    pub(super) expires_at: Timestamp,
    pub(super) not_before: Option<Timestamp>,
    pub(super) issued_at: Option<Timestamp>,
    pub(super) grace_days: u32,
}

pub(super) fn read(claims: &Claims<'_>, profile: &LicenseProfile) -> Result<Times, LicenseError> {
    let expires = &profile.claims.expires;
    let value = claims.required(&expires.claim)?;
    let expires_at = match expires.format {
        ExpiryFormat::NumericDate => numeric_date(value, &expires.claim)?,
        ExpiryFormat::Rfc3339 => rfc_3339(value, &expires.claim)?,
    };
    let optional = |claim| {
        claims
            .get(claim)
            .map(|value| numeric_date(value, claim))
            .transpose()
    };
    let issued_at = optional("iat")?;
    let not_before = optional("nbf")?;
    if issued_at
        .max(not_before)
        .is_some_and(|begins| begins > expires_at)
    {
        return Err(LicenseError::new(LicenseErrorKind::ExpiryTooEarly));
    }
    let grace_days = grace_days(claims, profile)?;
    Ok(Times {
        expires_at,
        not_before,
        issued_at,
        grace_days,
    })
}

/// Seconds since 1970 as a plain integer up to the year 9999.
pub(in crate::license) fn numeric_date(
    value: &Value<'_>,
    claim: &str,
) -> Result<Timestamp, LicenseError> {
    let Value::Number(number) = value else {
        return Err(mistyped(claim));
    };
    let integer = number.as_integer();
    let text = number.as_str();
    let digits = text.strip_prefix('-').unwrap_or(text);
    // `-0` is no plain integer; a number too large to be read is one.
    let is_plain = text != "-0" && digits.bytes().all(|byte| byte.is_ascii_digit());
    match integer.map(i64::try_from) {
        Some(Ok(seconds)) if (0..=LATEST).contains(&seconds) => {
            Ok(Timestamp::from_unix_seconds(seconds))
        }
        _ if integer.is_some() || is_plain => {
            Err(LicenseError::about(LicenseErrorKind::Time, claim))
        }
        _ => Err(mistyped(claim)),
    }
}

fn rfc_3339(value: &Value<'_>, claim: &str) -> Result<Timestamp, LicenseError> {
    let text = value.as_str().ok_or_else(|| mistyped(claim))?;
    match text.parse() {
        Ok(time) if time >= Timestamp::UNIX_EPOCH => Ok(time),
        _ => Err(LicenseError::about(LicenseErrorKind::Time, claim)),
    }
}

fn grace_days(claims: &Claims<'_>, profile: &LicenseProfile) -> Result<u32, LicenseError> {
    let claim = &profile.claims.grace_days;
    let Some(value) = claims.get(claim) else {
        return Ok(profile.grace_days);
    };
    let Value::Number(number) = value else {
        return Err(mistyped(claim));
    };
    number
        .as_integer()
        .and_then(|days| u32::try_from(days).ok())
        .filter(|days| *days <= MOST_GRACE_DAYS)
        .ok_or_else(|| LicenseError::new(LicenseErrorKind::GraceDays))
}

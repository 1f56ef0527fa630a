//! Single claims: present or not, and of the type that they must be. A claim that is null is mistyped.

use super::mistyped;
use crate::catalog::{ClaimNames, LicenseProfile};
use crate::license::{LicenseError, LicenseErrorKind};
use crate::strict::json::{Member, Value};
use crate::strict::text::is_invisible;

/// The members of a payload.
pub(in crate::license) struct Claims<'a> {
    members: &'a [Member<'a>],
}

impl<'a> Claims<'a> {
    pub(in crate::license) fn new(payload: &'a Value<'a>) -> Self {
        Self {
            members: payload.as_object().unwrap_or_default(),
        }
    }

    pub(in crate::license) fn get(&self, claim: &str) -> Option<&'a Value<'a>> {
        self.members
            .iter()
            .find(|(name, _)| name == claim)
            .map(|(_, value)| value)
    }

    pub(in crate::license) fn required(&self, claim: &str) -> Result<&'a Value<'a>, LicenseError> {
        self.get(claim)
            .ok_or_else(|| LicenseError::about(LicenseErrorKind::MissingClaim, claim))
    }

    pub(super) fn text(&self, claim: &str) -> Result<Option<&'a str>, LicenseError> {
        self.get(claim)
            .map(|value| value.as_str().ok_or_else(|| mistyped(claim)))
            .transpose()
    }

    pub(super) fn boolean(&self, claim: &str) -> Result<Option<bool>, LicenseError> {
        match self.get(claim) {
            None => Ok(None),
            Some(Value::Bool(value)) => Ok(Some(*value)),
            Some(_) => Err(mistyped(claim)),
        }
    }

    /// A text that is a name of something.
    pub(super) fn name(&self, claim: &str) -> Result<Option<&'a str>, LicenseError> {
        self.text(claim)?.map(checked_name).transpose()
    }
}

/// Refuses names that show otherwise than they are (L9).
pub(super) fn checked_name(name: &str) -> Result<&str, LicenseError> {
    if name.is_empty() || name.chars().any(is_invisible) {
        Err(LicenseError::about(LicenseErrorKind::Name, name))
    } else {
        Ok(name)
    }
}

/// The license's id, where the key names one; with a prefix it must.
pub(super) fn id(claims: &Claims<'_>, names: &ClaimNames) -> Result<Option<String>, LicenseError> {
    let Some(id) = claims.text(&names.id)? else {
        return if names.id_prefix.is_empty() {
            Ok(None)
        } else {
            Err(LicenseError::about(
                LicenseErrorKind::MissingClaim,
                &names.id,
            ))
        };
    };
    if !is_id(id) {
        return Err(LicenseError::new(LicenseErrorKind::Id));
    }
    if !id.starts_with(&names.id_prefix) {
        return Err(LicenseError::new(LicenseErrorKind::IdPrefix));
    }
    Ok(Some(id.to_owned()))
}

/// Whether a text has the form of a license's id (L8).
pub(in crate::license) fn is_id(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
    (1..=128).contains(&text.len()) && text.bytes().all(allowed)
}

pub(super) fn check_issuer(
    claims: &Claims<'_>,
    profile: &LicenseProfile,
) -> Result<(), LicenseError> {
    match profile.issuer() {
        Some(issuer) if claims.get("iss").and_then(Value::as_str) != Some(issuer) => {
            Err(LicenseError::new(LicenseErrorKind::Issuer))
        }
        _ => Ok(()),
    }
}

pub(super) fn check_audience(
    claims: &Claims<'_>,
    profile: &LicenseProfile,
) -> Result<(), LicenseError> {
    let Some(audience) = profile.audience() else {
        return Ok(());
    };
    let addressed = match claims.get("aud") {
        Some(Value::String(aud)) => aud == audience,
        Some(Value::Array(list)) => {
            list.iter().all(|aud| aud.as_str().is_some())
                && list.iter().any(|aud| aud.as_str() == Some(audience))
        }
        _ => false,
    };
    if addressed {
        Ok(())
    } else {
        Err(LicenseError::new(LicenseErrorKind::Audience))
    }
}

/// Missing, null and empty all mean that the key is not bound.
pub(super) fn deployments(claims: &Claims<'_>, claim: &str) -> Result<Vec<String>, LicenseError> {
    match claims.get(claim) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(value) => names(value, claim),
    }
}

/// A list of names.
pub(super) fn names(value: &Value<'_>, claim: &str) -> Result<Vec<String>, LicenseError> {
    value
        .as_array()
        .ok_or_else(|| mistyped(claim))?
        .iter()
        .map(|item| checked_name(item.as_str().ok_or_else(|| mistyped(claim))?).map(str::to_owned))
        .collect()
}

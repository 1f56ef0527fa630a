//! What keys that are already issued run into: they are read by the claim names of the catalog that is there now.

mod claims;
mod names;

use crate::catalog::{Catalog, Grants, LicenseProfile};

/// What becomes of keys that are already issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyEffect {
    /// They are rejected.
    Refused,
    /// They are accepted, and something they say is no longer read.
    Ignored,
    /// They are accepted and mean something else.
    Changed,
}

impl KeyEffect {
    /// One snake_case word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Ignored => "ignored",
            Self::Changed => "changed",
        }
    }
}

/// A change by which keys that are already issued are read otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyChange {
    effect: KeyEffect,
    setting: String,
    before: Option<String>,
    after: Option<String>,
    message: String,
}

impl KeyChange {
    fn new(effect: KeyEffect, setting: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            effect,
            setting: setting.into(),
            before: None,
            after: None,
            message: message.into(),
        }
    }

    fn from(mut self, before: Option<impl ToString>) -> Self {
        self.before = before.map(|before| before.to_string());
        self
    }

    fn to(mut self, after: Option<impl ToString>) -> Self {
        self.after = after.map(|after| after.to_string());
        self
    }

    /// What becomes of the keys.
    #[must_use]
    pub const fn effect(&self) -> KeyEffect {
        self.effect
    }

    /// The line of the catalog, such as `license.issuer` or `plans.business`.
    #[must_use]
    pub fn setting(&self) -> &str {
        &self.setting
    }

    /// What it was.
    #[must_use]
    pub fn before(&self) -> Option<&str> {
        self.before.as_deref()
    }

    /// What it becomes.
    #[must_use]
    pub fn after(&self) -> Option<&str> {
        self.after.as_deref()
    }

    /// Which keys, what becomes of them and why, in a sentence.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

/// Refusals first.
pub(super) fn compare(before: &Catalog, after: &Catalog) -> Vec<KeyChange> {
    let (old, next) = (before.license(), after.license());
    let mut changes = Vec::new();
    addressed(old, next, &mut changes);
    required(old, next, &mut changes);
    claims::compare(old, next, &mut changes);
    names::compare(before, after, &mut changes);
    if old.env() != next.env() {
        let message = format!(
            "keys in the variable `{}` would no longer be found",
            old.env()
        );
        let change = KeyChange::new(KeyEffect::Ignored, "license.env", message);
        changes.push(change.from(Some(old.env())).to(Some(next.env())));
    }
    changes.sort_by_key(|change| change.effect != KeyEffect::Refused);
    changes
}

/// Who issued a key and for what.
fn addressed(old: &LicenseProfile, next: &LicenseProfile, changes: &mut Vec<KeyChange>) {
    for (setting, claim, old, next) in [
        ("license.issuer", "iss", old.issuer(), next.issuer()),
        ("license.audience", "aud", old.audience(), next.audience()),
    ] {
        let Some(wanted) = next.filter(|_| old != next) else {
            continue;
        };
        let whose = match old {
            Some(_) => "keys already issued",
            None => "keys already issued without it",
        };
        let message = format!("{whose} would be refused: `{claim}` must be `{wanted}`");
        let change = KeyChange::new(KeyEffect::Refused, setting, message);
        changes.push(change.from(old).to(next));
    }
}

/// Claims that must be there and need not have been.
fn required(old: &LicenseProfile, next: &LicenseProfile, changes: &mut Vec<KeyChange>) {
    let always = [
        old.issuer().map(|_| "iss"),
        old.audience().map(|_| "aud"),
        Some(old.claims.expires.claim.as_str()),
        Some(old.claims.id.as_str()).filter(|_| !old.claims.id_prefix.is_empty()),
        Some(old.claims.plan.as_str()).filter(|_| old.grants() == Grants::PlanAndListed),
    ];
    for claim in next.required() {
        if old.required().contains(claim) || always.contains(&Some(claim.as_str())) {
            continue;
        }
        let message = format!("keys already issued without the claim `{claim}` would be refused");
        let change = KeyChange::new(KeyEffect::Refused, "license.required", message);
        changes.push(change.to(Some(claim)));
    }
}

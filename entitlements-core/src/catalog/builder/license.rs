use super::ClaimsBuilder;
use super::shared::{call, call_with};
use crate::catalog::Grants;
use crate::catalog::document::{Draft, Item};

/// How license keys look, for [`CatalogBuilder::license`](super::CatalogBuilder::license).
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct LicenseBuilder {
    pub(super) draft: Draft,
}

impl LicenseBuilder {
    /// Begins with keys as they look by default.
    pub fn new() -> Self {
        Self::default()
    }

    /// Names the environment variable that holds a key; `ENTITLEMENTS_LICENSE_KEY` by default.
    pub fn env(self, variable: &str) -> Self {
        self.text("env", variable)
    }

    /// Says what `iss` must be; anything by default.
    pub fn issuer(self, issuer: &str) -> Self {
        self.text("issuer", issuer)
    }

    /// Says what `aud` must be or contain; anything by default.
    pub fn audience(self, audience: &str) -> Self {
        self.text("audience", audience)
    }

    /// Names further claims that a key must have.
    pub fn required<'a>(mut self, claims: impl IntoIterator<Item = &'a str>) -> Self {
        for claim in claims {
            self.draft
                .push("required", call("required", claim), Item::text(claim));
        }
        self
    }

    /// Sets the days of grace after expiry where the key does not say; 14 by default.
    pub fn grace_days(self, days: u32) -> Self {
        self.number("grace_days", days)
    }

    /// Sets the days for which a key whose binding is lost stays in force; 14 by default. Engines do not grant them yet.
    pub fn binding_grace_days(self, days: u32) -> Self {
        self.number("binding_grace_days", days)
    }

    /// Sets how far ahead of the clock `iat` and `nbf` may be; 60 by default.
    pub fn leeway_seconds(self, seconds: u32) -> Self {
        self.number("leeway_seconds", seconds)
    }

    /// Says what a key grants; its plan and what it lists by default.
    pub fn grants(self, grants: Grants) -> Self {
        let word = match grants {
            Grants::PlanAndListed => "plan_and_listed",
            Grants::Listed => "listed",
        };
        self.text("grants", word)
    }

    /// Says which claim says what, where not as by default.
    pub fn claims(mut self, claims: ClaimsBuilder) -> Self {
        self.draft
            .set("claims", ".claims()".into(), Item::Table(claims.draft));
        self
    }

    fn text(mut self, key: &str, text: &str) -> Self {
        self.draft.set(key, call(key, text), Item::text(text));
        self
    }

    fn number(mut self, key: &str, number: u32) -> Self {
        self.draft
            .set(key, call_with(key, number), Item::Integer(number.into()));
        self
    }
}

use std::net::IpAddr;

use uuid::Uuid;

use crate::Timestamp;

/// One thing that somebody did or tried to do.
///
/// Texts that look like a license key or a token are taken out when it is recorded by [`Entitlements::audit`](crate::Entitlements::audit).
///
/// ```
/// use entitlements_core::audit::AuditRecord;
/// use entitlements_core::testing::NOW;
///
/// let mut record = AuditRecord::new(NOW, "license.activated", "operators");
/// record.license = Some("lic_1".into());
/// assert_eq!(record.outcome, AuditRecord::ACCEPTED);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AuditRecord {
    /// A UUIDv7; those of one process are in the order in which they were made, whatever its clock says.
    pub id: String,
    /// When it happened, by the engine's clock.
    pub at: Timestamp,
    /// What was done, such as `license.activated`.
    pub action: String,
    /// Who did it, by a name that may be written down.
    pub actor: String,
    /// The id of the license that it was about.
    pub license: Option<String>,
    /// The plan of that license or account.
    pub plan: Option<String>,
    /// The account that it was about.
    pub account: Option<String>,
    /// What came of it: [`ACCEPTED`](Self::ACCEPTED) or [`REFUSED`](Self::REFUSED).
    pub outcome: String,
    /// The address of the client that asked for it.
    pub client_address: Option<IpAddr>,
    /// What else is to be known of it, by name.
    pub details: Vec<(String, String)>,
}

impl AuditRecord {
    /// The outcome of what was done.
    pub const ACCEPTED: &'static str = "accepted";
    /// The outcome of what was not done; a detail `reason` says why.
    pub const REFUSED: &'static str = "refused";

    /// A record of what somebody did, with an id of its own.
    #[must_use]
    pub fn new(at: Timestamp, action: impl Into<String>, actor: impl Into<String>) -> Self {
        Self {
            id: Uuid::now_v7().to_string(),
            at,
            action: action.into(),
            actor: actor.into(),
            license: None,
            plan: None,
            account: None,
            outcome: Self::ACCEPTED.into(),
            client_address: None,
            details: Vec::new(),
        }
    }

    /// The value of the detail with this name, where there is one.
    #[must_use]
    pub fn detail(&self, name: &str) -> Option<&str> {
        let mut details = self.details.iter();
        let (_, value) = details.find(|(known, _)| known == name)?;
        Some(value)
    }

    /// The details on one line; none where there are none.
    pub(super) fn shown_details(&self) -> Option<String> {
        let details = self.details.iter();
        let details: Vec<_> = details
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        (!details.is_empty()).then(|| details.join(", "))
    }
}

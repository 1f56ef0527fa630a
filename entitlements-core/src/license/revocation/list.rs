use crate::Timestamp;

/// The longest revocation list, in bytes: some twenty thousand ids.
pub const MAX_REVOCATIONS_BYTES: usize = 1024 * 1024;

/// The `typ` in the header of a revocation list.
pub(in crate::license) const TOKEN_TYPE: &str = "entitlements-revocations+jwt";

/// What one revocation list says; from [`LicenseVerifier::verify_revocations`](crate::license::LicenseVerifier::verify_revocations).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevocationList {
    pub(super) licenses: Vec<String>,
    pub(super) keys: Vec<String>,
    pub(super) issued_at: Timestamp,
    pub(super) kid: String,
}

impl RevocationList {
    /// The ids of the licenses that are revoked, in order, each once.
    #[must_use]
    pub fn licenses(&self) -> &[String] {
        &self.licenses
    }

    /// The `kid`s of the trusted keys that are revoked, in order, each once: whatever they signed is.
    #[must_use]
    pub fn keys(&self) -> &[String] {
        &self.keys
    }

    /// When it was issued. Of two lists that one key signed the later one counts.
    #[must_use]
    pub const fn issued_at(&self) -> Timestamp {
        self.issued_at
    }

    /// The `kid` of the trusted key that verified it.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }
}

use super::{IssueError, Signer, header};
use crate::Timestamp;
use crate::license::revocation::TOKEN_TYPE;
use crate::license::{
    LicenseError, LicenseErrorKind, LicenseVerifier, RevocationError, RevocationList,
};
use crate::strict::base64url;
use crate::strict::json::ObjectWriter;

/// What a revocation list shall say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use]
pub struct RevocationDraft {
    licenses: Vec<String>,
    keys: Vec<String>,
    after: Option<Timestamp>,
}

impl RevocationDraft {
    /// An empty list.
    pub fn new() -> Self {
        Self::default()
    }

    /// What an earlier list says, to add to. The new list is issued no earlier, so that what it adds counts: of two lists of one
    /// second both do (L16).
    pub fn following(list: &RevocationList) -> Self {
        Self {
            licenses: list.licenses().to_vec(),
            keys: list.keys().to_vec(),
            after: Some(list.issued_at()),
        }
    }

    /// Revokes the license with this id.
    pub fn license(mut self, id: impl Into<String>) -> Self {
        self.licenses.push(id.into());
        self
    }

    /// Revokes everything that was verified by the trusted key of this `kid`.
    pub fn key(mut self, kid: impl Into<String>) -> Self {
        self.keys.push(kid.into());
        self
    }

    /// Signs the list, issued at `now`, or with the list that it follows where that is later.
    ///
    /// # Errors
    /// When an id or a `kid` has the wrong form, the list that it follows is from the future, the list would be too
    /// long, or the signer gives no signature.
    pub fn sign(self, signer: &impl Signer, now: Timestamp) -> Result<String, IssueError> {
        let trusted = signer.trusted_key();
        let (licenses, keys) = (sorted(self.licenses), sorted(self.keys));
        let issued_at = self.after.map_or(now, |after| after.max(now));
        let mut claims = ObjectWriter::new();
        claims.number("iat", issued_at.unix_seconds());
        claims.strings("revoked", &licenses);
        claims.strings("revoked_keys", &keys);
        let text = header::signed_text(
            trusted.algorithm().header_name(),
            TOKEN_TYPE,
            trusted.kid(),
            &claims.finish(),
        );
        let signature = signer.sign(text.as_bytes())?;
        let token = format!("{text}.{}", base64url::encode(&signature));
        // What is handed out was checked as whoever gets it will check it.
        let verifier = LicenseVerifier::new([trusted.clone()])
            .map_err(|_| RevocationError::from(LicenseError::new(LicenseErrorKind::KeyWindow)))?;
        verifier.verify_revocations(&token, now)?;
        Ok(token)
    }
}

fn sorted(mut names: Vec<String>) -> Vec<String> {
    names.sort_unstable();
    names.dedup();
    names
}

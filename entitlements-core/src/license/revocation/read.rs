//! From text to [`RevocationList`].

use std::time::Duration;

use super::{RevocationError, RevocationList};
use crate::Timestamp;
use crate::license::claims::{Claims, is_id, numeric_date};
use crate::license::token::{TokenKind, object};
use crate::license::{LicenseError, LicenseErrorKind, LicenseVerifier};
use crate::strict::json::Value;

impl LicenseVerifier {
    /// Checks a revocation list: the exact compact form, signed by a trusted key, and not issued after `now`.
    ///
    /// ```
    /// use entitlements_core::license::{LicenseVerifier, RevocationDraft, SigningKey};
    /// use entitlements_core::testing::NOW;
    ///
    /// let vendor = SigningKey::generate()?;
    /// let list = RevocationDraft::new().license("L-1").sign(&vendor, NOW)?;
    ///
    /// let verifier = LicenseVerifier::new([vendor.trusted_key().clone()])?;
    /// assert_eq!(verifier.verify_revocations(&list, NOW)?.licenses(), ["L-1"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// On everything that L14 and L15 of `spec/license.md` list, by [`LicenseErrorKind`].
    pub fn verify_revocations(
        &self,
        token: &str,
        now: Timestamp,
    ) -> Result<RevocationList, RevocationError> {
        let parts = TokenKind::Revocations.split(token)?;
        let key = self.signer_of(&parts)?;
        let payload = object(&parts.payload)?;
        let claims = Claims::new(&payload);
        let issued_at = numeric_date(claims.required("iat")?, "iat")?;
        if !key.window().allows(Some(issued_at)) {
            return Err(LicenseError::new(LicenseErrorKind::KeyWindow).into());
        }
        let leeway = Duration::from_secs(self.profile().leeway_seconds().into());
        if issued_at > now.saturating_add(leeway) {
            return Err(LicenseError::new(LicenseErrorKind::IssuedInFuture).into());
        }
        Ok(RevocationList {
            licenses: texts(&claims, "revoked", is_id, LicenseErrorKind::Id)?,
            keys: texts(
                &claims,
                "revoked_keys",
                |kid| !kid.is_empty(),
                LicenseErrorKind::KeyId,
            )?,
            issued_at,
            kid: key.kid().to_owned(),
        })
    }
}

/// A list of texts; one that is not there is empty.
fn texts(
    claims: &Claims<'_>,
    claim: &str,
    is_fine: impl Fn(&str) -> bool,
    otherwise: LicenseErrorKind,
) -> Result<Vec<String>, LicenseError> {
    let mistyped = || LicenseError::about(LicenseErrorKind::MistypedClaim, claim);
    let Some(value) = claims.get(claim) else {
        return Ok(Vec::new());
    };
    let text = |item: &Value<'_>| {
        let text = item.as_str().ok_or_else(mistyped)?;
        if is_fine(text) {
            Ok(text.to_owned())
        } else {
            Err(LicenseError::about(otherwise, text))
        }
    };
    let items = value.as_array().ok_or_else(mistyped)?;
    let mut texts: Vec<String> = items.iter().map(text).collect::<Result<_, _>>()?;
    texts.sort_unstable();
    texts.dedup();
    Ok(texts)
}

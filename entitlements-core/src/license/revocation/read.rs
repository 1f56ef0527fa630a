//! From text to [`RevocationList`].

use super::{RevocationError, RevocationList};
use crate::Timestamp;
use crate::license::claims::{Claims, is_id, mistyped, numeric_date};
use crate::license::token::{TokenKind, object};
use crate::license::{LicenseError, LicenseErrorKind, LicenseVerifier};
use crate::strict::json::Value;

impl LicenseVerifier {
    /// Checks a revocation list: the exact compact form, signed by a trusted key, and not issued after `now`.
    ///
    /// What was read from a file goes through [`compact_revocations`](super::super::compact_revocations) first, and what comes
    /// out takes effect where it is added to [`Revocations`](super::Revocations).
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
        let list = self.verify_held_revocations(token)?;
        self.check_issued_by(now, Some(list.issued_at()))?;
        Ok(list)
    }

    /// Checks a list that was accepted once: a clock that was set back meanwhile does not put it into the future.
    pub(crate) fn verify_held_revocations(
        &self,
        token: &str,
    ) -> Result<RevocationList, RevocationError> {
        let parts = TokenKind::Revocations.split(token)?;
        let key = self.signer_of(&parts)?;
        let payload = object(&parts.payload)?;
        let claims = Claims::new(&payload);
        let issued_at = numeric_date(claims.required("iat")?, "iat")?;
        key.window().check(Some(issued_at))?;
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
    let Some(value) = claims.get(claim) else {
        return Ok(Vec::new());
    };
    let text = |item: &Value<'_>| {
        let text = item.as_str().ok_or_else(|| mistyped(claim))?;
        if is_fine(text) {
            Ok(text.to_owned())
        } else {
            Err(LicenseError::about(otherwise, text))
        }
    };
    let items = value.as_array().ok_or_else(|| mistyped(claim))?;
    let mut texts: Vec<String> = items.iter().map(text).collect::<Result<_, _>>()?;
    texts.sort_unstable();
    texts.dedup();
    Ok(texts)
}

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

/// What a secret's text begins with.
const PREFIX: &str = "whsec_";

/// As Standard Webhooks asks: what is shorter can be guessed by whoever has one signed message.
const FEWEST_BYTES: usize = 24;

/// What sender and receiver of a webhook both know, and nobody else.
///
/// Its text is `whsec_` and the bytes in base64, as [Standard Webhooks](https://www.standardwebhooks.com) writes them, so that the
/// libraries of other languages take the same text. It is never shown: neither by `Debug` nor in an error.
///
/// ```
/// use entitlements_outbound::webhook::WebhookSecret;
///
/// let secret: WebhookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".parse()?;
/// assert_eq!(format!("{secret:?}"), "WebhookSecret(..)");
/// assert!("whsec_c2hvcnQ=".parse::<WebhookSecret>().is_err());
/// # Ok::<(), entitlements_outbound::webhook::SecretError>(())
/// ```
#[derive(Clone)]
pub struct WebhookSecret(Zeroizing<Vec<u8>>);

/// Why a text is no secret. The text is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SecretError {
    /// It is not `whsec_` and base64.
    #[error("a webhook secret is `whsec_` and at least 24 random bytes in base64")]
    Form,
    /// It has too few bytes.
    #[error("a webhook secret has at least 24 bytes")]
    TooShort,
}

impl WebhookSecret {
    /// The secret with these bytes, which should be random.
    ///
    /// # Errors
    /// Where there are fewer than 24 of them.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SecretError> {
        if bytes.len() < FEWEST_BYTES {
            return Err(SecretError::TooShort);
        }
        Ok(Self(Zeroizing::new(bytes.to_vec())))
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl std::str::FromStr for WebhookSecret {
    type Err = SecretError;

    fn from_str(text: &str) -> Result<Self, SecretError> {
        let base64 = text.trim().strip_prefix(PREFIX).ok_or(SecretError::Form)?;
        let bytes = STANDARD.decode(base64).map_err(|_| SecretError::Form)?;
        Self::from_bytes(&Zeroizing::new(bytes))
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_has_at_least_24_bytes() {
        assert_eq!(
            WebhookSecret::from_bytes(&[7; 23]).unwrap_err(),
            SecretError::TooShort
        );
        assert!(WebhookSecret::from_bytes(&[7; 24]).is_ok());
    }

    #[test]
    fn what_is_no_secret_is_refused_without_being_repeated() {
        for text in [
            "",
            "whsec_",
            "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS",
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZI-2LaLaSw",
            "WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        ] {
            let error = text.parse::<WebhookSecret>().unwrap_err();
            assert!(!error.to_string().contains("MfKQ"));
        }
        // From a file that ends with a line break.
        assert!(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n"
                .parse::<WebhookSecret>()
                .is_ok()
        );
    }
}

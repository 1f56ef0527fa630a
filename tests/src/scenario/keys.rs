//! Whoever signs in scenarios: claims as they stand, also such as an issuer would refuse.

use std::sync::LazyLock;

use entitlements_core::license::SigningKey;
use entitlements_core::strict::base64url;
use entitlements_core::{Timestamp, TrustedKey};
use serde::Deserialize;
use serde_json::{Map, Value, json};

static VENDOR: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate().unwrap());
static PARTNER: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate().unwrap());
static STRANGER: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate().unwrap());

/// Who signs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signer {
    /// The vendor, whom the product trusts.
    #[default]
    Vendor,
    /// A second one whom it trusts.
    Partner,
    /// One whom it does not trust.
    Stranger,
}

/// The vendor's public half, for an engine.
#[must_use]
pub fn trusted() -> TrustedKey {
    Signer::Vendor.key().trusted_key().clone()
}

/// The public half of the second one who is trusted.
#[must_use]
pub fn also_trusted() -> TrustedKey {
    Signer::Partner.key().trusted_key().clone()
}

/// A license key with these claims, by the vendor.
#[must_use]
pub fn sign(claims: &Map<String, Value>) -> String {
    Signer::Vendor.license(claims)
}

/// The `kid` of the signer of this name; what names none is a `kid` itself.
#[must_use]
pub fn kid(name: &str) -> String {
    let signer = serde_json::from_value::<Signer>(name.into());
    signer.map_or_else(|_| name.to_owned(), |signer| signer.key().kid().to_owned())
}

impl Signer {
    fn key(self) -> &'static SigningKey {
        match self {
            Self::Vendor => &VENDOR,
            Self::Partner => &PARTNER,
            Self::Stranger => &STRANGER,
        }
    }

    /// A license key with these claims; times in `exp`, `nbf` and `iat` become seconds.
    ///
    /// # Panics
    /// When one of these is a text and no time.
    #[must_use]
    pub fn license(self, claims: &Map<String, Value>) -> String {
        let mut claims = claims.clone();
        for name in ["exp", "nbf", "iat"] {
            if let Some(Value::String(text)) = claims.get(name) {
                let time: Timestamp = text
                    .parse()
                    .unwrap_or_else(|_| panic!("`{name}` is no time: {text}"));
                claims.insert(name.to_owned(), json!(time.unix_seconds()));
            }
        }
        self.sign(
            &json!({"alg": "EdDSA", "kid": self.key().kid()}),
            &Value::Object(claims),
        )
    }

    /// A revocation list that says this.
    #[must_use]
    pub fn revocations(self, licenses: &[String], keys: &[String], issued_at: Timestamp) -> String {
        let header =
            json!({"alg": "EdDSA", "kid": self.key().kid(), "typ": "entitlements-revocations+jwt"});
        let iat = issued_at.unix_seconds();
        self.sign(
            &header,
            &json!({"iat": iat, "revoked": licenses, "revoked_keys": keys}),
        )
    }

    fn sign(self, header: &Value, payload: &Value) -> String {
        let encoded = |json: &Value| base64url::encode(json.to_string().as_bytes());
        let message = format!("{}.{}", encoded(header), encoded(payload));
        let signature = base64url::encode(&self.key().sign(message.as_bytes()));
        format!("{message}.{signature}")
    }
}

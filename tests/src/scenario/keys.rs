//! The vendor that scenarios trust: signs claims as they stand, also such as an issuer would refuse.

use std::sync::LazyLock;

use entitlements_core::license::SigningKey;
use entitlements_core::strict::base64url;
use entitlements_core::{Timestamp, TrustedKey};
use serde_json::{Map, Value, json};

static VENDOR: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate().unwrap());

/// The public half, for the engine.
#[must_use]
pub fn trusted() -> TrustedKey {
    VENDOR.trusted_key().clone()
}

/// A license key with these claims; times in `exp`, `nbf` and `iat` become seconds.
///
/// # Panics
/// When one of these is a text and no time.
#[must_use]
pub fn sign(claims: &Map<String, Value>) -> String {
    let mut claims = claims.clone();
    for name in ["exp", "nbf", "iat"] {
        if let Some(Value::String(text)) = claims.get(name) {
            let time: Timestamp = text
                .parse()
                .unwrap_or_else(|_| panic!("`{name}` is no time: {text}"));
            claims.insert(name.to_owned(), json!(time.unix_seconds()));
        }
    }
    let header = json!({"alg": "EdDSA", "kid": VENDOR.kid()}).to_string();
    let payload = Value::Object(claims).to_string();
    let message = format!(
        "{}.{}",
        base64url::encode(header.as_bytes()),
        base64url::encode(payload.as_bytes())
    );
    let signature = base64url::encode(&VENDOR.sign(message.as_bytes()));
    format!("{message}.{signature}")
}

//! License keys as the vendor's own program writes them, claim by claim.

use std::path::PathBuf;

use entitlements_core::Timestamp;
use entitlements_core::license::SigningKey;
use entitlements_core::strict::base64url;
use entitlements_tests::encoding::sha256;
use entitlements_tests::root;
use serde_json::{Value, json};

/// The published test keys, of which the panel trusts the first.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Vendor {
    Rsa,
    RsaStranger,
    Ed25519,
}

impl Vendor {
    const fn name(self) -> &'static str {
        match self {
            Self::Rsa => "rsa",
            Self::RsaStranger => "rsa_stranger",
            Self::Ed25519 => "vendor",
        }
    }

    pub(crate) fn public(self) -> PathBuf {
        root().join(format!("tests/vectors/keys/{}.public.pem", self.name()))
    }

    pub(crate) fn private(self) -> SigningKey {
        let path = root().join(format!("tests/vectors/keys/{}.private.pem", self.name()));
        SigningKey::from_file(path).unwrap()
    }

    pub(crate) fn sign(self, header: &Value, claims: &Value) -> String {
        let key = self.private();
        let message = message(header, claims);
        format!(
            "{message}.{}",
            base64url::encode(&key.sign(message.as_bytes()))
        )
    }
}

/// What is signed.
pub(crate) fn message(header: &Value, claims: &Value) -> String {
    let encode = |json: &Value| base64url::encode(json.to_string().as_bytes());
    format!("{}.{}", encode(header), encode(claims))
}

pub(crate) fn header() -> Value {
    json!({ "alg": "RS512", "typ": "JWT" })
}

/// Three nodes and fifteen users, for 2027.
pub(crate) fn business() -> Value {
    json!({
        "lid": "USN-2027-0001",
        "eml": sha256("ops@acme.example"),
        "edition": "biz",
        "nod": 3,
        "usr": 15,
        "features": [
            "custom_roles", "oauth", "ldap", "multi_notification", "audit_export", "multi_backup", "api_keys",
            "priority_support", "swarm", "git_sync",
        ],
        "exp": seconds("2028-01-01T00:00:00Z"),
        "iat": seconds("2027-01-01T00:00:00Z"),
    })
}

pub(crate) fn enterprise() -> Value {
    with(
        &business(),
        &json!({
            "lid": "USN-2027-0002", "edition": "ee", "nod": null, "usr": null, "features": null,
        }),
    )
}

/// The same claims with these instead; null takes one out.
pub(crate) fn with(claims: &Value, changes: &Value) -> Value {
    let mut changed = claims.clone();
    for (name, value) in changes.as_object().unwrap() {
        let claims = changed.as_object_mut().unwrap();
        match value {
            Value::Null => claims.remove(name),
            value => claims.insert(name.clone(), value.clone()),
        };
    }
    changed
}

/// A key with these claims, as it should be.
pub(crate) fn key(claims: &Value) -> String {
    Vendor::Rsa.sign(&header(), claims)
}

pub(crate) fn seconds(time: &str) -> i64 {
    let time: Timestamp = time.parse().unwrap();
    time.unix_seconds()
}

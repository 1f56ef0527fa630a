//! The scheme of Standard Webhooks: HMAC-SHA256 over `id.timestamp.body`.

use aws_lc_rs::hmac;
#[cfg(feature = "client")]
use base64::Engine as _;
#[cfg(feature = "client")]
use base64::engine::general_purpose::STANDARD;

use super::WebhookSecret;

/// The header with the id of the message, the same at each attempt.
pub(super) const ID: &str = "webhook-id";
/// The header with the time of the attempt, in seconds since 1970.
pub(super) const TIMESTAMP: &str = "webhook-timestamp";
/// The header with the signatures, one for each secret, with spaces between.
pub(super) const SIGNATURE: &str = "webhook-signature";
/// What a signature of this scheme begins with; others (`v1a,` is asymmetric) are passed over.
pub(super) const VERSION: &str = "v1,";

/// The signatures by all secrets, as the header has them.
#[cfg(feature = "client")]
pub(super) fn sign(secrets: &[WebhookSecret], id: &str, timestamp: i64, body: &[u8]) -> String {
    let timestamp = timestamp.to_string();
    let signatures = secrets.iter().map(|secret| {
        let mut context = hmac::Context::with_key(&key(secret));
        for part in parts(id, &timestamp, body) {
            context.update(part);
        }
        format!("{VERSION}{}", STANDARD.encode(context.sign()))
    });
    signatures.collect::<Vec<_>>().join(" ")
}

/// Whether `tag` is the signature by this secret, in a time that does not depend on where it differs.
pub(super) fn is_by(
    secret: &WebhookSecret,
    id: &str,
    timestamp: &str,
    body: &[u8],
    tag: &[u8],
) -> bool {
    let signed = parts(id, timestamp, body).concat();
    hmac::verify(&key(secret), &signed, tag).is_ok()
}

fn key(secret: &WebhookSecret) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, secret.bytes())
}

fn parts<'a>(id: &'a str, timestamp: &'a str, body: &'a [u8]) -> [&'a [u8]; 5] {
    [id.as_bytes(), b".", timestamp.as_bytes(), b".", body]
}

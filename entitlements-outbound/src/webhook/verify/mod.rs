#[cfg(test)]
#[cfg(feature = "client")]
mod tests;

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use entitlements_core::Timestamp;

use super::WebhookSecret;
use super::signature::{ID, SIGNATURE, TIMESTAMP, VERSION, is_by};

/// No honest sender has more secrets at once: each costs a stranger's request one hash of the body.
const MOST_SIGNATURES: usize = 8;

/// Room for an id of any system, and no more: receivers keep ids to tell what they have had already.
const MOST_ID_BYTES: usize = 256;

/// A message whose signature is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Received<'a> {
    /// The id of the message. It is the same at each attempt: a receiver that has it already answers 200 and does nothing.
    pub id: &'a str,
    /// When the attempt was made, by the sender's clock.
    pub sent_at: Timestamp,
}

/// Why a message is not believed. Answer 400 or 401, and do not tell a stranger which it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// A header is missing or is not of this scheme.
    #[error("`{header}` is missing or malformed")]
    Header {
        /// Its name.
        header: &'static str,
    },
    /// It was signed longer ago, or further ahead, than is tolerated: an old message sent again by somebody, or a clock that is wrong.
    #[error("the message was signed at another time than now")]
    Stale,
    /// No signature is by one of the secrets.
    #[error("no signature is by a secret that is known")]
    Signature,
}

/// Tells a receiver whether a webhook is from somebody who knows a secret, and was signed just now.
///
/// `header` looks up a header of the request, whatever framework it came through. `body` is the body as it came, byte for byte: look
/// at it as JSON afterwards. Several secrets are for the time of a rotation: each may have signed. A tolerance of five minutes is
/// usual; within it a message can be replayed, so remember [`Received::id`] for that long.
///
/// Comparing takes the same time wherever a signature differs (RFC 2104 with a constant-time comparison).
///
/// # Errors
/// Where a header is missing or malformed, the time is not within `tolerance` of `now`, or no signature is right.
///
/// # Examples
/// The vector of the Standard Webhooks specification's libraries:
///
/// ```
/// use std::time::Duration;
///
/// use entitlements_core::Timestamp;
/// use entitlements_outbound::webhook::{VerifyError, WebhookSecret, verify};
/// use http::HeaderMap;
///
/// let mut headers = HeaderMap::new();
/// headers.insert("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek".parse()?);
/// headers.insert("webhook-timestamp", "1614265330".parse()?);
/// headers.insert("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=".parse()?);
/// let body = br#"{"test": 2432232314}"#;
///
/// let secrets: [WebhookSecret; 1] = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".parse()?];
/// let header = |name: &str| headers.get(name)?.to_str().ok();
/// let tolerance = Duration::from_secs(300);
///
/// let now = Timestamp::from_unix_seconds(1_614_265_330);
/// let received = verify(header, body, &secrets, now, tolerance)?;
/// assert_eq!(received.id, "msg_p5jXN8AQM9LWM0D4loKWxJek");
///
/// let later = now.saturating_add(Duration::from_secs(301));
/// assert_eq!(verify(header, body, &secrets, later, tolerance), Err(VerifyError::Stale));
/// assert_eq!(verify(header, b"{}", &secrets, now, tolerance), Err(VerifyError::Signature));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn verify<'a>(
    header: impl Fn(&str) -> Option<&'a str>,
    body: &[u8],
    secrets: &[WebhookSecret],
    now: Timestamp,
    tolerance: Duration,
) -> Result<Received<'a>, VerifyError> {
    let id = header(ID)
        .filter(|id| !id.is_empty() && id.len() <= MOST_ID_BYTES && !id.contains('.'))
        .ok_or(VerifyError::Header { header: ID })?;
    let timestamp = header(TIMESTAMP).ok_or(VerifyError::Header { header: TIMESTAMP })?;
    let sent_at = read_seconds(timestamp).ok_or(VerifyError::Header { header: TIMESTAMP })?;
    let signatures = header(SIGNATURE).ok_or(VerifyError::Header { header: SIGNATURE })?;
    let tags: Vec<_> = signatures
        .split(' ')
        .take(MOST_SIGNATURES)
        .filter_map(|signature| STANDARD.decode(signature.strip_prefix(VERSION)?).ok())
        .collect();
    if tags.is_empty() {
        return Err(VerifyError::Header { header: SIGNATURE });
    }
    if now.saturating_since(sent_at) > tolerance || sent_at.saturating_since(now) > tolerance {
        return Err(VerifyError::Stale);
    }
    let is_known = secrets.iter().any(|secret| {
        tags.iter()
            .any(|tag| is_by(secret, id, timestamp, body, tag))
    });
    if is_known {
        Ok(Received { id, sent_at })
    } else {
        Err(VerifyError::Signature)
    }
}

/// Digits only: `+1` and ` 1` are other spellings of a time that was signed as it stands.
fn read_seconds(text: &str) -> Option<Timestamp> {
    let is_number =
        (1..=12).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = text.parse().ok().filter(|_| is_number)?;
    Some(Timestamp::from_unix_seconds(seconds))
}

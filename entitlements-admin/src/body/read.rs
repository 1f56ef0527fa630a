use std::pin::pin;

use bytes::{Buf, BufMut, Bytes, BytesMut};
use http::HeaderMap;
use http::header::CONTENT_LENGTH;
use http_body::Body;
use http_body_util::BodyExt;

use crate::refusal::Refusal;

/// How many bytes of a body are read, 64 KiB: four times the longest license key.
pub const MAX_BODY_BYTES: usize = 64 * 1024;

/// Reads a body to its end, and not further than [`MAX_BODY_BYTES`].
///
/// # Errors
/// When it is longer (`BODY_TOO_LARGE`), or does not arrive whole (`MALFORMED`).
///
/// # Cancel safety
/// Dropped before it is done, what was read is gone, and the body with it.
pub async fn read<B: Body>(headers: &HeaderMap, body: B) -> Result<Bytes, Refusal> {
    if announces_too_much(headers) || body.size_hint().lower() > MAX_BODY_BYTES as u64 {
        return Err(Refusal::BodyTooLarge);
    }
    let mut body = pin!(body);
    let mut whole = BytesMut::new();
    while let Some(frame) = body.frame().await {
        // What went wrong is between the server and the client's connection; it is not repeated to anyone.
        let frame =
            frame.map_err(|_| Refusal::Malformed("the body did not arrive whole".into()))?;
        if let Ok(data) = frame.into_data() {
            if data.remaining() > MAX_BODY_BYTES - whole.len() {
                return Err(Refusal::BodyTooLarge);
            }
            whole.put(data);
        }
    }
    Ok(whole.freeze())
}

/// Whether `Content-Length` says that the body is too long. What it says otherwise is not believed.
fn announces_too_much(headers: &HeaderMap) -> bool {
    headers
        .get_all(CONTENT_LENGTH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|value| {
            let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
            // Digits that do not fit are many bytes.
            digits
                && value
                    .parse()
                    .map_or(true, |length: usize| length > MAX_BODY_BYTES)
        })
}

//! The header of what is issued (RFC 7515 section 4.1), and the text that is signed.

use crate::strict::base64url;
use crate::strict::json::ObjectWriter;

/// Header and payload in base64url with a dot between them (RFC 7515 section 5.1).
pub(super) fn signed_text(alg: &str, typ: &str, kid: &str, payload: &str) -> String {
    let mut header = ObjectWriter::new();
    header
        .string("alg", alg)
        .string("typ", typ)
        .string("kid", kid);
    format!(
        "{}.{}",
        base64url::encode(header.finish().as_bytes()),
        base64url::encode(payload.as_bytes())
    )
}

//! Enough of RFC 4648 to take PEM apart and to write a JWK.

pub(crate) use entitlements_core::strict::base64url::encode;

use entitlements_core::strict::base64url;

/// Either alphabet, padded or not.
pub(crate) fn decode(text: &str) -> Vec<u8> {
    let text = text.replace('+', "-").replace('/', "_");
    base64url::decode(text.trim_end_matches('=')).unwrap()
}

/// What the one block of a PEM text holds.
pub(crate) fn der(pem: &str) -> Vec<u8> {
    let lines: String = pem
        .lines()
        .filter(|line| !line.starts_with("-----"))
        .collect();
    decode(&lines)
}

/// A PEM text of one block.
pub(crate) fn pem(label: &str, der: &[u8]) -> String {
    let mut body = encode(der).replace('-', "+").replace('_', "/");
    while !body.len().is_multiple_of(4) {
        body.push('=');
    }
    let lines: Vec<&str> = body
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
        lines.join("\n")
    )
}

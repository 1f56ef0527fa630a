//! Bytes as people write them: hexadecimal, and PEM.

use entitlements_core::strict::base64url;
use sha2::{Digest, Sha256};

/// The bytes that are written in hexadecimal.
///
/// # Panics
/// When it is none.
#[must_use]
pub fn from_hex(text: &str) -> Vec<u8> {
    assert!(text.len().is_multiple_of(2), "hexadecimal in pairs: {text}");
    text.as_bytes()
        .chunks(2)
        .map(|pair| {
            let pair = std::str::from_utf8(pair).expect("ASCII");
            u8::from_str_radix(pair, 16).expect("hexadecimal")
        })
        .collect()
}

/// In hexadecimal.
#[must_use]
pub fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The SHA-256 of a text, in hexadecimal.
#[must_use]
pub fn sha256(text: &str) -> String {
    to_hex(&Sha256::digest(text.as_bytes()))
}

/// What the one block of a PEM text (RFC 7468) holds.
///
/// # Panics
/// When it is not base64.
#[must_use]
pub fn from_pem(pem: &str) -> Vec<u8> {
    let base64: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let base64 = base64.replace('+', "-").replace('/', "_");
    base64url::decode(base64.trim_end_matches('=')).expect("PEM is base64")
}

/// A PEM text of one block.
///
/// # Panics
/// Never; base64 is ASCII.
#[must_use]
pub fn to_pem(label: &str, der: &[u8]) -> String {
    let mut base64 = base64url::encode(der).replace('-', "+").replace('_', "/");
    while !base64.len().is_multiple_of(4) {
        base64.push('=');
    }
    let lines: Vec<&str> = base64
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).expect("ASCII"))
        .collect();
    let lines = lines.join("\n");
    format!("-----BEGIN {label}-----\n{lines}\n-----END {label}-----\n")
}

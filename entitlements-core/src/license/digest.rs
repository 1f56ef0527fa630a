use sha2::{Digest, Sha256};

/// The SHA-256 of some text or bytes, in hex.
pub(crate) fn sha256_hex(text: impl AsRef<[u8]>) -> String {
    let digest = Sha256::digest(text.as_ref());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

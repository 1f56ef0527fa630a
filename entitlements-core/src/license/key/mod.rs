//! Public keys that may sign licenses, and what they are refused for.
//!
//! A [`TrustedKey`] has one algorithm (`algorithm.rs`), one `kid`, and perhaps a window of time in which it signed
//! (`window.rs`). It is read from what people have (`form/`), and checked before it is trusted (`ed25519.rs`, `rsa.rs`).

mod algorithm;
mod ed25519;
mod error;
mod form;
mod public;
mod ring;
mod rsa;
#[cfg(test)]
mod tests;
mod trusted;
mod window;

use std::path::Path;

use sha2::{Digest as _, Sha256};

use crate::files::read_regular;
use crate::strict::base64url;
use crate::strict::text::shown_path;

pub use algorithm::Algorithm;
pub use error::KeyError;
use public::PublicKey;
pub(super) use ring::KeyRing;
pub use trusted::TrustedKey;
use window::Window;

/// The most bytes that a key file may have.
const MAX_KEY_FILE_BYTES: usize = 64 * 1024;

/// Reads the file of a key, public or private.
pub(super) fn read_key_file(path: &Path) -> Result<Vec<u8>, KeyError> {
    read_regular(path, MAX_KEY_FILE_BYTES).map_err(|cause| KeyError::File {
        path: shown_path(path),
        cause: cause.to_string(),
    })
}

/// RFC 7638: over the required members in the order of their names.
fn thumbprint(jwk: &str) -> String {
    base64url::encode(&Sha256::digest(jwk.as_bytes()))
}

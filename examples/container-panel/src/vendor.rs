//! Whose license keys are believed: those of vendors who sign with RS512, and nobody else's.

use std::path::{Path, PathBuf};

use entitlements_actix::TrustedKey;
use entitlements_actix::license::{Algorithm, SigningKey};

use crate::Failure;
use crate::files;

/// The keys that were given, else the development vendor's; never both.
pub(crate) fn trusted_keys(given: &[PathBuf], data: &Path) -> Result<Vec<TrustedKey>, Failure> {
    if given.is_empty() {
        return Ok(vec![development_vendor(data)?]);
    }
    given.iter().map(|path| rsa_key(path)).collect()
}

/// Reads a public key. RSA of fewer than 4096 bits is refused by the library, every other algorithm here: a panel that trusts no
/// Ed25519 key believes nothing that one has signed.
fn rsa_key(path: &Path) -> Result<TrustedKey, Failure> {
    let key = TrustedKey::from_file(path)?;
    match key.algorithm() {
        Algorithm::Rs512 => Ok(key),
        _ => Err(format!(
            "`{}`: license keys of this panel are signed with RS512, and this is another kind of key",
            path.display()
        )
        .into()),
    }
}

pub(crate) fn private_key_path(data: &Path) -> PathBuf {
    data.join("development-vendor.private.pem")
}

/// A vendor for trying things out, made by the first start: whoever can read this folder can issue licenses for it. A product has
/// its vendor's public key in the binary instead (`include_bytes!` and `trusted_key_pem`), and the private half on no server.
fn development_vendor(data: &Path) -> Result<TrustedKey, Failure> {
    let path = private_key_path(data);
    let key = match files::read(&path)? {
        Some(pem) => SigningKey::from_pem(pem)?,
        None => {
            tracing::info!("making the development vendor's RSA key, which takes a moment");
            let key = SigningKey::generate_rsa4096()?;
            files::replace(&path, &key.private_key_pem())?;
            files::replace(
                &data.join("development-vendor.public.pem"),
                &key.public_key_pem(),
            )?;
            key
        }
    };
    Ok(key.trusted_key().clone())
}

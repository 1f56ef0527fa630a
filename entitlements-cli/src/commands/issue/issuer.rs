//! What signs: the private key, with the catalog's claim shape.

use std::path::Path;

use entitlements_core::license::{LicenseDraft, LicenseIssuer, LicenseVerifier, SigningKey};
use entitlements_core::{License, Timestamp};
use zeroize::Zeroizing;

use super::{Args, refusal};
use crate::catalog_file;
use crate::failure::Failure;
use crate::files::read_key_file;
use crate::quote;

/// A license key, and what it says to whoever verifies it.
pub(super) struct Issued {
    pub(super) key: String,
    pub(super) license: License,
}

/// What issues by these arguments.
pub(super) fn open(
    args: &Args,
) -> Result<impl Fn(&LicenseDraft, Timestamp) -> Result<Issued, Failure>, Failure> {
    let key = read_signing_key(&args.key)?;
    let kid = args.kid.clone().unwrap_or_else(|| key.kid().to_owned());
    let trusted = key.trusted_key().clone().with_kid(&kid);
    let mut verifier = trusted
        .and_then(|key| LicenseVerifier::new([key]))
        .map_err(|error| refusal::other(&error))?;
    let mut issuer = LicenseIssuer::new(key).with_kid(&kid);
    if let Some(path) = &args.catalog {
        let catalog = catalog_file::read(path)?;
        issuer = issuer.with_catalog(catalog.clone());
        verifier = verifier.with_catalog(catalog);
    }
    Ok(move |draft: &LicenseDraft, now| {
        let key = issuer
            .issue(draft, now)
            .map_err(|error| refusal::issue(&error))?;
        let license = verifier
            .verify_held(&key)
            .map_err(|error| refusal::other(&error))?;
        Ok(Issued { key, license })
    })
}

fn read_signing_key(path: &Path) -> Result<SigningKey, Failure> {
    let failure = |why: String| {
        let message = format!("cannot use {} as a private key: {why}", quote::path(path));
        Failure::usage(
            "private_key",
            message,
            "name the `.private.pem` file that `keygen` wrote",
        )
    };
    let pem = Zeroizing::new(read_key_file(path).map_err(failure)?);
    SigningKey::from_pem(pem.as_slice()).map_err(|error| failure(error.to_string()))
}

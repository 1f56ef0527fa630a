//! What signs: the private key, with the catalog's claim shape.

use entitlements_core::license::{Algorithm, LicenseDraft, LicenseIssuer, LicenseVerifier};
use entitlements_core::{License, Timestamp};

use super::{Args, refusal};
use crate::catalog_file;
use crate::failure::Failure;
use crate::signing_key;

/// A license key, and what it says to whoever verifies it.
pub(super) struct Issued {
    pub(super) key: String,
    pub(super) license: License,
}

/// What issues by these arguments.
pub(super) fn open(
    args: &Args,
) -> Result<impl Fn(&LicenseDraft, Timestamp) -> Result<Issued, Failure>, Failure> {
    let key = signing_key::read(&args.key)?;
    let kid = args.kid.clone().unwrap_or_else(|| key.kid().to_owned());
    let trusted = key.trusted_key().clone().with_kid(&kid);
    let mut verifier = trusted
        .and_then(|key| LicenseVerifier::new([key]))
        .map_err(|error| refusal::other(&error))?;
    if args.rfc9864 && key.algorithm() != Algorithm::Ed25519 {
        let message = "`--rfc9864` is for Ed25519 keys, and this is none";
        let action = "leave it out, or sign with an Ed25519 key";
        return Err(Failure::usage("rfc9864", message, action));
    }
    let mut issuer = LicenseIssuer::new(key).with_kid(&kid);
    if args.rfc9864 {
        issuer = issuer.with_rfc_9864_name();
    }
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

//! What signs: the private key, with the catalog's claim shape.

use entitlements_core::license::{
    Algorithm, LicenseDraft, LicenseIssuer, LicenseVerifier, Signer as _,
};
use entitlements_core::{License, Timestamp};

use super::{Args, refusal};
use crate::catalog_file;
use crate::failure::Failure;
use crate::signing_key::{self, NamedSigner};

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
    let signer =
        NamedSigner::new(key, args.kid.as_deref()).map_err(|error| refusal::other(&error))?;
    let trusted = signer.trusted_key().clone();
    if args.rfc9864 && trusted.algorithm() != Algorithm::Ed25519 {
        let message = "`--rfc9864` is for Ed25519 keys, and this is none";
        let action = "leave it out, or sign with an Ed25519 key";
        return Err(Failure::usage("rfc9864", message, action));
    }
    let mut verifier = LicenseVerifier::new([trusted]).map_err(|error| refusal::other(&error))?;
    let mut issuer = LicenseIssuer::new(signer);
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

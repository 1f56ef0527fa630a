//! Files that hold a revocation list.

use std::path::Path;

use entitlements_core::Timestamp;
use entitlements_core::license::{
    LicenseErrorKind as Kind, LicenseVerifier, MAX_REVOCATIONS_BYTES, RevocationError,
    RevocationList, compact_revocations,
};

use crate::failure::Failure;
use crate::files::read_regular;
use crate::quote;

/// What such a file holds, as it stands.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    read_regular(path, MAX_REVOCATIONS_BYTES).map_err(|why| {
        let message = format!(
            "cannot read the revocation list {}: {why}",
            quote::path(path)
        );
        let action = "name a file that holds a revocation list, as `entitlements revoke` writes it";
        Failure::usage("revocations_file", message, action)
    })
}

/// The list that `content` is, if a trusted key signed it and it is not from after `now`. A bad one is the command line's
/// fault, whatever is wrong with it.
pub(crate) fn verify(
    path: &Path,
    content: &[u8],
    verifier: &LicenseVerifier,
    now: Timestamp,
) -> Result<RevocationList, Failure> {
    compact_revocations(content)
        .and_then(|list| verifier.verify_revocations(&list, now))
        .map_err(|error| refused(path, &error))
}

fn refused(path: &Path, error: &RevocationError) -> Failure {
    let message = format!("cannot use {}: {error}", quote::path(path));
    Failure::usage("revocations", message, action(error.kind())).with_reason(error.reason())
}

const fn action(kind: Kind) -> &'static str {
    match kind {
        Kind::UnknownKey | Kind::Algorithm | Kind::Signature => {
            "use the list as it was signed, and the key that signed it, by the name that the list says"
        }
        Kind::IssuedInFuture => "check the clock",
        Kind::TokenType => "name a revocation list; a license key is none",
        _ => "use the whole list as `entitlements revoke` wrote it",
    }
}

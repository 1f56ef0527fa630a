use std::ffi::OsStr;
use std::path::Path;

use entitlements_core::license::{LicenseError, LicenseErrorKind as Kind};

use crate::failure::{Exit, Failure};

/// A license key that is not genuine; the code is the verifier's own word for it.
pub(crate) fn rejected(error: &LicenseError) -> Failure {
    Failure::new(
        Exit::Rejected,
        error.reason(),
        error.to_string(),
        action(error.kind()),
    )
}

/// As [`rejected`], for a key that is what was `given` on the command line, or what that names.
pub(crate) fn rejected_argument(given: &OsStr, error: &LicenseError) -> Failure {
    let failure = rejected(error);
    // The name of a file without its `@` is the likeliest thing that is no key.
    if Path::new(given).is_file() {
        failure.with_action("write `@` before the name to read the key from that file")
    } else {
        failure
    }
}

const fn action(kind: Kind) -> &'static str {
    match kind {
        Kind::UnknownKey | Kind::Algorithm => {
            "name the public key of whoever issued it with `--public-key`"
        }
        Kind::Signature => "use the key as it was issued, and the public key of whoever issued it",
        Kind::IssuedInFuture => "check the clock, or the time given with `--at`",
        Kind::UnknownPlan | Kind::UnknownAddon => {
            "name the catalog that it was issued for with `--catalog`"
        }
        Kind::Issuer
        | Kind::Audience
        | Kind::MissingClaim
        | Kind::MistypedClaim
        | Kind::IdPrefix => {
            "name the catalog that it was issued for with `--catalog`, or ask for a new key"
        }
        Kind::TooLong | Kind::Malformed | Kind::Encoding | Kind::Json => {
            "copy the whole license key again, from its first character to its last"
        }
        _ => "ask whoever issued it for a new key",
    }
}

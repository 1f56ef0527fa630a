//! What is not signed.

use entitlements_core::license::{
    IssueError, KeyError, LicenseErrorKind as Kind, MAX_REVOCATIONS_BYTES,
};

use crate::failure::Failure;

/// A key that cannot be trusted by the name it was given.
pub(super) fn key(error: &KeyError) -> Failure {
    let action = "name the `.private.pem` file that `keygen` wrote";
    Failure::usage("private_key", error.to_string(), action)
}

/// A list that nobody would take.
pub(super) fn list(error: &IssueError) -> Failure {
    let IssueError::RefusedList(refused) = error else {
        let action = "check the key that signs";
        return Failure::failed("not_signed", error.to_string(), action);
    };
    let failure = match refused.kind() {
        Kind::TooLong => too_long(),
        _ => Failure::usage(
            "revocations",
            refused.to_string(),
            "give ids as `entitlements verify` shows them",
        ),
    };
    failure.with_reason(refused.reason())
}

/// In a file a list has a line break behind it, which counts.
pub(super) fn unless_readable(token: &str) -> Result<(), Failure> {
    if token.len() < MAX_REVOCATIONS_BYTES {
        Ok(())
    } else {
        Err(too_long().with_reason(Kind::TooLong.reason()))
    }
}

fn too_long() -> Failure {
    Failure::failed(
        "revocations",
        "the list would be longer than 1 MiB, and no product would take it",
        "revoke the signing key with `--signing-key`, and issue new licenses with another",
    )
}

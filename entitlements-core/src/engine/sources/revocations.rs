//! Revocation lists from every place that they may be at.

use super::token_source::Found;
use super::variable::Variable;
use crate::engine::keys::Keys;
use crate::license::{LicenseVerifier, RevocationList, Revocations, compact_revocations};
use crate::resolve::{LicenseSource, RejectedRevocations, RevocationsCause};
use crate::{Environment, Timestamp};

/// The variable that holds a list; with `_FILE` behind it, the one that holds a path.
pub(super) const VARIABLE: &str = "ENTITLEMENTS_REVOCATIONS";

/// A list that verifies, as it was signed.
pub(in crate::engine) struct SignedList {
    pub(in crate::engine) list: RevocationList,
    pub(in crate::engine) token: String,
}

/// Adds what was found to `revocations`, and says what cannot be used. Gives back what can, to keep.
pub(super) fn take(
    found: Vec<Option<Found>>,
    verifier: &LicenseVerifier,
    now: Timestamp,
    revocations: &mut Revocations,
    keys: &mut Keys,
) -> Vec<SignedList> {
    let is_kept = |rejected: &RejectedRevocations| rejected.source == LicenseSource::Store;
    keys.rejected_revocations.retain(is_kept);
    let mut taken = Vec::new();
    for found in found.into_iter().flatten() {
        match read(&found, verifier, now) {
            Ok(signed) => {
                revocations.add(signed.list.clone());
                taken.push(signed);
            }
            Err(cause) => keys.rejected_revocations.push(RejectedRevocations {
                source: found.source,
                cause,
            }),
        }
    }
    taken
}

/// The list that was found at a place.
pub(super) fn read(
    found: &Found,
    verifier: &LicenseVerifier,
    now: Timestamp,
) -> Result<SignedList, RevocationsCause> {
    let text = found.text.as_ref();
    let text = text.map_err(|why| RevocationsCause::Unreadable(why.clone()))?;
    let token = compact_revocations(text).map_err(RevocationsCause::List)?;
    let list = verifier.verify_revocations(&token, now);
    let list = list.map_err(RevocationsCause::List)?;
    Ok(SignedList { list, token })
}

/// Whether the variable of a path says where a list is.
pub(super) fn file_is_named(environment: &Environment) -> bool {
    Variable::read(VARIABLE, environment).path.is_some()
}

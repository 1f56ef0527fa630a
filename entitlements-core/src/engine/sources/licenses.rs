//! License keys from every place that they may be at.

use super::token_source::Found;
use crate::engine::keys::{Keys, Managed};
use crate::license::{License, LicenseStoreError, LicenseVerifier, StoredEntry, compact_key};
use crate::resolve::{HeldLicense, LicenseSource, RejectedCause, RejectedKey};

/// Takes what was found at each place. What a place had stays where what is there now cannot be used (S8a).
pub(super) fn take(found: Vec<Option<Found>>, verifier: &LicenseVerifier, keys: &mut Keys) {
    let before = std::mem::take(&mut keys.managed);
    let is_kept = |rejected: &RejectedKey| rejected.source == LicenseSource::Store;
    keys.rejected.retain(is_kept);
    for (place, found) in found.into_iter().enumerate() {
        let Some(found) = found else {
            continue;
        };
        let license = read(&found, verifier);
        let source = found.source;
        match license {
            Ok(license) => keys.managed.push(Managed {
                place,
                held: HeldLicense { license, source },
            }),
            Err(cause) => {
                let had = before.iter().filter(|managed| managed.place == place);
                keys.managed.extend(had.cloned());
                let id = None;
                keys.rejected.push(RejectedKey { source, id, cause });
            }
        }
    }
    // I6: of two keys with one id and the same times the same one counts, whichever place was looked at first.
    keys.managed
        .sort_by(|a, b| content(&a.held.license).cmp(&content(&b.held.license)));
}

/// The license that was found at a place.
pub(super) fn read(found: &Found, verifier: &LicenseVerifier) -> Result<License, RejectedCause> {
    let text = found.text.as_ref();
    let text = text.map_err(|why| RejectedCause::Unreadable(why.clone()))?;
    compact_key(text)
        .and_then(|key| verifier.verify_held(&key))
        .map_err(RejectedCause::License)
}

/// Takes what is kept (P2) in the place of what was held of it. Where it cannot be read, what was held stays.
pub(in crate::engine) fn take_stored(
    stored: Result<Vec<StoredEntry>, LicenseStoreError>,
    verifier: &LicenseVerifier,
    keys: &mut Keys,
) {
    let reject = |id, cause| RejectedKey {
        source: LicenseSource::Store,
        id,
        cause,
    };
    keys.rejected
        .retain(|rejected| rejected.source != LicenseSource::Store);
    let stored = match stored {
        Err(error) => {
            let cause = RejectedCause::Unreadable(error.to_string());
            keys.rejected.push(reject(None, cause));
            return;
        }
        Ok(stored) => stored,
    };
    keys.stored.clear();
    keys.other_names.clear();
    for StoredEntry { id, value } in stored {
        match verifier.verify_held(&value) {
            Ok(license) => {
                if license.id() != id {
                    keys.other_names.push((license.id().to_owned(), id));
                }
                let source = LicenseSource::Store;
                keys.stored.push(HeldLicense { license, source });
            }
            Err(error) => {
                let cause = RejectedCause::License(error);
                keys.rejected.push(reject(Some(id), cause));
            }
        }
    }
    // Of two with one id the last counts.
    keys.stored
        .sort_by_key(|held| (held.license.issued_at(), held.license.expires_at()));
}

/// What tells apart licenses that have the same id and times: all else that they say.
fn content(license: &License) -> impl Ord + '_ {
    let grants = (
        license.plan(),
        license.features(),
        license.limits(),
        license.rates(),
        license.addons(),
    );
    let terms = (
        license.not_before(),
        license.grace_days(),
        license.deployments(),
        license.instance(),
        license.is_trial(),
    );
    (grants, terms, license.customer(), license.kid())
}

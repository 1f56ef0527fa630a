//! License keys that are there when the engine starts.

use super::token_source::{Found, Sought, TokenSource};
use crate::engine::keys::Keys;
use crate::license::{
    License, LicenseStoreError, LicenseVerifier, MAX_INPUT_BYTES, StoredLicense, compact_key,
};
use crate::resolve::{HeldLicense, LicenseSource, RejectedCause, RejectedKey};
use crate::{Catalog, Environment};

/// Reads and checks the keys of every place.
pub(in crate::engine) fn load(
    places: &[TokenSource],
    environment: &Environment,
    catalog: &Catalog,
    verifier: &LicenseVerifier,
) -> Keys {
    let sought = Sought {
        what: "key",
        variable: catalog.license().env(),
        most_bytes: MAX_INPUT_BYTES,
    };
    let mut keys = Keys::default();
    for place in places {
        if let Some(found) = place.look(&sought, environment, &mut keys.ignored) {
            take(found, verifier, &mut keys);
        }
    }
    // I6: of two keys with one id and the same times the same one counts, whichever place was looked at first.
    keys.managed
        .sort_by(|a, b| content(&a.license).cmp(&content(&b.license)));
    keys
}

fn take(found: Found, verifier: &LicenseVerifier, keys: &mut Keys) {
    let Found { source, text } = found;
    let license = text.map_err(RejectedCause::Unreadable).and_then(|text| {
        compact_key(&text)
            .and_then(|key| verifier.verify_held(&key))
            .map_err(RejectedCause::License)
    });
    match license {
        Ok(license) => keys.managed.push(HeldLicense { license, source }),
        Err(cause) => keys.rejected.push(RejectedKey { source, cause }),
    }
}

/// Takes what outlasted the last process (P2).
pub(in crate::engine) fn load_stored(
    stored: Result<Vec<StoredLicense>, LicenseStoreError>,
    verifier: &LicenseVerifier,
    keys: &mut Keys,
) {
    let reject = |cause| RejectedKey {
        source: LicenseSource::Store,
        cause,
    };
    match stored {
        Err(error) => {
            let cause = RejectedCause::Unreadable(error.to_string());
            keys.rejected.push(reject(cause));
        }
        Ok(stored) => {
            for StoredLicense { key, .. } in stored {
                match verifier.verify_held(&key) {
                    Ok(license) => keys.stored.push(HeldLicense {
                        license,
                        source: LicenseSource::Store,
                    }),
                    Err(error) => keys.rejected.push(reject(RejectedCause::License(error))),
                }
            }
        }
    }
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

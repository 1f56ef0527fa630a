//! License keys that are there when the engine starts.

use super::place::{Found, Sought, TokenPlace};
use crate::engine::keys::Keys;
use crate::license::{License, LicenseVerifier, MAX_INPUT_BYTES, compact_key};
use crate::resolve::{HeldLicense, RejectedCause, RejectedKey};
use crate::{Catalog, Environment};

/// Reads and checks the keys of every place.
pub(in crate::engine) fn load(
    places: &[TokenPlace],
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

//! Revocation lists that are there when the engine starts.

use std::path::PathBuf;
use std::sync::Arc;

use super::token_source::{Found, Sought, TokenSource};
use crate::engine::kept_lists::KeptLists;
use crate::engine::keys::Keys;
use crate::license::{LicenseVerifier, MAX_REVOCATIONS_BYTES, Revocations, compact_revocations};
use crate::resolve::{RejectedRevocations, RevocationsCause};
use crate::{Environment, Timestamp};

/// The variable that holds a list; with `_FILE` behind it, the one that holds a path.
const VARIABLE: &str = "ENTITLEMENTS_REVOCATIONS";

/// Reads and checks the lists that are kept, those of every place and of the variables, and puts them with the keys.
pub(in crate::engine) fn load(
    places: &[TokenSource],
    environment: &Environment,
    verifier: &LicenseVerifier,
    now: Timestamp,
    data_dir: Option<PathBuf>,
    keys: &mut Keys,
) {
    let sought = Sought {
        what: "list",
        variable: VARIABLE,
        most_bytes: MAX_REVOCATIONS_BYTES,
    };
    let mut revocations = Revocations::new();
    let (kept, rejected) = KeptLists::read(data_dir, verifier, &mut revocations);
    keys.kept_lists = kept;
    keys.rejected_revocations.extend(rejected);
    for place in places.iter().chain([&TokenSource::Variable]) {
        let Some(Found { source, text }) = place.look(&sought, environment, &mut keys.ignored)
        else {
            continue;
        };
        let list = text.map_err(RevocationsCause::Unreadable).and_then(|text| {
            compact_revocations(&text)
                .and_then(|list| verifier.verify_revocations(&list, now))
                .map_err(RevocationsCause::List)
        });
        match list {
            Ok(list) => {
                revocations.add(list);
            }
            Err(cause) => keys
                .rejected_revocations
                .push(RejectedRevocations { source, cause }),
        }
    }
    keys.revocations = Arc::new(revocations);
}

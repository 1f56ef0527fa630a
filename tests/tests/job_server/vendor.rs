//! License keys as the vendor's program writes them.

use std::path::PathBuf;
use std::sync::Mutex;

use entitlements_core::license::{LicenseDraft, LicenseIssuer, SigningKey};
use entitlements_core::{Limit, Timestamp};
use entitlements_tests::root;

use crate::program::CATALOG;

/// Every key that was issued. None of them may show in any log.
static ISSUED: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// One of the published test keys.
pub(crate) fn public_key() -> PathBuf {
    root().join("tests/vectors/keys/vendor.public.pem")
}

/// A key for `enterprise`, with as many nodes, for 2027.
pub(crate) fn key(nodes: u64) -> String {
    let path = root().join("tests/vectors/keys/vendor.private.pem");
    let issuer = LicenseIssuer::new(SigningKey::from_file(path).unwrap());
    let draft = LicenseDraft::new("Acme GmbH")
        .plan("enterprise")
        .limit("nodes", Limit::AtMost(nodes))
        .expires_at("2028-01-01T00:00:00Z".parse().unwrap());
    let issued_at: Timestamp = "2027-01-01T00:00:00Z".parse().unwrap();
    let key = issuer
        .with_catalog(CATALOG.clone())
        .issue(&draft, issued_at)
        .unwrap();
    ISSUED.lock().unwrap().push(key.clone());
    key
}

/// Whether a text has the claims or the signature of a key.
pub(crate) fn shows_a_key(text: &str) -> bool {
    let issued = ISSUED.lock().unwrap();
    let mut parts = issued.iter().flat_map(|key| key.split('.').skip(1));
    parts.any(|part| text.contains(part))
}

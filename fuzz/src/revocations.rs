//! Revocation lists as strangers hand them in.

use entitlements_core::license::compact_revocations;
use entitlements_core::testing::NOW;

use crate::signed::{VERIFIER, assert_signed};

/// As for license keys: whatever is accepted was made by who has the private key.
///
/// # Panics
/// When a list is accepted that the vendor never signed, or that is something else too.
pub fn revocations(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data) {
        check(text);
    }
    if let Ok(text) = compact_revocations(data) {
        check(&text);
    }
}

fn check(text: &str) {
    if VERIFIER.verify_revocations(text, NOW).is_ok() {
        assert_signed(text, "a revocation list");
        assert!(
            VERIFIER.verify_held(text).is_err(),
            "it is a license key too: {text}"
        );
    }
}

//! License keys as strangers hand them in.

use entitlements_core::license::{UnverifiedToken, compact_key};
use entitlements_core::testing::NOW;

use crate::signed::{VERIFIER, assert_signed};

/// Whatever is accepted was made by who has the private key: nobody who lacks it changes a byte of a key or makes one.
///
/// # Panics
/// When a key is accepted that the vendor never signed, or that is something else too.
pub fn token(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data) {
        check(text);
    }
    // As the command line, variables, files and the management API take it.
    if let Ok(text) = compact_key(data) {
        check(&text);
    }
}

fn check(text: &str) {
    let fresh = VERIFIER.verify(text, NOW);
    let held = VERIFIER.verify_held(text);
    if let Ok(fresh) = &fresh {
        assert_eq!(held.as_ref(), Ok(fresh), "taken and not kept: {text}");
    }
    let shown = UnverifiedToken::read(text);
    if held.is_ok() {
        assert_signed(text, "a license key");
        assert!(
            shown.is_ok_and(|shown| shown.header_faults().is_empty()),
            "it is believed, but cannot be shown: {text}"
        );
        assert!(
            VERIFIER.verify_revocations(text, NOW).is_err(),
            "it is a revocation list too: {text}"
        );
    }
}

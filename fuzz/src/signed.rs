use std::collections::HashSet;
use std::sync::LazyLock;

use entitlements_core::license::LicenseVerifier;
use entitlements_core::testing;

use crate::vendor;

/// Every text that the vendor signed for the corpus, one a line.
static SIGNED: LazyLock<HashSet<&str>> =
    LazyLock::new(|| include_str!("../signed.txt").lines().collect());

/// Trusts the vendor, whose private key it has never seen.
pub(crate) static VERIFIER: LazyLock<LicenseVerifier> = LazyLock::new(|| {
    let verifier = LicenseVerifier::new([vendor::trusted_key()]).expect("one key has one kid");
    verifier.with_catalog(testing::catalog())
});

/// # Panics
/// When the vendor never signed this text.
pub(crate) fn assert_signed(text: &str, taken_for: &str) {
    assert!(
        SIGNED.contains(text),
        "the vendor never signed this, and it is taken for {taken_for}: {text}"
    );
}

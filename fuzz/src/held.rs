//! An account that holds one license, and the times at which that matters.

use entitlements_core::Timestamp;
use entitlements_core::license::License;
use entitlements_core::resolve::{HeldLicense, Holdings, LicenseSource};
use entitlements_core::testing::NOW;

pub(crate) fn holding(license: License) -> Holdings {
    let mut holdings = Holdings::default();
    holdings.hold(HeldLicense {
        license,
        source: LicenseSource::Store,
    });
    holdings
}

/// Both ends of time, now, and where the license ends.
pub(crate) fn times_of(license: &License) -> [Timestamp; 5] {
    [
        Timestamp::MIN,
        NOW,
        license.expires_at(),
        license.grace_ends_at(),
        Timestamp::MAX,
    ]
}

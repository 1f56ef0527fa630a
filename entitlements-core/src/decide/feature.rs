//! D4 to D6: features.

use crate::catalog::FeatureId;
use crate::resolve::EntitlementSet;

/// D4: a feature is met where it is in force.
#[inline]
pub(super) fn is_in_force(feature: FeatureId, set: &EntitlementSet) -> bool {
    set.has_id(feature)
}

/// D5: any of several is met by the first in force; any of none is not.
#[inline]
pub(super) fn any_in_force(features: &[FeatureId], set: &EntitlementSet) -> bool {
    features.iter().any(|feature| is_in_force(*feature, set))
}

/// D6: all of several is met where none is missing.
#[inline]
pub(super) fn all_in_force(features: &[FeatureId], set: &EntitlementSet) -> bool {
    features.iter().all(|feature| is_in_force(*feature, set))
}

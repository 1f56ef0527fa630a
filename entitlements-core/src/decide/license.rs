//! D10: a valid license.

use crate::resolve::EntitlementSet;

/// D10: nothing is held, or something that is held is in force.
pub(super) fn is_valid_where_held(set: &EntitlementSet) -> bool {
    !set.is_out_of_force()
}

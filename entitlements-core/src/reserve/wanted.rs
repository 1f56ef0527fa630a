use crate::Limit;
use crate::catalog::LimitId;
use crate::resolve::EntitlementSet;
use crate::usage::Ask;

/// How much more of a limit is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) limit: LimitId,
    pub(crate) amount: u64,
}

impl Wanted {
    /// The same as a store is asked, by what the set allows.
    pub(super) fn ask(self, set: &EntitlementSet) -> Ask<'_> {
        Ask {
            limit: set.catalog().limit_at(self.limit).name(),
            amount: self.amount,
            allowed: self.allowed(set),
        }
    }

    pub(super) fn allowed(self, set: &EntitlementSet) -> Limit {
        set.limit_id(self.limit)
    }
}

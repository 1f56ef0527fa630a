//! What a key has spent, from the files of `entitlements-core`, and a table with room for one key.

#[path = "../../../entitlements-core/src/rate/quota.rs"]
#[expect(unreachable_pub, reason = "it is public where it is from")]
pub(crate) mod quota;
#[path = "../../../entitlements-core/src/rate/record.rs"]
#[expect(dead_code, reason = "there is one ask at a time here")]
pub(crate) mod record;
#[path = "../../../entitlements-core/src/rate/spent.rs"]
pub(crate) mod spent;

mod place;
/// The atomics of these files, here.
pub(crate) mod sync {
    pub(crate) use loom::sync::atomic::{AtomicU64, Ordering};
}

pub(crate) use place::{Place, Took};

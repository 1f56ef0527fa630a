//! How fast something may happen: what every key has spent of its rates, and whether there is room for more.
//!
//! A program that limits rates by gates takes [`FixedRate`], [`RateKey`], [`UserId`], [`ApiKeyId`] and [`RateHeaders`] from here, and where several
//! processes count together [`SharedRates`] and [`RateFallback`]. The rest is for stores and adapters, and for who counts without a gate.
//!
//! - `quota.rs`: [`Quota`], a rate as it is counted with; `spent.rs`: the step of the generic cell rate algorithm;
//! - `key.rs`: [`Subject`], whose requests are counted together;
//! - `ask.rs`: [`Ask`], one rate that is asked for, and [`Standing`], what came of it;
//! - `by.rs`: [`RateKey`], how a gate tells whose a request is; `fixed.rs`: [`FixedRate`], a rate of the program's own;
//! - `report.rs`: [`RateReport`], what answers say;
//! - `limiter.rs`: [`Limiter`], what is spent in a process; `rate_keys.rs`: [`RateKeys`], what is spent of one rate;
//! - `settle.rs`: several rates at once;
//! - `shard.rs`, `buckets.rs`, `record.rs`: where it is kept;
//! - `shared/`: rates that processes share, by a [`RateStore`].
//!
//! The rules Q are in `spec/rates.md`. Nothing here reads a clock, runs a timer or starts a thread. A record says until when it has something
//! to say; after that its place is anybody's.
//!
//! ```
//! use std::time::Duration;
//! use entitlements_core::AccountId;
//! use entitlements_core::rate::{Ask, Limiter, Quota, Subject, Verdict};
//!
//! let limiter = Limiter::default();
//! let (api, exports) = (limiter.rate("api"), limiter.rate("exports"));
//! let minute = Duration::from_secs(60);
//! let (many, few) = (Quota::new(60, minute, 100), Quota::new(1, minute, 1));
//!
//! let account = AccountId::new("acc_42");
//! let subject = Subject::Account(&account);
//! let asks = || [Ask::new(&api, &subject, &many), Ask::new(&exports, &subject, &few)];
//!
//! // Both or neither.
//! let (mut first, mut second) = (asks(), asks());
//! let start = Duration::from_secs(1000);
//! assert_eq!(limiter.take(&mut first, start), Verdict::Admitted);
//! assert_eq!(first[0].standing().map(|it| it.remaining()), Some(99));
//!
//! assert_eq!(limiter.take(&mut second, start), Verdict::Wait(minute));
//! assert_eq!(second[0].standing().map(|it| it.remaining()), Some(99));
//! assert_eq!(limiter.take(&mut second, start + minute), Verdict::Admitted);
//! ```

mod ask;
mod buckets;
mod by;
mod fixed;
mod key;
mod limiter;
mod quota;
mod rate_keys;
mod record;
mod report;
mod settle;
mod shard;
mod shared;
mod spent;
mod sync;

pub use ask::{Ask, Standing, Verdict};
pub use by::{ApiKeyId, RateKey, UserId};
pub(crate) use by::{Kind, network_of};
pub use fixed::FixedRate;
pub use key::{Part, Subject};
pub use limiter::Limiter;
pub use quota::Quota;
pub use rate_keys::RateKeys;
pub(crate) use report::{FieldName, Member};
pub use report::{RateHeaders, RateReport};
pub(crate) use settle::Mode;
pub use shared::{
    RateFallback, RateStore, RateStoreError, SharedRates, StoreAnswer, StoreAsk, StoreStanding,
    SubjectName,
};
pub(crate) use shared::{Sharing, Told, name_of_own_rate, name_of_rate};

use std::time::Duration;

/// As long as a word can say.
#[inline(always)]
fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

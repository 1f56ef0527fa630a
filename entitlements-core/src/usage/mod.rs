//! Counting how many there are, exactly: of those that race for the last of something at most one gets it.
//!
//! - `store.rs`: [`UsageStore`], the port behind which counts are stored; `answer.rs`: what it is asked and answers;
//! - `memory/`: [`MemoryUsage`], the store of one process;
//! - `ledger/`: [`Ledger`], which makes counts exact that the application takes itself;
//! - `table.rs`: records that are found without a lock; `slot.rs`: how one is removed while others look for it.
//!
//! The rules U are in `spec/limits.md`. Nothing here reads a clock or runs a timer: what has lapsed makes room when
//! its account is next looked at.
//!
//! What is admitted is reserved first, and counts once it is confirmed:
//!
//! ```
//! use std::time::Duration;
//! use entitlements_core::usage::{Ask, MemoryUsage, Reserved, UsageStore};
//! use entitlements_core::{AccountId, Limit, testing};
//!
//! # async fn count() -> Result<(), entitlements_core::usage::UsageError> {
//! let usage = MemoryUsage::new();
//! let (account, now) = (AccountId::LOCAL, testing::NOW);
//! let seat = [Ask { limit: "users", amount: 1, allowed: Limit::AtMost(1) }];
//! let until = now.saturating_add(Duration::from_secs(300));
//!
//! let Reserved::Held(first) = usage.reserve(&account, &seat, until, now).await? else {
//!     panic!("there is room for one");
//! };
//! // The seat is taken from here on, whether or not the user is there yet.
//! let second = usage.reserve(&account, &seat, until, now).await?;
//! assert_eq!(second, Reserved::Full { ask: 0, used: 1 });
//!
//! usage.confirm(&account, first, &seat, now).await?;
//! assert_eq!(usage.usage(&account, "users", now).await?.used, 1);
//! # Ok(())
//! # }
//! # let mut counted = std::pin::pin!(count());
//! # let mut context = std::task::Context::from_waker(std::task::Waker::noop());
//! # assert!(matches!(counted.as_mut().poll(&mut context), std::task::Poll::Ready(Ok(()))));
//! ```

mod answer;
mod ledger;
mod memory;
mod slot;
mod store;
mod sync;
mod table;

pub use answer::{Ask, Leased, Renewed, ReservationId, Reserved, Usage, UsageError};
pub(crate) use ledger::fits;
pub use ledger::{Ledger, Place};
pub use memory::MemoryUsage;
pub use store::UsageStore;

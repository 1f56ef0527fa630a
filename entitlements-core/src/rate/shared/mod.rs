//! Rates that processes share: Q24 to Q30 of `spec/rates.md`.
//!
//! - `store.rs`: [`RateStore`], the port behind which what is spent lies where all of them reach it;
//! - `subject_name.rs`: [`SubjectName`], whose requests are counted together, as it is written there;
//! - `settings.rs`: [`SharedRates`], what an engine is given;
//! - `sharing.rs`: asking the store, within its budget;
//! - `reach.rs`: whether it is worth asking; `presence.rs`: how many processes share; `due.rs`: what is done once in a while;
//! - `leases.rs`: units that are taken ahead.
//!
//! What becomes of a request that the store says nothing of is the gate's to know (`gate/rates/`).

mod due;
mod leases;
mod presence;
mod reach;
mod settings;
mod sharing;
mod store;
mod subject_name;

pub use settings::{RateFallback, SharedRates};
pub(crate) use sharing::{Sharing, Told};
pub use store::{RateStore, RateStoreError, StoreAnswer, StoreAsk, StoreStanding};
pub use subject_name::SubjectName;
pub(crate) use subject_name::{name_of_own_rate, name_of_rate};

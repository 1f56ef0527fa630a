#![doc = include_str!("../README.md")]

mod account;
pub mod catalog;
mod clock;
pub mod strict;
mod suggest;
mod time;

pub use account::AccountId;
pub use catalog::{Catalog, Limit, Rate, RateTerm};
pub use clock::{Clock, SystemClock};
pub use time::{ParseTimestampError, Timestamp};

//! Allowlists: from where an account may be reached.
//!
//! - `range.rs`: one range of addresses, as an entry says it;
//! - `ranges/`: many of them, compiled for looking addresses up.
//!
//! The rules are W1 to W11 of `spec/allowlists.md`.

mod range;
mod ranges;

pub use range::{IpRange, IpRangeError};
pub use ranges::AddressRanges;

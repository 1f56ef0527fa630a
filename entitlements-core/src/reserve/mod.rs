//! From a limit that is demanded to something that is held until it is settled: U1 to U13 in one place, for gates and services.
//!
//! - `wanted.rs`: which limits, and how much of each;
//! - `counters.rs`: the application's own counts;
//! - `meter.rs`: what an engine counts with;
//! - `ask.rs`: asks for several limits, all or none;
//! - `reservation.rs`, `lease.rs`: the guards of what was admitted; `give_back.rs`: what success gives back;
//! - `work.rs`: what guards leave to be done.

mod ask;
mod counters;
mod give_back;
mod lease;
mod meter;
mod reservation;
mod wanted;
mod work;

pub(crate) use ask::{Refused, peek, reserve, room};
pub(crate) use counters::{Counter, Counters};
pub(crate) use give_back::GiveBack;
pub use lease::HeldLease;
pub(crate) use meter::Meter;
pub use reservation::Reservation;
pub(crate) use wanted::Wanted;

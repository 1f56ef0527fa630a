//! The life of a license: read again, judged by a clock that may lie, told of before it ends. With an upkeep that runs and a clock that one
//! moves.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs,
    reason = "a test that cannot go on stops"
)]

mod binding_grace;
mod clock;
mod events;
mod faults;
mod faulty;
mod files;
mod flood;
mod given_up;
mod notices;
mod product;
mod slow_notifiers;
mod watched;

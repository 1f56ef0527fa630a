//! The receiving side of heartbeats: which license is on which clusters.
//!
//! - `serve.rs`: the command;
//! - `listen.rs`: connections, bounded in number and time;
//! - `router.rs`: its two routes;
//! - `ledger/`: what was seen, bounded in memory; pure;
//! - `sold.rs`: what was sold, from a file of the vendor;
//! - `kept.rs`: the ledger's file.

pub(crate) mod serve;

mod kept;
mod ledger;
mod listen;
mod router;
mod sold;

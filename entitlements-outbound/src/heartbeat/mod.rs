//! The heartbeat: once a day, to a URL that the operator gave, how many nodes run which version with which licenses. Off unless an
//! application builds one.
//!
//! - `beat.rs`: exactly what is sent, and how its receiver reads it;
//! - `cluster_id.rs`: a random number for each deployment;
//! - `builder.rs`, `handle.rs`, `worker.rs`: [`Heartbeat`] and the work in the background.

mod beat;
#[cfg(feature = "client")]
mod builder;
#[cfg(feature = "client")]
mod cluster_id;
#[cfg(feature = "client")]
mod handle;
#[cfg(feature = "client")]
mod worker;

pub use beat::{Beat, BeatError, MOST_BEAT_BYTES, license_fingerprint};
#[cfg(feature = "client")]
pub use builder::{HeartbeatBuilder, HeartbeatError};
#[cfg(feature = "client")]
pub use cluster_id::{ClusterId, ClusterIdError};
#[cfg(feature = "client")]
pub use handle::Heartbeat;
#[cfg(feature = "client")]
pub use worker::HeartbeatWorker;

//! gRPC services behind entitlements' layers: the services and their gates, and a client.
//!
//! - [`api`] is what goes over the wire;
//! - [`gated`] is the story: which service asks for what, once for tonic's server and once for an axum router;
//! - [`engine`] prepares two customers to try it with;
//! - [`client`] calls the services.

pub mod api;
pub mod client;
pub mod engine;
pub mod gated;
mod services;

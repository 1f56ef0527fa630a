//! The set-ups of `docs/client-addresses.md`, with real connections: clients, proxies and servers on loopback addresses of their own.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests: a failure stops the test, and says why"
)]

mod asked;
mod content_network;
mod ingress;
mod nothing;
mod one_proxy;
mod order;
mod place;
mod proxy;
mod servers;

//! Servers that tests start for themselves, and stop, freeze and kill.
//!
//! - `program.rs`: [`Program`], where the server program is; `install.rs`: [`install`], how it gets there without being installed;
//! - `redis.rs`: [`Redis`], one server, also with TLS; `cluster.rs`: [`RedisCluster`], three that share all keys, also with replicas;
//! - `wire.rs`: as much of their protocol as it takes.
//!
//! Each server listens on the loopback device only, keeps nothing on disk but in a folder that goes with it, and is killed when it is
//! dropped. `cargo xtask services` makes sure that there is a program to start.
#![cfg(unix)]
#![expect(
    clippy::panic,
    clippy::expect_used,
    reason = "for tests: a server that does not start is the end of the test, with a line that says why"
)]

mod cluster;
mod install;
mod program;
mod redis;
mod wire;

pub use cluster::RedisCluster;
pub use install::install;
pub use program::Program;
pub use redis::{Proof, Redis, SharedRedis};

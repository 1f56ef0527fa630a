//! One POST over one connection: the only place of the workspace that opens connections.
//!
//! - `target.rs`: which URLs are taken at all;
//! - `address.rs`: which addresses are of the internet;
//! - `roots.rs`: who is believed about the names of servers;
//! - `connect.rs`: addresses, TCP, TLS;
//! - `post.rs`: the request and its answer, bounded in time and size;
//! - `within.rs`: time limits by the [`Clock`](entitlements_core::Clock).

mod address;
mod connect;
mod post;
mod roots;
mod target;
mod within;

pub(crate) use connect::Dialer;
pub(crate) use post::{Request, post};
pub use roots::{Roots, RootsError};
pub use target::UrlError;
pub(crate) use target::{Plain, Target};
pub(crate) use within::{pass, within};

//! The client's address: the peer's, or what trusted proxies say of it, and never what anybody else says.
//!
//! - `resolver.rs`: [`ClientAddress`], the walk from the peer to the client;
//! - `peer.rs`: what a server knows of the other end of a connection;
//! - `proxies.rs`: whom to believe, `header.rs`: in which header, `walk.rs`: its elements from the right;
//! - `node.rs`: the text of an address with its port (`v6.rs`: of IPv6), `forwarded.rs`: an element of `Forwarded`;
//! - `cidr/`, `address_ranges/`: ranges of addresses, one and many;
//! - `error.rs`: why an address cannot be told.
//!
//! The rules are numbered in `spec/addresses.md`, and shown in `spec/addresses/*.json`.
//!
//! # Which setting
//!
//! Nothing in front of the server, or nothing that matters: the peer is the client, and no header is read.
//!
//! ```
//! use std::net::IpAddr;
//!
//! use entitlements_core::client_address::ClientAddress;
//!
//! let peer: IpAddr = "203.0.113.9".parse()?;
//! let lies: [&[u8]; 1] = [b"127.0.0.1"];
//! assert_eq!(ClientAddress::of_peer().resolve(peer, lies), Ok(peer));
//! # Ok::<(), std::net::AddrParseError>(())
//! ```
//!
//! One or more proxies whose addresses are known:
//!
//! ```
//! use std::net::IpAddr;
//!
//! use entitlements_core::client_address::{ClientAddress, ForwardedHeader, TrustedProxies};
//!
//! let proxies = TrustedProxies::parse(["10.0.0.0/8", "2001:db8:5::/48"])?;
//! let addresses = ClientAddress::new(proxies, ForwardedHeader::x_forwarded_for());
//! let proxy: IpAddr = "10.0.0.7".parse()?;
//!
//! // The client wrote the first; the outer proxy added whom it saw, and the inner one the outer.
//! let lines: [&[u8]; 1] = [b"127.0.0.1, 203.0.113.9, 10.0.0.8"];
//! assert_eq!(addresses.resolve(proxy, lines)?.to_string(), "203.0.113.9");
//!
//! // Whoever is no proxy is the client.
//! let stranger: IpAddr = "198.51.100.4".parse()?;
//! assert_eq!(addresses.resolve(stranger, lines)?, stranger);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Load balancers whose addresses change, in front of a port that nobody else reaches:
//!
//! ```
//! # use std::net::IpAddr;
//! use entitlements_core::client_address::{ClientAddress, ForwardedHeader, TrustedProxies};
//!
//! let addresses = ClientAddress::new(TrustedProxies::hops(2), ForwardedHeader::forwarded());
//! # let balancer: IpAddr = "172.31.4.4".parse()?;
//! let lines: [&[u8]; 2] = [b"for=203.0.113.9", b"for=\"[2001:db8::7]:4711\""];
//! assert_eq!(addresses.resolve(balancer, lines)?.to_string(), "203.0.113.9");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A content network that overwrites a header of its own:
//!
//! ```
//! # use std::net::IpAddr;
//! use entitlements_core::client_address::{ClientAddress, ForwardedHeader, TrustedProxies};
//!
//! let edges = TrustedProxies::parse(["192.0.2.0/24"])?;
//! let addresses = ClientAddress::new(edges, "CF-Connecting-IP".parse()?);
//! # let edge: IpAddr = "192.0.2.7".parse()?;
//! let lines: [&[u8]; 1] = [b"2001:db8::9"];
//! assert_eq!(addresses.resolve(edge, lines)?.to_string(), "2001:db8::9");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod address_ranges;
mod cidr;
mod error;
mod forwarded;
mod header;
mod node;
mod peer;
mod proxies;
mod resolver;
#[cfg(test)]
mod tests;
mod v6;
mod walk;

pub use address_ranges::AddressRanges;
pub use cidr::{Cidr, CidrError, CidrErrorKind};
pub use error::{AddressError, AddressErrorKind};
pub use header::{ForwardedHeader, HeaderNameError};
pub use peer::Peer;
pub use proxies::TrustedProxies;
pub use resolver::ClientAddress;
pub use walk::{MOST_BYTES, MOST_HOPS};

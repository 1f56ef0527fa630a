//! From where a request may come (D19, W1, W3, W12).

use std::net::IpAddr;

use super::body::{self, Answer};
use super::{Asked, World};
use crate::addresses::oracle::{Trust, canonical};

/// What a route asks of the client's address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AddressesAsked {
    /// Whether the account's own list has to allow it.
    pub of_account: bool,
    /// The ranges of lists of the application's own, each of which has to allow it; one without a range allows nobody.
    pub fixed: Vec<Vec<String>>,
}

impl AddressesAsked {
    /// Whether nothing is asked of it.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        !self.of_account && self.fixed.is_empty()
    }
}

/// The denial of who may not come.
pub(super) fn denial(world: &World, asked: &Asked) -> Option<Answer> {
    let mut lists = asked.addresses.fixed.clone();
    if asked.addresses.of_account {
        let active = world.list.iter().filter(|(_, is_active)| *is_active);
        let active: Vec<String> = active.map(|(range, _)| range.clone()).collect();
        // W3: without an active entry it restricts nothing.
        if !active.is_empty() {
            lists.push(active);
        }
    }
    if lists.is_empty() {
        return None;
    }
    let is_allowed = world.client.is_some_and(|client| {
        let mut lists = lists.iter();
        lists.all(|list| list.iter().any(|range| holds(range, client)))
    });
    (!is_allowed).then(|| {
        let detail = "requests from this address are not allowed";
        body::deny("IP_NOT_ALLOWED", detail, vec![])
    })
}

/// W1: an address that is written as IPv6 is that of IPv4, and no range of IPv6 holds it.
fn holds(range: &str, client: IpAddr) -> bool {
    let (network, prefix) = range.split_once('/').expect("a range has a prefix");
    let network = network.parse().expect("a range has an address");
    let prefix = prefix.parse().expect("a prefix is a number");
    Trust::Ranges(vec![(network, prefix)]).has(canonical(client))
}

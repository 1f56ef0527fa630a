use std::net::IpAddr;

use crate::AccountId;

/// Whose requests are counted together.
///
/// Never something that a caller merely claims: each new name is a new bucket.
#[derive(Clone, Copy, Debug, Hash, PartialEq, Eq)]
#[non_exhaustive]
pub enum Subject<'a> {
    /// An account.
    Account(&'a AccountId),
    /// Something over all accounts.
    Overall(Part<'a>),
    /// Something within an account: the same user of two accounts is two.
    Within(&'a AccountId, Part<'a>),
}

/// What is counted together, within an account or over all of them.
#[derive(Clone, Copy, Debug, Hash, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part<'a> {
    /// A client address.
    Address(IpAddr),
    /// The client addresses that have so many bits in common: the first of them, and how many.
    Network(IpAddr, u8),
    /// An API key, or what stands for it.
    ApiKey(&'a str),
    /// A user.
    User(&'a str),
    /// What the application makes of a request.
    Custom(&'a str),
    /// All that nothing of this kind can be told of.
    Nobody,
}

//! Q15: whose requests are counted together.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use super::key::Part;
use crate::RequestHead;

/// A user whom the application's authentication has verified, in the extensions of the request, for rates [by user](RateKey::user).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct UserId(pub Arc<str>);

impl UserId {
    /// The user with this id.
    #[must_use]
    pub fn new(id: impl AsRef<str>) -> Self {
        Self(id.as_ref().into())
    }
}

/// The API key that the application's authentication has verified, by what stands for it and not by itself, in the extensions of the
/// request, for rates [by API key](RateKey::api_key).
///
/// [`ApiKeys`](crate::account::ApiKeys) tells the account alone: a layer of the application's own, in front of the engine's, inserts this.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ApiKeyId(pub Arc<str>);

impl ApiKeyId {
    /// The key with this id.
    #[must_use]
    pub fn new(id: impl AsRef<str>) -> Self {
        Self(id.as_ref().into())
    }
}

/// Whose requests a rate counts together: the account's, unless it says otherwise.
///
/// Whatever is named is counted within the account; only the program's own rates by address or head are counted over all accounts (Q15).
///
/// ```
/// use entitlements_core::Requirement;
/// use entitlements_core::rate::{FixedRate, RateKey};
///
/// // Each user of an account has the plan's rate.
/// let per_user = Requirement::rate("api").by(RateKey::user());
/// // Nobody is signed in yet: by where the request comes from.
/// let logins = Requirement::fixed_rate(FixedRate::per_minute("login", 5)).by(RateKey::client_address());
/// # let _ = (per_user, logins);
/// ```
#[derive(Clone, Default)]
pub struct RateKey(pub(crate) Kind);

#[derive(Clone, Default)]
pub(crate) enum Kind {
    #[default]
    Account,
    ApiKey,
    User,
    Address {
        v4_bits: u8,
        v6_bits: u8,
    },
    OfHead(Arc<OfHead>),
}

type OfHead = dyn Fn(&dyn RequestHead) -> Option<String> + Send + Sync;

impl RateKey {
    /// By account. The default.
    #[must_use]
    pub const fn account() -> Self {
        Self(Kind::Account)
    }

    /// By the [`ApiKeyId`] that the authentication put into the request. Those without one count as one, of the account; so do all where
    /// nothing puts one there, as [`ApiKeys`](crate::account::ApiKeys) does not.
    #[must_use]
    pub const fn api_key() -> Self {
        Self(Kind::ApiKey)
    }

    /// By the [`UserId`] that the authentication put into the request. Those without one count as one, of the account.
    #[must_use]
    pub const fn user() -> Self {
        Self(Kind::User)
    }

    /// By the client's address, which is that of the connection's other end unless the engine's `client_address` says more. Addresses
    /// of IPv6 count by their first 64 bits, which one subscriber has to choose from. Where it cannot be told, the request is denied as
    /// at an allowlist.
    #[must_use]
    pub const fn client_address() -> Self {
        Self::client_network(32, 64)
    }

    /// By the first so many bits of the client's address, of IPv4 and of IPv6; more than there are count as all.
    #[must_use]
    pub const fn client_network(v4_bits: u8, v6_bits: u8) -> Self {
        Self(Kind::Address { v4_bits, v6_bits })
    }

    /// By what this makes of a request's method, path and headers. Those that it makes nothing of count as one. What the authentication knows
    /// and puts into the extensions is a [`UserId`] or an [`ApiKeyId`].
    ///
    /// What a client may write there it may write anew for each request, and be counted anew: take what something in front has
    /// checked, or what there are few of, such as the path.
    #[must_use]
    pub fn of_head(
        tell: impl Fn(&dyn RequestHead) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        Self(Kind::OfHead(Arc::new(tell)))
    }

    /// Whether it can be told without an account.
    pub(crate) const fn asks_no_account(&self) -> bool {
        matches!(self.0, Kind::Address { .. } | Kind::OfHead(_))
    }
}

impl Kind {
    const fn word(&self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::ApiKey => "api_key",
            Self::User => "user",
            Self::Address { .. } => "client_address",
            Self::OfHead(_) => "of_head",
        }
    }

    /// What tells two of one word apart.
    fn number(&self) -> usize {
        match self {
            Self::Address { v4_bits, v6_bits } => {
                usize::from(*v4_bits) << 8 | usize::from(*v6_bits)
            }
            Self::OfHead(tell) => Arc::as_ptr(tell).cast::<()>().addr(),
            Self::Account | Self::ApiKey | Self::User => 0,
        }
    }
}

/// The network that an address is in, in the one form that it has; the address where that is all of it.
#[inline]
pub(crate) fn network_of(address: IpAddr, v4_bits: u8, v6_bits: u8) -> Part<'static> {
    match address.to_canonical() {
        IpAddr::V4(address) => match u32::MAX.checked_shr(v4_bits.into()) {
            None => Part::Address(address.into()),
            Some(behind) => {
                let first = Ipv4Addr::from_bits(address.to_bits() & !behind);
                Part::Network(first.into(), v4_bits)
            }
        },
        IpAddr::V6(address) => match u128::MAX.checked_shr(v6_bits.into()) {
            None => Part::Address(address.into()),
            Some(behind) => {
                let first = Ipv6Addr::from_bits(address.to_bits() & !behind);
                Part::Network(first.into(), v6_bits)
            }
        },
    }
}

/// Closures are equal where they are one.
impl PartialEq for RateKey {
    fn eq(&self, other: &Self) -> bool {
        (self.0.word(), self.0.number()) == (other.0.word(), other.0.number())
    }
}

impl Eq for RateKey {}

impl Hash for RateKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.0.word(), self.0.number()).hash(state);
    }
}

impl fmt::Debug for RateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RateKey").field(&self.0.word()).finish()
    }
}

/// In one word.
impl fmt::Display for RateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn q15_addresses_count_by_their_network() {
        for (address, bits, network) in [
            ("192.0.2.7", (32, 64), "192.0.2.7"),
            ("::ffff:192.0.2.7", (32, 64), "192.0.2.7"),
            ("192.0.2.7", (24, 64), "192.0.2.0/24"),
            ("192.0.2.7", (31, 64), "192.0.2.6/31"),
            ("192.0.2.7", (0, 0), "0.0.0.0/0"),
            ("2001:db8:1:2:3:4:5:6", (32, 0), "::/0"),
            ("2001:db8:1:2:3:4:5:6", (32, 64), "2001:db8:1:2::/64"),
            ("2001:db8:1:2:3:4:5:6", (32, 48), "2001:db8:1::/48"),
            (
                "2001:db8:1:2:3:4:5:7",
                (32, 127),
                "2001:db8:1:2:3:4:5:6/127",
            ),
            ("2001:db8:1:2:3:4:5:6", (32, 128), "2001:db8:1:2:3:4:5:6"),
            ("2001:db8:1:2:3:4:5:6", (99, 200), "2001:db8:1:2:3:4:5:6"),
        ] {
            let (v4_bits, v6_bits) = bits;
            let of = network_of(address.parse().unwrap(), v4_bits, v6_bits);
            let of = match of {
                Part::Network(first, bits) => format!("{first}/{bits}"),
                Part::Address(address) => address.to_string(),
                other => panic!("{other:?}"),
            };
            assert_eq!(of, network, "{address} {bits:?}");
        }
    }
}

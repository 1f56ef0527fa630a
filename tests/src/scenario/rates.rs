//! How fast requests may come: what a route demands of rates, and what answers say of them.

use std::time::Duration;

use entitlements_core::Requirement;
use entitlements_core::rate::{FixedRate, RateHeaders, RateKey};
use serde::Deserialize;

/// A rate of the program's own.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OwnRate {
    name: String,
    requests: u64,
    per_seconds: u64,
    /// As many as `requests` where absent.
    #[serde(default)]
    burst: Option<u64>,
}

impl OwnRate {
    pub(super) fn rate(&self) -> FixedRate {
        let per = Duration::from_secs(self.per_seconds);
        let rate = FixedRate::new(&self.name, self.requests, per);
        rate.burst(self.burst.unwrap_or(self.requests))
    }
}

/// Whose requests are counted together.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum By {
    #[default]
    Account,
    User,
    ApiKey,
    ClientAddress,
    /// Bits of IPv4 and of IPv6.
    ClientNetwork(u8, u8),
    /// What a header says: a closure over the head.
    Header(String),
}

impl By {
    pub(super) fn key(&self) -> RateKey {
        match self {
            Self::Account => RateKey::account(),
            Self::User => RateKey::user(),
            Self::ApiKey => RateKey::api_key(),
            Self::ClientAddress => RateKey::client_address(),
            Self::ClientNetwork(v4_bits, v6_bits) => RateKey::client_network(*v4_bits, *v6_bits),
            Self::Header(name) => {
                let name = name.clone();
                RateKey::of_head(move |head| head.header(&name).map(str::to_owned))
            }
        }
    }
}

/// How much a request takes; one where it is not said.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Cost {
    Of(u64),
    /// What a header says, one where it says nothing: a closure over the head.
    OfHead {
        header: String,
    },
}

/// Says how much a request takes of the rate that was named last.
pub(super) fn cost(all: Requirement, cost: Option<&Cost>) -> Requirement {
    match cost {
        None => all,
        Some(Cost::Of(units)) => all.cost(*units),
        Some(Cost::OfHead { header }) => {
            let name = header.clone();
            all.cost_of_head(move |head| {
                let said = head.header(&name).and_then(|units| units.parse().ok());
                said.unwrap_or(1)
            })
        }
    }
}

/// Which answers say where the rates stand.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Told {
    #[default]
    Always,
    Denied,
    Never,
}

impl From<Told> for RateHeaders {
    fn from(told: Told) -> Self {
        match told {
            Told::Always => Self::Always,
            Told::Denied => Self::Denied,
            Told::Never => Self::Never,
        }
    }
}

/// What headers say of rates, in their order.
pub(super) fn said(headers: &[(String, String)]) -> Vec<(String, String)> {
    let of_rates = |name: &str| {
        name.starts_with("ratelimit")
            || name.starts_with("x-ratelimit")
            || ["retry-after", "grpc-retry-pushback-ms"].contains(&name)
    };
    let said = headers.iter().filter(|(name, _)| of_rates(name));
    said.cloned().collect()
}

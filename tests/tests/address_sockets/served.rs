//! What every server serves: a gate a path, each with an engine that tells addresses in its own way.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};

use entitlements_core::account::MemoryAccounts;
use entitlements_core::allowlist::{AllowlistChange, AllowlistStore, ChangedBy, MemoryAllowlists};
use entitlements_core::client_address::ClientAddress;
use entitlements_core::{AccountId, Entitlements, PeerAddress, testing};

/// The header by which a test says what the peer is, where this machine does not have its address. Only the test's own layer reads it.
pub(crate) const PEER: &str = "x-test-peer";

/// Whose list a gate goes by.
#[derive(Debug, Clone)]
pub(crate) enum List {
    /// The application's own, with these ranges.
    Fixed(Vec<String>),
    /// That of this account, behind the engine's layer.
    Of(AccountId),
}

#[derive(Debug, Clone)]
pub(crate) struct Gated {
    pub(crate) path: String,
    pub(crate) engine: Entitlements,
    pub(crate) list: List,
}

/// Gates, and the engines behind them.
#[derive(Debug, Default)]
pub(crate) struct Served {
    pub(crate) gates: Vec<Gated>,
    engines: Vec<(ClientAddress, Entitlements, MemoryAllowlists)>,
    paths: HashMap<(usize, Vec<String>, bool), String>,
}

impl Served {
    /// The path of a gate that goes by these ranges, as a list of the application's own or of an account.
    pub(crate) async fn path(
        &mut self,
        told: &ClientAddress,
        ranges: &[&str],
        is_of_account: bool,
    ) -> String {
        let engine = self.engine(told).await;
        let ranges: Vec<String> = ranges.iter().copied().map(str::to_owned).collect();
        let key = (engine, ranges.clone(), is_of_account);
        if let Some(path) = self.paths.get(&key) {
            return path.clone();
        }
        let path = format!("/gate-{}", self.gates.len());
        let (_, engine, store) = &self.engines[engine];
        let list = if is_of_account {
            let account = AccountId::new(path.trim_matches('/'));
            fill(store, &account, &ranges).await;
            List::Of(account)
        } else {
            List::Fixed(ranges)
        };
        self.gates.push(Gated {
            path: path.clone(),
            engine: engine.clone(),
            list,
        });
        self.paths.insert(key, path.clone());
        path
    }

    async fn engine(&mut self, told: &ClientAddress) -> usize {
        let known = self.engines.iter().position(|(known, ..)| known == told);
        if let Some(known) = known {
            return known;
        }
        let store = MemoryAllowlists::default();
        let builder = Entitlements::builder()
            .catalog(testing::catalog())
            .accounts(MemoryAccounts::default())
            .allowlists(store.clone())
            .client_address(told.clone());
        let (engine, _) = builder.build().await.unwrap();
        self.engines.push((told.clone(), engine, store));
        self.engines.len() - 1
    }
}

async fn fill(store: &MemoryAllowlists, account: &AccountId, ranges: &[String]) {
    let by = ChangedBy::nobody();
    for range in ranges {
        let add = AllowlistChange::add(range, "", "test", testing::NOW).unwrap();
        store.change(account, add, by).await.unwrap();
    }
}

/// What the test's own layer makes of its header.
pub(crate) fn said_peer(value: Option<&[u8]>) -> Option<PeerAddress> {
    let text = std::str::from_utf8(value?).unwrap();
    let address: IpAddr = text.parse().unwrap();
    Some(PeerAddress(SocketAddr::new(address, 4711)))
}

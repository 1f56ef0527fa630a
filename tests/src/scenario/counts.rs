//! How many there are: counts that are stored, that the application counts, and leases.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use entitlements_core::{AccountId, Entitlements, EntitlementsBuilder};
use serde::Deserialize;
use serde_json::{Value, json};

/// Something of each limit: of the one account where the limit stands alone, else of the account that is named.
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub struct ByLimit<T>(BTreeMap<String, OfLimit<T>>);

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum OfLimit<T> {
    Here(T),
    Of(BTreeMap<String, T>),
}

impl<T> Default for ByLimit<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<T> ByLimit<T> {
    /// Each account and limit with what is said of them.
    pub fn each(&self) -> impl Iterator<Item = (AccountId, &str, &T)> {
        self.0.iter().flat_map(|(name, of)| match of {
            OfLimit::Here(value) => vec![(AccountId::LOCAL, name.as_str(), value)],
            OfLimit::Of(limits) => limits
                .iter()
                .map(|(limit, value)| (AccountId::new(name), limit.as_str(), value))
                .collect(),
        })
    }
}

/// What the application's own counter answers.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Counted {
    Count(u64),
    /// Why it cannot count.
    Fails(String),
}

/// The application's counters, whose answers a scenario changes.
#[derive(Debug, Clone, Default)]
pub(super) struct Counters(Arc<Mutex<BTreeMap<String, Counted>>>);

impl Counters {
    pub(super) fn say(&self, counted: &BTreeMap<String, Counted>) {
        let mut known = self.0.lock().expect("no test panicked with it");
        known.extend(counted.clone());
    }

    fn count(&self, limit: &str) -> Result<u64, String> {
        let known = self.0.lock().expect("no test panicked with it");
        match &known[limit] {
            Counted::Count(count) => Ok(*count),
            Counted::Fails(why) => Err(why.clone()),
        }
    }

    /// Lets the application count the limits that are known from the start.
    pub(super) fn register(&self, builder: EntitlementsBuilder) -> EntitlementsBuilder {
        let known = self.0.lock().expect("no test panicked with it").clone();
        known.into_keys().fold(builder, |builder, limit| {
            let (counters, name) = (self.clone(), limit.clone());
            builder.count(&limit, move |_| {
                let count = counters.count(&name);
                async move {
                    tokio::task::yield_now().await;
                    count
                }
            })
        })
    }
}

/// Tells the engine what exists.
pub(super) async fn sync(engine: &Entitlements, used: &ByLimit<u64>) {
    for (account, limit, used) in used.each() {
        let synced = engine.limit(&account, limit.to_owned()).sync(*used).await;
        synced.expect("what is used can be said");
    }
}

/// Leases, each under its name, to lapse by themselves.
pub(super) async fn lease(engine: &Entitlements, leased: &ByLimit<Vec<String>>) {
    for (account, limit, holders) in leased.each() {
        for holder in holders {
            let leased = engine.limit(&account, limit.to_owned()).lease(holder).await;
            leased.expect("there is room for the holder").leave();
        }
    }
}

/// What is used of the limits that are asked about, in the words of a scenario.
pub(super) async fn used(engine: &Entitlements, asked: &ByLimit<u64>) -> Vec<(String, Value)> {
    let mut all = Vec::new();
    for (account, limit, _) in asked.each() {
        let used = engine.limit(&account, limit.to_owned()).used().await;
        let used = used.map_or_else(|denial| json!(denial.code()), |used| json!(used));
        all.push((format!("{limit} of {account}"), used));
    }
    all
}

/// The same as a scenario expects it.
pub(super) fn expected(said: &ByLimit<u64>) -> Vec<(String, Value)> {
    let each = said.each();
    each.map(|(account, limit, used)| (format!("{limit} of {account}"), json!(used)))
        .collect()
}

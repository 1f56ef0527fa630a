//! Allowlists at gates, as no scenario can show them: readers against whoever changes, stores that keep one waiting, layers in every order,
//! and mistakes in the program.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests: a failure stops the test, and says why"
)]

mod layers;
mod readers;
mod readings;
mod store;

use std::sync::Arc;

use entitlements_core::account::OverrideValue;
use entitlements_core::allowlist::{
    AllowlistCaller, AllowlistChange, AllowlistStore, MemoryAllowlists,
};
use entitlements_core::client_address::Cidr;
use entitlements_core::testing::{self, ManualClock};
use entitlements_core::{AccountId, Clock, Entitlements};

/// An engine whose one account may change its list.
async fn engine(store: impl AllowlistStore, clock: &Arc<ManualClock>) -> Entitlements {
    engine_with_upkeep(store, clock).await.0
}

async fn engine_with_upkeep<S: AllowlistStore>(
    store: S,
    clock: &Arc<ManualClock>,
) -> (Entitlements, entitlements_core::Upkeep) {
    let builder = Entitlements::builder()
        .catalog(testing::catalog())
        .clock(Arc::clone(clock) as Arc<dyn Clock>)
        .allowlists(store);
    let (engine, upkeep) = builder.build().await.unwrap();
    entitle(&engine).await;
    (engine, upkeep)
}

async fn engine_in_memory() -> (Entitlements, MemoryAllowlists) {
    let store = MemoryAllowlists::default();
    let clock = Arc::new(ManualClock::at(testing::NOW));
    (engine(store.clone(), &clock).await, store)
}

async fn entitle(engine: &Entitlements) {
    use entitlements_core::account::{AccountTerms, NewAccount, Override};
    let feature = OverrideValue::Feature("ip_allowlist".into(), true);
    let mut terms = AccountTerms::default();
    terms.overrides = vec![Override::new("test", feature, testing::NOW)];
    let account = NewAccount::new(AccountId::LOCAL, terms, testing::NOW);
    assert!(engine.accounts().insert(account).await.unwrap());
}

/// Adds a range through the engine, whoever it locks out.
async fn add(engine: &Entitlements, range: &str) {
    let add = AllowlistChange::add(range, "", "test", testing::NOW).unwrap();
    let by = AllowlistCaller::nobody();
    engine
        .change_allowlist(&AccountId::LOCAL, add, by)
        .await
        .unwrap();
}

/// Removes a range through the engine, whoever it locks out.
async fn remove(engine: &Entitlements, range: &str) {
    let range: Cidr = range.parse().unwrap();
    let list = engine.allowlist(&AccountId::LOCAL).await.unwrap();
    let entry = list.entries().iter().find(|entry| entry.ip_range == range);
    let remove = AllowlistChange::remove(entry.unwrap().id.clone());
    let by = AllowlistCaller::nobody();
    engine
        .change_allowlist(&AccountId::LOCAL, remove, by)
        .await
        .unwrap();
}

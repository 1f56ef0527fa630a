use std::time::Duration;

use entitlements_core::AccountId;
use entitlements_core::rate::{
    Part, Quota, RateStore, RateStoreError, StoreAnswer, StoreAsk, StoreStanding, Subject,
    SubjectName, Verdict,
};
use entitlements_store::RedisRates;

/// Far too slow to refill while a test runs.
pub(crate) const SLOW: Duration = Duration::from_secs(24 * 60 * 60);

pub(crate) fn per_day(burst: u64) -> Quota {
    Quota::new(1, SLOW, burst)
}

pub(crate) fn of_account(id: &str) -> SubjectName {
    SubjectName::of(&Subject::Account(&AccountId::new(id)))
}

pub(crate) fn of_user(id: &str, user: &str) -> SubjectName {
    SubjectName::of(&Subject::Within(&AccountId::new(id), Part::User(user)))
}

/// Asks for units of the rate `api` of an account.
pub(crate) fn ask(account: &str, quota: Quota, cost: u64) -> StoreAsk {
    StoreAsk::new("api".into(), of_account(account), quota, cost)
}

pub(crate) async fn take(rates: &RedisRates, ask: StoreAsk) -> StoreStanding {
    take_all(rates, vec![ask]).await.standings[0]
}

pub(crate) async fn take_all(rates: &RedisRates, asks: Vec<StoreAsk>) -> StoreAnswer {
    rates.take(asks).await.unwrap()
}

pub(crate) async fn look(rates: &RedisRates, ask: StoreAsk) -> StoreStanding {
    rates.look(vec![ask]).await.unwrap().standings[0]
}

pub(crate) async fn admits(rates: &RedisRates, ask: StoreAsk) -> bool {
    take_all(rates, vec![ask]).await.verdict() == Verdict::Admitted
}

/// As an engine asks: it waits no longer than its budget.
pub(crate) async fn within_budget(
    rates: &RedisRates,
    ask: StoreAsk,
) -> Result<StoreAnswer, RateStoreError> {
    let answer = tokio::time::timeout(Duration::from_millis(20), rates.take(vec![ask])).await;
    answer.unwrap_or_else(|_| Err(RateStoreError::new("no answer within the budget")))
}

/// Asks until it is so. What goes on in the background takes its time.
pub(crate) async fn wait_until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    for _ in 0..1000 {
        if is_so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("waited for long, and still not so: {what}");
}

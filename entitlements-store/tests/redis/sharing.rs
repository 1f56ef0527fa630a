//! What many admit together is what one would.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use entitlements_core::rate::{Quota, RateStore};
use entitlements_store::RedisRates;
use entitlements_test_services::Redis;
use tokio::task::JoinSet;

use crate::common::{admits, ask, look, of_account, of_user, per_day, take, take_all, wait_until};

use entitlements_core::rate::{StoreAsk, Verdict};

/// Over two connections, as of two processes.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn together_64_callers_admit_the_burst_and_not_one_more() {
    let server = Redis::start();
    let first = RedisRates::connect(&server.url()).await.unwrap();
    let second = RedisRates::connect(&server.url()).await.unwrap();
    let admitted = Arc::new(AtomicU64::new(0));
    let mut callers = JoinSet::new();
    for caller in 0..64 {
        let rates = if caller % 2 == 0 { &first } else { &second }.clone();
        let admitted = Arc::clone(&admitted);
        callers.spawn(async move {
            for request in 0..50u64 {
                let cost = 1 + request % 3;
                let standing = take(&rates, ask("a", per_day(1000), cost)).await;
                admitted.fetch_add(standing.granted, Ordering::Relaxed);
            }
        });
    }
    callers.join_all().await;
    assert_eq!(admitted.load(Ordering::Relaxed), 1000);
    assert_eq!(look(&second, ask("a", per_day(1000), 1)).await.remaining, 0);
}

/// Two rates, of which one is short: the other one never loses what was denied.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn together_is_all_or_nothing_however_many_ask() {
    let server = Redis::start();
    let rates = RedisRates::connect(&server.url()).await.unwrap();
    let mut callers = JoinSet::new();
    for caller in 0..32 {
        let rates = rates.clone();
        callers.spawn(async move {
            let mut admitted = 0;
            for _ in 0..20 {
                let short = StoreAsk::new("exports".into(), of_user("a", "mona"), per_day(17), 1);
                let mut asks = vec![ask("a", per_day(1000), 1), short];
                if caller % 2 == 0 {
                    asks.reverse();
                }
                let verdict = take_all(&rates, asks).await.verdict();
                admitted += u64::from(verdict == Verdict::Admitted);
            }
            admitted
        });
    }
    let admitted: u64 = callers.join_all().await.into_iter().sum();
    assert_eq!(admitted, 17);
    assert_eq!(
        look(&rates, ask("a", per_day(1000), 1)).await.remaining,
        983
    );
}

/// Q4: by the clock of the server; a wait that was told is enough.
#[tokio::test]
async fn what_was_denied_is_admitted_after_the_wait() {
    let server = Redis::start();
    let rates = RedisRates::connect(&server.url()).await.unwrap();
    let quota = Quota::new(20, Duration::from_secs(1), 2);
    assert!(admits(&rates, ask("a", quota, 2)).await);
    let denied = take(&rates, ask("a", quota, 1)).await;
    let wait = denied.wait.unwrap();
    assert_eq!(
        (denied.granted, denied.remaining, denied.next),
        (0, 0, wait)
    );
    assert!(wait > Duration::ZERO && wait <= Duration::from_millis(50));
    tokio::time::sleep(wait + Duration::from_millis(2)).await;
    assert!(admits(&rates, ask("a", quota, 1)).await);
}

#[tokio::test]
async fn what_can_never_be_admitted_says_so() {
    let server = Redis::start();
    let rates = RedisRates::connect(&server.url()).await.unwrap();
    let standing = take(&rates, ask("a", per_day(5), 6)).await;
    assert_eq!((standing.wait, standing.remaining), (None, 5));
    // Where there is never a unit, the window is told.
    let standing = take(&rates, ask("a", per_day(0), 1)).await;
    assert_eq!((standing.wait, standing.next), (None, Duration::ZERO));
    assert_eq!(server.ask(&["DBSIZE"]).unwrap(), ":0");
}

/// Q29: each process is there until it has not been heard of for as long as it said.
#[tokio::test]
async fn processes_are_counted() {
    let server = Redis::start();
    let rates = RedisRates::connect(&server.url()).await.unwrap();
    let minute = Duration::from_secs(60);
    let present = async |name: &str, stays| rates.present(name, stays).await.unwrap();
    assert_eq!(present("one", minute).await, 1);
    assert_eq!(present("two", minute).await, 2);
    assert_eq!(present("one", minute).await, 2);
    assert_eq!(present("two", Duration::ZERO).await, 1);
    present("three", minute * 2).await;
    present("three", Duration::from_millis(30)).await;
    wait_until("it is not heard of any more", async || {
        present("one", minute).await == 1
    })
    .await;
    let expires = server
        .ask(&["PTTL", "entitlements:rate:processes"])
        .unwrap();
    let expires: i64 = expires.trim_start_matches(':').parse().unwrap();
    assert!((1..=60_001).contains(&expires), "{expires}");
    // It is none of what any account has spent.
    assert!(
        admits(
            &rates,
            StoreAsk::new("processes".into(), of_account("x"), per_day(1), 1)
        )
        .await
    );
}

/// What holds for every store of rates.
mod conformance {
    use entitlements_store::RedisRates;
    use entitlements_test_services::SharedRedis;

    entitlements_core::rate_store_conformance!(
        place = SharedRedis::find(),
        open = |place| RedisRates::connect(place.url()).await.unwrap()
    );
}

//! What lies in a server, and for how long.

use std::time::Duration;

use entitlements_core::rate::{Part, Quota, RateStore, StoreAsk, Subject, SubjectName};
use entitlements_store::RedisRates;
use entitlements_test_services::Redis;

use crate::common::{admits, ask, of_user, per_day, take, take_all};

async fn rates(server: &Redis) -> RedisRates {
    RedisRates::connect(&server.url()).await.unwrap()
}

#[tokio::test]
async fn q25_keys_say_whose_and_which_and_are_text() {
    let server = Redis::start();
    let rates = rates(&server).await;
    let address = Subject::Overall(Part::Address("2001:db8::".parse().unwrap()));
    let asks = vec![
        ask("acc_42", per_day(5), 3),
        StoreAsk::new("api".into(), of_user("acc_42", "mona"), per_day(5), 1),
        StoreAsk::new("@login".into(), SubjectName::of(&address), per_day(5), 1),
    ];
    take_all(&rates, asks).await;
    let value = |key| server.ask(&["GET", key]).unwrap();
    let first = value("entitlements:rate:{a:acc_42}:api");
    assert!(first.starts_with("3 0/86400000000 1 "), "{first}");
    assert!(value("entitlements:rate:{a:acc_42}/u:mona:api").starts_with("1 0/"));
    assert!(value("entitlements:rate:{i:2001:db8::}:@login").starts_with("1 0/"));
}

/// A prefix that asks for a slot of its own does not get it.
#[tokio::test]
async fn a_prefix_keeps_products_apart() {
    let server = Redis::start();
    let rates = rates(&server).await;
    let other = rates.clone().with_prefix("{x}acme:");
    assert!(admits(&rates, ask("a", per_day(1), 1)).await);
    assert!(admits(&other, ask("a", per_day(1), 1)).await);
    assert_eq!(server.ask(&["EXISTS", "(x)acme:{a:a}:api"]).unwrap(), ":1");
}

/// Nothing is left of what is full again.
#[tokio::test]
async fn a_key_expires_when_nothing_is_spent_any_more() {
    let server = Redis::start();
    let rates = rates(&server).await;
    let quota = Quota::new(100, Duration::from_secs(1), 1000);
    for account in 0..50 {
        take(&rates, ask(&account.to_string(), quota, 1 + account % 3)).await;
    }
    let lives = server
        .ask(&["PTTL", "entitlements:rate:{a:2}:api"])
        .unwrap();
    let lives: i64 = lives.trim_start_matches(':').parse().unwrap();
    assert!((-2..=30).contains(&lives), "{lives}");
    tokio::time::sleep(Duration::from_millis(40)).await;
    for account in 0..50 {
        let key = format!("entitlements:rate:{{a:{account}}}:api");
        assert_eq!(server.ask(&["EXISTS", &key]).unwrap(), ":0");
    }
}

#[tokio::test]
async fn what_is_looked_at_denied_or_costs_nothing_takes_no_place() {
    let server = Redis::start();
    let rates = rates(&server).await;
    take(&rates, ask("a", per_day(3), 0)).await;
    take(&rates, ask("a", per_day(3), 4)).await;
    rates.look(vec![ask("a", per_day(3), 1)]).await.unwrap();
    assert_eq!(server.ask(&["DBSIZE"]).unwrap(), ":0");
}

/// It is somebody else's, or of a version that we do not know: it is left as it is, others go on, and once it is gone all is well.
#[tokio::test]
async fn what_else_lies_under_a_key_is_told_and_left() {
    let server = Redis::start();
    let rates = rates(&server).await;
    let key = "entitlements:rate:{a:a}:api";
    for garbage in [
        ["SET", key, "garbage"].as_slice(),
        &["SET", key, "1 2/3 4 5"],
        &["SET", key, "-1 0/1 1 1 1"],
        &["SET", key, "1 0/0 0 1 1"],
        &["SET", key, &format!("1{:0400} 0/1 1 1 1", 0)],
        &["SET", key, &format!("1 0/86400000000 1 1 1{:0400}", 0)],
        &["LPUSH", key, "1"],
    ] {
        let _ = server.ask(garbage);
        let asks = vec![ask("b", per_day(9), 1), ask("a", per_day(3), 1)];
        let error = rates.take(asks).await.unwrap_err();
        assert!(error.reason().contains(key), "{error}");
        assert!(error.is_unreadable());
        assert_eq!(server.ask(&["EXISTS", key]).unwrap(), ":1");
        let alone = rates.take(vec![ask("a", per_day(3), 1)]).await.unwrap_err();
        assert!(alone.reason().contains(key), "{alone}");
        // What was taken before is given back.
        assert_eq!(
            server
                .ask(&["EXISTS", "entitlements:rate:{a:b}:api"])
                .unwrap(),
            ":0"
        );
        assert!(admits(&rates, ask("c", per_day(100), 1)).await);
        assert_eq!(server.ask(&["DEL", key]).unwrap(), ":1");
        assert!(admits(&rates, ask("a", per_day(3), 1)).await);
        assert_eq!(server.ask(&["DEL", key]).unwrap(), ":1");
    }
}

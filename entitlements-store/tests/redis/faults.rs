//! Servers that go, hang and come back.

use std::time::Duration;

use entitlements_core::rate::{RateStore, RateStoreError};
use entitlements_store::RedisRates;
use entitlements_test_services::Redis;

use crate::common::{admits, ask, per_day, wait_until, within_budget};

#[tokio::test]
async fn scripts_that_were_flushed_are_sent_again() {
    let server = Redis::start();
    let rates = RedisRates::connect(&server.url()).await.unwrap();
    for left in (0..3).rev() {
        let told = rates.take(vec![ask("a", per_day(3), 1)]).await.unwrap();
        assert_eq!(told.standings[0].remaining, left);
        rates.present("one", Duration::from_secs(1)).await.unwrap();
        assert_eq!(server.ask(&["SCRIPT", "FLUSH"]).unwrap(), "+OK");
    }
}

/// Its end is heard of when it comes, so the first request after it was started again goes through.
#[tokio::test]
async fn a_server_that_was_killed_is_found_again() {
    let mut server = Redis::start();
    let rates = RedisRates::connect(&server.url()).await.unwrap();
    assert!(admits(&rates, ask("a", per_day(1), 1)).await);
    for _ in 0..3 {
        server.kill();
        wait_until("it is away", async || {
            within_budget(&rates, ask("a", per_day(1), 0))
                .await
                .is_err()
        })
        .await;
        server.restart();
        wait_until("it is back", async || {
            within_budget(&rates, ask("a", per_day(1), 0)).await.is_ok()
        })
        .await;
        // What was in it is gone.
        assert!(admits(&rates, ask("a", per_day(1), 1)).await);
        assert!(!admits(&rates, ask("a", per_day(1), 1)).await);
    }
}

/// While it is known to be away, nobody waits for it.
#[tokio::test]
async fn nobody_waits_for_a_server_that_is_away() {
    let mut server = Redis::start();
    let rates = RedisRates::connect(&server.url()).await.unwrap();
    server.kill();
    let error = |answer: Result<_, RateStoreError>| answer.unwrap_err().reason().to_owned();
    wait_until("it is known", async || {
        let answer = within_budget(&rates, ask("a", per_day(1), 1)).await;
        error(answer).starts_with("cannot connect to")
    })
    .await;
    for _ in 0..1000 {
        let asked = within_budget(&rates, ask("a", per_day(1), 1)).await;
        assert!(error(asked).starts_with("cannot connect to"));
    }
}

/// An idle connection that the server closes is replaced before anybody asks.
#[tokio::test]
async fn a_connection_that_is_closed_while_idle_fails_nobody() {
    let server = Redis::start();
    let rates = RedisRates::connect(&server.url()).await.unwrap();
    let is_connected = || {
        let clients = server.ask(&["CLIENT", "LIST"]).unwrap();
        let asks_here = |line: &str| {
            ["list", "kill"]
                .iter()
                .any(|it| line.contains(&format!("cmd=client|{it}")))
        };
        clients.lines().any(|line| !asks_here(line))
    };
    for _ in 0..5 {
        rates.take(vec![ask("a", per_day(9), 1)]).await.unwrap();
        assert!(is_connected());
        // Others that asked before may be among them.
        let killed = server.ask(&["CLIENT", "KILL", "TYPE", "normal"]).unwrap();
        assert_ne!(killed, ":0");
        wait_until("there is another connection", async || is_connected()).await;
        rates.take(vec![ask("a", per_day(9), 1)]).await.unwrap();
    }
}

/// A server that hangs takes connections and what is sent, and answers nothing: only those who gave up could tell. After a while nobody waits
/// for it, and once it goes on, all is well.
#[tokio::test]
async fn a_server_that_hangs_is_noticed_by_itself() {
    let server = Redis::start();
    let rates = RedisRates::connect(&server.url()).await.unwrap();
    assert!(admits(&rates, ask("a", per_day(1000), 1)).await);
    server.pause();
    wait_until("it is known not to answer", async || {
        let answer = within_budget(&rates, ask("a", per_day(1000), 1)).await;
        answer
            .unwrap_err()
            .reason()
            .starts_with("cannot connect to")
    })
    .await;
    server.resume();
    wait_until("it is back", async || {
        within_budget(&rates, ask("a", per_day(1000), 1))
            .await
            .is_ok()
    })
    .await;
}

/// What was given up on costs nothing more: the connection that answers late still is one.
#[tokio::test]
async fn a_short_pause_keeps_the_connection() {
    let server = Redis::start();
    let rates = RedisRates::connect(&server.url()).await.unwrap();
    assert!(admits(&rates, ask("a", per_day(1000), 1)).await);
    let made = || {
        let stats = server.ask(&["CLIENT", "LIST"]).unwrap();
        let first = stats.lines().find(|line| line.contains("cmd=eval"));
        first
            .and_then(|line| line.split(' ').next())
            .map(str::to_owned)
    };
    let before = made();
    server.pause();
    for _ in 0..3 {
        assert!(
            within_budget(&rates, ask("a", per_day(1000), 1))
                .await
                .is_err()
        );
    }
    server.resume();
    wait_until("it answers", async || {
        within_budget(&rates, ask("a", per_day(1000), 1))
            .await
            .is_ok()
    })
    .await;
    assert!(before.is_some());
    assert_eq!(made(), before);
}

/// Tasks end with their runtime; the next one that is used starts its own.
#[test]
fn another_runtime_takes_over() {
    let mut server = Redis::start();
    let runtime = || {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        builder.enable_all().build().unwrap()
    };
    let first = runtime();
    let rates = first.block_on(RedisRates::connect(&server.url())).unwrap();
    assert!(first.block_on(admits(&rates, ask("a", per_day(9), 1))));
    drop(first);
    let again = async |rates: &RedisRates| {
        wait_until("it answers", async || {
            within_budget(rates, ask("a", per_day(9), 1)).await.is_ok()
        })
        .await;
    };
    runtime().block_on(again(&rates));

    // One that ends while it connects.
    server.kill();
    let second = runtime();
    assert!(
        second
            .block_on(rates.take(vec![ask("a", per_day(9), 1)]))
            .is_err()
    );
    drop(second);
    server.restart();
    runtime().block_on(again(&rates));
}

/// Nothing keeps running for a store that is gone.
#[tokio::test]
async fn connections_end_with_the_store() {
    let server = Redis::start();
    let rates = RedisRates::connect(&server.url()).await.unwrap();
    assert!(admits(&rates, ask("a", per_day(9), 1)).await);
    let clients = || {
        let list = server.ask(&["CLIENT", "LIST"]).unwrap();
        list.lines().count()
    };
    // What saw that the server is ready is gone too.
    wait_until("there are this and the one that asks", async || {
        clients() == 2
    })
    .await;
    drop(rates);
    wait_until("only the one that asks is left", async || clients() == 1).await;
}

//! How one gets to a server.

use std::net::TcpListener;

use entitlements_core::rate::{RateStore, Verdict};
use entitlements_store::{RedisRates, redis};
use entitlements_test_services::{Redis, RedisCluster};

use crate::common::{SLOW, admits, ask, per_day, take, take_all, wait_until, within_budget};

#[tokio::test]
async fn a_server_is_at_a_port_or_a_socket() {
    let server = Redis::start();
    for url in [server.url(), server.unix_url()] {
        let rates = RedisRates::connect(&url).await.unwrap();
        assert!(admits(&rates, ask(&url.replace('/', ""), per_day(1), 1)).await);
    }
}

/// Both count in one place.
#[tokio::test]
async fn databases_of_a_server_are_apart() {
    let server = Redis::start();
    let url = |database| format!("{}{database}", server.url());
    let first = RedisRates::connect(&url(0)).await.unwrap();
    let second = RedisRates::connect(&url(1)).await.unwrap();
    assert!(admits(&first, ask("a", per_day(1), 1)).await);
    assert!(admits(&second, ask("a", per_day(1), 1)).await);
    assert!(!admits(&first, ask("a", per_day(1), 1)).await);
}

#[tokio::test]
async fn the_applications_own_connection_will_do() {
    let server = Redis::start();
    let client = redis::Client::open(server.url()).unwrap();
    let connection = client.get_multiplexed_async_connection().await.unwrap();
    let rates = RedisRates::from_connection(connection);
    let rates = rates.with_prefix("acme:");
    assert!(admits(&rates, ask("a", per_day(1), 1)).await);
    assert_eq!(server.ask(&["EXISTS", "acme:{a:a}:api"]).unwrap(), ":1");

    let mut cluster = RedisCluster::of_three();
    let client = redis::cluster::ClusterClient::new(cluster.urls()).unwrap();
    let connection = client.get_async_connection().await.unwrap();
    let rates = RedisRates::from_connection(connection);
    for account in ["a", "b", "c", "d", "e"] {
        assert!(admits(&rates, ask(account, per_day(1), 1)).await);
        assert!(!admits(&rates, ask(account, per_day(1), 1)).await);
    }
    assert_eq!(cluster.nodes().len(), 3);
}

#[tokio::test]
async fn a_server_that_is_away_is_told_at_once_or_left_for_later() {
    let mut server = Redis::start();
    server.kill();
    let error = RedisRates::connect(&server.url()).await.unwrap_err();
    let port = server.port();
    assert!(
        error
            .reason()
            .starts_with(&format!("cannot connect to `127.0.0.1:{port}`: ")),
        "{error}"
    );

    let rates = RedisRates::lazy(&server.url()).unwrap();
    assert!(rates.take(vec![ask("a", per_day(1), 1)]).await.is_err());
    server.restart();
    wait_until("it is there", async || {
        within_budget(&rates, ask("a", per_day(1), 0)).await.is_ok()
    })
    .await;
    assert!(admits(&rates, ask("a", per_day(1), 1)).await);
}

/// The first request waits for the connection, so that none is admitted without need by a share.
#[tokio::test]
async fn the_first_request_makes_the_connection() {
    let server = Redis::start();
    let rates = RedisRates::lazy(&server.url()).unwrap();
    let told = take_all(&rates, vec![ask("a", per_day(1), 1)]).await;
    assert_eq!(told.verdict(), Verdict::Admitted);
}

/// I9: whatever fails, a password is not told.
#[tokio::test]
async fn no_error_and_no_debug_output_has_the_password() {
    let server = Redis::start_with(&["--requirepass", "hunter2"]);
    let with = |password: &str| format!("redis://:{password}@127.0.0.1:{}/", server.port());
    let rates = RedisRates::connect(&with("hunter2")).await.unwrap();
    assert_eq!(take(&rates, ask("a", per_day(1), 1)).await.granted, 1);
    let shown = format!("{rates:?}");
    assert!(
        shown.contains("127.0.0.1") && !shown.contains("hunter2"),
        "{shown}"
    );

    let wrong = RedisRates::connect(&with("swordfish")).await.unwrap_err();
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap();
    let away = format!(
        "redis://:swordfish@127.0.0.1:{}/",
        nobody.local_addr().unwrap().port()
    );
    drop(nobody);
    let away = RedisRates::connect(&away).await.unwrap_err();
    for url in [
        "redis://:swordfish@:1",
        "redis://:swordfish@localhost:99999",
        "https://:swordfish@localhost",
        "rediss+x://:swordfish@localhost",
        "redis://:swordfish@localhost/x",
    ] {
        let error = RedisRates::lazy(url).unwrap_err();
        assert!(
            !format!("{error} {error:?}").contains("swordfish"),
            "{error:?}"
        );
    }
    for error in [wrong, away] {
        assert!(
            !format!("{error} {error:?}").contains("swordfish"),
            "{error:?}"
        );
    }
    let nowhere = RedisRates::lazy_cluster(["redis://:swordfish@127.0.0.1:1/"]).unwrap();
    assert!(!format!("{nowhere:?}").contains("swordfish"), "{nowhere:?}");
}

/// The commands that `docs/rate-limits.md` names are all that it takes.
#[tokio::test]
async fn a_user_with_few_permissions_will_do() {
    let docs = std::fs::read_to_string("../docs/rate-limits.md").unwrap();
    let named = docs.split_once("**Permissions**: `").unwrap().1;
    let named = named.split_once('`').unwrap().0;
    let server = Redis::start();
    let mut words = vec![
        "ACL",
        "SETUSER",
        "app",
        "on",
        ">secret",
        "~entitlements:rate:*",
    ];
    words.extend(named.split(' '));
    assert_eq!(server.ask(&words).unwrap(), "+OK");

    let url = format!("redis://app:secret@127.0.0.1:{}/", server.port());
    let rates = RedisRates::connect(&url).await.unwrap();
    // Each way through the script, and back.
    assert!(admits(&rates, ask("a", per_day(3), 1)).await);
    take(&rates, ask("a", per_day(3), 1).up_to(2)).await;
    take_all(
        &rates,
        vec![ask("b", per_day(3), 1), ask("a", per_day(3), 1)],
    )
    .await;
    rates.look(vec![ask("b", per_day(3), 1)]).await.unwrap();
    rates.present("one", SLOW).await.unwrap();
    rates.ready().await.unwrap();
}

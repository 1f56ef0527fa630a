//! That the servers do what tests rely on.
#![cfg(unix)]

use entitlements_test_services::{Redis, RedisCluster, SharedRedis};

#[test]
fn a_server_can_be_stopped_and_started_again() {
    let mut redis = Redis::start();
    assert_eq!(redis.ask(&["PING"]).as_deref(), Some("+PONG"));
    assert_eq!(redis.ask(&["SET", "a", "1"]).as_deref(), Some("+OK"));
    assert_eq!(redis.ask(&["GET", "a"]).as_deref(), Some("1"));

    let url = redis.url();
    redis.kill();
    assert_eq!(redis.ask(&["PING"]), None);
    redis.restart();
    assert_eq!(redis.url(), url);
    assert_eq!(redis.ask(&["EXISTS", "a"]).as_deref(), Some(":0"));

    redis.pause();
    redis.resume();
    assert_eq!(redis.ask(&["PING"]).as_deref(), Some("+PONG"));
}

#[test]
fn options_reach_the_server() {
    let redis = Redis::start_with(&["--requirepass", "secret"]);
    let said = redis.ask(&["PING"]).unwrap();
    assert!(said.starts_with("-NOAUTH"), "{said}");
}

#[test]
fn a_cluster_is_whole() {
    let mut cluster = RedisCluster::of_three();
    assert_eq!(cluster.urls().len(), 3);
    let answers = cluster.nodes().iter().map(|node| node.ask(&["GET", "a"]));
    let answers: Vec<String> = answers.flatten().collect();
    let elsewhere = answers.iter().filter(|said| said.starts_with("-MOVED"));
    assert_eq!(elsewhere.count(), 2, "{answers:?}");
}

#[test]
fn a_shared_server_says_where_it_is() {
    assert!(SharedRedis::find().url().contains("://"));
}

//! One proxy, which is trusted by its address.

use crate::asked::{HONEST, LIES, assert_always_seen, seen};
use crate::place::Place;
use crate::proxy::{Writes, proxy};
use crate::servers::{behind, behind_so_many, servers};

#[tokio::test]
async fn it_says_who_the_client_is_and_clients_cannot() {
    for writes in [Writes::Appends, Writes::AddsLine, Writes::Replaces] {
        for addresses in [behind(&["127.2.0.2"]), behind_so_many(1)] {
            for server in servers(addresses).await {
                let proxy = proxy(Place::Proxy, writes, server).await;
                assert_always_seen(proxy, Some(Place::Client)).await;
            }
        }
    }
}

#[tokio::test]
async fn around_it_the_client_is_itself() {
    for server in servers(behind(&["127.2.0.2"])).await {
        assert_always_seen(server, Some(Place::Client)).await;
    }
}

#[tokio::test]
async fn one_that_sends_no_header_lets_nobody_be_told() {
    for server in servers(behind(&["127.2.0.2"])).await {
        let proxy = proxy(Place::Proxy, Writes::Removes, server).await;
        assert_always_seen(proxy, None).await;
    }
}

/// What the page's check is for: the answer changes with the header.
#[tokio::test]
async fn one_that_hands_on_what_clients_write_shows_in_the_check() {
    for server in servers(behind(&["127.2.0.2"])).await {
        let proxy = proxy(Place::Proxy, Writes::Nothing, server).await;
        assert_eq!(seen(proxy, HONEST).await, None);
        assert_eq!(seen(proxy, LIES[0]).await, Some(Place::Elsewhere));
    }
}

/// The number of proxies is for ports that nobody else reaches.
#[tokio::test]
async fn by_number_whoever_goes_around_it_is_believed() {
    for server in servers(behind_so_many(1)).await {
        assert_eq!(seen(server, LIES[0]).await, Some(Place::Elsewhere));
    }
}

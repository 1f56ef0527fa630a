//! A content network in front of a load balancer.

use std::net::SocketAddr;

use crate::asked::{HONEST, LIES, assert_always_seen, seen};
use crate::place::Place;
use crate::proxy::{Writes, proxy};
use crate::servers::{behind, behind_so_many, servers};

const RANGES: [&str; 2] = ["127.3.0.0/16", "127.2.0.0/16"];

/// The balancer and the edge in front of it.
async fn in_front_of(server: SocketAddr, balancer: Writes) -> [SocketAddr; 2] {
    let balancer = proxy(Place::Proxy, balancer, server).await;
    [
        balancer,
        proxy(Place::Edge, Writes::Appends, balancer).await,
    ]
}

#[tokio::test]
async fn by_ranges_the_client_is_told_on_each_way_in() {
    for writes in [Writes::Appends, Writes::AddsLine] {
        for server in servers(behind(&RANGES)).await {
            let [balancer, edge] = in_front_of(server, writes).await;
            assert_always_seen(edge, Some(Place::Client)).await;
            // Around the network, and around both.
            assert_always_seen(balancer, Some(Place::Client)).await;
            assert_always_seen(server, Some(Place::Client)).await;
        }
    }
}

#[tokio::test]
async fn by_number_it_is_told_where_there_is_one_way_in() {
    for server in servers(behind_so_many(2)).await {
        let [balancer, edge] = in_front_of(server, Writes::Appends).await;
        assert_always_seen(edge, Some(Place::Client)).await;
        // Around the network there is one hop too few; a liar makes up for it.
        assert_eq!(seen(balancer, HONEST).await, None);
        assert_eq!(seen(balancer, LIES[0]).await, Some(Place::Elsewhere));
    }
}

#[tokio::test]
async fn a_range_that_is_missing_shows_the_network_itself() {
    for server in servers(behind(&RANGES[1..])).await {
        let [_, edge] = in_front_of(server, Writes::Appends).await;
        assert_always_seen(edge, Some(Place::Edge)).await;
    }
}

#[tokio::test]
async fn a_balancer_that_only_hands_on_is_one_hop_too_few_by_number() {
    for server in servers(behind_so_many(2)).await {
        let [_, edge] = in_front_of(server, Writes::Nothing).await;
        assert_eq!(seen(edge, HONEST).await, None);
        assert_eq!(seen(edge, LIES[0]).await, Some(Place::Elsewhere));
    }
    // By ranges it does no harm.
    for server in servers(behind(&RANGES)).await {
        let [_, edge] = in_front_of(server, Writes::Nothing).await;
        assert_always_seen(edge, Some(Place::Client)).await;
    }
}

#[tokio::test]
async fn a_balancer_that_removes_the_header_lets_nobody_be_told() {
    for addresses in [behind(&RANGES), behind_so_many(2)] {
        for server in servers(addresses).await {
            let [_, edge] = in_front_of(server, Writes::Removes).await;
            assert_always_seen(edge, None).await;
        }
    }
}

//! Nothing in front.

use entitlements_axum::client_address::ClientAddress;

use crate::asked::assert_always_seen;
use crate::place::Place;
use crate::proxy::{Writes, proxy};
use crate::servers::servers;

#[tokio::test]
async fn whoever_connects_is_the_client() {
    for server in servers(ClientAddress::of_peer()).await {
        assert_always_seen(server, Some(Place::Client)).await;
    }
}

#[tokio::test]
async fn a_proxy_that_nobody_was_told_of_is_the_client() {
    for server in servers(ClientAddress::of_peer()).await {
        let proxy = proxy(Place::Proxy, Writes::Appends, server).await;
        assert_always_seen(proxy, Some(Place::Proxy)).await;
    }
}

//! An ingress of Kubernetes: its pods are trusted, and what nodes do in front of them.

use crate::asked::assert_always_seen;
use crate::place::Place;
use crate::proxy::{Writes, masquerade, proxy};
use crate::servers::{behind, servers};

const PODS: &str = "127.2.0.0/16";
const NODES: &str = "127.4.0.0/16";

#[tokio::test]
async fn with_the_local_policy_the_client_is_told() {
    for server in servers(behind(&[PODS])).await {
        let ingress = proxy(Place::Proxy, Writes::Replaces, server).await;
        assert_always_seen(ingress, Some(Place::Client)).await;
        // From a node, or from whoever else gets to the port.
        assert_always_seen(server, Some(Place::Client)).await;
    }
}

#[tokio::test]
async fn with_the_cluster_policy_all_clients_are_the_node() {
    for server in servers(behind(&[PODS])).await {
        let ingress = proxy(Place::Proxy, Writes::Replaces, server).await;
        let node = masquerade(Place::Node, ingress).await;
        assert_always_seen(node, Some(Place::Node)).await;
    }
}

#[tokio::test]
async fn with_the_cluster_policy_and_nodes_that_are_trusted_nobody_can_be_told() {
    for server in servers(behind(&[PODS, NODES])).await {
        let ingress = proxy(Place::Proxy, Writes::Replaces, server).await;
        let node = masquerade(Place::Node, ingress).await;
        assert_always_seen(node, None).await;
    }
}

#[tokio::test]
async fn behind_a_balancer_the_ingress_appends_and_both_are_trusted() {
    for server in servers(behind(&[PODS, "127.3.0.0/16"])).await {
        let ingress = proxy(Place::Proxy, Writes::Appends, server).await;
        let balancer = proxy(Place::Edge, Writes::Appends, ingress).await;
        assert_always_seen(balancer, Some(Place::Client)).await;
        assert_always_seen(ingress, Some(Place::Client)).await;
    }
    // One that still replaces shows the balancer in place of all clients.
    for server in servers(behind(&[PODS])).await {
        let ingress = proxy(Place::Proxy, Writes::Replaces, server).await;
        let balancer = proxy(Place::Edge, Writes::Appends, ingress).await;
        assert_always_seen(balancer, Some(Place::Edge)).await;
    }
}

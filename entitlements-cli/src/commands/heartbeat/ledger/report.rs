//! What the vendor reads.

use std::collections::BTreeMap;

use entitlements_core::Timestamp;
use serde::Serialize;

use super::Seen;
use crate::commands::heartbeat::sold::Terms;

/// All licenses that were seen within the window.
#[derive(Debug, Serialize)]
pub(in crate::commands::heartbeat) struct Report<'a> {
    pub(super) at: String,
    pub(super) window_seconds: u64,
    /// How often there was no room for a license on a cluster, since the start.
    pub(super) refused: u64,
    pub(super) licenses: Vec<License<'a>>,
}

#[derive(Debug, Serialize)]
pub(super) struct License<'a> {
    /// By its fingerprint, as in the beats.
    license: &'a str,
    /// Its id, where the vendor's file has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    pub(super) flags: Vec<Flag>,
    /// How many clusters there were at the same time, at most: one that moved was never on two at once.
    clusters_at_once: u64,
    /// How many nodes there were at the same time, at most.
    nodes_at_once: u64,
    clusters: Vec<Cluster<'a>>,
}

/// Why a license should be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Flag {
    /// It was seen on more clusters than were sold, one after the other at least.
    SeveralClusters,
    /// It was on more clusters than were sold at the same time.
    SeveralClustersAtOnce,
    /// There were more nodes at the same time than were sold.
    TooManyNodes,
    /// There are more clusters than are told apart.
    MoreClusters,
}

#[derive(Debug, Serialize)]
struct Cluster<'a> {
    cluster: &'a str,
    first_seen: String,
    last_seen: String,
    nodes: u32,
    product: &'a str,
    version: &'a str,
    features: &'a [String],
}

impl<'a> License<'a> {
    pub(super) fn of(
        license: &'a str,
        clusters: &'a BTreeMap<String, Seen>,
        terms: Option<&'a Terms>,
        has_more: bool,
    ) -> Self {
        let clusters_at_once = most_at_once(clusters.values().map(|seen| (seen, 1)));
        let nodes = |seen: &'a Seen| (seen, u64::from(seen.nodes));
        let nodes_at_once = most_at_once(clusters.values().map(nodes));
        let sold = terms.map_or(1, |terms| u64::from(terms.clusters));
        let sold_nodes = terms.and_then(|terms| terms.nodes).map(u64::from);
        let flags = [
            (Flag::SeveralClusters, clusters.len() as u64 > sold),
            (Flag::SeveralClustersAtOnce, clusters_at_once > sold),
            (
                Flag::TooManyNodes,
                sold_nodes.is_some_and(|sold| nodes_at_once > sold),
            ),
            (Flag::MoreClusters, has_more),
        ];
        let set = flags.into_iter().filter(|(_, is_set)| *is_set);
        Self {
            license,
            id: terms.map(|terms| terms.id.as_str()),
            flags: set.map(|(flag, _)| flag).collect(),
            clusters_at_once,
            nodes_at_once,
            clusters: clusters.iter().map(Cluster::of).collect(),
        }
    }
}

impl<'a> Cluster<'a> {
    fn of((cluster, seen): (&'a String, &'a Seen)) -> Self {
        let time = |seconds| Timestamp::from_unix_seconds(seconds).to_string();
        Self {
            cluster,
            first_seen: time(seen.first_seen),
            last_seen: time(seen.last_seen),
            nodes: seen.nodes,
            product: &seen.product,
            version: &seen.version,
            features: &seen.features,
        }
    }
}

/// The largest sum of what there was at the same time. Each is there from when it was first seen to when it was last seen.
fn most_at_once<'a>(all: impl Iterator<Item = (&'a Seen, u64)>) -> u64 {
    let mut changes: Vec<(i64, bool, u64)> = all
        .flat_map(|(seen, weight)| {
            [
                (seen.first_seen, false, weight),
                (seen.last_seen, true, weight),
            ]
        })
        .collect();
    // Within a second, who comes is there before somebody leaves.
    changes.sort_unstable();
    let (mut now, mut most) = (0_u64, 0);
    for (_, leaves, weight) in changes {
        now = if leaves {
            now.saturating_sub(weight)
        } else {
            now.saturating_add(weight)
        };
        most = most.max(now);
    }
    most
}

//! Which license was seen on which clusters. Bounded, whoever beats: strangers can make up as many clusters as they like.
//!
//! The rule under a flood: nothing that was seen within the window is pushed out. Where there is no room, a cluster that is new is not
//! taken in and counted as refused, while those that are known go on being seen; a license whose own clusters are more than
//! [`MOST_CLUSTERS`] is marked as having more. With a file of what was sold, licenses that are not in it take no room at all.

mod report;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use entitlements_core::Timestamp;
use entitlements_outbound::heartbeat::Beat;
use serde::{Deserialize, Serialize};

pub(super) use report::Report;

use super::sold::Sold;

/// The most clusters of one license that are told apart.
pub(super) const MOST_CLUSTERS: usize = 100;
/// The most pairs of license and cluster.
const MOST_SEEN: usize = 50_000;
/// The most bytes that all of them have, features and names included.
const MOST_BYTES: usize = 64 * 1024 * 1024;
/// What a pair has besides its names.
const BYTES_OF_A_PAIR: usize = 256;
/// How often what is old is looked for where there is no room.
const SWEEP_EVERY: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub(super) struct Ledger {
    window: Duration,
    sold: Option<Sold>,
    seen: BTreeMap<String, BTreeMap<String, Seen>>,
    /// Licenses with more clusters than are told apart, and when that was last noticed.
    more: BTreeMap<String, Timestamp>,
    pairs: usize,
    bytes: usize,
    refused: u64,
    swept_at: Option<Timestamp>,
}

/// A license on a cluster. Times are in seconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Seen {
    pub(super) first_seen: i64,
    pub(super) last_seen: i64,
    pub(super) nodes: u32,
    pub(super) product: String,
    pub(super) version: String,
    pub(super) features: Vec<String>,
}

/// What became of a beat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taken {
    /// All of it that is anybody's business.
    Whole,
    /// There was no room for all of it.
    NoRoom,
}

impl Seen {
    fn of(beat: &Beat, now: Timestamp) -> Self {
        Self {
            first_seen: now.unix_seconds(),
            last_seen: now.unix_seconds(),
            nodes: beat.nodes(),
            product: beat.product().to_owned(),
            version: beat.version().to_owned(),
            features: beat.features().to_vec(),
        }
    }

    fn bytes(&self) -> usize {
        let features: usize = self.features.iter().map(|name| name.len() + 24).sum();
        BYTES_OF_A_PAIR + self.product.len() + self.version.len() + features
    }
}

impl Ledger {
    pub(super) fn new(window: Duration, sold: Option<Sold>) -> Self {
        Self {
            window,
            sold,
            seen: BTreeMap::new(),
            more: BTreeMap::new(),
            pairs: 0,
            bytes: 0,
            refused: 0,
            swept_at: None,
        }
    }

    /// What is to be kept over restarts.
    pub(super) const fn seen(&self) -> &BTreeMap<String, BTreeMap<String, Seen>> {
        &self.seen
    }

    /// Takes in what was kept, as far as there is room.
    pub(super) fn take_in(&mut self, kept: BTreeMap<String, BTreeMap<String, Seen>>) {
        for (license, clusters) in kept {
            for (cluster, seen) in clusters {
                self.put(&license, &cluster, seen);
            }
        }
    }

    pub(super) fn take(&mut self, beat: &Beat, now: Timestamp) -> Taken {
        let mut taken = Taken::Whole;
        for license in beat.licenses() {
            if let Some(sold) = &self.sold
                && sold.terms(license).is_none()
            {
                continue;
            }
            if !self.see(license, beat, now) {
                self.refused = self.refused.saturating_add(1);
                taken = Taken::NoRoom;
            }
        }
        taken
    }

    /// Whether there was room.
    fn see(&mut self, license: &str, beat: &Beat, now: Timestamp) -> bool {
        let mut seen = Seen::of(beat, now);
        if let Some(before) = self.known(license, beat.cluster()) {
            seen.first_seen = before.first_seen.min(seen.last_seen);
        }
        if self.put(license, beat.cluster(), seen.clone()) {
            return true;
        }
        if !self.forget_old_unless_just_done(now) || !self.put(license, beat.cluster(), seen) {
            if self
                .seen
                .get(license)
                .is_some_and(|clusters| clusters.len() >= MOST_CLUSTERS)
            {
                self.more.insert(license.to_owned(), now);
            }
            return false;
        }
        true
    }

    fn known(&self, license: &str, cluster: &str) -> Option<&Seen> {
        self.seen.get(license)?.get(cluster)
    }

    fn put(&mut self, license: &str, cluster: &str, seen: Seen) -> bool {
        let before = self.known(license, cluster).map(Seen::bytes);
        let bytes = self.bytes - before.unwrap_or_default() + seen.bytes();
        let is_new = before.is_none();
        let clusters = self.seen.get(license).map_or(0, BTreeMap::len);
        let has_room = bytes <= MOST_BYTES
            && (!is_new || (self.pairs < MOST_SEEN && clusters < MOST_CLUSTERS));
        if !has_room {
            return false;
        }
        self.bytes = bytes;
        self.pairs += usize::from(is_new);
        let clusters = self.seen.entry(license.to_owned()).or_default();
        clusters.insert(cluster.to_owned(), seen);
        true
    }

    /// Looking at everything for each stranger that is refused would be a way to keep this busy.
    fn forget_old_unless_just_done(&mut self, now: Timestamp) -> bool {
        let is_just_done = self.swept_at.is_some_and(|at| {
            now.saturating_since(at) < SWEEP_EVERY && at.saturating_since(now) < SWEEP_EVERY
        });
        if !is_just_done {
            self.forget_old(now);
        }
        !is_just_done
    }

    /// Forgets what was last seen before the window.
    pub(super) fn forget_old(&mut self, now: Timestamp) {
        let begin = now.saturating_sub(self.window);
        for clusters in self.seen.values_mut() {
            clusters.retain(|_, seen| seen.last_seen >= begin.unix_seconds());
        }
        self.seen.retain(|_, clusters| !clusters.is_empty());
        self.more.retain(|_, at| *at >= begin);
        let all = self.seen.values().flat_map(BTreeMap::values);
        (self.pairs, self.bytes) = all.fold((0, 0), |(pairs, bytes), seen| {
            (pairs + 1, bytes + seen.bytes())
        });
        self.swept_at = Some(now);
    }

    /// What was seen within the window, what is to be looked at first.
    pub(super) fn report(&mut self, now: Timestamp) -> Report<'_> {
        self.forget_old(now);
        let licenses: BTreeSet<_> = self.seen.keys().map(String::as_str).collect();
        let mut licenses: Vec<_> = licenses
            .into_iter()
            .filter_map(|license| {
                let terms = self.sold.as_ref().and_then(|sold| sold.terms(license));
                let clusters = self.seen.get(license)?;
                let has_more = self.more.contains_key(license);
                Some(report::License::of(license, clusters, terms, has_more))
            })
            .collect();
        licenses.sort_by_key(|license| license.flags.is_empty());
        Report {
            at: now.to_string(),
            window_seconds: self.window.as_secs(),
            refused: self.refused,
            licenses,
        }
    }
}

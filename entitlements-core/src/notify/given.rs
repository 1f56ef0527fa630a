use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::Stage;
use crate::Timestamp;
use crate::license::{License, StoredEntry};
use crate::resolve::Holdings;

/// How long a notice of a license keeps earlier ones of it quiet, whatever the clock does (N4).
const COOLDOWN: Duration = Duration::from_secs(24 * 60 * 60);

/// Of the daily warning in the days of grace (N5).
pub(super) const DAILY: &str = "daily";

/// Which notices were given, and when.
#[derive(Debug, Default)]
pub(crate) struct Given {
    at: BTreeMap<String, Timestamp>,
}

/// The name under which it is kept that something was told of a license. Its expiry is part of it: a license that was renewed under its
/// id ends anew.
pub(super) fn entry(license: &str, expires_at: Timestamp, what: &str) -> String {
    format!("{license} {} {what}", expires_at.unix_seconds())
}

impl Given {
    /// What a store keeps. A time that is none is passed over: at worst a notice is given twice.
    pub(crate) fn read(entries: Vec<StoredEntry>) -> Self {
        let mut given = Self::default();
        given.add(entries);
        given
    }

    pub(crate) fn add(&mut self, entries: Vec<StoredEntry>) {
        let at = entries.into_iter();
        self.at
            .extend(at.filter_map(|entry| Some((entry.id, entry.value.parse().ok()?))));
    }

    /// Takes in what could not be read before; what was given since stays.
    pub(crate) fn take_in(&mut self, earlier: Self) {
        for (entry, at) in earlier.at {
            self.at.entry(entry).or_insert(at);
        }
    }

    pub(crate) fn remember(&mut self, entry: &str, at: Timestamp) {
        self.at.insert(entry.to_owned(), at);
    }

    /// Forgets what was told of licenses that are not held any more, a while after it was, and says what that is.
    pub(crate) fn forget_all_but(&mut self, holdings: &Holdings, now: Timestamp) -> Vec<String> {
        let licenses = holdings.licenses.iter().map(|held| &held.license);
        let held: BTreeSet<_> = licenses
            .map(|license| entry(license.id(), license.expires_at(), ""))
            .collect();
        // What was told comes last, and has no space in it.
        let is_held = |entry: &str| {
            let begins = entry.rfind(' ').and_then(|space| entry.get(..=space));
            begins.is_some_and(|begins| held.contains(begins))
        };
        let gone =
            |entry: &String, at: &mut Timestamp| !is_held(entry) && apart(*at, now) > COOLDOWN;
        let gone = self.at.extract_if(.., gone);
        gone.map(|(entry, _)| entry).collect()
    }

    /// Whether the notice of a threshold that is reached is still to be given (N3, N4).
    pub(super) fn wants(&self, license: &License, stage: Stage, now: Timestamp) -> bool {
        if self.when(license, stage.name()).is_some_and(|at| at <= now) {
            return false;
        }
        // A clock that goes to and fro around a threshold: what was told a moment ago says more.
        !Stage::of(license)
            .filter(|later| *later >= stage)
            .filter_map(|later| self.when(license, later.name()))
            .any(|at| apart(at, now) < COOLDOWN)
    }

    /// Whether the daily warning is to be given, or from when on it is.
    pub(super) fn next_daily(&self, license: &License, now: Timestamp) -> Timestamp {
        match self.when(license, DAILY) {
            Some(at) if at <= now => at.saturating_add(COOLDOWN),
            // By a clock that was set back since.
            Some(at) if apart(at, now) < COOLDOWN => at.saturating_add(COOLDOWN),
            _ => now,
        }
    }

    fn when(&self, license: &License, what: &str) -> Option<Timestamp> {
        let entry = entry(license.id(), license.expires_at(), what);
        self.at.get(&entry).copied()
    }
}

fn apart(one: Timestamp, other: Timestamp) -> Duration {
    one.saturating_since(other).max(other.saturating_since(one))
}

//! What the panel manages, by kind: lists in memory and in one JSON file, which no license ever shortens.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use entitlements_actix::Limit;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::files;
use crate::terminals::TERMINALS;

/// The node that the panel itself runs on: always there, and the one that every edition has.
const LOCAL_NODE: &str = "local";

/// A node, a user, a team, …
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Thing {
    pub(crate) id: String,
    pub(crate) name: String,
}

/// All lists, by kind.
pub(crate) struct Things {
    path: PathBuf,
    lists: Mutex<Lists>,
}

type Lists = BTreeMap<String, Vec<Thing>>;

impl Things {
    /// Reads what an earlier run left in this folder.
    pub(crate) fn open(folder: &Path) -> io::Result<Self> {
        let path = folder.join("panel.json");
        let mut lists: Lists = match files::read(&path)? {
            Some(text) => serde_json::from_str(&text)
                .map_err(|error| files::about(&path, &io::Error::other(error)))?,
            None => Lists::new(),
        };
        lists.entry("nodes".into()).or_insert_with(|| {
            vec![Thing {
                id: LOCAL_NODE.into(),
                name: "this machine".into(),
            }]
        });
        // Sessions ended with the program.
        lists.remove(TERMINALS);
        Ok(Self {
            path,
            lists: Mutex::new(lists),
        })
    }

    pub(crate) fn list(&self, kind: &str) -> Vec<Thing> {
        self.lock().get(kind).cloned().unwrap_or_default()
    }

    pub(crate) fn count(&self, kind: &str) -> u64 {
        self.lock().get(kind).map_or(0, |list| list.len() as u64)
    }

    /// Adds things of a kind by their names, all or none.
    pub(crate) fn add(&self, kind: &str, names: Vec<String>) -> io::Result<Vec<Thing>> {
        self.change(|lists| add(lists, kind, names))
    }

    /// Adds one where that leaves no more than `allowed`, else says how many there are.
    pub(crate) fn add_within(
        &self,
        allowed: Limit,
        kind: &str,
        name: String,
    ) -> io::Result<Result<Vec<Thing>, u64>> {
        self.change(|lists| {
            let used = lists.get(kind).map_or(0, |list| list.len() as u64);
            if allowed.allows(used + 1) {
                Ok(add(lists, kind, vec![name]))
            } else {
                Err(used)
            }
        })
    }

    /// Takes one out; whether it was there.
    pub(crate) fn remove(&self, kind: &str, id: &str) -> io::Result<bool> {
        self.change(|lists| {
            let Some(list) = lists.get_mut(kind) else {
                return false;
            };
            let before = list.len();
            list.retain(|thing| thing.id != id || id == LOCAL_NODE);
            list.len() < before
        })
    }

    /// Changes the lists on the disk first: what cannot be kept has not happened.
    fn change<T>(&self, act: impl FnOnce(&mut Lists) -> T) -> io::Result<T> {
        let mut lists = self.lock();
        let mut changed = lists.clone();
        let outcome = act(&mut changed);
        if changed != *lists {
            files::replace(&self.path, &serde_json::to_string_pretty(&changed)?)?;
            *lists = changed;
        }
        Ok(outcome)
    }

    fn lock(&self) -> MutexGuard<'_, Lists> {
        self.lists.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn add(lists: &mut Lists, kind: &str, names: Vec<String>) -> Vec<Thing> {
    let new: Vec<Thing> = names
        .into_iter()
        .map(|name| Thing {
            id: Uuid::now_v7().to_string(),
            name,
        })
        .collect();
    lists.entry(kind.into()).or_default().extend(new.clone());
    new
}

/// How many there are of each kind.
impl fmt::Debug for Things {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lists = self.lock();
        let counts = lists.iter().map(|(kind, list)| (kind, list.len()));
        f.debug_map().entries(counts).finish()
    }
}

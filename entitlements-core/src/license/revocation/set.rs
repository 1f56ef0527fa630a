use std::collections::BTreeMap;

use super::RevocationList;
use crate::license::License;

/// The revocation lists that apply: of each signing key the newest, and of several the union (L16).
///
/// In whatever order lists come, and however often, the same ones apply.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Revocations {
    /// By the `kid` of the key that verified them.
    newest: BTreeMap<String, RevocationList>,
}

impl Revocations {
    /// None.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a list into account, unless a newer one of the same key is. Says whether it changed anything.
    ///
    /// Two lists of one key and one second are one list: what either revokes is revoked.
    pub fn add(&mut self, list: RevocationList) -> bool {
        let Some(known) = self.newest.get_mut(list.kid()) else {
            self.newest.insert(list.kid().to_owned(), list);
            return true;
        };
        if list.issued_at < known.issued_at || *known == list {
            return false;
        }
        if list.issued_at > known.issued_at {
            *known = list;
            return true;
        }
        let before = known.licenses.len() + known.keys.len();
        merge(&mut known.licenses, list.licenses);
        merge(&mut known.keys, list.keys);
        known.licenses.len() + known.keys.len() > before
    }

    /// Whether no list of the same key that was issued later applies, so that this one counts.
    #[must_use]
    pub(crate) fn has_none_after(&self, list: &RevocationList) -> bool {
        let newest = self.newest.get(list.kid());
        newest.is_none_or(|newest| newest.issued_at <= list.issued_at)
    }

    /// Whether the license's id, or the key that verified it, is on a list that applies.
    #[must_use]
    pub fn revokes(&self, license: &License) -> bool {
        let named = |names: &[String], name: &str| {
            names
                .binary_search_by(|known| known.as_str().cmp(name))
                .is_ok()
        };
        self.newest
            .values()
            .any(|list| named(&list.licenses, license.id()) || named(&list.keys, license.kid()))
    }

    /// The lists that apply, in the order of the keys that signed them.
    pub fn lists(&self) -> impl Iterator<Item = &RevocationList> {
        self.newest.values()
    }
}

/// INVARIANT: names stay in order, each once; looking one up relies on it.
fn merge(names: &mut Vec<String>, more: Vec<String>) {
    names.extend(more);
    names.sort_unstable();
    names.dedup();
}

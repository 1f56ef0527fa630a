//! What customers lose and gain from one catalog to the next: [`Catalog::compare`].
//!
//! Compared is what holds, not what is written: `extends` is followed, a limit that a plan does not name is the default
//! plan's (C12), and what the base plan gives to everybody is nobody's loss (R5). So moving a feature from every plan
//! into the default plan is told among the other changes, and taking it out is a loss of each plan that had it.
//!
//! A change that somebody loses by is a loss, even where others gain: the report is for the one who is about to publish.

mod addon;
mod base;
mod change;
mod keys;
mod limit;
mod limit_kind;
mod order;
mod plan;
mod product;
mod rank;
mod settings;
mod terms;
#[cfg(test)]
mod tests;
mod weigh;
mod wording;

pub use change::{Change, ChangeKind, Subject};
pub use keys::{KeyChange, KeyEffect};

use super::Catalog;
use base::Base;
use change::Findings;

/// What differs between two catalogs, for those who have bought by the first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CatalogDiff {
    findings: Findings,
    keys: Vec<KeyChange>,
}

impl CatalogDiff {
    /// What somebody loses.
    #[must_use]
    pub fn losses(&self) -> &[Change] {
        &self.findings.losses
    }

    /// What somebody gains, and nobody loses.
    #[must_use]
    pub fn gains(&self) -> &[Change] {
        &self.findings.gains
    }

    /// What is different and takes nothing from anybody by itself: prices, names, when to warn.
    #[must_use]
    pub fn other(&self) -> &[Change] {
        &self.findings.other
    }

    /// What keys that are already issued run into.
    #[must_use]
    pub fn keys(&self) -> &[KeyChange] {
        &self.keys
    }

    /// Whether nothing differs that anybody would notice.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        [self.losses(), self.gains(), self.other()]
            .iter()
            .all(|changes| changes.is_empty())
            && self.keys.is_empty()
    }
}

impl Catalog {
    /// What customers lose and gain when `next` takes the place of this catalog.
    ///
    /// Plans come low to high, and within a plan its features, limits, rates and retention, each by name.
    ///
    /// ```
    /// use entitlements_core::Catalog;
    ///
    /// let before = r#"
    ///     schema = 1
    ///     product = { name = "Acme Panel", default_plan = "community" }
    ///     limits.users = {}
    ///     [plans.community]
    ///     limits = { users = 3 }
    ///     [plans.business]
    ///     features = ["sso", "audit"]
    ///     limits = { users = 50 }
    /// "#;
    /// let after = before.replace(r#", "audit""#, "").replace("50", r#""unlimited""#);
    /// let diff = Catalog::from_toml(before)?.compare(&Catalog::from_toml(&after)?);
    ///
    /// let lost = &diff.losses()[0];
    /// assert_eq!((lost.subject().name(), lost.kind().as_str(), lost.name()), (Some("business"), "feature", "audit"));
    /// let gained = &diff.gains()[0];
    /// assert_eq!((gained.name(), gained.before(), gained.after()), ("users", Some("50"), Some("unlimited")));
    /// assert!(diff.keys().is_empty());
    /// # Ok::<(), entitlements_core::CatalogError>(())
    /// ```
    #[must_use]
    pub fn compare(&self, next: &Self) -> CatalogDiff {
        let mut findings = Findings::default();
        let bases = (&Base::of(self), &Base::of(next));
        plan::compare_all(self, next, bases, &mut findings);
        rank::compare(self, next, &mut findings);
        addon::compare_all(self, next, bases, &mut findings);
        product::compare(self, next, &mut findings);
        settings::compare(self, next, &mut findings);
        CatalogDiff {
            findings,
            keys: keys::compare(self, next),
        }
    }
}

use entitlements_core::catalog::{CatalogDiff, Change, KeyChange, Subject};
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct Diff<'a> {
    losses: Vec<Entry<'a>>,
    gains: Vec<Entry<'a>>,
    other: Vec<Entry<'a>>,
    keys: Vec<KeyEntry<'a>>,
}

/// `plan`, `addon` or `base` says for whom; without one of them it is for everybody.
#[derive(Serialize)]
struct Entry<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    addon: Option<&'a str>,
    /// Those who hold nothing: `default`, or `self_hosted` where they run the product themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    base: Option<&'static str>,
    kind: &'static str,
    name: &'a str,
    before: Option<&'a str>,
    after: Option<&'a str>,
}

#[derive(Serialize)]
struct KeyEntry<'a> {
    effect: &'static str,
    setting: &'a str,
    before: Option<&'a str>,
    after: Option<&'a str>,
    message: &'a str,
}

impl<'a> Diff<'a> {
    pub(super) fn of(diff: &'a CatalogDiff) -> Self {
        let entries = |changes: &'a [Change]| changes.iter().map(Entry::of).collect();
        Self {
            losses: entries(diff.losses()),
            gains: entries(diff.gains()),
            other: entries(diff.other()),
            keys: diff.keys().iter().map(KeyEntry::of).collect(),
        }
    }
}

impl<'a> Entry<'a> {
    fn of(change: &'a Change) -> Self {
        let (plan, addon, base) = match change.subject() {
            Subject::Plan(plan) => (Some(plan.as_str()), None, None),
            Subject::Addon(addon) => (None, Some(addon.as_str()), None),
            Subject::Unlicensed => (None, None, Some("default")),
            Subject::UnlicensedSelfHosted => (None, None, Some("self_hosted")),
            _ => (None, None, None),
        };
        Self {
            plan,
            addon,
            base,
            kind: change.kind().as_str(),
            name: change.name(),
            before: change.before(),
            after: change.after(),
        }
    }
}

impl<'a> KeyEntry<'a> {
    fn of(change: &'a KeyChange) -> Self {
        Self {
            effect: change.effect().as_str(),
            setting: change.setting(),
            before: change.before(),
            after: change.after(),
            message: change.message(),
        }
    }
}

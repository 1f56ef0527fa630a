//! What an add-on gives, before and after.

use super::base::{Base, names};
use super::change::{Change, ChangeKind, Findings, Subject, Verdict};
use super::weigh::weigh_retention;
use crate::catalog::{Addon, AddonLimit, Catalog, Retention};

#[derive(Clone, Copy)]
struct Side<'a> {
    addon: &'a Addon,
    base: &'a Base<'a>,
}

pub(super) fn compare_all(
    before: &Catalog,
    after: &Catalog,
    bases: (&Base<'_>, &Base<'_>),
    findings: &mut Findings,
) {
    for (_, addon) in before.addons() {
        let subject = Subject::Addon(addon.name().to_owned());
        let next = after.addon_id(addon.name()).map(|id| after.addon_at(id));
        match next {
            Some(next) => {
                let sides = (
                    Side {
                        addon,
                        base: bases.0,
                    },
                    Side {
                        addon: next,
                        base: bases.1,
                    },
                );
                compare(&subject, sides, findings);
            }
            None => {
                let change = Change::new(&subject, ChangeKind::Addon, addon.name());
                findings.add(Verdict::Loss, change.from(Some(addon.title())));
            }
        }
    }
    for (_, addon) in after.addons() {
        if before.addon_id(addon.name()).is_none() {
            let subject = Subject::Addon(addon.name().to_owned());
            let change = Change::new(&subject, ChangeKind::Addon, addon.name());
            findings.add(Verdict::Gain, change.to(Some(addon.title())));
        }
    }
}

fn compare(subject: &Subject, (old, next): (Side<'_>, Side<'_>), findings: &mut Findings) {
    let catalogs = (old.base.catalog(), next.base.catalog());
    // R3: an add-on that is bought for a plan it may no longer be added to gives nothing.
    for (_, plan) in catalogs.0.plans_in_order() {
        if catalogs.1.plan(plan.name()).is_none() {
            continue;
        }
        let words = |side: Side<'_>| side.is_for(plan.name()).then_some("may be added");
        let (before, after) = (words(old), words(next));
        let change = Change::new(subject, ChangeKind::Requires, plan.name())
            .from(before)
            .to(after);
        findings.add_if_told(Verdict::of(&before.is_some(), &after.is_some()), change);
    }
    for name in names(catalogs.0.features.names(), catalogs.1.features.names()) {
        if !old.gives(name) && !next.gives(name) {
            continue;
        }
        let (before, after) = (old.feature(name), next.feature(name));
        let change = Change::new(subject, ChangeKind::Feature, name)
            .from(before)
            .to(after);
        findings.add_if_told(Verdict::of(&before.is_some(), &after.is_some()), change);
    }
    for name in names(catalogs.0.limits.names(), catalogs.1.limits.names()) {
        let (before, after) = (old.limit(name), next.limit(name));
        let verdict = match catalogs.1.limit_id(name) {
            // What nothing limits needs no add-on.
            None => Verdict::Neither,
            Some(_) => weigh_limits(before, after),
        };
        let change = Change::new(subject, ChangeKind::Limit, name)
            .from(before)
            .to(after);
        findings.add_if_told(verdict, change);
    }
    let kept = |side: Side<'_>| side.addon.retention().keys().cloned().collect::<Vec<_>>();
    let (old_names, next_names) = (kept(old), kept(next));
    for name in names(
        old_names.iter().map(String::as_str),
        next_names.iter().map(String::as_str),
    ) {
        let pair = (old.retention(name), next.retention(name));
        let change = Change::new(subject, ChangeKind::Retention, name)
            .from(pair.0)
            .to(pair.1);
        findings.add_if_told(weigh_retention(pair), change);
    }
    let price = |side: Side<'_>| Some(side.base.catalog().price_text(side.addon.price()?));
    let change = Change::new(subject, ChangeKind::Price, "price");
    findings.add_if_told(Verdict::Neither, change.from(price(old)).to(price(next)));
    super::product::labels(
        subject,
        next.addon.name(),
        (old.addon.title(), next.addon.title()),
        (old.addon.description(), next.addon.description()),
        findings,
    );
}

fn weigh_limits(before: Option<AddonLimit>, after: Option<AddonLimit>) -> Verdict {
    match (before, after) {
        (None, None) => Verdict::Neither,
        (None, Some(_)) => Verdict::Gain,
        (Some(_), None) => Verdict::Loss,
        (Some(AddonLimit::Add(old)), Some(AddonLimit::Add(next))) => Verdict::of(&old, &next),
        (Some(AddonLimit::AtLeast(old)), Some(AddonLimit::AtLeast(next))) => {
            Verdict::of(&old, &next)
        }
        (Some(AddonLimit::Add(_)), Some(AddonLimit::AtLeast(crate::Limit::Unlimited))) => {
            Verdict::Gain
        }
        // How much it is depends on the plan: for some it is less.
        (Some(AddonLimit::Add(_)), Some(AddonLimit::AtLeast(_)))
        | (Some(AddonLimit::AtLeast(_)), Some(AddonLimit::Add(_))) => Verdict::Loss,
    }
}

impl Side<'_> {
    fn is_for(&self, plan: &str) -> bool {
        let requires = self.addon.requires();
        let plan = self.base.catalog().plan_id(plan);
        requires.is_empty() || plan.is_some_and(|plan| requires.contains(&plan))
    }

    fn gives(&self, feature: &str) -> bool {
        let id = self.base.catalog().feature_id(feature);
        id.is_some_and(|id| self.addon.has(id))
    }

    /// How whoever has the add-on comes by a feature, if they have it.
    fn feature(&self, name: &str) -> Option<&'static str> {
        let catalog = self.base.catalog();
        let id = catalog.feature_id(name)?;
        if self.gives(name) {
            return Some("included");
        }
        let mut plans = catalog.plans().filter(|(_, plan)| self.is_for(plan.name()));
        let given = self.base.has(id) || plans.all(|(_, plan)| plan.has(id));
        given.then_some("included by the plan")
    }

    fn limit(&self, name: &str) -> Option<AddonLimit> {
        let id = self.base.catalog().limit_id(name)?;
        let named = self.addon.limits().iter().find(|(limit, _)| *limit == id);
        named.map(|(_, limit)| *limit)
    }

    fn retention(&self, name: &str) -> Option<Retention> {
        self.addon
            .retention()
            .get(name)
            .copied()
            .max(self.base.retention(name))
    }
}

//! What is about everybody: what there is to have, what limits count, and what Stripe prices stand for.

use std::collections::BTreeMap;

use super::base::names;
use super::change::{Change, ChangeKind, Findings, Subject, Verdict};
use super::limit_kind;
use crate::catalog::{Addon, Catalog, Plan};

pub(super) fn compare(before: &Catalog, after: &Catalog, findings: &mut Findings) {
    let mut setting = |name: &str, old: Option<&str>, next: Option<&str>| {
        let change = Change::new(&Subject::Everyone, ChangeKind::Setting, name);
        findings.add_if_told(Verdict::Neither, change.from(old).to(next));
    };
    setting(
        "product.name",
        Some(before.product_name()),
        Some(after.product_name()),
    );
    setting(
        "product.upgrade_url",
        before.upgrade_url(),
        after.upgrade_url(),
    );
    features(before, after, findings);
    limits(before, after, findings);
    rates(before, after, findings);
    stripe_prices(before, after, findings);
}

/// Adds what people read, where it is different.
pub(super) fn labels(
    subject: &Subject,
    name: &str,
    titles: (&str, &str),
    descriptions: (Option<&str>, Option<&str>),
    findings: &mut Findings,
) {
    let title = Change::new(subject, ChangeKind::Title, name);
    findings.add_if_told(
        Verdict::Neither,
        title.from(Some(titles.0)).to(Some(titles.1)),
    );
    let description = Change::new(subject, ChangeKind::Description, name);
    findings.add_if_told(
        Verdict::Neither,
        description.from(descriptions.0).to(descriptions.1),
    );
}

/// Adds that something is in one catalog only.
fn comes_or_goes(
    kind: ChangeKind,
    name: &str,
    (old, next): (bool, bool),
    verdict: Verdict,
    findings: &mut Findings,
) {
    let words = |there: bool| there.then_some("in the catalog");
    let change = Change::new(&Subject::Everyone, kind, name)
        .from(words(old))
        .to(words(next));
    findings.add_if_told(verdict, change);
}

fn features(before: &Catalog, after: &Catalog, findings: &mut Findings) {
    for name in names(before.features.names(), after.features.names()) {
        let old = before.feature_id(name).map(|id| before.feature_at(id));
        let next = after.feature_id(name).map(|id| after.feature_at(id));
        if let (Some(old), Some(next)) = (old, next) {
            let descriptions = (old.description(), next.description());
            labels(
                &Subject::Everyone,
                name,
                (old.title(), next.title()),
                descriptions,
                findings,
            );
        }
        // A feature that goes is lost to keys that list it; one that comes is a gain where it can be had.
        let verdict = match old {
            Some(_) => Verdict::Loss,
            None if can_be_had(after, name) => Verdict::Gain,
            None => Verdict::Neither,
        };
        comes_or_goes(
            ChangeKind::Feature,
            name,
            (old.is_some(), next.is_some()),
            verdict,
            findings,
        );
    }
}

fn can_be_had(catalog: &Catalog, feature: &str) -> bool {
    catalog.feature_id(feature).is_some_and(|id| {
        catalog.plans().any(|(_, plan)| plan.has(id))
            || catalog.addons().any(|(_, addon)| addon.has(id))
    })
}

fn limits(before: &Catalog, after: &Catalog, findings: &mut Findings) {
    for name in names(before.limits.names(), after.limits.names()) {
        let old = before.limit_id(name).map(|id| before.limit_at(id));
        let next = after.limit_id(name).map(|id| after.limit_at(id));
        comes_or_goes(
            ChangeKind::Limit,
            name,
            (old.is_some(), next.is_some()),
            Verdict::Neither,
            findings,
        );
        if let (Some(old), Some(next)) = (old, next) {
            let descriptions = (old.description(), next.description());
            labels(
                &Subject::Everyone,
                name,
                (old.title(), next.title()),
                descriptions,
                findings,
            );
            limit_kind::compare(name, old, next, findings);
        }
    }
}

fn rates(before: &Catalog, after: &Catalog, findings: &mut Findings) {
    for name in names(before.rates.names(), after.rates.names()) {
        let old = before.rate_id(name).map(|id| &before.rates[id]);
        let next = after.rate_id(name).map(|id| &after.rates[id]);
        comes_or_goes(
            ChangeKind::Rate,
            name,
            (old.is_some(), next.is_some()),
            Verdict::Neither,
            findings,
        );
        if let (Some(old), Some(next)) = (old, next) {
            let descriptions = (old.description(), next.description());
            labels(
                &Subject::Everyone,
                name,
                (old.title(), next.title()),
                descriptions,
                findings,
            );
        }
    }
}

/// A price without an owner leaves those who pay it with the base plan.
fn stripe_prices(before: &Catalog, after: &Catalog, findings: &mut Findings) {
    let (old, next) = (owners(before), owners(after));
    for price in names(old.keys().copied(), next.keys().copied()) {
        let (owner, next_owner) = (old.get(price), next.get(price));
        let verdict = if next_owner.is_none() {
            Verdict::Loss
        } else {
            Verdict::Neither
        };
        let change = Change::new(&Subject::Everyone, ChangeKind::StripePrice, price);
        findings.add_if_told(verdict, change.from(owner).to(next_owner));
    }
}

fn owners(catalog: &Catalog) -> BTreeMap<&str, String> {
    let plan = |plan: &Plan| format!("plan `{}`", plan.name());
    let addon = |addon: &Addon| format!("add-on `{}`", addon.name());
    let plans = catalog
        .plans()
        .map(|(_, owner)| (owner.stripe_prices(), plan(owner)));
    let addons = catalog
        .addons()
        .map(|(_, owner)| (owner.stripe_prices(), addon(owner)));
    let owners = plans.chain(addons);
    owners
        .flat_map(|(prices, owner)| {
            prices
                .iter()
                .map(move |price| (price.as_str(), owner.clone()))
        })
        .collect()
}

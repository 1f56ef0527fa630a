//! What is the matter with an account's terms.

use super::{Notice, Notices};
use crate::account::{AccountTerms, Override};
use crate::catalog::PlanId;
use crate::license::LicenseStatus;
use crate::resolve::addons::Addons;
use crate::resolve::overrides;
use crate::resolve::sources::{Judged, Source, plan_beneath};
use crate::{Catalog, Timestamp};

/// Adds what is the matter with the subscription, its add-ons and the overrides.
pub(super) fn collect(
    catalog: &Catalog,
    base: PlanId,
    terms: &AccountTerms,
    sources: &[Judged<'_>],
    now: Timestamp,
    notices: &mut Notices,
) {
    match plan_beneath(catalog, base, terms) {
        None => notices.warnings.extend(terms.plan.as_ref().map(|name| {
            Notice::new(
                "unknown_plan",
                format!("the account is on the plan `{name}`, which this version lacks"),
                "put the account on another plan, or update the product to a version that knows it",
            )
        })),
        Some(plan) => {
            let of_account =
                |judged: &&Judged<'_>| matches!(judged.source, Source::Subscription(_));
            for judged in sources.iter().filter(of_account) {
                by_status(terms, judged, notices);
            }
            addons(catalog, plan, terms, notices);
        }
    }
    let unknown = overrides::unknown(catalog, terms, now).map(unknown_override);
    let mut unknown: Vec<_> = unknown.collect();
    unknown.sort_by(|a, b| a.message().cmp(b.message()));
    notices.warnings.extend(unknown);
}

fn by_status(terms: &AccountTerms, judged: &Judged<'_>, notices: &mut Notices) {
    let (Some(expires_at), Some(grace_ends_at)) = (judged.expires_at, judged.grace_ends_at) else {
        return;
    };
    let subscription = match &terms.plan {
        Some(plan) => format!("the subscription to `{plan}`"),
        None => "the subscription".to_owned(),
    };
    match judged.status {
        LicenseStatus::Grace => notices.warnings.push(Notice::new(
            "subscription_past_due",
            format!(
                "{subscription} should have been paid at {expires_at}; it stays in force until {grace_ends_at}"
            ),
            "see to the payment before that day",
        )),
        LicenseStatus::Expired => notices.errors.push(Notice::new(
            "subscription_ended",
            format!("{subscription} expired at {expires_at}"),
            "renew the subscription; nothing is deleted meanwhile",
        )),
        _ => {}
    }
}

/// Add-ons that are left out, in the order of names.
fn addons(catalog: &Catalog, plan: PlanId, terms: &AccountTerms, notices: &mut Notices) {
    let names = || terms.addons.iter().map(|name| name.as_str());
    let inapplicable = Addons::of(catalog, Some(plan), names()).inapplicable;
    let plan = catalog.plan_at(plan).name();
    let mut left_out: Vec<_> = inapplicable
        .into_iter()
        .map(|addon| {
            let why = format!("which its plan `{plan}` cannot have");
            (
                addon.name(),
                why,
                "put the account on a plan that the add-on goes with",
            )
        })
        .chain(
            names()
                .filter(|name| catalog.addon_id(name).is_none())
                .map(|name| {
                    let why = "which this version lacks".to_owned();
                    (name, why, "update the product to a version that knows it")
                }),
        )
        .collect();
    left_out.sort();
    left_out.dedup();
    notices
        .warnings
        .extend(left_out.into_iter().map(|(name, why, action)| {
            let message = format!("the account has the add-on `{name}`, {why}");
            Notice::new("addon_not_applicable", message, action)
        }));
}

fn unknown_override(over: &Override) -> Notice {
    let (id, kind, name) = (&over.id, over.value.kind(), over.value.name());
    Notice::new(
        "unknown_override",
        format!("override `{id}` changes the {kind} `{name}`, which this version lacks"),
        "remove the override, or update the product to a version that knows it",
    )
}

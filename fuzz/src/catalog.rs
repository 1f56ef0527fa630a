//! Catalogs as people write them.

use std::sync::Arc;

use entitlements_core::catalog::PlanId;
use entitlements_core::license::{LicenseDraft, LicenseIssuer, LicenseVerifier};
use entitlements_core::resolve::{Holdings, resolve};
use entitlements_core::testing::NOW;
use entitlements_core::{Catalog, CatalogError, Timestamp};

use crate::held::{holding, times_of};
use crate::vendor;

/// A catalog is accepted and works, or refused with mistakes that a person can read.
///
/// What begins with a brace is JSON, the rest TOML.
///
/// # Panics
/// When an accepted catalog does not work, or a refused one does not say why.
pub fn catalog(data: &[u8]) {
    let load = || {
        if data.trim_ascii_start().starts_with(b"{") {
            Some(Catalog::from_json(data))
        } else {
            let text = std::str::from_utf8(data).ok()?;
            Some(Catalog::from_toml(text))
        }
    };
    match load() {
        None => {}
        Some(Err(error)) => says_why(&error),
        Some(Ok(catalog)) => {
            assert_eq!(load(), Some(Ok(catalog)), "it is not the same twice");
            if let Some(Ok(catalog)) = load() {
                works(&Arc::new(catalog));
            }
        }
    }
}

fn says_why(error: &CatalogError) {
    assert!(!error.mistakes().is_empty(), "refused without a mistake");
    for mistake in error.mistakes() {
        let line = mistake.to_string();
        assert!(!mistake.message().is_empty(), "{line}");
        assert!(!line.contains(char::is_control), "not one line: {line:?}");
    }
}

fn works(catalog: &Arc<Catalog>) {
    for (plan, _) in catalog.plans() {
        resolve_at_any_time(catalog, plan, &Holdings::default(), &[NOW]);
    }
    let plans: Vec<_> = catalog
        .plans()
        .map(|(_, plan)| plan.name().to_owned())
        .collect();
    // Two plans reach what there is to reach; more would only cost time.
    for plan in plans.iter().take(2) {
        let plain = LicenseDraft::new("acme")
            .plan(plan)
            .expires_at(NOW.saturating_add_days(365));
        let features = catalog.features().map(|(_, feature)| feature.name());
        let listed = features.take(3).fold(plain.clone(), LicenseDraft::feature);
        let addons = catalog.addons().map(|(_, addon)| addon.name());
        let extended = addons.take(2).fold(listed.clone(), LicenseDraft::addon);
        for draft in [plain, listed, extended] {
            issue_and_hold(catalog, &draft);
        }
    }
}

/// What the vendor can issue, the product holds, and nobody has less for it.
fn issue_and_hold(catalog: &Arc<Catalog>, draft: &LicenseDraft) {
    let issuer = LicenseIssuer::new(vendor::signing_key()).with_catalog(Arc::clone(catalog));
    let Ok(token) = issuer.issue(draft, NOW) else {
        return;
    };
    let verifier = LicenseVerifier::new([vendor::trusted_key()]).expect("one key has one kid");
    let license = verifier
        .with_catalog(Arc::clone(catalog))
        .verify(&token, NOW)
        .expect("what is issued verifies");
    let times = times_of(&license);
    resolve_at_any_time(catalog, catalog.default_plan(), &holding(license), &times);
}

fn resolve_at_any_time(
    catalog: &Arc<Catalog>,
    base: PlanId,
    holdings: &Holdings,
    times: &[Timestamp],
) {
    for now in times {
        let without = resolve(catalog, base, &Holdings::default(), *now);
        let with = resolve(catalog, base, holdings, *now);
        for (feature, _) in catalog.features() {
            assert!(
                with.has_id(feature) || !without.has_id(feature),
                "a license takes a feature of the base plan"
            );
        }
        for (limit, _) in catalog.limits() {
            assert!(
                with.limit_id(limit) >= without.limit_id(limit),
                "a license lowers a limit of the base plan"
            );
        }
    }
}

//! A program with names from a catalog, in both frameworks; with `--cfg mistake="…"` one that has a mistake.
//!
//! As it stands it compiles; `tests/typed_names/` compiles it with the mistakes.
#![allow(
    unexpected_cfgs,
    dead_code,
    reason = "the tests set `mistake`, and nothing here is run"
)]

use entitlements_actix as actix;
use entitlements_axum as axum;

mod axum_names {
    entitlements_axum::catalog!("tests/typed_names/catalog.toml");
}

mod actix_names {
    entitlements_actix::catalog!("tests/typed_names/catalog.toml");
}

fn right() {
    let _ = axum::RequireFeature::new(axum_names::features::SSO);
    let _ = axum::RequireLimit::new(axum_names::limits::USERS);
    let _ = axum::RequirePlan::at_least(axum_names::plans::BUSINESS);
    let _ = actix::RequireFeature::new(actix_names::features::SSO);
    let _ = actix::RequireLimit::new(actix_names::limits::USERS);
    let _ = actix::RequirePlan::at_least(actix_names::plans::BUSINESS);
    let _: (axum::RateName, axum::AddonName) = (axum_names::rates::API, axum_names::addons::SEATS);
    let _: (actix::RateName, actix::AddonName) =
        (actix_names::rates::API, actix_names::addons::SEATS);
}

#[cfg(mistake = "typo")]
fn typos() {
    let _ = axum::RequireFeature::new(axum_names::features::AXUM_SSSO);
    let _ = axum::RequireLimit::new(axum_names::limits::AXUM_USER);
    let _ = axum::RequirePlan::at_least(axum_names::plans::AXUM_BUSINES);
    let _ = axum_names::rates::AXUM_APPI;
    let _ = axum_names::addons::AXUM_SEAT;
    let _ = actix::RequireFeature::new(actix_names::features::ACTIX_SSSO);
    let _ = actix::RequireLimit::new(actix_names::limits::ACTIX_USER);
    let _ = actix::RequirePlan::at_least(actix_names::plans::ACTIX_BUSINES);
    let _ = actix_names::rates::ACTIX_APPI;
    let _ = actix_names::addons::ACTIX_SEAT;
}

#[cfg(mistake = "kind")]
fn kinds() {
    let _ = axum::RequireFeature::new(axum_names::limits::USERS);
    let _ = axum::RequireLimit::new(axum_names::features::SSO);
    let _ = axum::RequirePlan::at_least(axum_names::addons::SEATS);
    let _ = actix::RequireFeature::new(actix_names::limits::USERS);
    let _ = actix::RequireLimit::new(actix_names::features::SSO);
    let _ = actix::RequirePlan::at_least(actix_names::addons::SEATS);
}

fn main() {}

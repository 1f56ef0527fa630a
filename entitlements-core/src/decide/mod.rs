//! May this request pass? From a [`Requirement`], [`Facts`] and an [`EntitlementSet`] to a [`Decision`].
//!
//! The rules are numbered in `spec/decision.md`, and each file here is one family of them:
//!
//! - D1 this file: terms are asked in a fixed order, and the first denial answers;
//! - D2 `facts.rs`: what passes every gate about features and plans (CORS preflights);
//! - D3 `bind.rs` and `unknown_name.rs`: names that the catalog lacks;
//! - D4 to D6 `feature.rs`: one feature, any of several, all of several;
//! - D7 to D9 `plan.rs`: at least a plan, any paid plan, the highest plan;
//! - D19 `address.rs`: from where a request may come;
//! - D10 `license.rs`: a valid license where one is held;
//! - D11 to D13 `reason.rs`: which denial says it, and where to get what is missing;
//! - U10 `limit.rs`: the denial of what does not fit under a limit; `own.rs`: denials of the application's own.
//!
//! [`decide`] is pure. What it says is a value; [`Problem`](crate::Problem) turns a denial into an answer.

mod address;
mod bind;
mod decision;
mod facts;
mod feature;
mod license;
mod limit;
mod own;
mod plan;
mod rate;
mod reason;
mod requirement;
mod unknown_name;
mod words;

pub(crate) use address::{AddressVerdict, not_allowed};
pub use bind::BoundRequirement;
pub use decision::Decision;
pub use facts::Facts;
pub(crate) use limit::limit_denial;
pub(crate) use rate::{BoundRate, BoundSpeed, ToldOfHead, rate_denial, subject_of_head};
pub(crate) use requirement::CountedKind;
pub use requirement::Requirement;
pub use unknown_name::UnknownName;

use crate::resolve::EntitlementSet;
use bind::BoundTerm;

/// Whether a request with these facts may pass, limits aside: they are asked last, of whoever counts (U12).
///
/// ```
/// use entitlements_core::decide::{Facts, Requirement, decide};
/// use entitlements_core::resolve::{Holdings, resolve};
/// use entitlements_core::testing;
///
/// let catalog = testing::catalog();
/// let community = resolve(&catalog, catalog.default_plan(), &Holdings::default(), testing::NOW);
/// let requirement = Requirement::feature("sso").bind(&catalog)?;
///
/// let decision = decide(&requirement, &Facts::new("GET", testing::NOW), &community);
/// let denial = decision.denial().unwrap();
/// assert_eq!(denial.code(), "LICENSE_REQUIRED");
/// assert_eq!(denial.available_in(), ["business", "enterprise"]);
/// # Ok::<(), entitlements_core::decide::UnknownName>(())
/// ```
pub fn decide(requirement: &BoundRequirement, facts: &Facts<'_>, set: &EntitlementSet) -> Decision {
    // D19: before the license, so that a stranger cannot learn whether it expired, and before D2.
    if let Some(denial) = requirement.addresses().denial(facts) {
        return Decision::Deny(denial);
    }
    if facts.is_cors_preflight() {
        return Decision::Allow; // D2
    }
    match requirement.terms().iter().find(|term| !holds(term, set)) {
        None => Decision::Allow,
        Some(term) => Decision::Deny(reason::denial(term, set)),
    }
}

/// Whether everything that is demanded holds: the verdict without its reasons.
#[inline(always)]
pub(crate) fn is_met(requirement: &BoundRequirement, set: &EntitlementSet) -> bool {
    match requirement.terms() {
        // Most gates demand one thing.
        [BoundTerm::Feature(feature)] => feature::is_in_force(*feature, set),
        terms => all_hold(terms, set),
    }
}

fn all_hold(terms: &[BoundTerm], set: &EntitlementSet) -> bool {
    terms.iter().all(|term| holds(term, set))
}

/// Whether one term is met.
#[inline]
fn holds(term: &BoundTerm, set: &EntitlementSet) -> bool {
    match term {
        BoundTerm::Feature(id) => feature::is_in_force(*id, set),
        BoundTerm::AnyFeature(ids) => feature::any_in_force(ids, set),
        BoundTerm::AllFeatures(ids) => feature::all_in_force(ids, set),
        BoundTerm::PlanAtLeast(plan) => plan::is_at_least(*plan, set),
        BoundTerm::Paid => plan::is_paid(set),
        BoundTerm::ValidLicense => license::is_valid_where_held(set),
    }
}

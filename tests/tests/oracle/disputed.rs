//! Where library and specification are known to differ, or the specification does not say: not compared until that is settled.

use entitlements_tests::oracle::{Asked, Term, World};

/// Whether a question is one of these.
pub(crate) fn is_disputed(world: &World, asked: &Asked) -> bool {
    // D11: add-ons without a plan, which have ended, are no license that expired.
    let only_addons = world.terms.plan.is_none() && !world.terms.addons.is_empty();
    only_addons && asked.terms.contains(&Term::ValidLicense)
}

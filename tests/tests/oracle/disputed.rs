//! Where library and specification are known to differ, or the specification does not say: not compared until that is settled.
//!
//! Beside these, questions never name one feature or one limit twice (`asking.rs`), and no two licenses have one id, one `iat` and one
//! expiry (`worlds.rs`). Where the pages leave something open, the oracle follows the library: which of two plans that
//! `plan_order` lacks is in force (the later name), that a subscription is a license for D10, that limits are asked in
//! the order of writing, and that unknown limits are said before other unknown names.

use entitlements_tests::oracle::{Asked, Term, World};

/// Whether a question is one of these.
pub(crate) fn is_disputed(world: &World, asked: &Asked) -> bool {
    // D11: add-ons without a plan, which have ended, are no license that expired.
    let only_addons = world.terms.plan.is_none() && !world.terms.addons.is_empty();
    only_addons && asked.terms.contains(&Term::ValidLicense)
}

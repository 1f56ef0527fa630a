use std::ops::Deref;
use std::sync::Arc;

use super::{ManualClock, NOW, TestVendor};
use crate::license::LicenseDraft;
use crate::{Catalog, Clock, Entitlements, EntitlementsBuilder, Environment, Upkeep};

/// An engine with a clock that one can move and a vendor that issues keys for it.
#[derive(Debug)]
pub struct TestEngine {
    entitlements: Entitlements,
    clock: Arc<ManualClock>,
    vendor: TestVendor,
}

/// An engine on a plan: with a license for it that lasts 365 days from [`NOW`] and has 14 days of grace, or with none
/// where it is the catalog's default plan.
///
/// # Panics
/// When the catalog lacks the plan.
#[must_use]
pub fn on_plan(catalog: impl Into<Arc<Catalog>>, plan: impl AsRef<str>) -> TestEngine {
    let (catalog, plan) = (catalog.into(), plan.as_ref());
    if catalog.plan_id(plan) == Some(catalog.default_plan()) {
        without_license(catalog)
    } else {
        with_license(catalog, |draft| draft.plan(plan).grace_days(14))
    }
}

/// An engine that holds a license. The draft that `say` gets expires 365 days after [`NOW`] and names no plan yet.
///
/// # Panics
/// When the license cannot be issued, for instance because the catalog lacks a name; the message says why.
#[must_use]
pub fn with_license(
    catalog: impl Into<Arc<Catalog>>,
    say: impl FnOnce(LicenseDraft) -> LicenseDraft,
) -> TestEngine {
    let catalog = catalog.into();
    let vendor = TestVendor::new();
    let key = vendor.key(&catalog, say);
    TestEngine::build(catalog, vendor, |builder| builder.license_key(key)).0
}

/// An engine that holds no license.
#[must_use]
pub fn without_license(catalog: impl Into<Arc<Catalog>>) -> TestEngine {
    TestEngine::build(catalog.into(), TestVendor::new(), |builder| builder).0
}

impl TestEngine {
    /// An engine that trusts `vendor`, and whatever `say` adds to it. Sees no environment variables.
    ///
    /// # Panics
    /// When the engine cannot be built.
    #[expect(
        clippy::expect_used,
        reason = "a test kit stops the test, and says why"
    )]
    pub fn build(
        catalog: impl Into<Arc<Catalog>>,
        vendor: TestVendor,
        say: impl FnOnce(EntitlementsBuilder) -> EntitlementsBuilder,
    ) -> (Self, Upkeep) {
        let clock = Arc::new(ManualClock::at(NOW));
        let builder = Entitlements::builder()
            .catalog(catalog)
            .trusted_key(vendor.trusted_key())
            .environment(Environment::of::<String, String>([]))
            .clock(Arc::clone(&clock) as Arc<dyn Clock>);
        let (entitlements, upkeep) =
            super::block_on(say(builder).build()).expect("the engine can be built");
        (
            Self {
                entitlements,
                clock,
                vendor,
            },
            upkeep,
        )
    }

    /// The handle that layers take.
    #[must_use]
    pub const fn entitlements(&self) -> &Entitlements {
        &self.entitlements
    }

    /// The clock, to move.
    #[must_use]
    pub fn clock(&self) -> &ManualClock {
        &self.clock
    }

    /// The vendor whose keys the engine trusts.
    #[must_use]
    pub const fn vendor(&self) -> &TestVendor {
        &self.vendor
    }

    /// A key that the engine trusts, to activate.
    ///
    /// # Panics
    /// As [`TestVendor::key`].
    #[must_use]
    pub fn key(&self, say: impl FnOnce(LicenseDraft) -> LicenseDraft) -> String {
        self.vendor.key(self.entitlements.catalog(), say)
    }
}

impl Deref for TestEngine {
    type Target = Entitlements;

    fn deref(&self) -> &Entitlements {
        &self.entitlements
    }
}

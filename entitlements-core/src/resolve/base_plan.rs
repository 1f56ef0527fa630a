//! R1: the base plan.

use crate::Catalog;
use crate::catalog::{PlanId, SELF_HOSTED};

/// Who runs the product: `DEPLOYMENT_MODE`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DeploymentMode {
    /// The customer. The default, because a product that is shipped cannot know.
    #[default]
    SelfHosted,
    /// The vendor.
    Cloud,
}

/// The plan of an account that holds nothing in force.
#[must_use]
pub fn base_plan(catalog: &Catalog, mode: DeploymentMode) -> PlanId {
    match mode {
        DeploymentMode::SelfHosted => catalog
            .plan_id(SELF_HOSTED)
            .unwrap_or(catalog.default_plan()),
        DeploymentMode::Cloud => catalog.default_plan(),
    }
}

//! What a scenario's route demands.

use entitlements_core::Requirement;
use serde::Deserialize;

/// Terms, demanded in the order that they are written in.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Require {
    One(Box<Terms>),
    Several(Vec<Terms>),
}

impl Require {
    /// The requirement.
    #[must_use]
    pub fn requirement(&self) -> Requirement {
        let terms = match self {
            Self::One(terms) => std::slice::from_ref(&**terms),
            Self::Several(terms) => terms,
        };
        terms
            .iter()
            .fold(Requirement::default(), |all, terms| terms.add_to(all))
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    #[serde(default)]
    feature: Option<String>,
    #[serde(default)]
    any_of: Option<Vec<String>>,
    #[serde(default)]
    all_of: Option<Vec<String>>,
    #[serde(default)]
    plan_at_least: Option<String>,
    #[serde(default)]
    paid: bool,
    #[serde(default)]
    enterprise: bool,
    #[serde(default)]
    valid_license: bool,
}

impl Terms {
    fn add_to(&self, mut all: Requirement) -> Requirement {
        if let Some(features) = &self.all_of {
            all = all.and_all_features(features.clone());
        }
        if let Some(features) = &self.any_of {
            all = all.and_any_feature(features.clone());
        }
        if let Some(feature) = &self.feature {
            all = all.and_feature(feature.clone());
        }
        if self.paid {
            all = all.and_paid();
        }
        if let Some(plan) = &self.plan_at_least {
            all = all.and_plan_at_least(plan.clone());
        }
        if self.enterprise {
            all = all.and_enterprise();
        }
        if self.valid_license {
            all = all.and_valid_license();
        }
        all
    }
}

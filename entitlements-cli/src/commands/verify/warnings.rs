use serde::Serialize;

use super::Judged;
use crate::quote::quoted;

/// Something that the license's holder should know.
#[derive(Serialize)]
pub(super) struct Warning {
    pub(super) code: &'static str,
    pub(super) message: String,
    pub(super) action: &'static str,
}

/// What is in the key and has no effect with this catalog.
pub(super) fn warnings(judged: &Judged<'_>) -> Vec<Warning> {
    let Some(catalog) = judged.catalog else {
        return Vec::new();
    };
    let license = judged.license;
    let mut warnings = Vec::new();
    let mut unknown = |code, what: &str, name: &str| {
        warnings.push(Warning {
            code,
            message: format!(
                "the catalog has no {what} {}, so it has no effect",
                quoted(name)
            ),
            action: "use the catalog of a newer version, or issue the license without it",
        });
    };
    for (name, _) in license
        .features()
        .iter()
        .filter(|(name, _)| catalog.feature_id(name).is_none())
    {
        unknown("unknown_feature", "feature", name);
    }
    for (name, _) in license
        .limits()
        .iter()
        .filter(|(name, _)| catalog.limit_id(name).is_none())
    {
        unknown("unknown_limit", "limit", name);
    }
    let plan = license.plan().and_then(|plan| catalog.plan_id(plan));
    for name in license.addons() {
        let addon = catalog.addon_id(name).map(|id| catalog.addon_at(id));
        let requires = addon.map_or(&[][..], |addon| addon.requires());
        if !requires.is_empty() && plan.is_none_or(|plan| !requires.contains(&plan)) {
            warnings.push(Warning {
                code: "addon_not_applicable",
                message: format!(
                    "the add-on {} does not go with the plan, so it has no effect",
                    quoted(name)
                ),
                action: "issue the license for a plan that the add-on goes with",
            });
        }
    }
    warnings
}

use std::fmt;

use super::{AccountTerms, OverrideValue};
use crate::Catalog;
use crate::suggest::nearest;

/// Why an account cannot have such terms: all that is wrong with them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermsError {
    problems: Vec<TermsProblem>,
}

/// One thing that is wrong with terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermsProblem {
    field: &'static str,
    message: String,
}

impl TermsProblem {
    /// What it is about: `plan`, `addons`, `feature`, `limit` or `rate`.
    #[must_use]
    pub const fn field(&self) -> &'static str {
        self.field
    }

    /// What is wrong, in words.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl TermsError {
    /// What is wrong beside that which was wrong before.
    pub(crate) fn beyond(self, before: Result<(), Self>) -> Result<(), Self> {
        let Err(before) = before else {
            return Err(self);
        };
        let is_new = |problem: &TermsProblem| !before.problems.contains(problem);
        let problems: Vec<_> = self.problems.into_iter().filter(is_new).collect();
        if problems.is_empty() {
            Ok(())
        } else {
            Err(Self { problems })
        }
    }

    /// Each thing that is wrong.
    #[must_use]
    pub fn problems(&self) -> &[TermsProblem] {
        &self.problems
    }
}

impl fmt::Display for TermsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            f.write_str(if index > 0 { "; " } else { "" })?;
            f.write_str(&problem.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for TermsError {}

impl AccountTerms {
    /// Puts terms into their one form: add-ons once, in the order of names, and overrides the oldest first.
    #[must_use]
    pub fn in_order(mut self) -> Self {
        self.addons.sort();
        self.addons.dedup();
        self.overrides
            .sort_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
        self
    }

    /// Holds every name against a catalog, and add-ons against the plan.
    ///
    /// # Errors
    /// All that is wrong.
    pub fn check(&self, catalog: &Catalog) -> Result<(), TermsError> {
        let mut problems = Vec::new();
        let mut problem = |field, message| problems.push(TermsProblem { field, message });
        let plan = self.plan.as_ref().map(|plan| {
            let id = catalog.plan_id(plan.as_str());
            if id.is_none() {
                let names = catalog.plans().map(|(_, plan)| plan.name());
                problem("plan", unknown("plan", plan.as_str(), names));
            }
            id
        });
        for addon in &self.addons {
            let Some(id) = catalog.addon_id(addon.as_str()) else {
                let names = catalog.addons().map(|(_, addon)| addon.name());
                problem("addons", unknown("add-on", addon.as_str(), names));
                continue;
            };
            let requires = catalog.addon_at(id).requires();
            let is_for = |plan| requires.is_empty() || requires.contains(&plan);
            // A plan that the catalog lacks was said.
            if let Some(Some(plan)) = plan
                && !is_for(plan)
            {
                let plan = catalog.plan_at(plan).name();
                problem(
                    "addons",
                    format!("add-on `{addon}` cannot be added to plan `{plan}`"),
                );
            }
        }
        for over in &self.overrides {
            let (kind, name) = (over.value.kind(), over.value.name());
            let names: Vec<&str> = match over.value {
                OverrideValue::Feature(..) => {
                    catalog.features().map(|(_, known)| known.name()).collect()
                }
                OverrideValue::Limit(..) => {
                    catalog.limits().map(|(_, known)| known.name()).collect()
                }
                OverrideValue::Rate(..) => catalog.rates().map(|(_, known)| known.name()).collect(),
            };
            if !names.contains(&name) {
                problem(kind, unknown(kind, name, names.into_iter()));
            }
        }
        if problems.is_empty() {
            Ok(())
        } else {
            Err(TermsError { problems })
        }
    }
}

fn unknown<'a>(what: &str, name: &str, known: impl Iterator<Item = &'a str>) -> String {
    match nearest(name, known) {
        Some(nearest) => format!("unknown {what} `{name}`, did you mean `{nearest}`?"),
        None => format!("unknown {what} `{name}`"),
    }
}

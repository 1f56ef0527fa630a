use super::fields::Fields;
use super::names::Names;
use super::report::Report;
use super::{AllNames, Section, features};
use crate::catalog::FeatureDefinition;
use crate::catalog::table::{FeatureId, Table};

/// The tables of named things, their names checked.
pub(super) struct Sections<'d> {
    pub(super) features: Section<'d>,
    pub(super) limits: Section<'d>,
    pub(super) rates: Section<'d>,
    pub(super) plans: Section<'d>,
    pub(super) addons: Section<'d>,
}

impl<'d> Sections<'d> {
    pub(super) fn of(top: &Fields<'d>, report: &mut Report<'_>) -> Self {
        let mut section = |key| {
            let Some(field) = top.get(key) else {
                return Vec::new();
            };
            let entries = field.entries(report);
            let named = entries
                .into_iter()
                .map(|(entry, field)| (entry.key.as_str(), &entry.spot, field.node));
            named.collect()
        };
        Self {
            features: section("features"),
            limits: section("limits"),
            rates: section("rates"),
            plans: section("plans"),
            addons: section("addons"),
        }
    }

    /// The names of all things, defined well or not: one mistake is not to make others.
    pub(super) fn names(&self, report: &mut Report<'_>) -> AllNames<'d> {
        let of = |section: &Section<'d>| section.iter().map(|(name, ..)| *name).collect::<Vec<_>>();
        let names = AllNames {
            features: Names::new("feature", features::names(self)),
            limits: Names::new("limit", of(&self.limits)),
            rates: Names::new("rate", of(&self.rates)),
            plans: Names::new("plan", of(&self.plans)),
            addons: Names::new("add-on", of(&self.addons)),
        };
        let most = Table::<FeatureId, FeatureDefinition>::CAPACITY;
        for (kind, number) in [
            ("features", names.features.len()),
            ("limits", names.limits.len()),
            ("rates", names.rates.len()),
            ("plans", names.plans.len()),
            ("add-ons", names.addons.len()),
        ] {
            if number > most {
                report.add_whole(format!("{number} {kind} are too many, there may be {most}"));
            }
        }
        names
    }
}

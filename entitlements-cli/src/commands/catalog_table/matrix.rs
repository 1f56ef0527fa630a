//! The plan matrix in words: who has what, before it is written as anything.

use std::collections::{BTreeMap, BTreeSet};

use entitlements_core::Catalog;
use entitlements_core::catalog::{Addon, LimitDefinition, LimitKind, Period, Plan};

pub(super) struct Matrix {
    pub(super) product: String,
    pub(super) plans: Vec<Head>,
    /// Those that have rows.
    pub(super) sections: Vec<Section>,
    pub(super) addons: Vec<AddonEntry>,
}

/// What stands above a column.
pub(super) struct Head {
    pub(super) title: String,
    pub(super) is_default: bool,
}

pub(super) struct Section {
    pub(super) title: &'static str,
    pub(super) rows: Vec<Row>,
}

pub(super) struct Row {
    pub(super) label: String,
    /// One a plan.
    pub(super) cells: Vec<Cell>,
}

pub(super) enum Cell {
    Nothing,
    Included,
    Text(String),
}

impl Cell {
    pub(super) fn as_str(&self) -> &str {
        match self {
            Self::Nothing => "",
            Self::Included => "✓",
            Self::Text(text) => text,
        }
    }

    fn of(text: Option<impl ToString>) -> Self {
        text.map_or(Self::Nothing, |text| Self::Text(text.to_string()))
    }
}

pub(super) struct AddonEntry {
    pub(super) title: String,
    /// Plans it may be added to; any where empty.
    pub(super) needs: Vec<String>,
    pub(super) adds: Vec<String>,
    pub(super) price: Option<String>,
}

/// Names to what people call them; two things that are called the same have their names behind it.
type Labels<'a> = BTreeMap<&'a str, String>;

impl Matrix {
    pub(super) fn of(catalog: &Catalog) -> Self {
        let plans: Vec<&Plan> = catalog
            .plans_in_order()
            .into_iter()
            .map(|(_, plan)| plan)
            .collect();
        let default = catalog.plan_at(catalog.default_plan()).name();
        let plan_labels = labels(plans.iter().map(|plan| (plan.name(), plan.title())));
        let heads = plans.iter().map(|plan| Head {
            title: label(&plan_labels, plan.name()),
            is_default: plan.name() == default,
        });
        let feature_labels = labels(
            catalog
                .features()
                .map(|(_, feature)| (feature.name(), feature.title())),
        );
        let limit_labels = labels(
            catalog
                .limits()
                .map(|(_, limit)| (limit.name(), limit.title())),
        );
        let sections = [
            Section {
                title: "Features",
                rows: features(catalog, &plans, &feature_labels),
            },
            Section {
                title: "Limits",
                rows: limits(catalog, &plans, &limit_labels),
            },
            Section {
                title: "Rates",
                rows: rates(catalog, &plans),
            },
            Section {
                title: "Retention",
                rows: retention(&plans),
            },
            Section {
                title: "Purchase",
                rows: purchase(catalog, &plans),
            },
        ];
        let addon_labels = labels(
            catalog
                .addons()
                .map(|(_, addon)| (addon.name(), addon.title())),
        );
        let addons = catalog.addons().map(|(_, addon)| AddonEntry {
            title: label(&addon_labels, addon.name()),
            needs: needs(catalog, addon, &plan_labels),
            adds: adds(catalog, addon, &feature_labels, &limit_labels),
            price: addon.price().map(|price| catalog.price_text(price)),
        });
        Self {
            product: catalog.product_name().to_owned(),
            plans: heads.collect(),
            sections: sections
                .into_iter()
                .filter(|section| !section.rows.is_empty())
                .collect(),
            addons: addons.collect(),
        }
    }
}

fn labels<'a>(things: impl Iterator<Item = (&'a str, &'a str)>) -> Labels<'a> {
    let things: Vec<_> = things.collect();
    let mut uses: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, title) in &things {
        *uses.entry(title).or_default() += 1;
    }
    let label = |name: &str, title: &str| match uses.get(title) {
        Some(2..) if name != title => format!("{title} ({name})"),
        _ => title.to_owned(),
    };
    things
        .iter()
        .map(|(name, title)| (*name, label(name, title)))
        .collect()
}

fn label(labels: &Labels<'_>, name: &str) -> String {
    labels.get(name).cloned().unwrap_or_default()
}

fn features(catalog: &Catalog, plans: &[&Plan], labels: &Labels<'_>) -> Vec<Row> {
    let row = |(id, feature): (_, &entitlements_core::catalog::FeatureDefinition)| Row {
        label: label(labels, feature.name()),
        cells: plans
            .iter()
            .map(|plan| {
                if plan.has(id) {
                    Cell::Included
                } else {
                    Cell::Nothing
                }
            })
            .collect(),
    };
    catalog.features().map(row).collect()
}

fn limits(catalog: &Catalog, plans: &[&Plan], labels: &Labels<'_>) -> Vec<Row> {
    let rows = catalog.limits().map(|(id, limit)| Row {
        label: label(labels, limit.name()) + each_period(limit),
        cells: plans
            .iter()
            .map(|plan| Cell::of(Some(plan.limit(id))))
            .collect(),
    });
    rows.collect()
}

/// Over which time so many may be used.
fn each_period(limit: &LimitDefinition) -> &'static str {
    let LimitKind::Metered { period, .. } = limit.kind() else {
        return "";
    };
    match period {
        Period::Hour => " per hour",
        Period::Day => " per day",
        Period::Month => " per month",
        Period::Year => " per year",
        _ => " per billing period",
    }
}

fn rates(catalog: &Catalog, plans: &[&Plan]) -> Vec<Row> {
    let labels = labels(catalog.rates().map(|(_, rate)| (rate.name(), rate.title())));
    let rows = catalog.rates().map(|(id, rate)| Row {
        label: label(&labels, rate.name()),
        cells: plans
            .iter()
            .map(|plan| Cell::of(Some(plan.rate(id))))
            .collect(),
    });
    rows.collect()
}

fn retention(plans: &[&Plan]) -> Vec<Row> {
    let names: BTreeSet<&String> = plans
        .iter()
        .flat_map(|plan| plan.retention().keys())
        .collect();
    let rows = names.into_iter().map(|name| Row {
        label: name.clone(),
        cells: plans
            .iter()
            .map(|plan| Cell::of(plan.retention().get(name)))
            .collect(),
    });
    rows.collect()
}

fn purchase(catalog: &Catalog, plans: &[&Plan]) -> Vec<Row> {
    let price = |plan: &&Plan| Cell::of(plan.price().map(|price| catalog.price_text(price)));
    let trial = |plan: &&Plan| {
        let days = plan.trial_days().filter(|days| *days > 0);
        Cell::of(days.map(|days| {
            if days == 1 {
                "1 day".to_owned()
            } else {
                format!("{days} days")
            }
        }))
    };
    let rows = [
        Row {
            label: "Price".to_owned(),
            cells: plans.iter().map(price).collect(),
        },
        Row {
            label: "Trial".to_owned(),
            cells: plans.iter().map(trial).collect(),
        },
    ];
    let says_something = |row: &Row| !row.cells.iter().all(|cell| matches!(cell, Cell::Nothing));
    rows.into_iter().filter(says_something).collect()
}

fn needs(catalog: &Catalog, addon: &Addon, labels: &Labels<'_>) -> Vec<String> {
    let plans = catalog.plans_in_order().into_iter();
    let required = plans.filter(|(id, _)| addon.requires().contains(id));
    required
        .map(|(_, plan)| label(labels, plan.name()))
        .collect()
}

fn adds(
    catalog: &Catalog,
    addon: &Addon,
    feature_labels: &Labels<'_>,
    limit_labels: &Labels<'_>,
) -> Vec<String> {
    let features = catalog.features().filter(|(id, _)| addon.has(*id));
    let features = features.map(|(_, feature)| label(feature_labels, feature.name()));
    let limits = addon.limits().iter().map(|(id, change)| {
        format!(
            "{} {change}",
            label(limit_labels, catalog.limit_at(*id).name())
        )
    });
    let retention = addon
        .retention()
        .iter()
        .map(|(name, value)| format!("{name}: {value}"));
    features.chain(limits).chain(retention).collect()
}

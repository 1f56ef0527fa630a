use std::collections::BTreeMap;

use super::fields::Fields;
use super::price::{StripePrices, price};
use super::report::{Report, quoted};
use super::terms::{self, Placed};
use super::{AllNames, Section, definitions, features};
use crate::catalog::document::Spot;
use crate::catalog::label::Label;
use crate::catalog::table::{LimitId, PlanId, RateId};
use crate::catalog::{FeatureSet, LimitTerm, Price, RateTerm, Retention};

const PLAN: [&str; 11] = [
    "name",
    "description",
    "extends",
    "features",
    "limits",
    "rates",
    "retention",
    "price",
    "stripe_prices",
    "trial_days",
    "past_due_grace_days",
];

const MOST_DAYS: u32 = 36_500;
const PAST_DUE_GRACE_DAYS: u32 = 7;

/// A plan as it is written, before what it extends is joined in.
pub(super) struct PlanDraft<'d> {
    pub(super) spot: &'d Spot,
    pub(super) label: Label,
    pub(super) extends: Option<Placed<'d, PlanId>>,
    pub(super) features: FeatureSet,
    pub(super) limits: Vec<(LimitId, Placed<'d, LimitTerm>)>,
    pub(super) rates: Vec<(RateId, RateTerm)>,
    pub(super) retention: BTreeMap<String, Retention>,
    pub(super) price: Option<Price>,
    pub(super) stripe_prices: Vec<String>,
    pub(super) trial_days: Option<u32>,
    pub(super) past_due_grace_days: u32,
}

/// The plans, one for each name and in the order of names.
pub(super) fn read<'d>(
    tables: &Section<'d>,
    names: &AllNames<'d>,
    prices: &mut StripePrices<'d>,
    report: &mut Report<'_>,
) -> Vec<PlanDraft<'d>> {
    let mut tables = tables.clone();
    tables.sort_unstable_by_key(|(name, ..)| *name);
    let mut drafts = Vec::new();
    for (name, spot, node) in tables {
        let mut draft = PlanDraft::bare(name, spot);
        let subject = format!("plan {}", quoted(name));
        if let Some(fields) = Fields::of(spot, node, subject, &PLAN, report) {
            draft.fill(&fields, names, prices, report);
        }
        drafts.push(draft);
    }
    drafts
}

impl<'d> PlanDraft<'d> {
    fn bare(name: &str, spot: &'d Spot) -> Self {
        Self {
            spot,
            label: Label {
                name: name.to_owned(),
                ..Label::default()
            },
            extends: None,
            features: FeatureSet::default(),
            limits: Vec::new(),
            rates: Vec::new(),
            retention: BTreeMap::new(),
            price: None,
            stripe_prices: Vec::new(),
            trial_days: None,
            past_due_grace_days: PAST_DUE_GRACE_DAYS,
        }
    }

    fn fill(
        &mut self,
        fields: &Fields<'d>,
        names: &AllNames<'d>,
        prices: &mut StripePrices<'d>,
        report: &mut Report<'_>,
    ) {
        self.label = definitions::label(&self.label.name, fields, report);
        self.extends = fields.get("extends").and_then(|plan| {
            Some((
                names.plans.of(&plan, fields.subject(), report)?,
                &plan.node.spot,
            ))
        });
        self.features = features::list(fields, &names.features, report);
        self.limits = terms::limits(fields, names, report);
        self.rates = terms::rates(fields, names, report);
        self.retention = terms::retention(fields, report);
        self.price = price(fields, names, report);
        self.stripe_prices = prices.read(fields, report);
        self.trial_days = fields
            .get("trial_days")
            .and_then(|days| days.days(MOST_DAYS, report));
        self.past_due_grace_days = fields
            .get("past_due_grace_days")
            .and_then(|days| days.days(MOST_DAYS, report))
            .unwrap_or(PAST_DUE_GRACE_DAYS);
    }
}

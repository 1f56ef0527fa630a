//! The catalog as programs read it, in JSON, with `extends` joined in (C23): for the vendor, and for whoever buys.

mod terms;
#[cfg(test)]
mod tests;

use super::{Addon, Catalog, FeatureId, Plan, PlanId};
use crate::strict::json::ObjectWriter;

/// Who reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reader {
    Anyone,
    Vendor,
}

impl Catalog {
    /// The pricing table as JSON, for whoever may buy: plans in their order, add-ons, and what features, limits and rates are called.
    ///
    /// It leaves out what is between the vendor and the payment provider: Stripe's prices, and for how long a plan is kept unpaid.
    ///
    /// ```
    /// let json = entitlements_core::testing::catalog().pricing_json();
    /// assert!(json.starts_with(r#"{"product":"#) && !json.contains("stripe_prices"));
    /// ```
    #[must_use]
    pub fn pricing_json(&self) -> String {
        self.listing(Reader::Anyone)
    }

    /// The whole plan table as JSON, for the vendor: the [pricing table](Self::pricing_json) with what that leaves out.
    #[must_use]
    pub fn table_json(&self) -> String {
        self.listing(Reader::Vendor)
    }

    fn listing(&self, reader: Reader) -> String {
        let plans = self.plans_in_order().into_iter();
        let mut product = ObjectWriter::new();
        product
            .string("product", self.product_name())
            .string_or_null("upgrade_url", self.upgrade_url())
            .string("default_plan", self.plan_at(self.default_plan()).name())
            .objects(
                "plans",
                plans.map(|(id, plan)| self.listed_plan(id, plan, reader)),
            )
            .objects(
                "addons",
                self.addons()
                    .map(|(_, addon)| self.listed_addon(addon, reader)),
            );
        let mut features = ObjectWriter::new();
        for (_, feature) in self.features() {
            features.object(
                feature.name(),
                label(feature.title(), feature.description()),
            );
        }
        let mut limits = ObjectWriter::new();
        for (_, limit) in self.limits() {
            limits.object(limit.name(), terms::definition(limit));
        }
        let mut rates = ObjectWriter::new();
        for (_, rate) in self.rates() {
            rates.object(rate.name(), label(rate.title(), rate.description()));
        }
        product
            .object("features", features)
            .object("limits", limits)
            .object("rates", rates);
        product.finish()
    }

    fn listed_plan(&self, id: PlanId, plan: &Plan, reader: Reader) -> ObjectWriter {
        let mut limits = ObjectWriter::new();
        for (id, limit) in self.limits() {
            terms::limit(&mut limits, limit.name(), plan.limit(id));
        }
        let mut rates = ObjectWriter::new();
        for (id, rate) in self.rates() {
            terms::rate(&mut rates, rate.name(), plan.rate(id));
        }
        let mut entry = ObjectWriter::new();
        entry.string("code", plan.name());
        named(&mut entry, plan.title(), plan.description());
        entry
            .number_or_null("order", self.rank(id).map(|rank| rank as u64))
            .boolean("default", id == self.default_plan())
            .string_or_null("extends", plan.extends().map(|id| self.plan_at(id).name()))
            .strings("features", self.listed_features(|id| plan.has(id)))
            .object("limits", limits)
            .object("rates", rates)
            .object("retention", terms::retention(plan.retention()));
        terms::price(&mut entry, self, plan.price());
        entry.number_or_null("trial_days", plan.trial_days());
        if reader == Reader::Vendor {
            entry
                .number("past_due_grace_days", plan.past_due_grace_days())
                .strings("stripe_prices", plan.stripe_prices());
        }
        entry
    }

    fn listed_addon(&self, addon: &Addon, reader: Reader) -> ObjectWriter {
        let mut limits = ObjectWriter::new();
        for (id, change) in addon.limits() {
            terms::addon_limit(&mut limits, self.limit_at(*id).name(), *change);
        }
        let requires = addon.requires().iter();
        let mut entry = ObjectWriter::new();
        entry.string("code", addon.name());
        named(&mut entry, addon.title(), addon.description());
        entry
            .strings("requires", requires.map(|id| self.plan_at(*id).name()))
            .strings("features", self.listed_features(|id| addon.has(id)))
            .object("limits", limits)
            .object("retention", terms::retention(addon.retention()));
        terms::price(&mut entry, self, addon.price());
        if reader == Reader::Vendor {
            entry.strings("stripe_prices", addon.stripe_prices());
        }
        entry
    }

    fn listed_features(&self, has: impl Fn(FeatureId) -> bool) -> impl Iterator<Item = &str> {
        let features = self.features().filter(move |(id, _)| has(*id));
        features.map(|(_, feature)| feature.name())
    }
}

fn label(title: &str, description: Option<&str>) -> ObjectWriter {
    let mut label = ObjectWriter::new();
    named(&mut label, title, description);
    label
}

/// What people see.
fn named(entry: &mut ObjectWriter, title: &str, description: Option<&str>) {
    entry
        .string("name", title)
        .string_or_null("description", description);
}

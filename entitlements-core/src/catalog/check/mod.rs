//! Turns a document into a catalog, or says everything that is wrong with it (`spec/catalog.md`).
//!
//! Each file checks one idea. Checks go on after a mistake: a value that cannot be read is left out, and since a single
//! mistake refuses the whole catalog, what is left out is never seen.

mod addons;
mod claims;
mod definitions;
mod duration;
mod features;
mod fields;
mod inheritance;
mod license;
mod names;
mod plans;
mod price;
mod product;
mod report;
mod sections;
mod terms;

use fields::Fields;
use names::Names;
use report::Report;
use sections::Sections;

use super::document::{Node, Spot};
use super::table::{AddonId, FeatureId, LimitId, PlanId, RateId, Table};
use super::{Catalog, CatalogError};

/// The names of everything that there is.
struct AllNames<'d> {
    features: Names<'d, FeatureId>,
    limits: Names<'d, LimitId>,
    rates: Names<'d, RateId>,
    plans: Names<'d, PlanId>,
    addons: Names<'d, AddonId>,
}

/// Checks a document; `text` is what its places are counted in.
pub(super) fn check(root: &Node, text: &str) -> Result<Catalog, CatalogError> {
    let mut report = Report::new(text);
    let catalog = catalog(root, &mut report);
    report.finish(catalog)
}

fn catalog(root: &Node, report: &mut Report<'_>) -> Option<Catalog> {
    let top = Fields::of(&root.spot, root, String::new(), &product::TOP, report)?;
    product::schema(&top, report);
    let sections = Sections::of(&top, report);
    let names = sections.names(report);

    let features = features::definitions(&sections.features, &names.features, report);
    let limits = definitions::limits(&sections.limits, report);
    let rates = definitions::rates(&sections.rates, report);
    let product = product::read(&top, &names.plans, report);
    let mut prices = price::StripePrices::default();
    let drafts = plans::read(&sections.plans, &names, &mut prices, report);
    let default_plan = product.as_ref().and_then(|product| product.default_plan);
    let plans = inheritance::resolve(drafts, default_plan, &names, report);
    let addons = addons::read(&sections.addons, &names, &mut prices, report);
    let license = license::read(top.get("license"), &names, report);

    let product = product?;
    Some(Catalog {
        product_name: product.name?,
        upgrade_url: product.upgrade_url,
        features: Table::new(features),
        limits: Table::new(limits),
        rates: Table::new(rates),
        plans: Table::new(plans),
        addons: Table::new(addons),
        default_plan: default_plan?,
        plan_order: product.plan_order,
        license,
    })
}

/// A name, where it stands, and the table behind it.
type Section<'d> = Vec<(&'d str, &'d Spot, &'d Node)>;

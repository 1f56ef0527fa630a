use super::fields::Fields;
use super::names::Names;
use super::report::Report;
use crate::catalog::document::Value;
use crate::catalog::table::PlanId;

/// What a catalog consists of.
pub(super) const TOP: [&str; 8] = [
    "schema", "product", "features", "limits", "rates", "plans", "addons", "license",
];

const PRODUCT: [&str; 4] = ["name", "default_plan", "plan_order", "upgrade_url"];

/// `[product]`.
pub(super) struct Product {
    pub(super) name: Option<String>,
    pub(super) default_plan: Option<PlanId>,
    pub(super) plan_order: Vec<PlanId>,
    pub(super) upgrade_url: Option<String>,
}

/// C2: `schema` is the integer 1.
pub(super) fn schema(top: &Fields<'_>, report: &mut Report<'_>) {
    let Some(schema) = top.need("schema", report) else {
        return;
    };
    if !matches!(schema.node.value, Value::Integer(1)) {
        schema.refuse("the integer 1", report);
    }
}

pub(super) fn read(
    top: &Fields<'_>,
    plans: &Names<'_, PlanId>,
    report: &mut Report<'_>,
) -> Option<Product> {
    let field = top.need("product", report)?;
    let spot = top.key("product")?;
    let product = Fields::of(spot, field.node, "`[product]`".into(), &PRODUCT, report)?;
    let name = product
        .need("name", report)
        .and_then(|name| name.line(report));
    let default_plan = product
        .need("default_plan", report)
        .and_then(|plan| plans.of(&plan, "`[product]`", report));
    let mut plan_order = Vec::new();
    if let Some(order) = product.get("plan_order") {
        let named = order.names(report);
        plan_order.extend(
            named
                .iter()
                .filter_map(|(name, spot)| plans.look_up(name, "`plan_order`", spot, report)),
        );
    }
    let upgrade_url = product.get("upgrade_url").and_then(|url| url.line(report));
    Some(Product {
        name: name.map(str::to_owned),
        default_plan,
        plan_order,
        upgrade_url: upgrade_url.map(str::to_owned),
    })
}

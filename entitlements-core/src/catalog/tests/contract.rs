use std::time::Duration;

use super::CONTRACT;
use crate::catalog::{
    AddonLimit, Catalog, ClaimNames, Cycle, Grants, Limit, LimitKind, LimitTerm, Overage, Period,
    Plan, Rate, RateTerm, Retention,
};

fn features(catalog: &Catalog, plan: &Plan) -> Vec<String> {
    let features = catalog.features().filter(|(id, _)| plan.has(*id));
    features
        .map(|(_, feature)| feature.name().to_owned())
        .collect()
}

#[test]
fn the_example_gives_what_it_says_about_the_product() {
    let catalog = Catalog::from_toml(CONTRACT).unwrap();
    assert_eq!(catalog.product_name(), "Acme Panel");
    assert_eq!(catalog.upgrade_url(), Some("https://acme.example/pricing"));
    assert_eq!(catalog.plan_at(catalog.default_plan()).name(), "community");
    let order: Vec<_> = catalog
        .plan_order()
        .iter()
        .map(|id| catalog.plan_at(*id).name())
        .collect();
    assert_eq!(order, ["community", "business", "enterprise"]);
    let names: Vec<_> = catalog
        .features()
        .map(|(_, feature)| feature.name())
        .collect();
    assert_eq!(names, ["audit", "cmek", "ip_allowlist", "scim", "sso"]);
    let sso = catalog.feature_at(catalog.feature_id("sso").unwrap());
    assert_eq!(sso.title(), "SSO (SAML / OIDC)");
    assert_eq!(
        sso.description(),
        Some("Log in with the company's identity provider")
    );

    let kind = |name| {
        catalog
            .limit_at(catalog.limit_id(name).unwrap())
            .kind()
            .clone()
    };
    assert_eq!(kind("users"), LimitKind::Count);
    assert_eq!(
        kind("nodes"),
        LimitKind::Concurrent {
            lease: Duration::from_secs(90)
        }
    );
    let metered = LimitKind::Metered {
        period: Period::Month,
        warn_at: vec![80, 100],
        overage: Overage::Block,
    };
    assert_eq!(kind("api_calls"), metered);
}

#[test]
fn c11_the_example_gives_plans_with_what_they_extend() {
    let catalog = Catalog::from_toml(CONTRACT).unwrap();
    let plan = |name| catalog.plan(name).unwrap();
    let limit = |plan: &Plan, name| plan.limit(catalog.limit_id(name).unwrap());
    let fixed = |number| LimitTerm::Fixed(Limit::AtMost(number));
    let unlimited = LimitTerm::Fixed(Limit::Unlimited);
    let rate = |plan: &Plan| match plan.rate(catalog.rate_id("api").unwrap()) {
        RateTerm::AtMost(rate) => (rate.requests(), rate.per().as_secs(), rate.burst()),
        RateTerm::Unlimited => panic!("unlimited"),
    };

    let community = plan("community");
    assert_eq!(community.title(), "Community");
    assert!(features(&catalog, community).is_empty());
    assert_eq!(limit(community, "users"), fixed(3));
    assert_eq!(limit(community, "nodes"), fixed(1));
    assert_eq!(limit(community, "api_calls"), fixed(10_000));
    assert_eq!(rate(community), (60, 60, 100));
    assert_eq!(community.past_due_grace_days(), 7);

    let business = plan("business");
    assert_eq!(business.extends(), catalog.plan_id("community"));
    assert_eq!(features(&catalog, business), ["audit", "sso"]);
    let users = LimitTerm::Licensed {
        plus: 0,
        default: Some(Limit::AtMost(15)),
    };
    assert_eq!(limit(business, "users"), users);
    assert_eq!(
        limit(business, "nodes"),
        LimitTerm::Licensed {
            plus: 1,
            default: None
        }
    );
    assert_eq!(limit(business, "api_calls"), unlimited);
    assert_eq!(rate(business), (600, 60, 1000));
    assert_eq!(business.retention()["audit_days"], Retention::Days(365));
    assert_eq!(business.trial_days(), Some(14));
    assert_eq!(business.stripe_prices(), ["price_business_monthly"]);
    let price = business.price().unwrap();
    assert_eq!(
        (price.currency(), price.monthly_cents()),
        ("EUR", Some(4900))
    );
    assert_eq!(
        (price.annual_cents(), price.per()),
        (Some(49_000), Cycle::Month)
    );
    assert_eq!(price.per_seat_of(), None);

    let enterprise = plan("enterprise");
    assert_eq!(enterprise.title(), "enterprise");
    assert_eq!(
        features(&catalog, enterprise),
        ["audit", "ip_allowlist", "scim", "sso"]
    );
    for name in ["users", "nodes", "api_calls"] {
        assert_eq!(limit(enterprise, name), unlimited, "{name}");
    }
    assert_eq!(rate(enterprise), (600, 60, 1000));
    assert_eq!(enterprise.retention()["audit_days"], Retention::Unlimited);
    assert_eq!((enterprise.price(), enterprise.trial_days()), (None, None));
    assert!(enterprise.stripe_prices().is_empty());
}

#[test]
fn c19_the_example_gives_the_addon() {
    let catalog = Catalog::from_toml(CONTRACT).unwrap();
    let addon = catalog.addon_at(catalog.addon_id("regulated").unwrap());
    assert_eq!(addon.title(), "Regulated industries");
    assert_eq!(addon.requires(), [catalog.plan_id("enterprise").unwrap()]);
    assert!(addon.has(catalog.feature_id("cmek").unwrap()));
    assert!(!addon.has(catalog.feature_id("sso").unwrap()));
    assert_eq!(
        addon.limits(),
        [(catalog.limit_id("users").unwrap(), AddonLimit::Add(10))]
    );
    assert_eq!(addon.retention()["audit_immutable"], Retention::Flag(true));
    assert_eq!(addon.stripe_prices(), ["price_regulated"]);
}

#[test]
fn c20_the_example_gives_how_keys_look() {
    let catalog = Catalog::from_toml(CONTRACT).unwrap();
    let license = catalog.license();
    assert_eq!(license.env(), "ACME_LICENSE_KEY");
    assert_eq!(
        (license.issuer(), license.audience()),
        (Some("acme.example"), Some("acme-panel"))
    );
    assert!(license.required().is_empty());
    assert_eq!(
        (license.grace_days(), license.binding_grace_days()),
        (14, 14)
    );
    assert_eq!(
        (license.leeway_seconds(), license.grants()),
        (60, Grants::PlanAndListed)
    );
    assert_eq!(*license.claims(), ClaimNames::default());
}

#[test]
fn a_rate_without_burst_has_its_requests() {
    let text = CONTRACT.replace(", burst = 1000", "");
    let catalog = Catalog::from_toml(&text).unwrap();
    let rate = catalog
        .plan("business")
        .unwrap()
        .rate(catalog.rate_id("api").unwrap());
    let expected = Rate {
        requests: 600,
        per: Duration::from_secs(60),
        burst: 600,
    };
    assert_eq!(rate, RateTerm::AtMost(expected));
}

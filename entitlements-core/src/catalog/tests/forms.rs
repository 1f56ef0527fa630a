use std::time::Duration;

use super::CONTRACT;
use crate::catalog::{
    AddonBuilder, AddonLimit, Catalog, CatalogBuilder, ClaimsBuilder, Cycle, FeatureBuilder,
    Grants, LicenseBuilder, Limit, LimitBuilder, LimitTerm, Overage, Period, Place, PlanBuilder,
    PriceBuilder, RateBuilder, Retention,
};

/// The example of the specification as JSON.
pub(super) const JSON: &str = include_str!("contract.json");

const MINUTE: Duration = Duration::from_secs(60);

/// The example of the specification as code.
fn code() -> CatalogBuilder {
    Catalog::builder("Acme Panel")
        .default_plan("community")
        .plan_order(["community", "business", "enterprise"])
        .upgrade_url("https://acme.example/pricing")
        .feature(
            FeatureBuilder::new("sso")
                .title("SSO (SAML / OIDC)")
                .description("Log in with the company's identity provider"),
        )
        .limit(LimitBuilder::count("users").title("Users"))
        .limit(
            LimitBuilder::metered("api_calls", Period::Month)
                .warn_at([80, 100])
                .overage(Overage::Block),
        )
        .limit(LimitBuilder::concurrent("nodes", Duration::from_secs(90)))
        .rate(RateBuilder::new("api").title("API requests"))
        .plan(
            PlanBuilder::new("community")
                .title("Community")
                .limit("users", 3)
                .limit("nodes", 1)
                .limit("api_calls", 10_000)
                .rate_with_burst("api", 60, MINUTE, 100),
        )
        .plan(
            PlanBuilder::new("business")
                .title("Business")
                .extends("community")
                .features(["sso", "audit"])
                .limit_term(
                    "users",
                    LimitTerm::Licensed {
                        plus: 0,
                        default: Some(Limit::AtMost(15)),
                    },
                )
                .limit_term(
                    "nodes",
                    LimitTerm::Licensed {
                        plus: 1,
                        default: None,
                    },
                )
                .unlimited("api_calls")
                .rate_with_burst("api", 600, MINUTE, 1000)
                .price(
                    PriceBuilder::new("EUR")
                        .monthly_cents(4900)
                        .annual_cents(49_000)
                        .per(Cycle::Month),
                )
                .stripe_price("price_business_monthly")
                .trial_days(14)
                .past_due_grace_days(7)
                .retention("audit_days", Retention::Days(365)),
        )
        .plan(
            PlanBuilder::new("enterprise")
                .extends("business")
                .features(["scim", "ip_allowlist"])
                .unlimited("users")
                .unlimited("nodes")
                .retention("audit_days", Retention::Unlimited),
        )
        .addon(
            AddonBuilder::new("regulated")
                .title("Regulated industries")
                .requires(["enterprise"])
                .features(["cmek"])
                .limit("users", AddonLimit::Add(10))
                .retention("audit_immutable", Retention::Flag(true))
                .stripe_price("price_regulated"),
        )
        .license(
            LicenseBuilder::new()
                .env("ACME_LICENSE_KEY")
                .issuer("acme.example")
                .audience("acme-panel"),
        )
}

#[test]
fn c1_toml_json_and_code_give_the_same_catalog() {
    let toml = Catalog::from_toml(CONTRACT).unwrap();
    assert_eq!(toml, Catalog::from_json(JSON).unwrap());
    assert_eq!(toml, code().build().unwrap());
}

#[test]
fn c1_the_rarer_things_are_the_same_too() {
    let toml = r#"
        schema = 1
        [product]
        name = "Acme"
        default_plan = "a"
        [limits.users]
        [limits.calls]
        kind = "metered"
        period = "billing"
        overage = { percent = 25 }
        [rates.api]
        [plans.a]
        limits = { users = { quantity = true, default = 3 }, calls = "unlimited" }
        rates = { api = { requests = 5, per = "1h" } }
        price = { currency = "EUR", annual_cents = 5, per_seat_of = "users", free_seats = 2 }
        [plans.b]
        extends = "a"
        rates = { api = "unlimited" }
        [addons.more]
        limits = { users = 9, calls = "unlimited" }
        [license]
        required = ["iat"]
        grace_days = 1
        binding_grace_days = 2
        leeway_seconds = 3
        grants = "listed"
        [license.claims]
        id = "lid"
        id_prefix = "A-"
        customer = { claim = "eml", hash = "sha256" }
        plan = "p"
        plan_values = { bb = "b" }
        features = "f"
        limits = { users = "usr" }
        rates = { api = "r.api" }
        addons = "x"
        expires = { claim = "until", format = "rfc3339" }
        grace_days = "g"
        deployments = "d"
        instance = "i"
        trial = "t"
        unlimited = []
    "#;
    let claims = ClaimsBuilder::new()
        .id("lid")
        .id_prefix("A-")
        .customer_sha256("eml")
        .plan("p")
        .plan_value("bb", "b")
        .features("f")
        .limit("users", "usr")
        .rate("api", "r.api")
        .addons("x")
        .expires_rfc3339("until")
        .grace_days("g")
        .deployments("d")
        .instance("i")
        .trial("t")
        .unlimited([]);
    let license = LicenseBuilder::new()
        .required(["iat"])
        .grace_days(1)
        .binding_grace_days(2)
        .leeway_seconds(3)
        .grants(Grants::Listed)
        .claims(claims);
    let price = PriceBuilder::new("EUR")
        .annual_cents(5)
        .per_seat_of("users", 2);
    let code = Catalog::builder("Acme")
        .default_plan("a")
        .limit("users")
        .limit(LimitBuilder::metered("calls", Period::Billing).overage(Overage::Percent(25)))
        .rate("api")
        .plan(
            PlanBuilder::new("a")
                .limit_term(
                    "users",
                    LimitTerm::Quantity {
                        default: Some(Limit::AtMost(3)),
                    },
                )
                .limit_term("calls", LimitTerm::Fixed(Limit::Unlimited))
                .rate("api", 5, Duration::from_secs(3600))
                .price(price),
        )
        .plan(PlanBuilder::new("b").extends("a").unlimited_rate("api"))
        .addon(
            AddonBuilder::new("more")
                .limit("users", AddonLimit::AtLeast(Limit::AtMost(9)))
                .limit("calls", AddonLimit::AtLeast(Limit::Unlimited)),
        )
        .license(license);
    let toml = Catalog::from_toml(toml).unwrap();
    assert_eq!(toml, code.build().unwrap());
    let price = toml.plan("a").unwrap().price().unwrap();
    assert_eq!(
        (price.per(), price.per_seat_of()),
        (Cycle::Year, toml.limit_id("users").map(|id| (id, 2)))
    );
}

#[test]
#[rustfmt::skip]
fn mistakes_in_json_are_at_pointers() {
    for (from, to, expected) in [
        ("\"sso\", \"audit\"", "\"ssso\"", "/plans/business/features/0: plan `business`: unknown feature `ssso`, did you mean `sso`?"),
        ("\"community\",\n            \"features\"", "\"comunity\",\n            \"features\"", "/plans/business/extends: plan `business`: unknown plan `comunity`, did you mean `community`?"),
        ("\"plus\": 1", "\"plus\": 1.0", "/plans/business/limits/nodes/plus: plan `business`: `limits`, `nodes`: `plus` must be an integer, 0 or more, not a number that is not a plain integer"),
        ("\"regulated\"", "\"a/b~c\": {\"x\": null}, \"regulated\"", "/addons/a~1b~0c/x: add-on `a/b~c`: unknown key `x`"),
        ("\"schema\": 1,", "\"schema\": 1, \"schema\": 1,", "line 2, column 26: not valid json: duplicate member"),
        ("\"schema\": 1,", "\"schema\": 1", "line 3, column 5: not valid json: unexpected character"),
    ] {
        assert_eq!(JSON.matches(from).count(), 1, "{from}");
        let error = Catalog::from_json(JSON.replace(from, to)).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
    let error = Catalog::from_json("{}").unwrap_err();
    assert_eq!(error.mistakes()[0].place(), &Place::Pointer(String::new()));
    assert_eq!(Catalog::from_json("5").unwrap_err().to_string(), "the whole document: a catalog must be a table, not an integer");
}

#[test]
#[rustfmt::skip]
fn mistakes_in_code_are_at_calls() {
    let base = || Catalog::builder("Acme").default_plan("a").plan(PlanBuilder::new("a"));
    for (builder, expected) in [
        (Catalog::builder("Acme"), "the builder: `[product]`: `default_plan` is missing"),
        (base().default_plan("b"), r#".default_plan("b"): `[product]`: unknown plan `b`, did you mean `a`?"#),
        (base().plan(PlanBuilder::new("a")), r#".plan("a"): `plans`, `a` is given twice"#),
        (base().feature("sso").feature("sso"), r#".feature("sso"): `features`, `sso` is given twice"#),
        (
            base().rate("api").plan(PlanBuilder::new("b").rate("api", 1, Duration::from_millis(1500))),
            r#".plan("b").rate("api"): plan `b`: `rates`, `api`: `per`: `1.5s` is not a duration such as `90s`, `15m`, `24h` or `7d`"#,
        ),
        (
            base().limit(LimitBuilder::concurrent("nodes", Duration::ZERO)),
            r#".limit("nodes"): limit `nodes`: `lease`: `0ns` is not a duration such as `90s`, `15m`, `24h` or `7d`"#,
        ),
        (
            base().plan(PlanBuilder::new("b").price(PriceBuilder::new("eur").monthly_cents(1))),
            r#".plan("b").price(): plan `b`: `price`: `currency` must be three capital letters such as `EUR`, not the string `eur`"#,
        ),
        (
            base().license(LicenseBuilder::new().claims(ClaimsBuilder::new().plan("iss"))),
            r#".license().claims().plan("iss"): `[license.claims]`: `plan` cannot be read from `iss`, which has a meaning of its own"#,
        ),
        (
            base().limit(LimitBuilder::count("users").warn_at([50])).plan(PlanBuilder::new("b").limit("users", 1).limit("users", 2)),
            r#".limit("users"): limit `users`: `warn_at` belongs to limits with `kind = "metered"` only"#,
        ),
    ] {
        let error = builder.build().unwrap_err();
        assert_eq!(error.mistakes()[0].to_string(), expected);
    }
}

#[test]
fn the_last_of_two_calls_counts_where_there_is_one_value() {
    let builder = Catalog::builder("Acme").default_plan("b").default_plan("a");
    let catalog = builder
        .plan(PlanBuilder::new("a").title("x").title("y"))
        .build()
        .unwrap();
    assert_eq!(catalog.plan("a").unwrap().title(), "y");
}

use crate::Catalog;

const CATALOG: &str = r#"
schema = 1
[product]
name = "Acme \"Panel\""
default_plan = "community"
plan_order = ["community", "business"]
upgrade_url = "https://acme.example/pricing"
[features.sso]
name = "Single sign-on"
description = "Log in once"
[limits.users]
[limits.calls]
kind = "metered"
period = "month"
overage = { percent = 25 }
[limits.nodes]
kind = "concurrent"
lease = "90s"
[rates.api]
[plans.community]
limits = { users = 3, calls = 10, nodes = 1 }
rates = { api = { requests = 60, per = "1m", burst = 100 } }
[plans.business]
extends = "community"
features = ["sso"]
limits = { users = { quantity = true, default = 15 }, nodes = { licensed = true, plus = 1 }, calls = "unlimited" }
rates = { api = "unlimited" }
price = { currency = "EUR", annual_cents = 49000, per_seat_of = "users", free_seats = 3 }
stripe_prices = ["price_1"]
trial_days = 14
past_due_grace_days = 5
retention = { audit_days = 365, audit_immutable = true, logs = "unlimited" }
[plans.a_custom_one]
[addons.more]
requires = ["business"]
features = ["cmek"]
limits = { users = { add = 10 }, calls = "unlimited", nodes = 3 }
stripe_prices = ["price_2"]
"#;

#[test]
fn c23_the_listing_has_extends_joined_in_and_plans_in_order() {
    let catalog = Catalog::from_toml(CATALOG).unwrap();
    let expected = concat!(
        r#"{"product":"Acme \"Panel\"","upgrade_url":"https://acme.example/pricing","default_plan":"community","plans":["#,
        r#"{"code":"community","name":"community","description":null,"order":0,"default":true,"extends":null,"features":[],"#,
        r#""limits":{"calls":10,"nodes":1,"users":3},"rates":{"api":{"requests":60,"per_seconds":60,"burst":100}},"retention":{},"#,
        r#""price":null,"trial_days":null,"past_due_grace_days":7,"stripe_prices":[]},"#,
        r#"{"code":"business","name":"business","description":null,"order":1,"default":false,"extends":"community","features":["sso"],"#,
        r#""limits":{"calls":"unlimited","nodes":{"licensed":true,"plus":1,"default":null},"users":{"quantity":true,"default":15}},"#,
        r#""rates":{"api":"unlimited"},"retention":{"audit_days":365,"audit_immutable":true,"logs":"unlimited"},"#,
        r#""price":{"currency":"EUR","monthly_cents":null,"annual_cents":49000,"per":"year","per_seat_of":"users","free_seats":3},"#,
        r#""trial_days":14,"past_due_grace_days":5,"stripe_prices":["price_1"]},"#,
        r#"{"code":"a_custom_one","name":"a_custom_one","description":null,"order":null,"default":false,"extends":null,"features":[],"#,
        r#""limits":{"calls":10,"nodes":1,"users":3},"rates":{"api":"unlimited"},"retention":{},"price":null,"trial_days":null,"#,
        r#""past_due_grace_days":7,"stripe_prices":[]}],"#,
        r#""addons":[{"code":"more","name":"more","description":null,"requires":["business"],"features":["cmek"],"#,
        r#""limits":{"calls":"unlimited","nodes":3,"users":{"add":10}},"retention":{},"price":null,"stripe_prices":["price_2"]}],"#,
        r#""features":{"cmek":{"name":"cmek","description":null},"sso":{"name":"Single sign-on","description":"Log in once"}},"#,
        r#""limits":{"calls":{"name":"calls","description":null,"kind":"metered","period":"month","warn_at":[90,100],"overage":{"percent":25}},"#,
        r#""nodes":{"name":"nodes","description":null,"kind":"concurrent","lease_seconds":90},"#,
        r#""users":{"name":"users","description":null,"kind":"count"}},"rates":{"api":{"name":"api","description":null}}}"#,
    );
    assert_eq!(catalog.table_json(), expected);
}

#[test]
fn c23_whoever_buys_sees_nothing_of_payment_providers() {
    let catalog = Catalog::from_toml(CATALOG).unwrap();
    let mut expected = catalog.table_json();
    for secret in [
        r#","past_due_grace_days":7,"stripe_prices":[]"#,
        r#","past_due_grace_days":5,"stripe_prices":["price_1"]"#,
        r#","stripe_prices":["price_2"]"#,
    ] {
        assert!(expected.contains(secret), "{secret}");
        expected = expected.replace(secret, "");
    }
    assert_eq!(catalog.pricing_json(), expected);
}

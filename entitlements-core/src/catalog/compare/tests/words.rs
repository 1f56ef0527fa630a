use super::catalog;
use crate::catalog::{AddonLimit, Limit, LimitTerm, Retention};

#[test]
fn terms_read_as_people_write_them() {
    let some = |number| Some(Limit::AtMost(number));
    for (term, text) in [
        (LimitTerm::Fixed(Limit::AtMost(3)), "3"),
        (LimitTerm::Fixed(Limit::Unlimited), "unlimited"),
        (
            LimitTerm::Licensed {
                plus: 0,
                default: some(15),
            },
            "as licensed, default 15",
        ),
        (
            LimitTerm::Licensed {
                plus: 1,
                default: None,
            },
            "as licensed + 1",
        ),
        (
            LimitTerm::Licensed {
                plus: 1,
                default: Some(Limit::Unlimited),
            },
            "as licensed + 1, default unlimited",
        ),
        (
            LimitTerm::Quantity { default: some(5) },
            "as subscribed, default 5",
        ),
    ] {
        assert_eq!(term.to_string(), text);
    }
    assert_eq!(AddonLimit::Add(10).to_string(), "+ 10");
    assert_eq!(
        AddonLimit::AtLeast(Limit::AtMost(10)).to_string(),
        "at least 10"
    );
    assert_eq!(
        AddonLimit::AtLeast(Limit::Unlimited).to_string(),
        "unlimited"
    );
    assert_eq!(
        [Retention::Days(1), Retention::Days(2)].map(|days| days.to_string()),
        ["1 day", "2 days"]
    );
}

#[test]
fn a_price_begins_with_the_cycle_that_is_shown_first() {
    let price = |price: &str| {
        let text = format!(
            "schema = 1\nproduct = {{ name = \"A\", default_plan = \"a\" }}\nlimits.users = {{ name = \"Users\" }}\n\
             [plans.a]\nlimits = {{ users = 1 }}\nprice = {{ currency = \"EUR\", {price} }}"
        );
        let catalog = catalog(&text);
        catalog.price_text(catalog.plan("a").unwrap().price().unwrap())
    };
    assert_eq!(
        price("monthly_cents = 4905, annual_cents = 49000"),
        "49.05 EUR a month, 490.00 EUR a year"
    );
    assert_eq!(
        price("monthly_cents = 4900, annual_cents = 49000, per = \"year\""),
        "490.00 EUR a year, 49.00 EUR a month"
    );
    assert_eq!(
        price("monthly_cents = 0, per_seat_of = \"users\", free_seats = 3"),
        "0.00 EUR a month per seat (Users, 3 free)"
    );
}

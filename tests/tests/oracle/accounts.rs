//! What accounts were sold, and what was changed for them.

use entitlements_core::account::{AccountTerms, Override, OverrideValue, SubscriptionStatus};
use entitlements_core::{Limit, Timestamp};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::worlds::{DAY, NOW, Names};

fn at(offset: i64) -> Timestamp {
    Timestamp::from_unix_seconds(NOW + offset)
}

/// Terms, also such as name what the catalog lacks.
pub(crate) fn terms(names: &Names) -> impl Strategy<Value = AccountTerms> + use<> {
    let mut plans = names.plans.clone();
    plans.push("ghost".to_owned());
    let mut addons = names.addons.clone();
    addons.push("ghosts".to_owned());
    let ends = select(vec![-30 * DAY, -5, -1, 0, 1, 30 * DAY]);
    let most = addons.len().min(2);
    (
        option::weighted(0.6, select(plans)),
        status(),
        option::weighted(0.3, ends),
        option::of(0_u64..25),
        option::weighted(0.4, subsequence(addons, 0..=most)),
        option::weighted(0.3, select(vec!["a", "b", "d"])),
        option::weighted(0.4, vec(change(names), 1..4)),
    )
        .prop_map(
            |(plan, status, ends_at, quantity, addons, license_id, overrides)| {
                let mut terms = AccountTerms::default();
                terms.plan = plan.map(Into::into);
                terms.status = status;
                terms.ends_at = ends_at.map(at);
                terms.quantity = quantity;
                terms.addons = addons
                    .unwrap_or_default()
                    .into_iter()
                    .map(Into::into)
                    .collect();
                terms.license_id = license_id.map(str::to_owned);
                terms.overrides = overrides.unwrap_or_default();
                for (index, one) in terms.overrides.iter_mut().enumerate() {
                    one.id = format!("{}{index}", one.id);
                }
                terms.in_order()
            },
        )
}

fn status() -> impl Strategy<Value = SubscriptionStatus> {
    let mut dues = vec![-40 * DAY, -10, 0, 10];
    for days in [0, 1, 7, 20] {
        dues.extend([-1, 0, 1].map(|second| -days * DAY + second));
    }
    prop_oneof![
        4 => Just(SubscriptionStatus::Active),
        1 => Just(SubscriptionStatus::Trialing),
        3 => select(dues).prop_map(|since| SubscriptionStatus::PastDue { since: at(since) }),
        2 => select(vec![-20 * DAY, -1, 0, 1, DAY]).prop_map(|since| SubscriptionStatus::Cancelled { at: at(since) }),
    ]
}

fn change(names: &Names) -> impl Strategy<Value = Override> + use<> {
    let mut features = names.features.clone();
    features.push("ghost".to_owned());
    let mut limits = names.limits.clone();
    limits.push("ghosts".to_owned());
    let mut rates = names.rates.clone();
    rates.push("ghosts".to_owned());
    let number = prop_oneof![
        5 => (0_u64..30).prop_map(Limit::AtMost),
        1 => Just(Limit::Unlimited),
    ];
    let value = prop_oneof![
        (select(features), any::<bool>())
            .prop_map(|(name, on)| OverrideValue::Feature(name.into(), on)),
        (select(limits), number)
            .prop_map(|(name, number)| OverrideValue::Limit(name.into(), number)),
        (select(rates), crate::rates::term())
            .prop_map(|(name, term)| OverrideValue::Rate(name.into(), term)),
    ];
    let ends = option::of(select(vec![-DAY, -1, 0, 1, DAY]));
    (
        select(vec!["x", "y"]),
        value,
        select(vec![-DAY, -1, 0, 5]),
        ends,
    )
        .prop_map(|(id, value, made, ends)| {
            let change = Override::new(id, value, at(made));
            match ends {
                Some(end) => change.until(at(end)),
                None => change,
            }
        })
}

//! What customers and operators may rely on, whatever an account has: order does not matter (I6), overrides aside more never
//! takes anything away, an explanation says what is so, and a set is the answer for exactly its span.

use std::sync::LazyLock;

use entitlements_core::account::{AccountTerms, Override, OverrideValue, SubscriptionStatus};
use entitlements_core::license::{LicenseDraft, LicenseStatus};
use entitlements_core::resolve::{
    Effect, EntitlementSet, Explained, FeatureState, HeldLicense, Holdings, StepSource, explain,
};
use entitlements_core::testing::NOW;
use entitlements_core::{Limit, RateTerm, Timestamp};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::product::{after, before, beside, catalog, days, feature, has, holding, on};

/// Licenses of many kinds and states; signing them is what takes time.
static LICENSES: LazyLock<Vec<HeldLicense>> = LazyLock::new(|| {
    let drafts: [fn(LicenseDraft) -> LicenseDraft; 7] = [
        |draft| draft.id("a").plan("team"),
        |draft| draft.id("b").plan("business").without_feature("sso"),
        |draft| draft.id("c").plan("team").addon("regulated").addon("seats"),
        |draft| {
            draft
                .id("d")
                .plan("business")
                .expires_at(days(-3))
                .grace_days(5)
        },
        |draft| {
            draft
                .id("e")
                .plan("business")
                .expires_at(days(-3))
                .grace_days(0)
        },
        |draft| {
            draft
                .id("f")
                .plan("special")
                .not_before(days(2))
                .feature("audit")
        },
        |draft| {
            let less = draft.id("g").plan("free").without_feature("scim");
            less.limit("users", Limit::AtMost(1))
                .rate("api", Limit::AtMost(1))
        },
    ];
    holding(&catalog(), drafts).licenses
});

const PLANS: [&str; 5] = ["free", "team", "business", "special", "gone"];
const ADDONS: [&str; 4] = ["floor", "gone", "regulated", "seats"];

/// Few times, so that some of them meet.
fn time() -> impl Strategy<Value = Timestamp> {
    select(vec![-8_i64, -7, -1, 0, 1, 3]).prop_map(days)
}

fn value() -> impl Strategy<Value = OverrideValue> {
    let rates: Vec<_> = ["free", "team", "business"]
        .map(|plan| has(&on(plan), NOW).rate("api"))
        .into();
    prop_oneof![
        (select(vec!["audit", "sso", "gone"]), any::<bool>())
            .prop_map(|(name, on)| feature(name, on)),
        (select(vec!["users", "gone"]), 0..9_u64)
            .prop_map(|(name, most)| OverrideValue::Limit(name.into(), Limit::AtMost(most))),
        select(rates).prop_map(|rate| OverrideValue::Rate("api".into(), rate)),
    ]
}

fn overrides() -> impl Strategy<Value = Vec<Override>> {
    let one = (0..4_u8, value(), time(), option::of(time()));
    vec(one, 0..5).prop_map(|all| {
        let all = all.into_iter().map(|(id, value, made, ends)| {
            let mut over = Override::new(id.to_string(), value, made);
            over.ends_at = ends;
            over
        });
        all.collect()
    })
}

fn terms() -> impl Strategy<Value = AccountTerms> {
    let status = prop_oneof![
        Just(SubscriptionStatus::Active),
        Just(SubscriptionStatus::Trialing),
        time().prop_map(|since| SubscriptionStatus::PastDue { since }),
        time().prop_map(|at| SubscriptionStatus::Cancelled { at }),
    ];
    let addons = subsequence(ADDONS.to_vec(), 0..=4);
    let quantity = option::of(select(vec![0, 1, 12, u64::MAX]));
    let license_id = option::of(select(vec!["a", "e"]));
    let plan = option::of(select(PLANS.to_vec()));
    (
        plan,
        status,
        option::of(time()),
        quantity,
        addons,
        license_id,
        overrides(),
    )
        .prop_map(
            |(plan, status, ends_at, quantity, addons, license_id, overrides)| {
                let mut terms = AccountTerms::default();
                terms.plan = plan.map(Into::into);
                terms.status = status;
                terms.ends_at = ends_at;
                terms.quantity = quantity;
                terms.addons = addons.into_iter().map(Into::into).collect();
                terms.license_id = license_id.map(Into::into);
                terms.overrides = overrides;
                terms
            },
        )
}

fn licenses() -> impl Strategy<Value = Vec<HeldLicense>> {
    subsequence(LICENSES.clone(), 0..=4)
}

fn holdings(licenses: Vec<HeldLicense>) -> Holdings {
    let mut holdings = Holdings::default();
    licenses.into_iter().for_each(|held| holdings.hold(held));
    holdings
}

/// Everything that a set says, but for its span.
fn seen(set: &EntitlementSet) -> String {
    let catalog = set.catalog();
    let features: Vec<_> = catalog
        .features()
        .map(|(id, _)| set.feature_state(id))
        .collect();
    let limits: Vec<_> = catalog.limits().map(|(id, _)| set.limit_id(id)).collect();
    let rates: Vec<_> = catalog.rates().map(|(id, _)| set.rate_id(id)).collect();
    let plans = [set.plan_shown().name(), set.plan_in_force().name()];
    format!(
        "{plans:?} {} {features:?} {limits:?} {rates:?} {:?} {:?} {:?} {:?} {:?} {:?}",
        set.status(),
        set.retention(),
        set.ended(),
        (set.expires_at(), set.grace_ends_at()),
        set.licenses(),
        set.warnings(),
        set.errors(),
    )
}

/// Whether an account that has the one has all that it has by the other.
fn is_no_less(more: &EntitlementSet, less: &EntitlementSet) -> Result<(), TestCaseError> {
    let catalog = less.catalog();
    for (id, definition) in catalog.features() {
        prop_assert!(more.has_id(id) || !less.has_id(id), "{}", definition.name());
        let sure = |set: &EntitlementSet| set.feature_state(id) == FeatureState::Entitled;
        prop_assert!(
            sure(more) || !sure(less),
            "{} has grace only",
            definition.name()
        );
    }
    for (id, definition) in catalog.limits() {
        prop_assert!(
            more.limit_id(id) >= less.limit_id(id),
            "{}",
            definition.name()
        );
    }
    for (id, definition) in catalog.rates() {
        prop_assert!(
            more.rate_id(id) >= less.rate_id(id),
            "{}",
            definition.name()
        );
    }
    for (name, value) in less.retention() {
        prop_assert!(more.retention().get(name) >= Some(value), "{}", name);
    }
    let rank = |set: &EntitlementSet| catalog.rank(set.plan_in_force_id());
    prop_assert!(rank(more) >= rank(less));
    Ok(())
}

/// The last number that a step put in place.
fn last<T: Copy>(explained: &Explained<T>) -> Option<T> {
    let counts = |effect| matches!(effect, Effect::Gave | Effect::Raised | Effect::Replaced);
    let steps = explained.steps().iter().rev();
    let mut steps = steps.filter(|step| counts(step.effect));
    steps.next().map(|step| step.value)
}

/// What the steps come to: an override's word, else whether any gave it.
fn feature_by_steps(explained: &Explained<FeatureState>) -> FeatureState {
    let counts = |effect| matches!(effect, Effect::Gave | Effect::Took);
    let steps = explained.steps().iter().filter(|step| counts(step.effect));
    let (overrides, sources): (Vec<_>, Vec<_>) =
        steps.partition(|step| matches!(step.source, StepSource::Override(_)));
    if let Some(step) = overrides.last() {
        return step.value;
    }
    let gave = |state| {
        sources
            .iter()
            .any(|step| step.effect == Effect::Gave && step.value == state)
    };
    [FeatureState::Entitled, FeatureState::GracePeriod]
        .into_iter()
        .find(|state| gave(*state))
        .unwrap_or(FeatureState::NotEntitled)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn i6_no_order_makes_a_difference(
        (terms, addons, overrides) in terms().prop_flat_map(|terms| {
            let addons = Just(terms.addons.clone()).prop_shuffle();
            let overrides = Just(terms.overrides.clone()).prop_shuffle();
            (Just(terms), addons, overrides)
        }),
        (licenses, shuffled) in licenses().prop_flat_map(|licenses| {
            (Just(licenses.clone()), Just(licenses).prop_shuffle())
        }),
        now in time(),
    ) {
        let mut other = terms.clone();
        other.addons = [addons.clone(), addons].concat();
        other.overrides = overrides;
        let (one, other) = (
            (holdings(licenses), terms),
            (holdings(shuffled), other),
        );
        let sets = [&one, &other].map(|(holdings, terms)| beside(holdings, terms, now));
        prop_assert_eq!(seen(&sets[0]), seen(&sets[1]));
        prop_assert_eq!(sets[0].changes_at(), sets[1].changes_at());
        let catalog = catalog();
        let explained = [&one, &other]
            .map(|(holdings, terms)| explain(&catalog, catalog.default_plan(), holdings, terms, now));
        prop_assert_eq!(&explained[0], &explained[1]);
    }

    #[test]
    fn one_more_license_takes_nothing_away(
        mut terms in terms(), licenses in licenses(), more in select(LICENSES.clone()), now in time(),
    ) {
        terms.overrides.clear();
        let before = holdings(licenses);
        let mut after = before.clone();
        after.hold(more);
        is_no_less(&beside(&after, &terms, now), &beside(&before, &terms, now))?;
    }

    #[test]
    fn a_subscription_takes_nothing_away(
        mut terms in terms(), licenses in licenses(), now in time(),
    ) {
        terms.overrides.clear();
        // But for the license that it stands for.
        terms.license_id = None;
        let holdings = holdings(licenses);
        let without = beside(&holdings, &AccountTerms::default(), now);
        is_no_less(&beside(&holdings, &terms, now), &without)?;
    }

    #[test]
    fn one_more_addon_takes_nothing_away(
        mut terms in terms(), licenses in licenses(), more in select(ADDONS.to_vec()), now in time(),
    ) {
        terms.overrides.clear();
        let holdings = holdings(licenses);
        let before = beside(&holdings, &terms, now);
        terms.addons.push(more.into());
        is_no_less(&beside(&holdings, &terms, now), &before)?;
    }

    #[test]
    fn r10_an_explanation_is_what_is_so(terms in terms(), licenses in licenses(), now in time()) {
        let (catalog, holdings) = (catalog(), holdings(licenses));
        let set = beside(&holdings, &terms, now);
        let explanation = explain(&catalog, catalog.default_plan(), &holdings, &terms, now);
        for ((id, definition), explained) in catalog.features().zip(explanation.features()) {
            prop_assert_eq!(explained.name(), definition.name());
            prop_assert_eq!(*explained.value(), set.feature_state(id));
            prop_assert_eq!(feature_by_steps(explained), set.feature_state(id));
        }
        for ((id, definition), explained) in catalog.limits().zip(explanation.limits()) {
            prop_assert_eq!(explained.name(), definition.name());
            prop_assert_eq!(*explained.value(), set.limit_id(id));
            prop_assert_eq!(last(explained), Some(set.limit_id(id)));
        }
        for ((id, definition), explained) in catalog.rates().zip(explanation.rates()) {
            prop_assert_eq!(explained.name(), definition.name());
            prop_assert_eq!(*explained.value(), set.rate_id(id));
            prop_assert_eq!(last(explained), Some::<RateTerm>(set.rate_id(id)));
        }
    }

    #[test]
    fn a_set_is_the_answer_for_exactly_its_span(terms in terms(), licenses in licenses(), now in time()) {
        let holdings = holdings(licenses);
        let set = beside(&holdings, &terms, now);
        prop_assert!(set.holds_at(now));
        for day in (-15..=15).chain([-366, -365, 364, 365, 366, 379, 380]) {
            for then in [before(days(day)), days(day), after(days(day))] {
                let other = beside(&holdings, &terms, then);
                if set.holds_at(then) {
                    prop_assert_eq!(seen(&set), seen(&other), "{}", then);
                    prop_assert_eq!(set.changes_at(), other.changes_at());
                } else {
                    prop_assert!(!other.holds_at(now), "{}", then);
                }
            }
        }
    }

    #[test]
    fn nothing_that_is_in_force_has_ended(terms in terms(), licenses in licenses(), now in time()) {
        let set = beside(&holdings(licenses), &terms, now);
        for ended in set.ended() {
            let reached = ended.expired_at() <= now;
            let cancelled = matches!(terms.status, SubscriptionStatus::Cancelled { .. });
            prop_assert!(reached || cancelled, "{:?}", ended);
        }
        let nothing = set.status() == LicenseStatus::Unlicensed;
        prop_assert!(!nothing || set.plan_in_force_id() == set.base_plan_id());
    }
}

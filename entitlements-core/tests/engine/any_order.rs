//! I6: no order in which licenses and revocation lists come makes a difference.

use entitlements_core::instance::Machine;
use entitlements_core::license::LicenseDraft;
use entitlements_core::testing::{NOW, TestEngine};
use entitlements_core::{EntitlementsBuilder, LicenseStatus, Limit};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::block_on;
use crate::vendor::{Vendor, engine, errors, seen};

const IDS: [&str; 3] = ["a", "b", "c"];

/// Every order of these.
fn orders<T: Clone>(of: &[T]) -> Vec<Vec<T>> {
    let Some((first, rest)) = of.split_first() else {
        return vec![vec![]];
    };
    let with_first = |order: Vec<T>| {
        (0..=order.len()).map(move |place| {
            let mut order = order.clone();
            order.insert(place, first.clone());
            order
        })
    };
    orders(rest).into_iter().flat_map(with_first).collect()
}

#[derive(Debug, Clone)]
struct List {
    by: usize,
    seconds_ago: u64,
    licenses: Vec<&'static str>,
    keys: Vec<usize>,
}

fn list() -> impl Strategy<Value = List> {
    // Few times, so that some of them meet.
    let revoked = subsequence(IDS.to_vec(), 0..=2);
    let keys = prop_oneof![4 => Just(vec![]), 1 => subsequence(vec![0, 1], 1)];
    (0..2_usize, 0..3_u64, revoked, keys).prop_map(|(by, seconds_ago, licenses, keys)| List {
        by,
        seconds_ago,
        licenses,
        keys,
    })
}

#[derive(Debug, Clone)]
struct Held {
    by: usize,
    id: &'static str,
    plan: &'static str,
    days: i64,
    users: u64,
}

fn held() -> impl Strategy<Value = Held> {
    let plans = select(vec!["business", "enterprise"]);
    let days = select(vec![-40_i64, -1, 30]);
    (0..2_usize, select(IDS.to_vec()), plans, days, 1..40_u64).prop_map(
        |(by, id, plan, days, users)| Held {
            by,
            id,
            plan,
            days,
            users,
        },
    )
}

impl List {
    fn sign(&self, vendors: &[Vendor; 2]) -> String {
        let iat = NOW.unix_seconds() - i64::try_from(self.seconds_ago).unwrap();
        let quoted = |names: Vec<String>| format!("[{}]", names.join(","));
        let licenses = quoted(self.licenses.iter().map(|id| format!("\"{id}\"")).collect());
        let keys = quoted(
            self.keys
                .iter()
                .map(|key| format!("\"{}\"", vendors[*key].kid()))
                .collect(),
        );
        let payload = format!(r#"{{"iat":{iat},"revoked":{licenses},"revoked_keys":{keys}}}"#);
        vendors[self.by].sign("entitlements-revocations+jwt", &payload)
    }
}

impl Held {
    fn sign(&self, vendors: &[Vendor; 2]) -> String {
        let payload = format!(
            r#"{{"jti":"{}","tier":"{}","exp":{},"limits":{{"users":{}}}}}"#,
            self.id,
            self.plan,
            NOW.unix_seconds() + self.days * 86_400,
            self.users,
        );
        vendors[self.by].sign("JWT", &payload)
    }
}

fn with(vendors: &[Vendor; 2], keys: &[String], lists: &[String]) -> TestEngine {
    engine(&[&vendors[0], &vendors[1]], |builder| {
        let builder = builder.machine(Machine::of("", ""));
        let builder = keys
            .iter()
            .cloned()
            .fold(builder, EntitlementsBuilder::license_key);
        lists
            .iter()
            .cloned()
            .fold(builder, EntitlementsBuilder::revocations)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_order_of_lists_and_licenses_gives_the_same_set(
        lists in vec(list(), 1..=3),
        licenses in vec(held(), 1..=3),
    ) {
        let vendors = [Vendor::new(), Vendor::new()];
        let keys: Vec<String> = licenses.iter().map(|held| held.sign(&vendors)).collect();
        let lists: Vec<String> = lists.iter().map(|list| list.sign(&vendors)).collect();
        let expected = seen(&with(&vendors, &keys, &lists));
        for lists in orders(&lists) {
            for keys in orders(&keys) {
                prop_assert_eq!(&seen(&with(&vendors, &keys, &lists)), &expected);
            }
            // Some at the start, the others while running, and all of them twice.
            for at_start in 0..=lists.len() {
                let engine = with(&vendors, &keys, &lists[..at_start]);
                for list in lists[at_start..].iter().chain(&lists) {
                    block_on(engine.apply_revocations(list)).unwrap();
                }
                prop_assert_eq!(&seen(&engine), &expected);
            }
        }
    }
}

/// Two keys of one id and the same times: the one that counts must not hang on the order, whatever they differ in.
#[test]
fn of_two_keys_with_one_id_that_differ_in_what_they_are_bound_to_the_same_counts_in_any_order() {
    let vendors = [Vendor::new(), Vendor::new()];
    let key = |say: fn(LicenseDraft) -> LicenseDraft| {
        vendors[0].key_with(|draft| say(draft.plan("business").id("lic")))
    };
    let free = key(|draft| draft);
    for other in [
        key(|draft| draft.deployment("us-1")),
        key(|draft| draft.instance("elsewhere")),
        key(|draft| draft.trial()),
        key(|draft| draft.customer("somebody else")),
    ] {
        let in_order = |keys: [&String; 2]| seen(&with(&vendors, &keys.map(String::clone), &[]));
        assert_eq!(in_order([&free, &other]), in_order([&other, &free]));
    }
}

#[test]
fn of_two_keys_with_one_id_by_two_signers_the_same_counts_in_any_order() {
    let vendors = [Vendor::new(), Vendor::new()];
    let keys = [vendors[0].key("lic"), vendors[1].key("lic")];
    let list = [vendors[0].list_of_keys(10, &[vendors[1].kid()])];
    let expected = seen(&with(&vendors, &keys, &list));
    for keys in orders(&keys) {
        assert_eq!(seen(&with(&vendors, &keys, &list)), expected);
    }
}

/// Union and the larger of each, whatever else is held and in whatever order it comes.
#[test]
fn r5_licenses_join_in_every_order() {
    let vendor = Vendor::new();
    let elsewhere =
        vendor.key_with(|draft| draft.plan("enterprise").id("elsewhere").deployment("us-1"));
    let expired = vendor.key_with(|draft| {
        let draft =
            draft.issued_at(NOW.saturating_sub(std::time::Duration::from_secs(90 * 86_400)));
        let ended = NOW.saturating_sub(std::time::Duration::from_secs(60 * 86_400));
        draft
            .plan("enterprise")
            .id("expired")
            .expires_at(ended)
            .grace_days(0)
    });
    let keys = [
        vendor.key_with(|draft| {
            draft
                .plan("business")
                .id("users")
                .limit("users", Limit::AtMost(40))
        }),
        vendor.key_with(|draft| {
            let draft = draft.plan("business").id("scim").feature("scim");
            draft
                .limit("users", Limit::AtMost(5))
                .limit("projects", Limit::AtMost(70))
        }),
        vendor.key_with(|draft| draft.plan("enterprise").id("revoked")),
        expired,
        elsewhere,
    ];
    let list = vendor.list(10, &["revoked"]);
    let mut first = None;
    for order in orders(&keys) {
        let engine = engine(&[&vendor], |builder| {
            let builder = order
                .into_iter()
                .fold(builder, EntitlementsBuilder::license_key);
            builder.revocations(&list).deployment_id("eu-1")
        });
        let current = engine.current();
        assert_eq!(current.status(), LicenseStatus::Active);
        assert_eq!(current.plan_shown().name(), "business");
        assert_eq!(current.plan_in_force().name(), "business");
        assert_eq!(current.limit("users"), Limit::AtMost(40));
        assert_eq!(current.limit("projects"), Limit::AtMost(70));
        assert!(current.has("sso") && current.has("scim") && !current.has("audit"));
        // R9: while one is active, the others raise nothing.
        assert!(errors(&engine).is_empty());
        let seen = seen(&engine);
        assert_eq!(first.get_or_insert_with(|| seen.clone()), &seen);
    }
}

#[test]
fn a_renewal_that_is_loaded_early_leaves_no_gap_and_raises_nothing() {
    let vendor = Vendor::new();
    let turn = NOW.saturating_add_days(10);
    let first = vendor.key_with(|draft| {
        draft
            .plan("business")
            .id("2026")
            .expires_at(turn)
            .grace_days(0)
    });
    let next = vendor.key_with(|draft| {
        let draft = draft.plan("business").id("2027").not_before(turn);
        draft
            .expires_at(turn.saturating_add_days(365))
            .grace_days(0)
    });
    for keys in orders(&[first, next]) {
        let engine = engine(&[&vendor], |builder| {
            keys.into_iter()
                .fold(builder, EntitlementsBuilder::license_key)
        });
        for seconds in [-864_000, -61, -60, -1, 0, 1, 61, 864_000] {
            let moment =
                entitlements_core::Timestamp::from_unix_seconds(turn.unix_seconds() + seconds);
            engine.clock().set(moment);
            let current = engine.current();
            assert_eq!(current.status(), LicenseStatus::Active, "{seconds}");
            assert!(current.has("sso"), "{seconds}");
            assert!(
                current.warnings().is_empty() && current.errors().is_empty(),
                "{seconds}"
            );
        }
        engine.clock().set(turn.saturating_add_days(365));
        assert_eq!(engine.current().status(), LicenseStatus::Expired);
    }
}

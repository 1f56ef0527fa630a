//! A license walked through its life, as the gauges show it.

use std::time::Duration;

use entitlements_core::AccountId;
use entitlements_core::testing::{self, NOW, TestEngine, TestVendor};

use crate::recorded::{block_on, recording, run};

const DAY: f64 = 86_400.0;

#[test]
fn the_gauges_follow_a_license_through_its_life() {
    recording(|recorded| {
        let (engine, _upkeep) = TestEngine::build(testing::catalog(), TestVendor::new(), |it| it);
        let start = NOW.unix_seconds() as f64;
        assert_eq!(recorded.license(), ("unlicensed".to_owned(), 0.0));

        let key = engine.key(|draft| draft.plan("business").id("one").grace_days(14));
        block_on(engine.activate(&key)).unwrap();
        let first = start + 365.0 * DAY;
        assert_eq!(recorded.license(), ("active".to_owned(), first));

        engine.clock().advance_days(365);
        let _ = engine.current();
        assert_eq!(recorded.license(), ("grace".to_owned(), first));

        engine.clock().advance_days(14);
        let _ = engine.current();
        assert_eq!(recorded.license(), ("expired".to_owned(), first));

        let longer = NOW.saturating_add_days(800);
        let key = engine.key(|draft| draft.plan("business").id("one").expires_at(longer));
        block_on(engine.activate(&key)).unwrap();
        let second = start + 800.0 * DAY;
        assert_eq!(recorded.license(), ("active".to_owned(), second));

        let other = engine.key(|draft| draft.plan("business").id("two").expires_at(longer));
        block_on(engine.deactivate("one")).unwrap();
        assert_eq!(recorded.license(), ("unlicensed".to_owned(), 0.0));

        block_on(engine.activate(&other)).unwrap();
        let list = engine.vendor().revocations(|draft| draft.license("two"));
        let _ = recorded.take();
        block_on(engine.apply_revocations(&list)).unwrap();
        assert_eq!(recorded.license(), ("revoked".to_owned(), second));
    });
}

#[test]
fn the_upkeep_shows_limits_and_the_clock_now_and_then_and_on_change() {
    recording(|recorded| {
        let (engine, mut upkeep) =
            TestEngine::build(testing::catalog(), TestVendor::new(), |it| it);
        let users = engine.limit(&AccountId::LOCAL, "users");
        block_on(users.sync(2)).unwrap();
        run(&mut upkeep);
        let shown = recorded.take();
        let of = |what: &str, limit: &str| format!("entitlements_limit_{what}{{limit={limit:?}}}");
        assert_eq!(shown[&of("allowed", "users")], 3.0);
        assert_eq!(shown[&of("allowed", "projects")], 2.0);
        assert_eq!(shown[&of("used", "users")], 2.0);
        assert!(
            !shown.contains_key(&of("used", "projects")),
            "nothing counts them"
        );

        let key = engine.key(|draft| draft.plan("enterprise"));
        block_on(engine.activate(&key)).unwrap();
        run(&mut upkeep);
        let shown = recorded.take();
        assert_eq!(shown[&of("allowed", "users")], f64::INFINITY);
        assert!(
            !shown.contains_key(&of("used", "users")),
            "the minute is not over"
        );

        block_on(users.sync(5)).unwrap();
        engine.clock().advance(Duration::from_secs(60));
        run(&mut upkeep);
        assert_eq!(recorded.take()[&of("used", "users")], 5.0);

        engine.clock().advance_days(30);
        run(&mut upkeep);
        assert!(
            !recorded
                .take()
                .contains_key("entitlements_clock_behind_seconds")
        );
        engine.clock().set(NOW);
        engine.clock().advance(Duration::from_secs(660));
        run(&mut upkeep);
        let behind = recorded.take()["entitlements_clock_behind_seconds"];
        assert!(
            (29.0 * DAY..30.0 * DAY + 61.0).contains(&behind),
            "{behind}"
        );
        block_on(engine.reset_clock()).unwrap();
        run(&mut upkeep);
        assert!(
            !recorded
                .take()
                .contains_key("entitlements_clock_behind_seconds")
        );
    });
}

#[test]
fn of_a_product_with_many_accounts_no_limits_are_shown() {
    recording(|recorded| {
        let accounts = entitlements_core::account::MemoryAccounts::default();
        let (_engine, mut upkeep) =
            TestEngine::build(testing::catalog(), TestVendor::new(), |builder| {
                builder.accounts(accounts)
            });
        run(&mut upkeep);
        let shown = recorded.take();
        let is_limit = |series: &&String| series.starts_with("entitlements_limit_");
        assert_eq!(shown.keys().find(is_limit), None);
        assert_eq!(
            shown["entitlements_license_status{status=\"unlicensed\"}"],
            1.0
        );
    });
}

//! Expiry is judged when it is read: nobody runs the upkeep here.

use std::sync::Arc;
use std::time::Duration;

use entitlements_core::testing::{self, NOW, TestEngine};
use entitlements_core::{
    Clock, Denial, Entitlements, Environment, LicenseStatus, Requirement, SystemClock, Timestamp,
};

use crate::block_on;

const MOMENT: Duration = Duration::from_micros(1);

fn status_at(engine: &TestEngine, time: Timestamp) -> LicenseStatus {
    engine.clock().set(time);
    let current = engine.current();
    assert_eq!(current.now(), time);
    assert!(current.holds_at(time));
    let sso = current.require(&Requirement::feature("sso"));
    assert_eq!(sso.is_ok(), current.status().is_in_force());
    current.status()
}

#[test]
fn each_boundary_counts_from_its_first_microsecond() {
    let begins = NOW.saturating_add_days(5);
    let expires = NOW.saturating_add_days(30);
    let ends = NOW.saturating_add_days(37);
    let engine = testing::with_license(testing::catalog(), |draft| {
        let draft = draft.plan("business").not_before(begins);
        draft.expires_at(expires).grace_days(7)
    });
    // A license that is not yet valid begins a minute early: the leeway for clocks that differ.
    let begins = begins.saturating_sub(Duration::from_secs(60));
    for (boundary, before, from) in [
        (begins, LicenseStatus::NotYetValid, LicenseStatus::Active),
        (expires, LicenseStatus::Active, LicenseStatus::Grace),
        (ends, LicenseStatus::Grace, LicenseStatus::Expired),
    ] {
        assert_eq!(status_at(&engine, boundary.saturating_sub(MOMENT)), before);
        assert_eq!(status_at(&engine, boundary), from);
        assert_eq!(status_at(&engine, boundary.saturating_add(MOMENT)), from);
        // And back again, as a clock may go.
        assert_eq!(status_at(&engine, boundary.saturating_sub(MOMENT)), before);
    }
}

#[test]
fn a_clock_that_jumps_by_years_is_followed_at_every_reading() {
    let engine = testing::on_plan(testing::catalog(), "business");
    for _ in 0..3 {
        assert_eq!(status_at(&engine, NOW), LicenseStatus::Active);
        let year = |year: i64| Timestamp::from_unix_seconds((year - 1970) * 31_557_600);
        assert_eq!(status_at(&engine, year(2099)), LicenseStatus::Expired);
        assert_eq!(status_at(&engine, year(2001)), LicenseStatus::NotYetValid);
        assert_eq!(status_at(&engine, year(1950)), LicenseStatus::NotYetValid);
        assert_eq!(
            status_at(&engine, Timestamp::MIN),
            LicenseStatus::NotYetValid
        );
        assert_eq!(status_at(&engine, Timestamp::MAX), LicenseStatus::Expired);
    }
}

#[test]
fn at_the_end_of_the_year_9999_a_set_still_holds_and_is_not_made_anew_each_time() {
    let engine = testing::on_plan(testing::catalog(), "business");
    engine.clock().set(Timestamp::MAX);
    let (one, other) = (engine.current(), engine.current());
    assert!(std::ptr::eq(one.set(), other.set()));
    assert_eq!(one.changes_at(), None);
}

#[test]
fn a_license_until_the_end_of_the_year_9999_ends_there() {
    for (grace, last) in [(0, LicenseStatus::Expired), (1, LicenseStatus::Grace)] {
        let engine = testing::with_license(testing::catalog(), |draft| {
            draft
                .plan("business")
                .expires_at(Timestamp::MAX)
                .grace_days(grace)
        });
        assert_eq!(engine.current().changes_at(), Some(Timestamp::MAX));
        let before = Timestamp::MAX.saturating_sub(MOMENT);
        assert_eq!(status_at(&engine, before), LicenseStatus::Active);
        assert_eq!(status_at(&engine, Timestamp::MAX), last);
        assert_eq!(engine.current().changes_at(), None);
    }
}

#[test]
fn one_request_is_judged_by_one_time_however_long_it_takes() {
    let engine = testing::on_plan(testing::catalog(), "business");
    let current = engine.current();
    engine.clock().advance_days(10_000);
    assert!(current.has("sso"));
    assert_eq!(current.status(), LicenseStatus::Active);
    let denied = engine.current().require(&Requirement::feature("sso"));
    assert_eq!(
        denied.as_ref().map_err(Denial::code),
        Err("LICENSE_EXPIRED")
    );
    assert!(current.require(&Requirement::feature("sso")).is_ok());
}

#[test]
fn an_expired_key_is_refused_from_the_microsecond_its_grace_ends() {
    let engine = testing::without_license(testing::catalog());
    let key = engine.key(|draft| draft.plan("business").grace_days(14));
    let ends = NOW.saturating_add_days(365 + 14);
    engine.clock().set(ends);
    assert_eq!(
        block_on(engine.activate(&key)).unwrap_err().reason(),
        "expired"
    );
    engine.clock().set(ends.saturating_sub(MOMENT));
    let entry = block_on(engine.activate(&key)).unwrap();
    assert_eq!(entry.status, LicenseStatus::Grace);
}

#[test]
fn the_system_clock_serves_where_no_other_is_given() {
    let builder = Entitlements::builder()
        .catalog(testing::catalog())
        .environment(Environment::of::<String, String>([]));
    let (engine, _upkeep) = block_on(builder.build()).unwrap();
    let clock = Arc::clone(engine.clock());
    assert!(clock.now() > NOW.saturating_sub(Duration::from_secs(86_400 * 365)));
    assert!(clock.monotonic() <= SystemClock::new().monotonic() + Duration::from_secs(3_600));
    assert_eq!(engine.current().plan_in_force().name(), "community");
}

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use entitlements_core::account::AccountTerms;
use entitlements_core::testing::NOW;
use entitlements_core::{
    AccountId, ConfigError, DenialKind, Entitlements, Limit, Requirement, Timestamp,
};

use crate::{CATALOG, code, engine, used};

#[tokio::test]
async fn u2_u3_what_is_reserved_is_used_once_it_is_confirmed() {
    let (engine, _upkeep, _) = engine(|builder| builder).await;
    let users = engine.limit(&AccountId::LOCAL, "users");
    assert_eq!(users.allowed().await.unwrap(), Limit::AtMost(3));
    let two = users.reserve(2).await.unwrap();
    assert_eq!(used(&users).await, 0, "not used yet");
    let one = users.reserve(1).await.unwrap();
    assert_eq!(code(users.reserve(1).await), "LIMIT_EXCEEDED");
    two.confirm().await.unwrap();
    one.release();
    assert_eq!(used(&users).await, 2);
    drop(users.reserve(1).await.unwrap());
    users.reserve(1).await.unwrap().confirm().await.unwrap();
    assert_eq!(used(&users).await, 3);
    users.give_back(1).await.unwrap();
    assert_eq!(used(&users).await, 2);
    users.give_back(100).await.unwrap();
    assert_eq!(used(&users).await, 0, "U5");
}

#[tokio::test]
async fn u3_a_reservation_that_nobody_settles_lapses_at_its_time() {
    let lapse = |builder: entitlements_core::EntitlementsBuilder| {
        builder.reservations_lapse_after(Duration::from_secs(60))
    };
    let (engine, _upkeep, clock) = engine(lapse).await;
    let users = engine.limit(&AccountId::LOCAL, "users");
    let lost = users.reserve(3).await.unwrap();
    clock.advance(Duration::from_micros(59_999_999));
    assert_eq!(code(users.reserve(1).await), "LIMIT_EXCEEDED");
    clock.advance(Duration::from_micros(1));
    let room = users.reserve(1).await.unwrap();
    // It was slow, and what it is for exists all the same.
    lost.confirm().await.unwrap();
    room.confirm().await.unwrap();
    assert_eq!(used(&users).await, 4);
    assert_eq!(code(users.reserve(1).await), "LIMIT_EXCEEDED");
}

/// To pass over it would be to demand less than what is written.
#[tokio::test]
async fn u4_an_amount_of_nothing_is_a_mistake_in_the_program() {
    let (engine, _upkeep, _) = engine(|builder| builder).await;
    let said = |requirement: &Requirement| {
        let unknown = engine.bind(requirement).unwrap_err();
        let denial = unknown.denial();
        assert_eq!((denial.status(), denial.code()), (500, "UNKNOWN_LIMIT"));
        unknown.to_string()
    };
    assert_eq!(
        said(&Requirement::paid().amount(5)),
        "an amount of 5 is of no limit: say it right after the limit that it is of"
    );
    // Nothing that comes later makes it right.
    assert_eq!(
        said(&Requirement::paid().amount(5).and_limit("users").amount(2)),
        said(&Requirement::paid().amount(5))
    );
    assert_eq!(
        said(&Requirement::lease("nodes").amount(2)),
        "a lease is always one, and limit `nodes` is to be leased for 2: leave the amount out"
    );
    for right in [
        Requirement::limit("users").amount(5).and_paid(),
        Requirement::limit("users").and_paid().amount(5),
        Requirement::lease("nodes").amount(1),
        Requirement::lease("nodes").and_give_back("users").amount(0),
    ] {
        assert!(engine.bind(&right).is_ok(), "{right}");
    }
}

/// A reservation that has lapsed as it is made holds nothing, so that all who race would be let in.
#[tokio::test]
async fn u3_a_reservation_that_lapses_at_once_fails_the_start() {
    let build = |time| {
        let builder = Entitlements::builder().catalog_toml(CATALOG).unwrap();
        builder.reservations_lapse_after(time).build()
    };
    let error = build(Duration::ZERO).await.unwrap_err();
    assert!(matches!(error, ConfigError::LapsesAtOnce));
    assert_eq!(
        error.to_string(),
        "`reservations_lapse_after` is zero, so that no reservation would hold anything; give it more time than any request takes, or leave the call out for five minutes"
    );
    assert!(build(Duration::from_micros(1)).await.is_ok());
}

#[tokio::test]
async fn u6_what_exists_already_is_told() {
    let (engine, _upkeep, _) = engine(|builder| builder).await;
    let users = engine.limit(&AccountId::LOCAL, "users");
    users.sync(5).await.unwrap();
    let denial = users.reserve(1).await.unwrap_err();
    assert_eq!(denial.to_string(), "limit `users` reached: 5 of 3 in use");
    assert_eq!(denial.available_in(), ["team"]);
    users.give_back(3).await.unwrap();
    drop(users.reserve(1).await.unwrap());
}

#[tokio::test]
async fn u14_a_count_of_the_applications_own_is_checked() {
    let (engine, _upkeep, _) = engine(|builder| builder).await;
    let users = engine.limit(&AccountId::LOCAL, "users");
    assert!(users.check(2).await.is_ok());
    assert_eq!(code(users.check(3).await), "LIMIT_EXCEEDED");
    assert_eq!(code(users.check(u64::MAX).await), "LIMIT_EXCEEDED");
    engine
        .add_account("acme", "", AccountTerms::on_plan("team"))
        .await
        .unwrap();
    let acmes = engine.limit(&AccountId::new("acme"), "users");
    assert!(acmes.check(u64::MAX).await.is_ok());
    assert_eq!(used(&users).await, 0, "nothing is reserved by it");
}

#[tokio::test]
async fn accounts_count_each_for_themselves() {
    let (engine, _upkeep, _) = engine(|builder| builder).await;
    let (acme, other) = (AccountId::new("acme"), AccountId::new("other"));
    let users = |account: &AccountId| engine.limit(account, "users");
    users(&acme)
        .reserve(3)
        .await
        .unwrap()
        .confirm()
        .await
        .unwrap();
    assert_eq!(code(users(&acme).reserve(1).await), "LIMIT_EXCEEDED");
    assert_eq!(used(&users(&other)).await, 0);
    drop(users(&other).reserve(3).await.unwrap());
}

#[tokio::test]
async fn u1_what_the_application_counts_is_its_own_to_say() {
    let there = Arc::new(AtomicU64::new(1));
    let counted = Arc::clone(&there);
    let (engine, _upkeep, _) = engine(|builder| {
        builder.count("projects", move |_| {
            let counted = Arc::clone(&counted);
            async move {
                match counted.load(Ordering::SeqCst) {
                    u64::MAX => Err("the database is away"),
                    count => Ok(count),
                }
            }
        })
    })
    .await;
    let projects = engine.limit(&AccountId::LOCAL, "projects");
    let room = projects.reserve(1).await.unwrap();
    let denial = projects.reserve(1).await.unwrap_err();
    assert!(matches!(
        denial.kind(),
        DenialKind::LimitExceeded {
            used: 2,
            allowed: 2,
            ..
        }
    ));
    there.store(2, Ordering::SeqCst);
    room.confirm().await.unwrap();
    assert_eq!(used(&projects).await, 2);
    // Its counter says it, whatever is told.
    projects.sync(0).await.unwrap();
    projects.give_back(1).await.unwrap();
    assert_eq!(code(projects.reserve(1).await), "LIMIT_EXCEEDED");
    there.store(u64::MAX, Ordering::SeqCst);
    assert_eq!(code(projects.reserve(1).await), "ENTITLEMENTS_UNAVAILABLE");
    assert_eq!(code(projects.used().await), "ENTITLEMENTS_UNAVAILABLE");
    there.store(1, Ordering::SeqCst);
    drop(projects.reserve(1).await.unwrap());
}

#[tokio::test]
async fn a_counter_for_a_limit_that_the_catalog_lacks_fails_the_start() {
    let builder = Entitlements::builder()
        .catalog_toml(CATALOG)
        .unwrap()
        .count("project", async |_| Ok::<_, std::io::Error>(0));
    let error = builder.build().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "a counter cannot be used: unknown limit `project`, did you mean `projects`?"
    );
}

#[tokio::test]
async fn what_cannot_be_counted_so_is_a_mistake_in_the_program() {
    let (engine, _upkeep, _) = engine(|builder| builder).await;
    let limit = |name: &'static str| engine.limit(&AccountId::LOCAL, name);
    for name in ["user", "nodes", "api_calls"] {
        assert_eq!(
            code(limit(name).reserve(1).await),
            "UNKNOWN_LIMIT",
            "{name}"
        );
        assert_eq!(code(limit(name).sync(1).await), "UNKNOWN_LIMIT", "{name}");
        assert_eq!(
            code(limit(name).give_back(1).await),
            "UNKNOWN_LIMIT",
            "{name}"
        );
    }
    assert_eq!(code(limit("user").check(0).await), "UNKNOWN_LIMIT");
    assert_eq!(code(limit("user").used().await), "UNKNOWN_LIMIT");
    for name in ["users", "api_calls", "node"] {
        assert_eq!(
            code(limit(name).lease("a").await),
            "UNKNOWN_LIMIT",
            "{name}"
        );
    }
}

/// To check a limit without holding it would be to grant it.
#[tokio::test]
async fn a_limit_is_not_checked_where_nothing_can_be_held() {
    let (engine, _upkeep, _) = engine(|builder| builder).await;
    let current = engine.current();
    assert!(current.require(&Requirement::default()).is_ok());
    for requirement in [
        Requirement::limit("users"),
        Requirement::valid_license().and_limit("users"),
        Requirement::lease("nodes"),
        Requirement::give_back("users"),
    ] {
        assert_eq!(code(current.require(&requirement)), "UNKNOWN_LIMIT");
    }
}

#[tokio::test]
async fn u15_a_clock_that_is_set_neither_prolongs_nor_ends_a_reservation() {
    let (engine, _upkeep, clock) = engine(|builder| builder).await;
    let users = engine.limit(&AccountId::LOCAL, "users");
    for wrong in [NOW.saturating_add_days(3650), Timestamp::UNIX_EPOCH] {
        clock.set(wrong);
        // Lost: as by a crash, it is neither confirmed nor released.
        let lost = users.reserve(3).await.unwrap();
        clock.set(NOW);
        clock.advance(Duration::from_secs(299));
        assert_eq!(code(users.reserve(1).await), "LIMIT_EXCEEDED", "{wrong}");
        clock.advance(Duration::from_secs(1));
        drop(users.reserve(3).await.unwrap());
        drop(lost);
    }
}

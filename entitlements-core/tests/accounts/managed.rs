//! Accounts as those who manage them change them: checked, whole, and counting from the next request on.

use std::sync::Arc;
use std::thread;

use entitlements_core::account::{
    AccountStore, AccountTerms, MemoryAccounts, NewAccount, OverrideValue,
};
use entitlements_core::testing::{self, ManualClock, NOW};
use entitlements_core::{AccountError, AccountId, Clock, Entitlements, Environment, Limit};

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
}

async fn engine(accounts: MemoryAccounts) -> Entitlements {
    let clock = Arc::new(ManualClock::at(NOW)) as Arc<dyn Clock>;
    let (engine, _upkeep) = Entitlements::builder()
        .catalog(testing::catalog())
        .environment(Environment::of::<String, String>([]))
        .accounts(accounts)
        .clock(clock)
        .build()
        .await
        .unwrap();
    engine
}

async fn has(engine: &Entitlements, account: &str, feature: &str) -> bool {
    let current = engine.current_of(&AccountId::new(account)).await.unwrap();
    current.has(feature)
}

#[tokio::test]
async fn a5_a_change_counts_from_the_next_request_on_and_not_for_one_under_way() {
    let engine = engine(MemoryAccounts::default()).await;
    let acme = AccountId::new("acme");
    let terms = AccountTerms::default();
    engine.add_account("acme", "Acme", terms).await.unwrap();
    let under_way = engine.current_of(&acme).await.unwrap();
    assert!(!under_way.has("sso"));
    let to_business =
        |_: &mut String, terms: &mut AccountTerms| terms.plan = Some("business".into());
    engine.change_account(&acme, to_business).await.unwrap();
    assert!(!under_way.has("sso"), "it keeps what it has seen");
    assert!(has(&engine, "acme", "sso").await);
    assert!(!has(&engine, "other", "sso").await);
}

#[tokio::test]
async fn a6_accounts_with_equal_terms_share_one_set() {
    let engine = engine(MemoryAccounts::default()).await;
    for id in ["a", "b"] {
        let terms = AccountTerms::on_plan("business");
        engine.add_account(id, "", terms).await.unwrap();
    }
    let a = engine.current_of(&AccountId::new("a")).await.unwrap();
    let b = engine.current_of(&AccountId::new("b")).await.unwrap();
    assert!(std::ptr::eq(a.set(), b.set()));
}

#[tokio::test]
async fn what_the_catalog_lacks_is_refused_and_changes_nothing() {
    let engine = engine(MemoryAccounts::default()).await;
    let wrong = AccountTerms::on_plan("busines");
    let refused = engine.add_account("acme", "", wrong.clone()).await;
    let Err(AccountError::Terms(error)) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(
        error.to_string(),
        "unknown plan `busines`, did you mean `business`?"
    );
    assert!(
        engine
            .accounts()
            .account(&AccountId::new("acme"))
            .await
            .unwrap()
            .is_none()
    );

    let right = AccountTerms::on_plan("business");
    engine.add_account("acme", "", right.clone()).await.unwrap();
    let acme = AccountId::new("acme");
    let refused = engine.change_account(&acme, move |_, terms| *terms = wrong.clone());
    assert!(matches!(refused.await, Err(AccountError::Terms(_))));
    let kept = engine.accounts().account(&acme).await.unwrap().unwrap();
    assert_eq!(*kept.terms.get(), right);
    let again = engine.add_account("acme", "", right).await;
    assert!(matches!(again, Err(AccountError::Exists)));
}

#[tokio::test]
async fn what_a_newer_catalog_lacks_does_not_stop_what_mends_it() {
    let accounts = MemoryAccounts::default();
    let mut stale = AccountTerms::on_plan("retired");
    for (id, feature) in [("one", "gone"), ("two", "gone_too")] {
        let value = OverrideValue::Feature(feature.into(), true);
        stale
            .overrides
            .push(entitlements_core::account::Override::new(id, value, NOW));
    }
    accounts
        .insert(NewAccount::new("acme", stale, NOW))
        .await
        .unwrap();
    let engine = engine(accounts).await;
    let acme = AccountId::new("acme");
    engine.remove_override(&acme, "one").await.unwrap();
    let more = OverrideValue::Limit("users".into(), Limit::AtMost(50));
    engine
        .add_override(&acme, more, None, "a trial")
        .await
        .unwrap();
    let current = engine.current_of(&acme).await.unwrap();
    assert_eq!(current.limit("users"), Limit::AtMost(50));
    let wrong = OverrideValue::Limit("userss".into(), Limit::AtMost(50));
    let refused = engine.add_override(&acme, wrong, None, "").await;
    assert!(matches!(refused, Err(AccountError::Terms(_))));
    let refused = engine.remove_override(&acme, "three").await;
    assert!(matches!(refused, Err(AccountError::NoOverride)));
}

/// A machine that booted in the wrong year, and was put right, takes the operator's word all the same.
#[tokio::test]
async fn r6_the_override_that_was_made_last_wins_whatever_the_clock_said() {
    let clock = Arc::new(ManualClock::at(NOW.saturating_add_days(3650)));
    let (engine, _upkeep) = Entitlements::builder()
        .catalog(testing::catalog())
        .environment(Environment::of::<String, String>([]))
        .clock(Arc::clone(&clock) as Arc<dyn Clock>)
        .build()
        .await
        .unwrap();
    let acme = AccountId::new("acme");
    let terms = AccountTerms::default();
    engine.add_account("acme", "", terms).await.unwrap();
    let mut last = None;
    for most in [50, 10, 20] {
        let value = OverrideValue::Limit("users".into(), Limit::AtMost(most));
        let made = engine.add_override(&acme, value, None, "").await.unwrap();
        assert!(last < Some(made.created_at));
        last = Some(made.created_at);
        clock.set(NOW);
        let current = engine.current_of(&acme).await.unwrap();
        assert_eq!(current.limit("users"), Limit::AtMost(most));
    }
}

/// Overrides that many add at once are all there: a change is of what is there when it is made.
#[tokio::test]
async fn changes_that_race_are_all_there() {
    let engine = engine(MemoryAccounts::default()).await;
    engine
        .add_account("acme", "", AccountTerms::default())
        .await
        .unwrap();
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for number in 0..50 {
                    let value = OverrideValue::Limit("users".into(), Limit::AtMost(number));
                    let acme = AccountId::new("acme");
                    let added = engine.add_override(&acme, value, None, "");
                    runtime().block_on(added).unwrap();
                }
            });
        }
    });
    let acme = engine.accounts().account(&AccountId::new("acme")).await;
    assert_eq!(acme.unwrap().unwrap().terms.get().overrides.len(), 400);
}

#[tokio::test]
async fn pages_are_in_order_and_whole() {
    let accounts = MemoryAccounts::default();
    for number in 0..25 {
        let account = NewAccount::new(format!("acc_{number:02}"), AccountTerms::default(), NOW);
        let account = account.named(if number % 5 == 0 { "Fünf GmbH" } else { "" });
        accounts.insert(account).await.unwrap();
    }
    let query = |text: &str, after: Option<&str>, most| entitlements_core::account::AccountQuery {
        text: text.into(),
        after: after.map(AccountId::new),
        most,
    };
    let page = async |query| {
        let page = accounts.page(&query).await.unwrap();
        page.into_iter()
            .map(|account| account.id.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        page(query("", None, 3)).await,
        ["acc_00", "acc_01", "acc_02"]
    );
    assert_eq!(
        page(query("", Some("acc_02"), 2)).await,
        ["acc_03", "acc_04"]
    );
    assert_eq!(
        page(query("fünf", Some("acc_05"), 10)).await,
        ["acc_10", "acc_15", "acc_20"]
    );
    assert!(page(query("", Some("acc_24"), 10)).await.is_empty());
    assert!(page(query("", None, 0)).await.is_empty());
}

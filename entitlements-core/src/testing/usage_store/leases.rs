use std::time::Duration;

use super::subject::{PROJECTS, Subject, Trial, USERS, after, ask};
use crate::testing::NOW;
use crate::usage::{Leased, Renewed, Reserved};
use crate::{Limit, Timestamp};

const NODES: &str = "nodes";
const TWO: Limit = Limit::AtMost(2);

/// Asks for one of two at [`NOW`], for 90 seconds.
async fn lease(account: &Subject, holder: &str) -> Leased {
    account.lease(NODES, holder, TWO, after(90), NOW).await
}

async fn leased(account: &Subject, now: Timestamp) -> u64 {
    let (used, reserved) = account.usage(NODES, now).await;
    assert_eq!(reserved, 0, "a lease is used, not reserved");
    used
}

pub async fn u11_a_lease_holds_until_it_is_released(trial: &Trial) {
    let account = trial.account("account");
    account.end_lease(NODES, "a", NOW).await;
    let none = account.lease(NODES, "a", Limit::AtMost(0), after(90), NOW);
    assert_eq!(none.await, Leased::Full { used: 0 });
    assert_eq!(lease(&account, "a").await, Leased::Held);
    assert_eq!(lease(&account, "b").await, Leased::Held);
    assert_eq!(lease(&account, "c").await, Leased::Full { used: 2 });
    account.end_lease(NODES, "c", NOW).await;
    account.end_lease(PROJECTS, "a", NOW).await;
    trial.account("other").end_lease(NODES, "a", NOW).await;
    assert_eq!(leased(&account, NOW).await, 2);
    account.end_lease(NODES, "a", NOW).await;
    account.end_lease(NODES, "a", NOW).await;
    assert_eq!(lease(&account, "c").await, Leased::Held);
    assert_eq!(leased(&account, NOW).await, 2);
}

pub async fn u11_a_lease_lapses_at_its_time(trial: &Trial) {
    let account = trial.account("account");
    lease(&account, "a").await;
    let long = account.lease(NODES, "b", TWO, after(180), NOW).await;
    assert_eq!(long, Leased::Held);
    let just_before = after(90).saturating_sub(Duration::from_micros(1));
    let another = |now| account.lease(NODES, "c", TWO, after(180), now);
    assert_eq!(another(just_before).await, Leased::Full { used: 2 });
    assert_eq!(leased(&account, just_before).await, 2);
    assert_eq!(another(after(90)).await, Leased::Held);
    let late = account.renew_lease(NODES, "a", after(200), after(90)).await;
    assert_eq!(late, Renewed::Lapsed);
    assert_eq!(leased(&account, after(179)).await, 2);
    assert_eq!(leased(&account, after(180)).await, 0);
}

pub async fn u11_a_holder_that_asks_again_renews(trial: &Trial) {
    let account = trial.account("account");
    lease(&account, "a").await;
    lease(&account, "b").await;
    let again = account.lease(NODES, "a", TWO, after(150), after(60)).await;
    assert_eq!(again, Leased::Held);
    let renewed = account.renew_lease(NODES, "b", after(160), after(89)).await;
    assert_eq!(renewed, Renewed::Held);
    assert_eq!(leased(&account, after(149)).await, 2);
    assert_eq!(leased(&account, after(150)).await, 1);
    assert_eq!(leased(&account, after(160)).await, 0);

    // The last word counts, also where it is the shorter one.
    account.lease(NODES, "a", TWO, after(300), after(200)).await;
    account
        .renew_lease(NODES, "a", after(210), after(201))
        .await;
    assert_eq!(leased(&account, after(210)).await, 0);
    let gone = account
        .renew_lease(NODES, "a", after(300), after(211))
        .await;
    assert_eq!(gone, Renewed::Lapsed);
    assert_eq!(leased(&account, after(211)).await, 0);
}

pub async fn u11_renewing_is_no_growth(trial: &Trial) {
    let account = trial.account("account");
    lease(&account, "a").await;
    lease(&account, "b").await;
    // After a downgrade: who has a lease keeps it, nobody gets a new one.
    let one = Limit::AtMost(1);
    let renewed = account.lease(NODES, "b", one, after(120), after(10)).await;
    assert_eq!(renewed, Leased::Held);
    let refused = account.lease(NODES, "c", one, after(120), after(10)).await;
    assert_eq!(refused, Leased::Full { used: 2 });
    let lapsed = account.lease(NODES, "a", one, after(200), after(90)).await;
    assert_eq!(lapsed, Leased::Full { used: 1 });
}

pub async fn u11_leases_and_counts_add_up(trial: &Trial) {
    let account = trial.account("account");
    let forever = Timestamp::MAX;
    let leased = account.lease(USERS, "a", TWO, forever, NOW).await;
    assert_eq!(leased, Leased::Held);
    account.hold(&[ask(USERS, 1, 2)]).await;
    let full = account.lease(USERS, "b", TWO, forever, NOW).await;
    assert_eq!(full, Leased::Full { used: 2 });
    let refused = account.try_hold(&[ask(USERS, 1, 2)]).await;
    assert_eq!(refused, Reserved::Full { ask: 0, used: 2 });
    account.sync(USERS, 3, NOW).await;
    assert_eq!(account.usage(USERS, NOW).await, (4, 1));
    account.give_back(USERS, 9, NOW).await;
    assert_eq!(account.usage(USERS, NOW).await, (1, 1));
}

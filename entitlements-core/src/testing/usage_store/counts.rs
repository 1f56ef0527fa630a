use std::time::Duration;

use super::subject::{PROJECTS, Trial, USERS, after, ask, ask_unlimited, held};
use crate::testing::NOW;
use crate::usage::Reserved;

/// Up to here numbers are exact in every store.
const EXACT: u64 = 1 << 53;
/// The smallest part of time.
const MOMENT: Duration = Duration::from_micros(1);

pub async fn u2_admits_what_leaves_room(trial: &Trial) {
    let account = trial.account("account");
    assert_eq!(account.usage(USERS, NOW).await, (0, 0));
    account.sync(USERS, 3, NOW).await;
    let refused = |used| Reserved::Full { ask: 0, used };
    assert_eq!(account.try_hold(&[ask(USERS, 3, 5)]).await, refused(3));
    let two = [ask(USERS, 2, 5)];
    account.hold(&two).await;
    // What is reserved leaves no room, as what is used leaves none.
    assert_eq!(account.try_hold(&[ask(USERS, 1, 5)]).await, refused(5));
    account.hold(&[ask(USERS, 1, 6)]).await;
    assert_eq!(account.usage(USERS, NOW).await, (3, 3));
    // After a downgrade more are in use than allowed.
    assert_eq!(account.try_hold(&[ask(USERS, 1, 0)]).await, refused(6));
}

pub async fn u2_unlimited_has_room_and_counts(trial: &Trial) {
    let account = trial.account("account");
    let asks = [ask_unlimited(USERS, 1000)];
    let id = account.hold(&asks).await;
    assert_eq!(account.usage(USERS, NOW).await, (0, 1000));
    account.confirm(id, &asks, NOW).await;
    assert_eq!(account.usage(USERS, NOW).await, (1000, 0));
}

pub async fn u2_nothing_always_fits(trial: &Trial) {
    let account = trial.account("account");
    account.sync(USERS, 5, NOW).await;
    let nothing = [ask(USERS, 0, 3)];
    let (first, second) = (account.hold(&nothing).await, account.hold(&nothing).await);
    assert_ne!(first, second);
    account.confirm(first, &nothing, NOW).await;
    account.release(second, NOW).await;
    let none = account.hold(&[]).await;
    account.confirm(none, &[], NOW).await;
    assert_eq!(account.usage(USERS, NOW).await, (5, 0));
}

pub async fn u2_accounts_and_limits_are_apart(trial: &Trial) {
    let long = "a".repeat(200);
    let names = [
        "account", "Account", "account ", "acc%unt", "acc'unt", "é", &long,
    ];
    for (index, name) in (1..).zip(names) {
        let account = trial.account(name);
        account.hold(&[ask(USERS, index, index)]).await;
        account.sync(PROJECTS, 10 * index, NOW).await;
    }
    for (index, name) in (1..).zip(names) {
        let account = trial.account(name);
        assert_eq!(account.usage(USERS, NOW).await, (0, index), "{name}");
        assert_eq!(
            account.usage(PROJECTS, NOW).await,
            (10 * index, 0),
            "{name}"
        );
        assert_eq!(account.usage("Users", NOW).await, (0, 0), "{name}");
    }
}

pub async fn u2_huge_numbers_never_wrap(trial: &Trial) {
    let account = trial.account("exact");
    account.sync(USERS, EXACT - 2, NOW).await;
    account.hold(&[ask(USERS, 1, EXACT)]).await;
    account.hold(&[ask(USERS, 1, EXACT)]).await;
    let full = Reserved::Full {
        ask: 0,
        used: EXACT,
    };
    assert_eq!(account.try_hold(&[ask(USERS, 1, EXACT)]).await, full);

    let account = trial.account("huge");
    account.sync(USERS, 1, NOW).await;
    let small = Reserved::Full { ask: 0, used: 1 };
    assert_eq!(account.try_hold(&[ask(USERS, u64::MAX, 10)]).await, small);
    let all = ask_unlimited(USERS, u64::MAX);
    let twice = [all, all];
    let (first, second) = (account.hold(&twice).await, account.hold(&twice).await);
    for amount in [1, EXACT, u64::MAX] {
        let refused = account.try_hold(&[ask(USERS, amount, EXACT)]).await;
        assert!(
            matches!(refused, Reserved::Full { ask: 0, used } if used >= EXACT),
            "{refused:?}"
        );
    }
    account.confirm(first, &twice, NOW).await;
    account.release(second, NOW).await;
    let five = [ask_unlimited(USERS, 5)];
    let third = account.hold(&five).await;
    account.confirm(third, &five, NOW).await;
    let (used, reserved) = account.usage(USERS, NOW).await;
    assert!(used >= EXACT, "{used}");
    assert_eq!(reserved, 0);
    account.give_back(USERS, u64::MAX, NOW).await;
    account.give_back(USERS, u64::MAX, NOW).await;
    assert_eq!(account.usage(USERS, NOW).await, (0, 0));
}

pub async fn u3_confirmed_is_used(trial: &Trial) {
    let account = trial.account("account");
    let (two, one) = ([ask(USERS, 2, 3)], [ask(USERS, 1, 3)]);
    let (first, second) = (account.hold(&two).await, account.hold(&one).await);
    account.confirm(first, &two, NOW).await;
    assert_eq!(account.usage(USERS, NOW).await, (2, 1));
    account.confirm(second, &one, after(299)).await;
    assert_eq!(account.usage(USERS, NOW).await, (3, 0));
    // Nothing of it lapses.
    assert_eq!(account.usage(USERS, after(300)).await, (3, 0));
}

pub async fn u3_released_is_as_if_it_never_was(trial: &Trial) {
    let account = trial.account("account");
    let (two, one) = ([ask(USERS, 2, 3)], [ask(USERS, 1, 3)]);
    let (first, second) = (account.hold(&two).await, account.hold(&one).await);
    account.release(first, NOW).await;
    account.release(first, NOW).await;
    assert_eq!(account.usage(USERS, NOW).await, (0, 1));
    // Not those of another account.
    trial.account("other").release(second, NOW).await;
    assert_eq!(account.usage(USERS, NOW).await, (0, 1));
    account.release(second, NOW).await;
    assert_eq!(account.usage(USERS, NOW).await, (0, 0));
    account.hold(&[ask(USERS, 3, 3)]).await;
}

pub async fn u3_lapses_at_its_time(trial: &Trial) {
    let account = trial.account("account");
    let all = [ask(USERS, 3, 3)];
    let (soon, late) = (after(60), after(120));
    let first = held(account.reserve(&[ask(USERS, 1, 3)], late, NOW).await);
    let second = held(account.reserve(&[ask(USERS, 2, 3)], soon, NOW).await);

    let just_before = soon.saturating_sub(MOMENT);
    let full = Reserved::Full { ask: 0, used: 3 };
    assert_eq!(account.reserve(&all, late, just_before).await, full);
    assert_eq!(account.usage(USERS, just_before).await, (0, 3));
    assert_eq!(account.usage(USERS, soon).await, (0, 1));
    // What has lapsed already is released by nobody a second time.
    account.release(second, soon).await;
    let full = Reserved::Full { ask: 0, used: 1 };
    assert_eq!(account.reserve(&all, late, soon).await, full);
    // Nobody looked in between: whoever asks finds the room itself.
    held(account.reserve(&all, after(200), late).await);
    account.release(first, late).await;
    assert_eq!(account.usage(USERS, late).await, (0, 3));
}

pub async fn u3_confirming_after_it_lapsed_counts(trial: &Trial) {
    let account = trial.account("account");
    let lapsed = [ask(USERS, 2, 3), ask(PROJECTS, 1, 1)];
    let first = held(account.reserve(&lapsed, after(60), NOW).await);
    // Its room was given to another: what was created exists all the same.
    let all = [ask(USERS, 3, 3)];
    let second = held(account.reserve(&all, after(120), after(60)).await);
    account.confirm(first, &lapsed, after(61)).await;
    assert_eq!(account.usage(USERS, after(61)).await, (2, 3));
    assert_eq!(account.usage(PROJECTS, after(61)).await, (1, 0));
    // Nobody looked since it lapsed.
    account.confirm(second, &all, after(500)).await;
    assert_eq!(account.usage(USERS, after(500)).await, (5, 0));
}

pub async fn u5_gives_back_at_most_what_is_used(trial: &Trial) {
    let account = trial.account("account");
    account.give_back(USERS, 5, NOW).await;
    assert_eq!(account.usage(USERS, NOW).await, (0, 0));
    account.sync(USERS, 5, NOW).await;
    account.hold(&[ask(USERS, 2, 7)]).await;
    account.give_back(USERS, 4, NOW).await;
    assert_eq!(account.usage(USERS, NOW).await, (1, 2));
    account.give_back(USERS, 0, NOW).await;
    account.give_back(PROJECTS, 1, NOW).await;
    assert_eq!(account.usage(USERS, NOW).await, (1, 2));
    account.give_back(USERS, 2, NOW).await;
    // What is reserved stays, and what was given back too often is not owed.
    assert_eq!(account.usage(USERS, NOW).await, (0, 2));
    account.hold(&[ask(USERS, 5, 7)]).await;
}

pub async fn u6_sync_sets_what_is_used_and_keeps_what_is_reserved(trial: &Trial) {
    let account = trial.account("account");
    let two = [ask(USERS, 2, 9)];
    let id = account.hold(&two).await;
    for used in [7, 3, 0, 4] {
        account.sync(USERS, used, NOW).await;
        assert_eq!(account.usage(USERS, NOW).await, (used, 2));
    }
    account.sync(PROJECTS, 0, NOW).await;
    account.confirm(id, &two, NOW).await;
    assert_eq!(account.usage(USERS, NOW).await, (6, 0));
    let full = Reserved::Full { ask: 0, used: 6 };
    assert_eq!(account.try_hold(&[ask(USERS, 4, 9)]).await, full);
}

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::subject::{PROJECTS, Subject, Trial, USERS, after, ask, ask_unlimited, held};
use crate::Limit;
use crate::testing::NOW;
use crate::usage::{Leased, Reserved};

const RACERS: u64 = 64;

/// Does `racer` with each of 64 copies of an account at once, by their numbers.
async fn race<T, F>(trial: &Trial, account: &Subject, racer: impl Fn(Subject, u64) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let racers = (0..RACERS).map(|number| racer(account.clone(), number));
    trial.race(racers).await
}

fn winners(outcomes: impl IntoIterator<Item = Reserved>) -> u64 {
    let held = |outcome: &Reserved| matches!(outcome, Reserved::Held(_));
    outcomes.into_iter().filter(held).count() as u64
}

pub async fn i4_one_wins_the_last_unit(trial: &Trial) {
    for round in 0..trial.rounds {
        let account = trial.account(&format!("account-{round}"));
        account.sync(USERS, 9, NOW).await;
        let outcomes = race(trial, &account, |account, _| async move {
            let last = [ask(USERS, 1, 10)];
            let outcome = account.try_hold(&last).await;
            if let Reserved::Held(id) = outcome {
                account.confirm(id, &last, NOW).await;
            }
            outcome
        });
        assert_eq!(winners(outcomes.await), 1);
        assert_eq!(account.usage(USERS, NOW).await, (10, 0));
    }
}

pub async fn i4_first_use_in_parallel_loses_nothing(trial: &Trial) {
    for round in 0..trial.rounds.div_ceil(2) {
        let account = trial.account(&format!("limited-{round}"));
        let outcomes = race(trial, &account, |account, number| async move {
            // Half of them through a limit of their own.
            let limit = if number % 2 == 0 { USERS } else { PROJECTS };
            account.try_hold(&[ask(limit, 3, 10)]).await
        });
        assert_eq!(winners(outcomes.await), 6, "three of each");
        assert_eq!(account.usage(USERS, NOW).await, (0, 9));

        let account = trial.account(&format!("unlimited-{round}"));
        race(trial, &account, |account, _| async move {
            let one = [ask_unlimited(USERS, 1)];
            let id = account.hold(&one).await;
            account.confirm(id, &one, NOW).await;
        })
        .await;
        assert_eq!(account.usage(USERS, NOW).await, (RACERS, 0));
    }
}

/// Each holds what it got for a moment: at no time do more than two, and while one does, it is counted.
pub async fn i4_races_with_releases(trial: &Trial) {
    let account = trial.account("account");
    for _ in 0..trial.rounds.div_ceil(2) {
        let holding = Arc::new(AtomicU64::new(0));
        let seen = race(trial, &account, |account, _| {
            let holding = Arc::clone(&holding);
            async move {
                let mut seen = Vec::new();
                for _ in 0..3 {
                    if let Reserved::Held(id) = account.try_hold(&[ask(USERS, 1, 2)]).await {
                        seen.push(holding.fetch_add(1, Ordering::SeqCst) + 1);
                        seen.push(account.usage(USERS, NOW).await.1);
                        holding.fetch_sub(1, Ordering::SeqCst);
                        account.release(id, NOW).await;
                    }
                }
                seen
            }
        })
        .await;
        let seen: Vec<_> = seen.into_iter().flatten().collect();
        assert!(!seen.is_empty(), "nobody was admitted");
        let wrong = seen.iter().find(|count| !matches!(count, 1 | 2));
        assert_eq!(wrong, None, "held at a time");
        assert_eq!(account.usage(USERS, NOW).await, (0, 0));
    }
}

/// Some ask just before a reservation lapses, some at that time: one of these gets its room.
pub async fn i4_one_wins_what_lapses(trial: &Trial) {
    for round in 0..trial.rounds.div_ceil(2) {
        let account = trial.account(&format!("account-{round}"));
        held(account.reserve(&[ask(USERS, 1, 1)], after(60), NOW).await);
        let outcomes = race(trial, &account, |account, number| async move {
            let now = after(59 + number % 2);
            account.reserve(&[ask(USERS, 1, 1)], after(300), now).await
        });
        assert_eq!(winners(outcomes.await), 1);
        assert_eq!(account.usage(USERS, after(60)).await, (0, 1));
    }
}

/// One that lapsed is confirmed after all, while others ask for its room: nothing is counted twice or lost.
pub async fn i4_races_with_a_late_confirmation(trial: &Trial) {
    for round in 0..trial.rounds.div_ceil(2) {
        let account = trial.account(&format!("account-{round}"));
        let one = [ask(USERS, 1, 1)];
        let late = held(account.reserve(&one, after(60), NOW).await);
        let outcomes = race(trial, &account, |account, number| async move {
            let one = [ask(USERS, 1, 1)];
            if number == RACERS / 2 {
                account.confirm(late, &one, after(60)).await;
                return None;
            }
            Some(account.reserve(&one, after(300), after(60)).await)
        });
        let won = winners(outcomes.await.into_iter().flatten());
        assert!(won <= 1, "{won}");
        assert_eq!(account.usage(USERS, after(60)).await, (1, won));
    }
}

/// Asked for in either order, so that a store that locks one after the other is found to.
pub async fn i4_several_limits_are_all_or_none_in_a_race(trial: &Trial) {
    for round in 0..trial.rounds.div_ceil(2) {
        let account = trial.account(&format!("account-{round}"));
        account.sync(PROJECTS, 4, NOW).await;
        let outcomes = race(trial, &account, |account, number| async move {
            let mut both = [ask(USERS, 2, 100), ask(PROJECTS, 1, 5)];
            if number % 2 == 0 {
                both.reverse();
            }
            account.try_hold(&both).await
        });
        assert_eq!(winners(outcomes.await), 1);
        assert_eq!(account.usage(USERS, NOW).await, (0, 2));
        assert_eq!(account.usage(PROJECTS, NOW).await, (4, 1));
    }
}

pub async fn i4_races_with_sync(trial: &Trial) {
    for round in 0..trial.rounds.div_ceil(2) {
        let account = trial.account(&format!("account-{round}"));
        account.sync(USERS, 9, NOW).await;
        let outcomes = race(trial, &account, |account, number| async move {
            if number % 8 == 0 {
                account.sync(USERS, 5, NOW).await;
                return None;
            }
            Some(account.try_hold(&[ask(USERS, 1, 10)]).await)
        });
        let won = winners(outcomes.await.into_iter().flatten());
        assert!(won <= 5, "{won}");
        assert_eq!(account.usage(USERS, NOW).await, (5, won));
    }
}

pub async fn i4_confirming_and_giving_back_at_once_lose_nothing(trial: &Trial) {
    for round in 0..trial.rounds.div_ceil(4) {
        let account = trial.account(&format!("account-{round}"));
        account.sync(USERS, RACERS, NOW).await;
        race(trial, &account, |account, number| async move {
            let three = [ask_unlimited(USERS, 3)];
            let id = account.hold(&three).await;
            account.give_back(USERS, 1, NOW).await;
            if number % 2 == 0 {
                account.confirm(id, &three, NOW).await;
            } else {
                account.release(id, NOW).await;
            }
        })
        .await;
        assert_eq!(account.usage(USERS, NOW).await, (RACERS / 2 * 3, 0));
    }
}

pub async fn i4_races_with_leases(trial: &Trial) {
    for round in 0..trial.rounds.div_ceil(2) {
        let account = trial.account(&format!("account-{round}"));
        let outcomes = race(trial, &account, |account, number| async move {
            // Two ask for each holder: these share a lease.
            let (holder, three) = (format!("node-{}", number / 2), Limit::AtMost(3));
            let leased = account.lease(USERS, &holder, three, after(90), NOW).await;
            (leased == Leased::Held).then_some(holder)
        });
        let mut holders: Vec<_> = outcomes.await.into_iter().flatten().collect();
        holders.sort();
        holders.dedup();
        assert_eq!(holders.len(), 3, "{holders:?}");
        assert_eq!(account.usage(USERS, NOW).await, (3, 0));
    }
}

use super::subject::{PROJECTS, Trial, USERS, after, ask};
use crate::testing::NOW;
use crate::usage::Reserved;

pub async fn u4_all_or_none(trial: &Trial) {
    let account = trial.account("account");
    account.sync(USERS, 3, NOW).await;
    let (room, none) = (ask(PROJECTS, 1, 5), ask(USERS, 1, 3));
    let full = |ask| Reserved::Full { ask, used: 3 };
    assert_eq!(account.try_hold(&[room, none]).await, full(1));
    assert_eq!(account.try_hold(&[none, room]).await, full(0));
    // The first one without room is the one that is told of.
    let more = ask(PROJECTS, 6, 5);
    assert_eq!(account.try_hold(&[none, more]).await, full(0));
    let first = Reserved::Full { ask: 0, used: 0 };
    assert_eq!(account.try_hold(&[more, none]).await, first);
    assert_eq!(account.usage(PROJECTS, NOW).await, (0, 0));
    assert_eq!(account.usage(USERS, NOW).await, (3, 0));
}

pub async fn u4_asks_for_the_same_limit_add_up(trial: &Trial) {
    let account = trial.account("account");
    account.sync(USERS, 1, NOW).await;
    let (one, two) = (ask(USERS, 1, 4), ask(USERS, 2, 4));
    let full = Reserved::Full { ask: 2, used: 1 };
    assert_eq!(account.try_hold(&[two, one, one]).await, full);
    let both = [two, ask(PROJECTS, 1, 1), one];
    let id = account.hold(&both).await;
    assert_eq!(account.usage(USERS, NOW).await, (1, 3));
    account.confirm(id, &both, NOW).await;
    assert_eq!(account.usage(USERS, NOW).await, (4, 0));
    // Also where one alone would not wrap around, and both do.
    let half = ask(USERS, u64::MAX / 2 + 1, 4);
    let full = Reserved::Full { ask: 0, used: 4 };
    assert_eq!(account.try_hold(&[half, half]).await, full);
}

pub async fn u4_settles_all_of_them(trial: &Trial) {
    let account = trial.account("account");
    let both = [ask(USERS, 2, 9), ask(PROJECTS, 1, 9)];
    let usage = async |seconds| {
        let users = account.usage(USERS, after(seconds)).await;
        (users, account.usage(PROJECTS, after(seconds)).await)
    };
    let released = account.hold(&both).await;
    let confirmed = account.hold(&both).await;
    let _lapses = account.hold(&both).await;
    assert_eq!(usage(0).await, ((0, 6), (0, 3)));
    account.release(released, NOW).await;
    assert_eq!(usage(0).await, ((0, 4), (0, 2)));
    account.confirm(confirmed, &both, NOW).await;
    assert_eq!(usage(0).await, ((2, 2), (1, 1)));
    assert_eq!(usage(300).await, ((2, 0), (1, 0)));
}

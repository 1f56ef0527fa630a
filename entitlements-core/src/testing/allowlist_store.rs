//! What holds for every store of allowlists, as tests: [`allowlist_store_conformance!`](crate::allowlist_store_conformance).
#![expect(
    clippy::expect_used,
    reason = "a test kit stops the test, and says why"
)]

use std::sync::Arc;

use tokio::sync::mpsc;

use super::NOW;
pub use super::license_store::Task;
use crate::AccountId;
use crate::allowlist::{
    Allowlist, AllowlistChange, AllowlistChanged, AllowlistError, AllowlistRefusal, AllowlistStore,
    ChangedBy, EntryChange, EntryPatch,
};

const ACME: AccountId = AccountId::LOCAL;

/// Who insists on everything.
const NOBODY: ChangedBy = ChangedBy::nobody();

async fn kept(store: &impl AllowlistStore, account: &AccountId) -> Arc<Allowlist> {
    store.load(account).await.expect("the store can be read")
}

fn add(range: &str, description: &str) -> AllowlistChange {
    let change = AllowlistChange::add(range, description, "ann", NOW);
    change.expect("it can be an entry")
}

async fn done(store: &impl AllowlistStore, change: AllowlistChange) -> AllowlistChanged {
    let changed = store.change(&ACME, change, NOBODY).await;
    changed.expect("it can be kept")
}

/// W10: what is kept is there when the store is opened again, as it was.
///
/// # Panics
/// Where it is not.
pub async fn w10_what_is_kept_is_there_when_it_is_opened_again<S: AllowlistStore>(
    open: impl AsyncFn() -> S,
) {
    assert_eq!(*kept(&open().await, &ACME).await, Allowlist::default());
    let store = open().await;
    let office = add(
        "192.0.2.0/24",
        "the \"office\" \\ größe 🔑 '; drop table --",
    );
    let (home, gone) = (add("2001:db8::/32", ""), add("10.0.0.0/8", "gone"));
    let (home_id, gone_id) = (home.id().to_owned(), gone.id().to_owned());
    for change in [office, home, gone] {
        done(&store, change).await;
    }
    let off = EntryPatch {
        is_active: Some(false),
        ip_range: Some("2001:db8::/48".into()),
        description: Some("home".into()),
    };
    done(&store, AllowlistChange::change(&home_id, off)).await;
    let last = done(&store, AllowlistChange::remove(gone_id)).await;
    assert!(
        matches!(&last.change, Some(EntryChange::Remove(entry)) if entry.description == "gone")
    );
    assert_eq!(last.list.entries().len(), 2);
    assert_eq!(kept(&store, &ACME).await, last.list);
    drop(store);
    let list = kept(&open().await, &ACME).await;
    assert_eq!(list, last.list);
    let home = list.entry(&home_id).expect("it is there");
    assert!(!home.is_active && home.description == "home");
    assert_eq!(home.ip_range.to_string(), "2001:db8::/48");
}

/// W10: each account has its own list.
///
/// # Panics
/// Where what happens to one changes another.
pub async fn w10_each_account_has_its_own<S: AllowlistStore>(open: impl AsyncFn() -> S) {
    let store = open().await;
    let accounts = ["acme", "Acme", "acme ", "größe\"\\", ""].map(AccountId::new);
    for (number, account) in accounts.iter().enumerate() {
        let entry = add(&format!("192.0.2.{number}"), "");
        let changed = store.change(account, entry, NOBODY).await;
        changed.expect("it can be kept");
    }
    let [acme, others @ ..] = &accounts;
    let id = kept(&store, acme)
        .await
        .entries()
        .first()
        .map(|entry| entry.id.clone());
    let id = id.expect("there is one");
    let elsewhere = store
        .change(&ACME, AllowlistChange::remove(&id), NOBODY)
        .await;
    assert_eq!(elsewhere, Err(AllowlistRefusal::NotFound.into()));
    let removed = store
        .change(acme, AllowlistChange::remove(&id), NOBODY)
        .await;
    removed.expect("it can be removed");
    let store = open().await;
    assert_eq!(*kept(&store, acme).await, Allowlist::default());
    for account in others {
        assert_eq!(kept(&store, account).await.entries().len(), 1, "{account}");
    }
}

/// W10: an account that is removed takes its list along, and nobody else's; one that is made anew starts from nothing.
///
/// # Panics
/// Where something of it is left, or of another is not.
pub async fn w10_an_account_takes_its_list_along<S: AllowlistStore>(open: impl AsyncFn() -> S) {
    let (store, other) = (open().await, open().await);
    let removed = async |store: &S, account: &AccountId| {
        let removed = store.remove(account).await;
        removed.expect("the store can be changed")
    };
    let neighbour = AccountId::new("Local");
    assert!(!removed(&store, &ACME).await);
    let (office, home) = (add("192.0.2.0/24", ""), add("10.0.0.0/8", ""));
    let id = office.id().to_owned();
    for change in [office, home] {
        done(&store, change).await;
    }
    let beside = store
        .change(&neighbour, add("192.0.2.0/24", ""), NOBODY)
        .await;
    let beside = beside.expect("it can be kept").list;
    assert!(!removed(&store, &AccountId::new("nobody")).await);
    assert!(removed(&other, &ACME).await);
    assert!(!removed(&store, &ACME).await);
    for store in [&store, &other, &open().await] {
        assert_eq!(*kept(store, &ACME).await, Allowlist::default());
        assert_eq!(kept(store, &neighbour).await, beside);
    }
    let gone = store
        .change(&ACME, AllowlistChange::remove(id), NOBODY)
        .await;
    assert_eq!(gone, Err(AllowlistRefusal::NotFound.into()));
    let anew = done(&store, add("192.0.2.0/24", "")).await.list;
    assert_eq!(anew.entries().len(), 1);
    // With its last entry a list is gone by itself.
    for entry in anew.entries() {
        done(&store, AllowlistChange::remove(&entry.id)).await;
    }
    assert!(!removed(&open().await, &ACME).await);
}

/// W7: what is refused changes nothing, and neither does what is so already.
///
/// # Panics
/// Where it does.
pub async fn w7_what_is_refused_changes_nothing<S: AllowlistStore>(open: impl AsyncFn() -> S) {
    let store = open().await;
    let office = add("192.0.2.0/24", "office");
    let id = office.id().to_owned();
    let list = done(&store, office).await.list;
    let outside = ChangedBy {
        is_entitled: false,
        address: "192.0.2.1".parse().ok(),
        may_lock_out: false,
    };
    let entitled = ChangedBy {
        is_entitled: true,
        ..outside
    };
    let moved = |range: &str| {
        let ip_range = Some(range.to_owned());
        AllowlistChange::change(
            &id,
            EntryPatch {
                ip_range,
                ..EntryPatch::default()
            },
        )
    };
    let not_there = AllowlistChange::remove("nobody's");
    for (change, by) in [
        (add("10.0.0.0/8", ""), outside),
        (moved("10.0.0.0/8"), outside),
        (moved("10.0.0.0/8"), entitled),
        (moved("what"), entitled),
        (add("192.0.2.0/24", ""), entitled),
        (not_there, entitled),
    ] {
        let refused = store.change(&ACME, change, by).await;
        assert!(
            matches!(refused, Err(AllowlistError::Refused(_))),
            "{refused:?}"
        );
    }
    let same = store.change(&ACME, moved("192.0.2.0/24"), outside).await;
    assert_eq!(same.expect("it is so").change, None);
    assert_eq!(kept(&open().await, &ACME).await, list);
}

/// W10: of changes at the same time, through one handle or through another, each is judged by what the others left.
///
/// # Panics
/// Where one is lost, or two are made that exclude each other.
pub async fn w10_changes_at_the_same_time_take_turns<S: AllowlistStore>(
    open: impl AsyncFn() -> S,
    spawn: impl Fn(Task),
) {
    const EACH: usize = 6;
    let stores = [Arc::new(open().await), Arc::new(open().await)];
    let here = ChangedBy {
        is_entitled: true,
        address: "192.0.2.1".parse().ok(),
        may_lock_out: false,
    };
    // Two entries have the caller's address: one of them may go, and not the other.
    let (wide, narrow) = (add("192.0.2.0/24", ""), add("192.0.2.0/25", ""));
    let ids = [wide.id().to_owned(), narrow.id().to_owned()];
    for change in [wide, narrow] {
        let [store, _] = &stores;
        done(&**store, change).await;
    }
    let (told, mut made) = mpsc::unbounded_channel();
    for (keeper, store) in stores.iter().cycle().take(8).enumerate() {
        let mut changes: Vec<_> = (0..EACH)
            .map(|number| add(&format!("10.{keeper}.{number}.0/24"), ""))
            .collect();
        // All of these want the same: one gets it.
        changes.push(add("203.0.113.0/24", ""));
        changes.extend(
            ids.iter()
                .cycle()
                .skip(keeper)
                .take(1)
                .map(AllowlistChange::remove),
        );
        let (store, told) = (Arc::clone(store), told.clone());
        spawn(Box::pin(async move {
            for change in changes {
                match store.change(&ACME, change, here).await {
                    Ok(changed) => drop(told.send(changed.change)),
                    Err(AllowlistError::Refused(_) | AllowlistError::NotEntitled(_)) => {}
                    Err(AllowlistError::Store(error)) => {
                        assert_eq!(error.to_string(), "", "it can be kept");
                    }
                }
            }
        }));
    }
    drop(told);
    let (mut added, mut removed) = (0, 0);
    while let Some(change) = made.recv().await {
        match change {
            Some(EntryChange::Put(_)) => added += 1,
            Some(EntryChange::Remove(_)) => removed += 1,
            None => {}
        }
    }
    assert_eq!((added, removed), (8 * EACH + 1, 1));
    let list = kept(&open().await, &ACME).await;
    assert_eq!(list.entries().len(), 2 + added - removed);
}

/// Makes a test of each of W7 and W10 for an [`AllowlistStore`](crate::allowlist::AllowlistStore).
///
/// It takes an expression that makes a new, empty place, once a test, and one that opens the store there, as often as a test
/// wants; both may await, with tokio's time and I/O at hand.
///
/// The crate that uses it needs tokio with feature `rt-multi-thread` among its dev-dependencies. Use it in a module
/// of its own, as each test is a function named after its rule.
///
/// ```
/// use entitlements_core::allowlist::AllowlistFiles;
///
/// mod in_a_file {
///     entitlements_core::allowlist_store_conformance!(
///         place = tempfile::tempdir().unwrap(),
///         open = |place| super::AllowlistFiles::in_folder(place.path())
///     );
/// }
/// ```
#[macro_export]
macro_rules! allowlist_store_conformance {
    (place = $make:expr, open = |$place:ident| $open:expr) => {
        $crate::__conformance_tests!(allowlist_store, $make, $place, $open,
            w7_what_is_refused_changes_nothing()
            w10_an_account_takes_its_list_along()
            w10_changes_at_the_same_time_take_turns(|task| drop(::tokio::spawn(task)))
            w10_each_account_has_its_own()
            w10_what_is_kept_is_there_when_it_is_opened_again()
        );
    };
}

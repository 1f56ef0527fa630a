//! What holds for every store of licenses, as tests: [`license_store_conformance!`](crate::license_store_conformance).
#![expect(
    clippy::expect_used,
    reason = "a test kit stops the test, and says why"
)]

use std::collections::BTreeSet;
use std::pin::Pin;
use std::sync::Arc;

use tokio::sync::mpsc;

use crate::license::{Collection, LicenseStore, StoredEntry};

/// What is done beside the test.
pub type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

use Collection::Licenses;

async fn kept(store: &impl LicenseStore) -> BTreeSet<(String, String)> {
    kept_of(store, Licenses).await
}

async fn kept_of(store: &impl LicenseStore, collection: Collection) -> BTreeSet<(String, String)> {
    let entries = store.load(collection).await.expect("the store can be read");
    let kept = entries.into_iter();
    kept.map(|entry| (entry.id, entry.value)).collect()
}

fn pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> BTreeSet<(String, String)> {
    let pairs = pairs.into_iter();
    pairs
        .map(|(id, key)| (id.to_owned(), key.to_owned()))
        .collect()
}

/// P1: what is kept is there when the store is opened again.
///
/// # Panics
/// Where it is not.
pub async fn p1_what_is_kept_is_there_when_it_is_opened_again<S: LicenseStore>(
    open: impl AsyncFn() -> S,
) {
    assert_eq!(kept(&open().await).await, pairs([]));
    let store = open().await;
    for (id, key) in [("a", "key of a"), ("b", "key of b")] {
        let put = store.put(Licenses, StoredEntry::new(id, key)).await;
        put.expect("it can be kept");
    }
    let both = pairs([("a", "key of a"), ("b", "key of b")]);
    assert_eq!(kept(&store).await, both);
    drop(store);
    assert_eq!(kept(&open().await).await, both);
}

/// S10: a license with the same id is replaced.
///
/// # Panics
/// Where it is not.
pub async fn s10_the_same_id_replaces<S: LicenseStore>(open: impl AsyncFn() -> S) {
    let store = open().await;
    for key in ["first", "second", "second"] {
        let put = store.put(Licenses, StoredEntry::new("a", key)).await;
        put.expect("it can be kept");
    }
    assert_eq!(kept(&open().await).await, pairs([("a", "second")]));
}

/// S11: what is removed is gone, and nothing else is.
///
/// # Panics
/// Where it is not.
pub async fn s11_what_is_removed_is_gone_and_nothing_else<S: LicenseStore>(
    open: impl AsyncFn() -> S,
) {
    let store = open().await;
    for id in ["a", "b", "c"] {
        store
            .put(Licenses, StoredEntry::new(id, id))
            .await
            .expect("it can be kept");
    }
    for id in ["a", "a", "nobody's"] {
        store.remove(Licenses, id).await.expect("it can be removed");
    }
    assert_eq!(kept(&open().await).await, pairs([("b", "b"), ("c", "c")]));
    for _ in 0..2 {
        store.clear(Licenses).await.expect("all can be removed");
    }
    assert_eq!(kept(&open().await).await, pairs([]));
}

/// P2: ids and keys come back as they were, whatever is in them.
///
/// # Panics
/// Where they do not.
pub async fn p2_ids_and_keys_come_back_as_they_were<S: LicenseStore>(open: impl AsyncFn() -> S) {
    let store = open().await;
    let long = "k".repeat(16 * 1024);
    let odd = [
        ("with \"quotes\" and \\", "a\nb\t\u{1}"),
        ("größe 牌 🔑", "'; drop table licenses; --"),
        ("", ""),
        ("long", &long),
    ];
    for (id, key) in odd {
        let put = store.put(Licenses, StoredEntry::new(id, key)).await;
        put.expect("it can be kept");
    }
    assert_eq!(kept(&open().await).await, pairs(odd));
}

/// P8: each collection is its own: what happens in one leaves the others as they are.
///
/// # Panics
/// Where it does not.
pub async fn p8_each_collection_is_its_own<S: LicenseStore>(open: impl AsyncFn() -> S) {
    let store = open().await;
    for collection in Collection::ALL {
        let entry = StoredEntry::new("the same id", collection.name());
        let put = store.put(collection, entry).await;
        put.expect("it can be kept");
    }
    let cleared = store.clear(Collection::Revocations).await;
    cleared.expect("all of one can be removed");
    let removed = store.remove(Collection::Notices, "the same id").await;
    removed.expect("one can be removed");
    let store = open().await;
    for collection in Collection::ALL {
        let kept = kept_of(&store, collection).await;
        match collection {
            Collection::Revocations | Collection::Notices => assert!(kept.is_empty()),
            _ => assert_eq!(kept, pairs([("the same id", collection.name())])),
        }
    }
}

/// P7: who keeps licenses at the same time, through one handle or through another, loses none of the others'.
///
/// # Panics
/// Where one is lost.
pub async fn p7_nobody_loses_what_another_keeps<S: LicenseStore>(
    open: impl AsyncFn() -> S,
    spawn: impl Fn(Task),
) {
    const EACH: usize = 16;
    let stores = [Arc::new(open().await), Arc::new(open().await)];
    let (done, mut ends) = mpsc::unbounded_channel();
    for (keeper, store) in stores.iter().cycle().take(8).enumerate() {
        let (store, done) = (Arc::clone(store), done.clone());
        spawn(Box::pin(async move {
            for number in 0..EACH {
                let put = store.put(
                    Licenses,
                    StoredEntry::new(format!("{keeper}-{number}"), "key"),
                );
                put.await.expect("it can be kept");
            }
            drop(done);
        }));
    }
    drop(done);
    // All are at their end when nobody has a sender any more.
    let none: Option<()> = ends.recv().await;
    assert!(none.is_none());
    assert_eq!(kept(&open().await).await.len(), 8 * EACH);
}

/// Makes a test of each of P1, P2, P7, P8, S10 and S11 for a [`LicenseStore`](crate::license::LicenseStore).
///
/// It takes an expression that makes a new, empty place, once a test, and one that opens the store there, as often as a test
/// wants; both may await, with tokio's time and I/O at hand.
///
/// The crate that uses it needs tokio with feature `rt-multi-thread` among its dev-dependencies. Use it in a module
/// of its own, as each test is a function named after its rule.
///
/// ```
/// use entitlements_core::license::LicenseFiles;
///
/// mod in_a_file {
///     entitlements_core::license_store_conformance!(
///         place = tempfile::tempdir().unwrap(),
///         open = |place| super::LicenseFiles::in_folder(place.path())
///     );
/// }
/// ```
#[macro_export]
macro_rules! license_store_conformance {
    (place = $make:expr, open = |$place:ident| $open:expr) => {
        $crate::__conformance_tests!(license_store, $make, $place, $open,
            p1_what_is_kept_is_there_when_it_is_opened_again()
            p2_ids_and_keys_come_back_as_they_were()
            p7_nobody_loses_what_another_keeps(|task| drop(::tokio::spawn(task)))
            p8_each_collection_is_its_own()
            s10_the_same_id_replaces()
            s11_what_is_removed_is_gone_and_nothing_else()
        );
    };
}

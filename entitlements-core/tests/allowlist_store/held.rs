//! What the file part holds of what it read, and when it reads again (W10, W11).
#![cfg(unix)]

use std::fs::{self, File};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use entitlements_core::allowlist::Allowlist;

use super::*;

async fn loaded(store: &AllowlistFiles) -> Arc<Allowlist> {
    store.load(&AccountId::LOCAL).await.unwrap()
}

#[tokio::test]
async fn w10_what_was_read_is_not_read_again_until_it_changes() {
    let place = tempfile::tempdir().unwrap();
    let store = with_an_entry(place.path()).await;
    let first = loaded(&store).await;
    assert!(Arc::ptr_eq(&first, &loaded(&store).await));
    // A change that is refused, or changes nothing, is none.
    let again = store.change(&AccountId::LOCAL, add("192.0.2.0/24"), NOBODY);
    assert!(again.await.is_err());
    assert!(Arc::ptr_eq(&first, &loaded(&store).await));
    let second = store.change(&AccountId::LOCAL, add("10.0.0.0/8"), NOBODY);
    let second = second.await.unwrap().list;
    assert_eq!(loaded(&store).await, second);
}

#[tokio::test]
async fn w10_a_change_of_another_handle_is_in_the_next_answer() {
    let place = tempfile::tempdir().unwrap();
    let (one, other) = (
        with_an_entry(place.path()).await,
        AllowlistFiles::in_folder(place.path()),
    );
    // All of one size, and often within one tick of the file system's clock.
    for host in 0..40 {
        let added = other.change(
            &AccountId::LOCAL,
            add(&format!("10.0.0.{}", 10 + host)),
            NOBODY,
        );
        let added = added.await.unwrap().list;
        assert_eq!(loaded(&one).await, added);
        let last = added.entries().last().unwrap();
        let removed = one.change(&AccountId::LOCAL, AllowlistChange::remove(&last.id), NOBODY);
        let removed = removed.await.unwrap().list;
        assert_eq!(loaded(&other).await, removed);
    }
    assert!(other.remove(&AccountId::LOCAL).await.unwrap());
    assert!(!loaded(&one).await.restricts());
}

/// A file system that is fast, or whose clock is coarse, gives files that follow each other one size and one time, and where none of them is held
/// open, the number of the last but one.
#[tokio::test]
async fn w10_another_file_of_the_same_size_and_time_is_another_file() {
    let place = tempfile::tempdir().unwrap();
    let store = with_an_entry(place.path()).await;
    let file = place.path().join("allowlists.json");
    let text = fs::read_to_string(&file).unwrap();
    let put = |range: &str| {
        let new = place.path().join("new");
        fs::write(&new, text.replace("192.0.2.0/24", range)).unwrap();
        let opened = File::options().write(true).open(&new).unwrap();
        opened.set_modified(SystemTime::UNIX_EPOCH).unwrap();
        fs::rename(&new, &file).unwrap();
    };
    for round in 0..50 {
        let range = |of: u32| format!("10.{}.0.0/16", 10 + (3 * round + of) % 90);
        put(&range(0));
        loaded(&store).await;
        put(&range(1));
        put(&range(2));
        let list = loaded(&store).await;
        let entry = list.entries().first().unwrap();
        assert_eq!(entry.ip_range.to_string(), range(2));
    }
}

#[tokio::test]
async fn w11_what_is_held_does_not_outlive_a_file_that_is_damaged_or_out_of_reach() {
    use std::os::unix::fs::PermissionsExt as _;

    let place = tempfile::tempdir().unwrap();
    let store = with_an_entry(place.path()).await;
    let file = place.path().join("allowlists.json");
    let whole = fs::read(&file).unwrap();
    let list = loaded(&store).await;
    // In place and of the same size, as others do it; not within the tick in which it was made.
    let write_into = |content: &[u8], seconds: u64| {
        fs::write(&file, content).unwrap();
        let opened = File::options().write(true).open(&file).unwrap();
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        opened.set_modified(time).unwrap();
    };
    write_into(&whole.to_ascii_uppercase(), 1);
    for _ in 0..3 {
        let error = store.load(&AccountId::LOCAL).await.unwrap_err();
        assert!(error.to_string().contains("put a whole one there"));
    }
    write_into(&whole, 2);
    assert_eq!(loaded(&store).await, list);
    write_into(&whole, 3);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o000)).unwrap();
    // Who may read everything reads it.
    let is_mighty = File::open(&file).is_ok();
    assert_eq!(store.load(&AccountId::LOCAL).await.is_ok(), is_mighty);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(loaded(&store).await, list);
}

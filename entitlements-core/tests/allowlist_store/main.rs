//! Stores of allowlists that come with the crate.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::string_slice,
    missing_docs,
    reason = "tests"
)]

mod gone;
mod held;
mod large;

use std::fs;
use std::path::Path;

use entitlements_core::allowlist::{
    AllowlistChange, AllowlistError, AllowlistFiles, AllowlistStore, ChangedBy,
};
use entitlements_core::testing::NOW;
use entitlements_core::{AccountId, Reply};

mod in_memory {
    use entitlements_core::allowlist::MemoryAllowlists;

    entitlements_core::allowlist_store_conformance!(
        place = MemoryAllowlists::default(),
        open = |place| place.clone()
    );
}

mod in_a_file {
    use entitlements_core::allowlist::AllowlistFiles;

    entitlements_core::allowlist_store_conformance!(
        place = tempfile::tempdir().unwrap(),
        open = |place| AllowlistFiles::in_folder(place.path())
    );
}

const NOBODY: ChangedBy = ChangedBy::nobody();

fn add(range: &str) -> AllowlistChange {
    AllowlistChange::add(range, "", "ann", NOW).unwrap()
}

/// A folder with one entry in its file.
async fn with_an_entry(folder: &Path) -> AllowlistFiles {
    let store = AllowlistFiles::in_folder(folder);
    let added = store.change(&AccountId::LOCAL, add("192.0.2.0/24"), NOBODY);
    added.await.unwrap();
    store
}

#[cfg(unix)]
#[tokio::test]
async fn w11_only_its_owner_can_read_the_file_and_nothing_is_left_beside_it() {
    use std::os::unix::fs::PermissionsExt;

    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("data");
    with_an_entry(&folder).await;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder.join("allowlists.json")), 0o600);
    assert_eq!(mode(&folder), 0o700);
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
}

#[tokio::test]
async fn w11_what_is_not_ours_is_neither_read_nor_replaced() {
    let place = tempfile::tempdir().unwrap();
    let store = with_an_entry(place.path()).await;
    let file = place.path().join("allowlists.json");
    let whole = fs::read_to_string(&file).unwrap();
    let mut damaged: Vec<String> = vec![
        String::new(),
        "{}".into(),
        "{\"allowlists\":[]}".into(),
        "{\"allowlists\":{\"local\":{}}}".into(),
        "{\"allowlists\":{\"local\":[{}]}}".into(),
        whole.replace("192.0.2.0/24", "192.0.2.1/24"),
        whole.replace("true", "1"),
        whole.replace("\"id\"", "\"di\""),
        whole.replace('Z', ""),
        whole.replace("[{", "[{},{"),
        "\0".repeat(whole.len()),
    ];
    // Two entries of one id.
    let entry = &whole[whole.find("[{").unwrap() + 1..whole.find("}]").unwrap() + 1];
    damaged.push(whole.replace("}]", &format!("}},{entry}]")));
    damaged.extend(
        (1..whole.len())
            .step_by(7)
            .map(|cut| whole[..cut].to_owned()),
    );
    for text in damaged {
        fs::write(&file, &text).unwrap();
        let error = store.load(&AccountId::LOCAL).await.unwrap_err().to_string();
        assert!(error.contains("allowlists.json: it is not what"), "{error}");
        // Nor is another account's list an empty one.
        assert!(store.load(&"other".into()).await.is_err());
        let changed = store
            .change(&"other".into(), add("10.0.0.0/8"), NOBODY)
            .await;
        assert!(matches!(changed, Err(AllowlistError::Store(_))));
        assert!(store.remove(&AccountId::LOCAL).await.is_err());
        assert_eq!(fs::read_to_string(&file).unwrap(), text);
    }
    // Whole again, or away.
    fs::write(&file, &whole).unwrap();
    assert!(store.load(&AccountId::LOCAL).await.unwrap().restricts());
    fs::remove_file(&file).unwrap();
    assert!(!store.load(&AccountId::LOCAL).await.unwrap().restricts());
}

#[cfg(unix)]
#[tokio::test]
async fn w11_a_link_or_a_folder_is_no_file() {
    let place = tempfile::tempdir().unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let store = with_an_entry(elsewhere.path()).await;
    drop(store);
    let store = AllowlistFiles::in_folder(place.path());
    let (file, aim) = (
        place.path().join("allowlists.json"),
        elsewhere.path().join("allowlists.json"),
    );
    let before = fs::read(&aim).unwrap();
    std::os::unix::fs::symlink(&aim, &file).unwrap();
    for _ in 0..2 {
        // At once: each request that asks would begin a thread else, for as long as it lies there.
        let told = store.load(&AccountId::LOCAL);
        assert!(matches!(told, Reply::Now(Err(_))));
        let changed = store
            .change(&AccountId::LOCAL, add("10.0.0.0/8"), NOBODY)
            .await;
        assert!(matches!(changed, Err(AllowlistError::Store(_))));
        assert!(store.remove(&AccountId::LOCAL).await.is_err());
        assert_eq!(fs::read(&aim).unwrap(), before);
        // A link that leads nowhere, and then a folder.
        if file.is_symlink() {
            fs::remove_file(&file).unwrap();
            fs::create_dir(&file).unwrap();
        }
    }
}

#[tokio::test]
async fn w11_a_change_is_made_though_nobody_waits_for_it() {
    let place = tempfile::tempdir().unwrap();
    let store = AllowlistFiles::in_folder(place.path());
    drop(store.change(&AccountId::LOCAL, add("192.0.2.0/24"), NOBODY));
    // The next one waits for its turn, before or behind it.
    let second = store.change(&AccountId::LOCAL, add("10.0.0.0/8"), NOBODY);
    second.await.unwrap();
    for _ in 0..100_000 {
        if store.load(&AccountId::LOCAL).await.unwrap().entries().len() == 2 {
            return;
        }
    }
    panic!("one of them was not made");
}

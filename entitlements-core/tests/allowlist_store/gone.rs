//! Folders that go, and what stands in their place (W11).
#![cfg(unix)]

use std::os::unix::fs::symlink;

use entitlements_core::Timestamp;

use super::*;

/// What asks the store says no, and makes nothing.
async fn is_told_of(store: &AllowlistFiles, account: &AccountId) {
    for _ in 0..2 {
        let error = store.load(account).await.unwrap_err().to_string();
        assert!(error.contains("its folder is"), "{error}");
        let changed = store.change(account, add("10.0.0.0/8"), NOBODY).await;
        assert!(matches!(changed, Err(AllowlistError::Store(_))));
        assert!(store.remove(account).await.is_err());
    }
}

#[tokio::test]
async fn w11_a_folder_that_went_away_opens_no_account() {
    let place = tempfile::tempdir().unwrap();
    let (folder, aside) = (place.path().join("data"), place.path().join("aside"));
    let store = with_an_entry(&folder).await;
    assert!(store.load(&AccountId::LOCAL).await.unwrap().restricts());
    fs::rename(&folder, &aside).unwrap();
    is_told_of(&store, &AccountId::LOCAL).await;
    is_told_of(&store, &"other".into()).await;
    assert!(!folder.exists());
    // It is back.
    fs::rename(&aside, &folder).unwrap();
    assert!(store.load(&AccountId::LOCAL).await.unwrap().restricts());
    // The operator starts without lists.
    fs::remove_file(folder.join("allowlists.json")).unwrap();
    assert!(!store.load(&AccountId::LOCAL).await.unwrap().restricts());
}

#[tokio::test]
async fn w11_a_file_in_place_of_the_folder_opens_no_account() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("data");
    let store = with_an_entry(&folder).await;
    fs::remove_dir_all(&folder).unwrap();
    fs::write(&folder, "").unwrap();
    is_told_of(&store, &AccountId::LOCAL).await;
    // Nor after a restart, nor deeper within.
    is_told_of(&AllowlistFiles::in_folder(&folder), &AccountId::LOCAL).await;
    let deeper = AllowlistFiles::in_folder(folder.join("deeper"));
    is_told_of(&deeper, &AccountId::LOCAL).await;
}

#[tokio::test]
async fn w11_a_folder_that_is_a_link_to_nowhere_opens_no_account() {
    let place = tempfile::tempdir().unwrap();
    let (folder, disk) = (place.path().join("data"), place.path().join("disk"));
    fs::create_dir(&disk).unwrap();
    symlink(&disk, &folder).unwrap();
    with_an_entry(&folder).await;
    fs::rename(&disk, place.path().join("not mounted")).unwrap();
    is_told_of(&AllowlistFiles::in_folder(&folder), &AccountId::LOCAL).await;
    fs::rename(place.path().join("not mounted"), &disk).unwrap();
    let store = AllowlistFiles::in_folder(&folder);
    assert!(store.load(&AccountId::LOCAL).await.unwrap().restricts());
}

#[tokio::test]
async fn w11_a_folder_that_was_never_there_is_no_damage() {
    let place = tempfile::tempdir().unwrap();
    let store = AllowlistFiles::in_folder(place.path().join("not/yet"));
    assert!(!store.load(&AccountId::LOCAL).await.unwrap().restricts());
    assert!(!store.remove(&AccountId::LOCAL).await.unwrap());
    store
        .change(&AccountId::LOCAL, add("192.0.2.0/24"), NOBODY)
        .await
        .unwrap();
    assert!(store.load(&AccountId::LOCAL).await.unwrap().restricts());
}

/// Whatever may be in ids and names, what was written is read again: else one account would close all.
#[tokio::test]
async fn w10_what_is_written_is_read_again_whatever_the_names() {
    let place = tempfile::tempdir().unwrap();
    let names = [
        "\0",
        "\"\\/\u{8}\u{1f}\u{7f}",
        "\u{feff}",
        "\u{2028}\u{ffff}\u{10ffff}",
        "a\r\nb",
        "",
    ];
    let times = [Timestamp::MIN, NOW, Timestamp::MAX];
    for name in names {
        let (account, by) = (AccountId::new(name), name.repeat(1000));
        for (of, at) in times.into_iter().enumerate() {
            let range = format!("10.{of}.0.0/16");
            let added = AllowlistChange::add(&range, "\u{200d}\u{1f600}", &*by, at).unwrap();
            let store = AllowlistFiles::in_folder(place.path());
            let added = store.change(&account, added, NOBODY).await.unwrap();
            let again = AllowlistFiles::in_folder(place.path());
            assert_eq!(again.load(&account).await.unwrap(), added.list);
        }
    }
}

//! As many entries as there may be, and as much as there is room for (W6).

use entitlements_core::allowlist::{AllowlistRefusal, MOST_ENTRIES};

use super::*;

/// A file with these entries, and descriptions of this text.
fn write(folder: &Path, entries: usize, description: &str) -> String {
    let entry = |number: usize| {
        let [.., a, b] = number.to_be_bytes();
        format!(
            "{{\"id\":\"0192f000-0000-7000-8000-{number:012}\",\"ip_range\":\"10.0.{a}.{b}/32\",\"description\":\"{description}\",\"is_active\":true,\"created_by\":\"ann\",\"created_at\":\"2026-01-01T00:00:00Z\"}}"
        )
    };
    let entries: Vec<_> = (0..entries).map(entry).collect();
    let text = format!("{{\"allowlists\":{{\"local\":[{}]}}}}", entries.join(","));
    fs::write(folder.join("allowlists.json"), &text).unwrap();
    text
}

#[tokio::test]
async fn w6_the_last_entry_is_kept_and_no_further_one() {
    let place = tempfile::tempdir().unwrap();
    write(place.path(), MOST_ENTRIES - 1, "an office");
    let store = AllowlistFiles::in_folder(place.path());
    let last = store.change(&AccountId::LOCAL, add("192.0.2.0/24"), NOBODY);
    assert_eq!(last.await.unwrap().list.entries().len(), MOST_ENTRIES);
    let most = MOST_ENTRIES;
    let further = store.change(&AccountId::LOCAL, add("198.51.100.0/24"), NOBODY);
    assert_eq!(
        further.await,
        Err(AllowlistRefusal::TooMany { most }.into())
    );
    let again = AllowlistFiles::in_folder(place.path());
    let list = again.load(&AccountId::LOCAL).await.unwrap();
    assert_eq!(list.entries().len(), MOST_ENTRIES);
    assert!(list.allows("192.0.2.7".parse().unwrap()));
    assert!(list.allows("10.0.39.14".parse().unwrap()));
    assert!(!list.allows("10.0.39.15".parse().unwrap()));
}

#[tokio::test]
async fn w10_what_there_is_no_room_for_is_refused_and_nothing_changes() {
    const MOST_BYTES: usize = 64 * 1024 * 1024;

    let place = tempfile::tempdir().unwrap();
    let empty = write(place.path(), 1, "").len();
    let full = write(place.path(), 1, &"x".repeat(MOST_BYTES - empty));
    assert_eq!(full.len(), MOST_BYTES);
    let store = AllowlistFiles::in_folder(place.path());
    let list = store.load(&AccountId::LOCAL).await.unwrap();
    let more = store.change(&AccountId::LOCAL, add("192.0.2.0/24"), NOBODY);
    let error = more.await.unwrap_err().to_string();
    assert!(error.contains("there is room for 64 MiB"), "{error}");
    let file = place.path().join("allowlists.json");
    assert!(fs::read_to_string(file).unwrap() == full);
    assert_eq!(store.load(&AccountId::LOCAL).await.unwrap(), list);
    // Room can be made.
    assert!(store.remove(&AccountId::LOCAL).await.unwrap());
}

//! Revocation lists that outlast the process (L16a).

use std::fs;
use std::path::Path;
use std::sync::Arc;

use entitlements_core::testing::{ManualClock, NOW, TestEngine};
use entitlements_core::{Clock, LicenseStatus};
use tempfile::tempdir;

use crate::block_on;
use crate::vendor::{Vendor, engine, errors};

const FILE: &str = "revocations.json";

fn start(vendors: &[&Vendor], folder: &Path) -> TestEngine {
    let key = vendors[0].key("lic");
    engine(vendors, |builder| builder.license_key(key).data_dir(folder))
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn l16a_a_list_that_was_handed_in_counts_after_the_next_start() {
    let (vendor, folder) = (Vendor::new(), tempdir().unwrap());
    let folder = folder.path().join("made/by/the/engine");
    let first = start(&[&vendor], &folder);
    assert!(first.current().has("sso"));
    let applied = block_on(first.apply_revocations(&vendor.list(10, &["lic"]))).unwrap();
    assert!(applied.changed && applied.kept);
    assert_eq!(names(&folder), [FILE]);

    let second = start(&[&vendor], &folder);
    assert_eq!(second.current().status(), LicenseStatus::Revoked);
    let older = block_on(second.apply_revocations(&vendor.list(11, &[]))).unwrap();
    assert!(!older.changed && older.kept);
    assert_eq!(
        start(&[&vendor], &folder).current().status(),
        LicenseStatus::Revoked
    );
    block_on(second.apply_revocations(&vendor.list(9, &[]))).unwrap();
    assert!(start(&[&vendor], &folder).current().has("sso"));
}

#[test]
fn l16a_the_newest_of_each_key_is_kept_and_two_of_one_second_both_are() {
    let (vendor, partner) = (Vendor::new(), Vendor::new());
    let folder = tempdir().unwrap();
    let first = start(&[&vendor, &partner], folder.path());
    for list in [
        vendor.list(20, &["old"]),
        vendor.list(10, &["a"]),
        partner.list(15, &["b"]),
        vendor.list(10, &["lic"]),
        vendor.list(10, &["lic"]),
    ] {
        block_on(first.apply_revocations(&list)).unwrap();
    }
    let text = fs::read_to_string(folder.path().join(FILE)).unwrap();
    assert_eq!(text.matches("eyJ").count() / 2, 3, "{text}");
    let second = start(&[&vendor, &partner], folder.path());
    assert_eq!(second.current().status(), LicenseStatus::Revoked);
}

#[test]
fn a_clock_that_was_set_back_before_the_start_brings_nothing_back() {
    let (vendor, folder) = (Vendor::new(), tempdir().unwrap());
    let first = start(&[&vendor], folder.path());
    block_on(first.apply_revocations(&vendor.list(0, &["lic"]))).unwrap();
    let clock = Arc::new(ManualClock::at(NOW));
    let builder = entitlements_core::Entitlements::builder()
        .catalog(entitlements_core::testing::catalog())
        .trusted_key(vendor.trusted())
        .license_key(vendor.key("lic"))
        .data_dir(folder.path())
        .clock(Arc::clone(&clock) as Arc<dyn Clock>);
    clock.set(crate::vendor::before_now(86_400));
    let (second, _) = block_on(builder.build()).unwrap();
    assert_eq!(second.current().status(), LicenseStatus::Revoked);
    clock.set(NOW);
    assert_eq!(second.current().status(), LicenseStatus::Revoked);
}

#[test]
fn what_is_damaged_is_told_and_set_aside_before_anything_is_written() {
    for content in [
        "",
        "{",
        "{}",
        "[]",
        "\0\0\0",
        r#"{"revocations":"no"}"#,
        r#"{"revocations":{"a":1}}"#,
        r#"{"revocations":{},"revocations":{}}"#,
    ] {
        let (vendor, folder) = (Vendor::new(), tempdir().unwrap());
        fs::write(folder.path().join(FILE), content).unwrap();
        let first = start(&[&vendor], folder.path());
        assert!(first.current().has("sso"), "{content}");
        assert_eq!(errors(&first), ["revocations_unreadable"], "{content}");
        assert_eq!(
            fs::read_to_string(folder.path().join(FILE)).unwrap(),
            content
        );
        block_on(first.apply_revocations(&vendor.list(10, &["lic"]))).unwrap();
        let there = names(folder.path());
        assert_eq!(there.len(), 2, "{there:?}");
        assert!(
            there[1].starts_with("revocations.json.damaged-"),
            "{there:?}"
        );
        assert_eq!(
            fs::read_to_string(folder.path().join(&there[1])).unwrap(),
            content
        );
        let second = start(&[&vendor], folder.path());
        assert_eq!(second.current().status(), LicenseStatus::Revoked);
    }
}

#[test]
fn a_list_in_the_file_that_nobody_signed_counts_for_nothing() {
    let (vendor, stranger) = (Vendor::new(), Vendor::new());
    let folder = tempdir().unwrap();
    let lists = [stranger.list(10, &["lic"]), vendor.list(20, &["other"])];
    let text = format!(
        r#"{{"revocations":{{"a":"{}","b":"{}"}}}}"#,
        lists[0], lists[1]
    );
    fs::write(folder.path().join(FILE), text).unwrap();
    let engine = start(&[&vendor], folder.path());
    assert!(engine.current().has("sso"));
    assert_eq!(errors(&engine), ["revocations_invalid"]);
}

#[test]
fn l16a_an_older_list_in_the_file_takes_no_newer_ones_place_at_the_next_writing() {
    let (vendor, partner) = (Vendor::new(), Vendor::new());
    for newest_first in [true, false] {
        let folder = tempdir().unwrap();
        let mut lists = [vendor.list(10, &["lic"]), vendor.list(20, &["other"])];
        if !newest_first {
            lists.reverse();
        }
        let text = format!(
            r#"{{"revocations":{{"a":"{}","b":"{}"}}}}"#,
            lists[0], lists[1]
        );
        fs::write(folder.path().join(FILE), text).unwrap();
        let first = start(&[&vendor, &partner], folder.path());
        assert_eq!(first.current().status(), LicenseStatus::Revoked);
        block_on(first.apply_revocations(&partner.list(5, &["else"]))).unwrap();
        let second = start(&[&vendor, &partner], folder.path());
        assert_eq!(second.current().status(), LicenseStatus::Revoked);
    }
}

#[test]
fn l16a_a_list_whose_key_is_not_trusted_today_counts_again_when_it_is() {
    let (vendor, partner) = (Vendor::new(), Vendor::new());
    let folder = tempdir().unwrap();
    let both = start(&[&vendor, &partner], folder.path());
    block_on(both.apply_revocations(&partner.list(10, &["lic"]))).unwrap();
    let alone = start(&[&vendor], folder.path());
    assert!(alone.current().has("sso"));
    block_on(alone.apply_revocations(&vendor.list(5, &["else"]))).unwrap();
    let both = start(&[&vendor, &partner], folder.path());
    assert_eq!(both.current().status(), LicenseStatus::Revoked);
}

#[test]
fn l16a_a_list_that_is_taken_out_of_a_variable_or_a_file_gives_nothing_back() {
    let (vendor, folder) = (Vendor::new(), tempdir().unwrap());
    let list = vendor.list(10, &["lic"]);
    let file = folder.path().join("list");
    fs::write(&file, &list).unwrap();
    for by_file in [true, false] {
        let data = folder.path().join(if by_file { "one" } else { "other" });
        let with_list = engine(&[&vendor], |builder| {
            let builder = builder.license_key(vendor.key("lic")).data_dir(&data);
            if by_file {
                builder.revocations_file(&file)
            } else {
                let variable = [("ENTITLEMENTS_REVOCATIONS", list.clone())];
                builder.environment(entitlements_core::Environment::of(variable))
            }
        });
        assert_eq!(with_list.current().status(), LicenseStatus::Revoked);
        assert_eq!(names(&data), [FILE]);
        block_on(with_list.revalidate());
        assert_eq!(
            start(&[&vendor], &data).current().status(),
            LicenseStatus::Revoked
        );
        // The vendor takes it back with a newer one, and no older one counts any more.
        let newer = start(&[&vendor], &data);
        block_on(newer.apply_revocations(&vendor.list(5, &[]))).unwrap();
        assert!(start(&[&vendor], &data).current().has("sso"));
    }
}

#[test]
fn what_cannot_be_kept_counts_all_the_same_and_is_told() {
    let (vendor, folder) = (Vendor::new(), tempdir().unwrap());
    let file = folder.path().join("a-file");
    fs::write(&file, "in the way").unwrap();
    let engine = start(&[&vendor], &file);
    assert!(engine.current().has("sso"));
    let applied = block_on(engine.apply_revocations(&vendor.list(10, &["lic"]))).unwrap();
    assert!(applied.changed && !applied.kept);
    assert_eq!(engine.current().status(), LicenseStatus::Revoked);
    assert!(errors(&engine).contains(&"revocations_not_kept"));
    assert_eq!(fs::read_to_string(&file).unwrap(), "in the way");
}

#[test]
fn without_a_data_folder_nothing_is_kept() {
    let vendor = Vendor::new();
    let engine = engine(&[&vendor], |builder| builder.license_key(vendor.key("lic")));
    let applied = block_on(engine.apply_revocations(&vendor.list(10, &["lic"]))).unwrap();
    assert!(applied.changed && !applied.kept);
    assert_eq!(errors(&engine), ["license_revoked"]);
}

#[cfg(unix)]
#[test]
fn the_file_is_its_owners_alone_and_no_link_is_followed() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    let (vendor, folder) = (Vendor::new(), tempdir().unwrap());
    let elsewhere = folder.path().join("elsewhere");
    fs::write(&elsewhere, "kept").unwrap();
    let data = folder.path().join("data");
    fs::create_dir(&data).unwrap();
    symlink(&elsewhere, data.join(FILE)).unwrap();
    let engine = start(&[&vendor], &data);
    assert_eq!(errors(&engine), ["revocations_unreadable"]);
    block_on(engine.apply_revocations(&vendor.list(10, &["lic"]))).unwrap();
    assert_eq!(fs::read_to_string(&elsewhere).unwrap(), "kept");
    let kept = fs::symlink_metadata(data.join(FILE)).unwrap();
    assert!(kept.is_file());
    assert_eq!(kept.permissions().mode() & 0o777, 0o600);
}

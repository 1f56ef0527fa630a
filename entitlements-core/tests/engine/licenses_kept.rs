//! Licenses that outlast the process (P1 to P7).

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use entitlements_core::license::{Collection, LicenseStore, LicenseStoreError, StoredEntry};
use entitlements_core::testing::TestEngine;
use entitlements_core::{ActivateError, DeactivateError, LicenseStatus, Reply};
use tempfile::tempdir;

use crate::block_on;
use crate::vendor::{Vendor, engine, errors};

const FILE: &str = "licenses.json";

fn start(vendor: &Vendor, folder: &Path) -> TestEngine {
    engine(&[vendor], |builder| builder.data_dir(folder))
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}

#[test]
fn p1_a_license_that_was_handed_in_is_there_after_the_next_start() {
    let (vendor, folder) = (Vendor::new(), tempdir().unwrap());
    let folder = folder.path().join("made/by/the/engine");
    let first = start(&vendor, &folder);
    assert!(!folder.exists(), "nothing to keep yet");
    block_on(first.activate(&vendor.key("lic"))).unwrap();
    assert_eq!(names(&folder), ["clock.json", FILE]);

    let second = start(&vendor, &folder);
    assert_eq!(second.current().status(), LicenseStatus::Active);
    assert!(second.current().has("sso"));
    block_on(second.deactivate("lic")).unwrap();
    assert_eq!(
        start(&vendor, &folder).current().status(),
        LicenseStatus::Unlicensed
    );
    for id in ["a", "b"] {
        block_on(second.activate(&vendor.key(id))).unwrap();
    }
    assert_eq!(start(&vendor, &folder).current().licenses().len(), 2);
    block_on(second.deactivate_all()).unwrap();
    assert!(start(&vendor, &folder).current().licenses().is_empty());
}

#[test]
fn p1_without_a_data_folder_it_is_gone() {
    let vendor = Vendor::new();
    let first = engine(&[&vendor], |builder| builder);
    block_on(first.activate(&vendor.key("lic"))).unwrap();
    let second = engine(&[&vendor], |builder| builder);
    assert_eq!(second.current().status(), LicenseStatus::Unlicensed);
}

#[test]
fn p2_a_kept_key_that_does_not_verify_today_is_told_of_and_stays() {
    let (vendor, other, folder) = (Vendor::new(), Vendor::new(), tempdir().unwrap());
    block_on(start(&vendor, folder.path()).activate(&vendor.key("lic"))).unwrap();
    let stranger = start(&other, folder.path());
    assert_eq!(stranger.current().status(), LicenseStatus::Invalid);
    assert_eq!(errors(&stranger), ["license_invalid"]);
    block_on(stranger.activate(&other.key("mine"))).unwrap();
    // The vendor's key is trusted again.
    assert!(start(&vendor, folder.path()).current().has("sso"));
    block_on(stranger.deactivate_all()).unwrap();
    assert_eq!(errors(&stranger), [""; 0]);
    let current = start(&vendor, folder.path()).current();
    assert_eq!(current.status(), LicenseStatus::Unlicensed);
}

#[cfg(unix)]
#[test]
fn p4_only_the_owner_can_read_what_is_kept() {
    use std::os::unix::fs::PermissionsExt;

    let (vendor, folder) = (Vendor::new(), tempdir().unwrap());
    let folder = folder.path().join("made");
    block_on(start(&vendor, &folder).activate(&vendor.key("lic"))).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder.join(FILE)), 0o600);
    assert_eq!(mode(&folder), 0o700);
}

/// What may stand where the file was, and what makes it.
type Damage = (&'static str, fn(&Path));

fn damages() -> Vec<Damage> {
    let mut damages: Vec<Damage> = vec![
        ("empty", |path| fs::write(path, "").unwrap()),
        ("cut off", |path| {
            let whole = fs::read(path).unwrap();
            fs::write(path, &whole[..whole.len() / 2]).unwrap();
        }),
        ("garbage", |path| fs::write(path, [0, 159, 255]).unwrap()),
        ("foreign", |path| {
            fs::write(path, r#"{"lists":[]}"#).unwrap();
        }),
        ("not text", |path| {
            fs::write(path, r#"{"licenses":{"lic":7}}"#).unwrap();
        }),
        ("a folder", |path| {
            fs::remove_file(path).unwrap();
            fs::create_dir(path).unwrap();
        }),
    ];
    // Nobody writes to it: whoever waits for it waits for ever.
    #[cfg(unix)]
    damages.push(("a pipe", |path| {
        fs::remove_file(path).unwrap();
        let made = std::process::Command::new("mkfifo").arg(path).status();
        assert!(made.unwrap().success());
    }));
    #[cfg(unix)]
    damages.push(("a link", |path| {
        let elsewhere = path.with_file_name("elsewhere");
        fs::rename(path, &elsewhere).unwrap();
        std::os::unix::fs::symlink(elsewhere, path).unwrap();
    }));
    damages
}

#[test]
fn p5_what_is_damaged_is_told_of_and_set_aside_and_the_engine_starts() {
    for (what, damage) in damages() {
        let (vendor, folder) = (Vendor::new(), tempdir().unwrap());
        let path = folder.path().join(FILE);
        block_on(start(&vendor, folder.path()).activate(&vendor.key("lic"))).unwrap();
        damage(&path);

        let engine = start(&vendor, folder.path());
        assert!(!engine.current().has("sso"), "{what}");
        assert_eq!(errors(&engine), ["licenses_unreadable"], "{what}");
        let current = engine.current();
        let error = &current.errors()[0];
        assert!(
            error.message().contains(FILE),
            "{what}: {}",
            error.message()
        );
        // Looking changes nothing.
        assert!(
            !names(folder.path())
                .iter()
                .any(|name| name.contains("damaged"))
        );

        block_on(engine.activate(&vendor.key("lic"))).unwrap();
        assert_eq!(errors(&engine), [""; 0], "{what}");
        let aside = names(folder.path());
        let aside = aside.iter().filter(|name| name.contains("damaged-"));
        assert_eq!(aside.count(), 1, "{what}");
        assert!(start(&vendor, folder.path()).current().has("sso"), "{what}");
    }
}

#[test]
fn p5_what_is_damaged_while_it_is_in_use_is_written_again_with_what_is_held() {
    for (what, damage) in damages() {
        let (vendor, folder) = (Vendor::new(), tempdir().unwrap());
        let engine = start(&vendor, folder.path());
        block_on(engine.activate(&vendor.key("first"))).unwrap();
        damage(&folder.path().join(FILE));
        block_on(engine.activate(&vendor.key("second"))).unwrap();
        let licenses = start(&vendor, folder.path()).current().licenses().len();
        assert_eq!(licenses, 2, "{what}");
    }
}

#[cfg(unix)]
#[test]
fn p5_a_link_is_not_followed_when_it_is_replaced() {
    let (vendor, folder) = (Vendor::new(), tempdir().unwrap());
    let theirs = folder.path().join("theirs");
    fs::write(&theirs, "theirs").unwrap();
    let ours = folder.path().join("ours");
    fs::create_dir(&ours).unwrap();
    std::os::unix::fs::symlink(&theirs, ours.join(FILE)).unwrap();
    block_on(start(&vendor, &ours).activate(&vendor.key("lic"))).unwrap();
    assert_eq!(fs::read(&theirs).unwrap(), b"theirs");
    assert!(start(&vendor, &ours).current().has("sso"));
}

#[test]
fn p4_what_a_killed_writer_left_is_removed() {
    let (vendor, folder) = (Vendor::new(), tempdir().unwrap());
    let left = folder.path().join(format!("{FILE}.new-0123456789abcdef"));
    fs::write(&left, "half").unwrap();
    let others = folder.path().join("revocations.json.new-0123456789abcdef");
    fs::write(&others, "half").unwrap();
    block_on(start(&vendor, folder.path()).activate(&vendor.key("lic"))).unwrap();
    assert!(!left.exists());
    assert!(others.exists());
}

#[test]
fn p6_the_same_key_twice_writes_nothing() {
    let (vendor, folder) = (Vendor::new(), tempdir().unwrap());
    let engine = start(&vendor, folder.path());
    let key = vendor.key("lic");
    block_on(engine.activate(&key)).unwrap();
    fs::remove_file(folder.path().join(FILE)).unwrap();
    block_on(engine.activate(&key)).unwrap();
    assert_eq!(names(folder.path()), ["clock.json"]);
}

#[test]
fn p7_processes_that_share_a_folder_keep_what_the_others_kept() {
    let (vendor, folder) = (Vendor::new(), tempdir().unwrap());
    let (one, other) = (start(&vendor, folder.path()), start(&vendor, folder.path()));
    std::thread::scope(|scope| {
        for (engine, name) in [(&one, "a"), (&other, "b")] {
            let vendor = &vendor;
            scope.spawn(move || {
                for number in 0..20 {
                    let key = vendor.key(&format!("{name}{number}"));
                    block_on(engine.activate(&key)).unwrap();
                }
            });
        }
    });
    assert_eq!(start(&vendor, folder.path()).current().licenses().len(), 40);
    block_on(one.deactivate("a0")).unwrap();
    assert_eq!(start(&vendor, folder.path()).current().licenses().len(), 39);
}

/// What is held, by id, in order.
fn held(engine: &TestEngine) -> Vec<Option<String>> {
    let current = engine.current();
    let ids = current.licenses().iter().map(|entry| entry.id.clone());
    let mut ids: Vec<_> = ids.collect();
    ids.sort();
    ids
}

/// 64 at once: activations, deactivations and revalidations. Which of them is last is not said; that memory and disk agree about it is.
#[test]
fn p3_racing_changes_end_in_one_state_in_memory_and_on_disk() {
    let (vendor, folder) = (Vendor::new(), tempdir().unwrap());
    let keys = ["a", "b", "c", "d"].map(|id| (id, vendor.key(id)));
    let race = |engine: &TestEngine, racer: usize| {
        let (id, key) = &keys[racer % keys.len()];
        match racer % 5 {
            0 => drop(block_on(engine.deactivate(id))),
            1 if racer > 50 => drop(block_on(engine.deactivate_all()).unwrap()),
            2 => block_on(engine.revalidate()),
            _ => drop(block_on(engine.activate(key)).unwrap()),
        }
    };
    for _ in 0..20 {
        let engine = start(&vendor, folder.path());
        std::thread::scope(|scope| {
            for racer in 0..64 {
                let (engine, race) = (&engine, &race);
                scope.spawn(move || race(engine, racer));
            }
        });
        assert_eq!(held(&engine), held(&start(&vendor, folder.path())));
    }
    // Two processes on one folder agree once they have read again.
    for _ in 0..20 {
        let engines = [(); 2].map(|()| start(&vendor, folder.path()));
        std::thread::scope(|scope| {
            for racer in 0..64 {
                let (engine, race) = (&engines[racer % 2], &race);
                scope.spawn(move || race(engine, racer));
            }
        });
        for engine in &engines {
            block_on(engine.revalidate());
            assert_eq!(held(engine), held(&start(&vendor, folder.path())));
        }
    }
}

/// A store that fails while it is told to.
#[derive(Debug, Default)]
struct Failing {
    fails: Arc<AtomicBool>,
    later: bool,
    kept: Mutex<Vec<(Collection, StoredEntry)>>,
}

impl Failing {
    fn change(
        &self,
        change: impl FnOnce(&mut Vec<(Collection, StoredEntry)>),
    ) -> Reply<Result<(), LicenseStoreError>> {
        let fails = self.fails.load(Ordering::SeqCst);
        let answer = if fails {
            Err(LicenseStoreError::new("no space left on the device"))
        } else {
            change(&mut self.kept.lock().unwrap());
            Ok(())
        };
        if self.later {
            Reply::later(async { answer })
        } else {
            Reply::Now(answer)
        }
    }
}

impl LicenseStore for Failing {
    fn load(&self, of: Collection) -> Reply<Result<Vec<StoredEntry>, LicenseStoreError>> {
        let kept = self.kept.lock().unwrap();
        let entries = kept.iter().filter(|(collection, _)| *collection == of);
        Reply::Now(Ok(entries.map(|(_, entry)| entry.clone()).collect()))
    }

    fn put(&self, to: Collection, entry: StoredEntry) -> Reply<Result<(), LicenseStoreError>> {
        self.change(|kept| {
            kept.retain(|(of, known)| (*of, &known.id) != (to, &entry.id));
            kept.push((to, entry));
        })
    }

    fn remove(&self, from: Collection, id: &str) -> Reply<Result<(), LicenseStoreError>> {
        self.change(|kept| kept.retain(|(of, known)| (*of, known.id.as_str()) != (from, id)))
    }

    fn clear(&self, collection: Collection) -> Reply<Result<(), LicenseStoreError>> {
        self.change(|kept| kept.retain(|(of, _)| *of != collection))
    }
}

#[test]
fn p3_what_cannot_be_kept_or_removed_changes_nothing() {
    for later in [false, true] {
        let vendor = Vendor::new();
        let fails = Arc::new(AtomicBool::new(true));
        let store = Failing {
            fails: Arc::clone(&fails),
            later,
            ..Failing::default()
        };
        let engine = engine(&[&vendor], |builder| builder.license_store(store));
        let refused = block_on(engine.activate(&vendor.key("lic"))).unwrap_err();
        assert!(matches!(refused, ActivateError::NotKept(_)), "{refused:?}");
        assert_eq!(refused.reason(), "not_kept");
        assert_eq!(
            refused.to_string(),
            "the license key is good, and cannot be kept: no space left on the device"
        );
        assert!(!engine.current().has("sso"));

        fails.store(false, Ordering::SeqCst);
        block_on(engine.activate(&vendor.key("lic"))).unwrap();
        fails.store(true, Ordering::SeqCst);
        let refused = block_on(engine.deactivate("lic")).unwrap_err();
        assert!(
            matches!(refused, DeactivateError::NotRemoved(_)),
            "{refused:?}"
        );
        assert_eq!(refused.reason(), "not_removed");
        assert!(block_on(engine.deactivate_all()).is_err());
        assert!(engine.current().has("sso"), "still there");
        fails.store(false, Ordering::SeqCst);
        block_on(engine.deactivate_all()).unwrap();
        assert!(!engine.current().has("sso"));
    }
}

#[test]
fn i9_what_is_kept_is_not_shown() {
    let (vendor, folder) = (Vendor::new(), tempdir().unwrap());
    let engine = start(&vendor, folder.path());
    let key = vendor.key("lic");
    block_on(engine.activate(&key)).unwrap();
    let stored = StoredEntry::new("lic", key.as_str());
    for shown in [
        format!("{stored:?}"),
        format!("{:?}", engine.entitlements()),
    ] {
        assert!(!shown.contains(&key), "{shown}");
    }
}

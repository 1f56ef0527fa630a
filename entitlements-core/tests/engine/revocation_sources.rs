//! Revocation lists that are there at the start: every place, and every odd thing that may be in it. None stops the start.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use entitlements_core::testing::TestEngine;
use entitlements_core::{EntitlementsBuilder, Environment, LicenseStatus};

use crate::vendor::{Vendor, engine};

const VARIABLE: &str = "ENTITLEMENTS_REVOCATIONS";
const FILE_VARIABLE: &str = "ENTITLEMENTS_REVOCATIONS_FILE";

/// A folder of this test's own.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join(format!("revocations-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// An engine that holds the license `lic`.
fn holding(
    vendor: &Vendor,
    say: impl FnOnce(EntitlementsBuilder) -> EntitlementsBuilder,
) -> TestEngine {
    engine(&[vendor], |builder| {
        say(builder.license_key(vendor.key("lic")))
    })
}

fn with_variables<V: Into<OsString>>(
    vendor: &Vendor,
    variables: impl IntoIterator<Item = (&'static str, V)>,
) -> TestEngine {
    holding(vendor, |builder| {
        builder.environment(Environment::of(variables))
    })
}

fn said(engine: &TestEngine) -> Vec<String> {
    let current = engine.current();
    let all = current.errors().iter().chain(current.warnings());
    all.map(|notice| format!("{}: {}", notice.code(), notice.message()))
        .collect()
}

#[track_caller]
fn assert_revoked(engine: &TestEngine) {
    assert_eq!(
        engine.current().status(),
        LicenseStatus::Revoked,
        "{:?}",
        said(engine)
    );
    let said = said(engine);
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].starts_with("license_revoked"), "{said:?}");
}

/// The license holds, and one error says what is wrong with the list and where it is.
#[track_caller]
fn assert_error(engine: &TestEngine, code: &str, place: &str) {
    let said = said(engine);
    assert_eq!(engine.current().status(), LicenseStatus::Active, "{said:?}");
    assert!(engine.current().has("sso"));
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].starts_with(code), "{said:?}");
    assert!(said[0].contains(place), "{said:?}");
    assert!(said[0].len() < 1_000, "{}", said[0].len());
}

#[test]
fn s13_a_list_comes_from_the_program_a_file_a_variable_or_the_file_that_one_names() {
    let vendor = Vendor::new();
    let list = vendor.list(10, &["lic"]);
    let path = folder("places").join("list");
    std::fs::write(&path, format!("\n{list}\r\n")).unwrap();
    assert_revoked(&holding(&vendor, |builder| builder.revocations(&list)));
    assert_revoked(&holding(&vendor, |builder| builder.revocations_file(&path)));
    assert_revoked(&with_variables(&vendor, [(VARIABLE, &list)]));
    assert_revoked(&with_variables(&vendor, [(FILE_VARIABLE, &path)]));
    let (head, tail) = list.split_at(50);
    let folded = format!(" {head}\r\n\t{tail}\n");
    assert_revoked(&holding(&vendor, |builder| builder.revocations(&folded)));
    assert_revoked(&with_variables(&vendor, [(VARIABLE, folded)]));
}

/// The variables are not those of the license: they are read without `license_from_env` too, and only they.
#[test]
fn the_variables_of_the_license_hold_no_list() {
    let vendor = Vendor::new();
    let list = vendor.list(10, &["lic"]);
    let engine = with_variables(&vendor, [("ENTITLEMENTS_LICENSE_KEY", list)]);
    assert!(engine.current().has("sso") && said(&engine).is_empty());
}

#[test]
fn with_both_variables_the_first_counts_and_the_file_is_reported() {
    let vendor = Vendor::new();
    let path = folder("both").join("list");
    std::fs::write(&path, vendor.list(5, &["lic"])).unwrap();
    let list = vendor.list(10, &["another"]);
    let variables = [
        (VARIABLE, list.into()),
        (FILE_VARIABLE, path.clone().into_os_string()),
    ];
    let engine = with_variables(&vendor, variables);
    assert_error(&engine, "license_source_ignored", VARIABLE);
    // A blank one leaves the word to the file, and that is nothing to report.
    for blank in ["", " ", "\r\n\t"] {
        let variables = [
            (VARIABLE, blank.into()),
            (FILE_VARIABLE, path.clone().into_os_string()),
        ];
        assert_revoked(&with_variables(&vendor, variables));
    }
    let none = with_variables(&vendor, [(VARIABLE, " "), (FILE_VARIABLE, "\n")]);
    assert!(said(&none).is_empty());
}

#[test]
fn lists_of_all_places_add_up() {
    let (one, other) = (Vendor::new(), Vendor::new());
    let path = folder("all").join("list");
    std::fs::write(&path, one.list(5, &["b"])).unwrap();
    let engine = engine(&[&one, &other], |builder| {
        let keys = ["a", "b", "c", "d"].map(|id| one.key(id));
        let builder = keys
            .into_iter()
            .fold(builder, EntitlementsBuilder::license_key);
        builder
            .revocations(one.list(5, &["a"]))
            .revocations_file(&path)
            .environment(Environment::of([(VARIABLE, other.list(99, &["c"]))]))
    });
    let current = engine.current();
    let in_force = |id: &str| {
        let mut entries = current.licenses().iter();
        let entry = entries
            .find(|entry| entry.id.as_deref() == Some(id))
            .unwrap();
        entry.status == LicenseStatus::Active
    };
    assert_eq!(
        ["a", "b", "c", "d"].map(in_force),
        [false, false, false, true]
    );
}

#[test]
fn garbage_in_a_variable_is_an_error_with_its_name() {
    let vendor = Vendor::new();
    let license = vendor.key("lic-2");
    let megabytes = "e".repeat(3 << 20);
    for garbage in [
        "x",
        "..",
        "a.b.c",
        "null",
        "\0",
        "список",
        &license,
        &megabytes,
    ] {
        let engine = with_variables(&vendor, [(VARIABLE, garbage)]);
        assert_error(&engine, "revocations_invalid", VARIABLE);
    }
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_not_text_is_an_error() {
    use std::os::unix::ffi::OsStringExt;
    let vendor = Vendor::new();
    let not_text = || OsString::from_vec(vec![0xff, 0xfe, b'x']);
    let engine = with_variables(&vendor, [(VARIABLE, not_text())]);
    assert_error(&engine, "revocations_", VARIABLE);
    let engine = with_variables(&vendor, [(FILE_VARIABLE, not_text())]);
    // As the name of a file it is allowed, and there is none.
    assert_error(&engine, "revocations_unreadable", "cannot be read");
}

#[test]
fn a_file_that_is_no_list_is_an_error_with_its_path() {
    let vendor = Vendor::new();
    let folder = folder("odd");
    let odd = |name: &str, content: &[u8]| {
        let path = folder.join(name);
        std::fs::write(&path, content).unwrap();
        let by_program = holding(&vendor, |builder| builder.revocations_file(&path));
        let by_variable = with_variables(&vendor, [(FILE_VARIABLE, &path)]);
        [by_program, by_variable]
    };
    let cases: [(&str, Vec<u8>); 6] = [
        ("empty", vec![]),
        ("blank", b" \n\r\n".to_vec()),
        ("nul", vec![0; 100]),
        ("bytes", vec![0xff; 100]),
        ("html", b"<!doctype html>".to_vec()),
        ("license", vendor.key("lic-2").into_bytes()),
    ];
    for (name, content) in &cases {
        for engine in odd(name, content) {
            assert_error(&engine, "revocations_invalid", name);
        }
    }
    for engine in odd("long", &vec![b'a'; 8 << 20]) {
        assert_error(&engine, "revocations_", "long");
    }
    let missing = folder.join("missing");
    let engine = holding(&vendor, |builder| builder.revocations_file(&missing));
    assert_error(&engine, "revocations_unreadable", "missing");
    let engine = holding(&vendor, |builder| builder.revocations_file(&folder));
    assert_error(&engine, "revocations_unreadable", "folder");
}

/// A pipe that nobody writes into would hold the start for ever.
#[cfg(unix)]
#[test]
fn a_pipe_a_device_or_a_loop_of_links_is_an_error_and_not_waited_for() {
    let vendor = Vendor::new();
    let folder = folder("special");
    let (pipe, a, b) = (folder.join("pipe"), folder.join("a"), folder.join("b"));
    std::os::unix::fs::symlink(&a, &b).unwrap();
    std::os::unix::fs::symlink(&b, &a).unwrap();
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    for path in [
        PathBuf::from("/dev/zero"),
        PathBuf::from("/dev/null"),
        pipe,
        a,
    ] {
        let name = path.file_name().unwrap().to_str().unwrap();
        let engine = holding(&vendor, |builder| builder.revocations_file(&path));
        assert_error(&engine, "revocations_unreadable", name);
        let engine = with_variables(&vendor, [(FILE_VARIABLE, &path)]);
        assert_error(&engine, "revocations_unreadable", name);
    }
}

/// How Kubernetes shows a secret: a link to a link.
#[cfg(unix)]
#[test]
fn a_link_to_a_list_is_followed() {
    let vendor = Vendor::new();
    let folder = folder("link");
    let (list, link) = (folder.join("list"), folder.join("link"));
    std::fs::write(&list, vendor.list(10, &["lic"])).unwrap();
    std::os::unix::fs::symlink(&list, &link).unwrap();
    assert_revoked(&holding(&vendor, |builder| builder.revocations_file(&link)));
}

#[test]
fn a_list_of_ten_thousand_licenses_is_taken_from_every_place() {
    let vendor = Vendor::new();
    let ids: Vec<String> = (0..10_000)
        .map(|n| format!("0190f3c4-7b1e-7c00-8000-{n:012}"))
        .collect();
    let mut ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    ids.push("lic");
    let list = vendor.list(10, &ids);
    assert!(list.len() > 400_000);
    let path = folder("large").join("list");
    std::fs::write(&path, &list).unwrap();
    assert_revoked(&holding(&vendor, |builder| builder.revocations_file(&path)));
    assert_revoked(&with_variables(&vendor, [(VARIABLE, &list)]));
    let engine = holding(&vendor, |builder| builder);
    crate::block_on(engine.apply_revocations(&list)).unwrap();
    assert_revoked(&engine);
}

#[test]
fn a_bad_list_takes_nothing_from_the_good_ones_and_each_is_said() {
    let vendor = Vendor::new();
    let engine = holding(&vendor, |builder| {
        builder
            .revocations("garbage")
            .revocations(vendor.list(10, &["lic"]))
            .revocations_file("/nowhere/at/all")
            .environment(Environment::of([(VARIABLE, "more garbage")]))
    });
    assert_eq!(engine.current().status(), LicenseStatus::Revoked);
    let mut codes: Vec<_> = crate::vendor::errors(&engine);
    codes.sort_unstable();
    let expected = [
        "license_revoked",
        "revocations_invalid",
        "revocations_invalid",
        "revocations_unreadable",
    ];
    assert_eq!(codes, expected, "{:?}", said(&engine));
}

/// I9. The variables' names are so alike that the list ends up in the one for the path.
#[test]
fn a_list_where_the_path_of_its_file_belongs_is_named_nowhere() {
    let vendor = Vendor::new();
    let list = vendor.list(10, &["lic"]);
    let by_variable = with_variables(&vendor, [(FILE_VARIABLE, &list)]);
    let by_program = holding(&vendor, |builder| builder.revocations_file(&list));
    for engine in [by_variable, by_program] {
        let said = said(&engine);
        assert!(said[0].starts_with("revocations_"), "{said:?}");
        let shown = format!(
            "{said:?} {:?} {:?}",
            engine.current(),
            engine.entitlements()
        );
        assert!(!shown.contains(&list[..12]), "{shown}");
    }
}

/// I9. What is given for a list may be a license key, and so may its path.
#[test]
fn no_debug_output_shows_what_was_given_for_a_list() {
    let vendor = Vendor::new();
    let (list, key) = (vendor.list(10, &["lic"]), vendor.key("lic-2"));
    let engine = holding(&vendor, |builder| {
        let builder = builder.revocations(&key).revocations(&list);
        let builder = builder.revocations_file(&list);
        let environment = Environment::of([(VARIABLE, list.as_str())]);
        let builder = builder.environment(environment);
        let shown = format!("{builder:?}");
        for part in list.split('.').chain(key.split('.')) {
            assert!(!shown.contains(&part[..12]), "a list or a key shows");
        }
        builder
    });
    let shown = format!("{engine:?} {:?}", engine.current());
    for part in list.split('.').chain(key.split('.')) {
        assert!(!shown.contains(&part[..12]), "a list or a key shows");
    }
}

//! Every odd way to hand in a key: none stops the start, each says why, and none shows the key.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use entitlements_core::testing::{self, TestEngine, TestVendor};
use entitlements_core::{EntitlementsBuilder, Environment, LicenseStatus};

const VARIABLE: &str = "ENTITLEMENTS_LICENSE_KEY";
const FILE_VARIABLE: &str = "ENTITLEMENTS_LICENSE_KEY_FILE";

/// A folder of this test's own.
fn folder(name: &str) -> PathBuf {
    let folder =
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("keys-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn business() -> (TestVendor, String) {
    let vendor = TestVendor::new();
    let key = vendor.key(&testing::catalog(), |draft| {
        draft.plan("business").id("lic")
    });
    (vendor, key)
}

fn engine(
    vendor: TestVendor,
    say: impl FnOnce(EntitlementsBuilder) -> EntitlementsBuilder,
) -> TestEngine {
    TestEngine::build(testing::catalog(), vendor, say).0
}

/// An engine that sees exactly these variables.
fn with_variables<V: Into<OsString>>(
    vendor: TestVendor,
    variables: impl IntoIterator<Item = (&'static str, V)>,
) -> TestEngine {
    engine(vendor, |builder| {
        let environment = Environment::of(variables);
        builder.environment(environment).license_from_env()
    })
}

/// The codes and messages of what the operator should mend or know.
fn said(engine: &TestEngine) -> Vec<String> {
    let current = engine.current();
    let all = current.errors().iter().chain(current.warnings());
    all.map(|notice| format!("{}: {}", notice.code(), notice.message()))
        .collect()
}

fn assert_refused(engine: &TestEngine, code: &str, why: &str) {
    let said = said(engine);
    assert_eq!(
        engine.current().status(),
        LicenseStatus::Invalid,
        "{said:?}"
    );
    assert_eq!(engine.current().plan_in_force().name(), "community");
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].starts_with(code), "{said:?}");
    assert!(said[0].contains(why), "{said:?}");
}

#[test]
fn a_key_from_a_variable_is_taken_folded_and_indented_too() {
    for fold in ["", "\n", "\r\n\t "] {
        let (vendor, key) = business();
        let (head, tail) = key.split_at(40);
        let engine = with_variables(
            vendor,
            [(VARIABLE, format!("{fold}{head}{fold}{tail}{fold}"))],
        );
        assert!(engine.current().has("sso"));
        let source = engine.current().licenses()[0].source.clone();
        assert_eq!(source.to_string(), format!("the variable `{VARIABLE}`"));
    }
}

#[test]
fn a_key_from_a_file_is_taken() {
    let (vendor, key) = business();
    let path = folder("file").join("license.key");
    std::fs::write(&path, format!("{key}\n")).unwrap();
    let by_path = engine(TestVendor::new(), |builder| {
        builder
            .trusted_key(vendor.trusted_key())
            .license_file(&path)
    });
    assert!(by_path.current().has("sso"));
    let by_variable = with_variables(vendor, [(FILE_VARIABLE, path.as_os_str())]);
    assert!(by_variable.current().has("sso"));
    assert!(said(&by_variable).is_empty());
}

#[test]
fn where_both_are_set_the_variable_counts_and_that_is_said() {
    let (vendor, key) = business();
    let engine = with_variables(
        vendor,
        [(VARIABLE, key.as_str()), (FILE_VARIABLE, "/nowhere/at/all")],
    );
    assert!(engine.current().has("sso"));
    let said = said(&engine);
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].starts_with("license_source_ignored"), "{said:?}");
}

#[test]
fn a_variable_that_is_empty_or_blank_is_none() {
    for blank in ["", " ", "\t\r\n", "\n\n\n"] {
        let variables = [(VARIABLE, blank), (FILE_VARIABLE, blank)];
        let engine = with_variables(TestVendor::new(), variables);
        assert_eq!(engine.current().status(), LicenseStatus::Unlicensed);
        assert!(said(&engine).is_empty());
        // A blank variable leaves the word to the file.
        let (vendor, key) = business();
        let path = folder("blank").join("license.key");
        std::fs::write(&path, key).unwrap();
        let variables = [
            (VARIABLE, blank.into()),
            (FILE_VARIABLE, path.into_os_string()),
        ];
        assert!(with_variables(vendor, variables).current().has("sso"));
    }
}

#[test]
fn a_variable_that_is_no_key_is_refused_with_its_name() {
    for garbage in [
        "x",
        "..",
        "a.b.c",
        "null",
        "\0",
        "ключ",
        &"e".repeat(20_000),
    ] {
        let engine = with_variables(TestVendor::new(), [(VARIABLE, garbage)]);
        assert_refused(&engine, "license_invalid", VARIABLE);
    }
    let engine = with_variables(TestVendor::new(), [(VARIABLE, "e".repeat(70_000))]);
    assert_refused(&engine, "license_invalid", VARIABLE);
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_not_text_is_refused() {
    use std::os::unix::ffi::OsStringExt;
    let not_text = || OsString::from_vec(vec![0xff, 0xfe, b'x']);
    let engine = with_variables(TestVendor::new(), [(VARIABLE, not_text())]);
    assert_refused(&engine, "license_invalid", VARIABLE);
    // As the name of a file it is allowed, and there is none.
    let engine = with_variables(TestVendor::new(), [(FILE_VARIABLE, not_text())]);
    assert_refused(&engine, "license_unreadable", "cannot be read");
}

#[test]
fn a_file_that_is_missing_empty_or_too_long_is_said_by_its_path() {
    let folder = folder("odd-files");
    let odd = |name: &str, content: Option<Vec<u8>>| {
        let path = folder.join(name);
        if let Some(content) = content {
            std::fs::write(&path, content).unwrap();
        }
        engine(TestVendor::new(), |builder| builder.license_file(path))
    };
    assert_refused(&odd("missing", None), "license_unreadable", "missing");
    assert_refused(&odd("empty", Some(vec![])), "license_invalid", "empty");
    assert_refused(
        &odd("blank", Some(b"\n \n".to_vec())),
        "license_invalid",
        "blank",
    );
    assert_refused(&odd("nul", Some(vec![0; 100])), "license_invalid", "nul");
    assert_refused(
        &odd("bytes", Some(vec![0xff; 100])),
        "license_invalid",
        "bytes",
    );
    let long = odd("long", Some(vec![b'a'; 64 * 1024 + 1]));
    assert_refused(&long, "license_unreadable", "64 KiB");
}

#[test]
fn a_folder_in_place_of_a_file_is_said() {
    let path = folder("folder");
    let engine = engine(TestVendor::new(), |builder| builder.license_file(path));
    assert_refused(&engine, "license_unreadable", "folder");
}

/// A pipe that nobody writes into would hold the start for ever.
#[cfg(unix)]
#[test]
fn a_pipe_or_a_device_in_place_of_a_file_is_not_waited_for() {
    let pipe = folder("pipe").join("license.key");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    let mut paths = vec![PathBuf::from("/dev/zero"), PathBuf::from("/dev/null")];
    if made.is_ok_and(|status| status.success()) {
        paths.push(pipe);
    }
    for path in paths {
        let engine = engine(TestVendor::new(), |builder| builder.license_file(path));
        assert_refused(&engine, "license_unreadable", "not a regular file");
    }
}

#[test]
fn one_bad_key_does_not_take_from_the_good_ones() {
    let (vendor, key) = business();
    let engine = engine(vendor, |builder| {
        let builder = builder.license_key("garbage").license_key(key);
        builder.license_file("/nowhere/at/all").license_key("")
    });
    assert!(engine.current().has("sso"));
    // A blank flag is none.
    assert_eq!(engine.current().errors().len(), 2);
    assert!(engine.current().is_degraded());
}

/// I9. The variables' names are so alike that the key ends up in the one for the path.
#[test]
fn a_key_where_the_path_of_its_file_belongs_is_named_nowhere() {
    let (vendor, key) = business();
    let by_variable = with_variables(vendor, [(FILE_VARIABLE, format!("{key}\n"))]);
    assert_refused(&by_variable, "license_unreadable", FILE_VARIABLE);
    let by_path = engine(TestVendor::new(), |builder| {
        let builder = builder.license_file(&key);
        assert!(!format!("{builder:?}").contains(&key[..12]));
        builder
    });
    assert_refused(&by_path, "license_unreadable", "not the path of a file");
    for engine in [by_variable, by_path] {
        assert!(!format!("{:?}", engine.current()).contains(&key[..12]));
        assert!(!said(&engine)[0].contains(&key[..12]));
    }
}

#[test]
fn i9_a_key_where_its_path_belongs_is_not_repeated_however_it_is_put() {
    let (_, key) = business();
    let cut = key.rsplit_once('.').unwrap().0;
    let folded: Vec<&str> = key.split_inclusive('.').collect();
    let forms = [
        format!("\"{key}\""),
        format!("'{key}'"),
        format!("@{key}"),
        format!("./{key}"),
        format!("{VARIABLE}={key}"),
        format!("{key}.extra"),
        folded.join("\n  "),
        cut.to_owned(),
        key[..40].to_owned(),
    ];
    let telling = key[8..24].to_owned();
    for form in forms {
        let by_variable = with_variables(TestVendor::new(), [(FILE_VARIABLE, form.as_str())]);
        let by_path = engine(TestVendor::new(), |builder| {
            let builder = builder.license_file(&form);
            assert!(!format!("{builder:?}").contains(&telling), "{form}");
            builder
        });
        for engine in [by_variable, by_path] {
            assert_refused(&engine, "license_unreadable", "not the path of a file");
            assert!(!said(&engine)[0].contains(&telling), "{form}");
            assert!(
                !format!("{:?}", engine.current()).contains(&telling),
                "{form}"
            );
        }
    }
}

#[test]
fn no_debug_output_shows_a_key() {
    let (vendor, key) = business();
    let signature = key.rsplit('.').next().unwrap().to_owned();
    let engine = engine(vendor, |builder| {
        let environment = Environment::of([(VARIABLE, key.as_str())]);
        let builder = builder.environment(environment).license_key(&key);
        let builder = builder.license_from_env();
        let shown = format!("{builder:?} {builder:#?}");
        assert!(!shown.contains(&signature[..12]), "{shown}");
        builder
    });
    let shown = format!(
        "{engine:?} {:?} {:?} {:?}",
        engine.entitlements(),
        engine.current(),
        engine.current().licenses()
    );
    assert!(!shown.contains(&signature[..12]), "{shown}");
}

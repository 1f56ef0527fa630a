//! A license that is no good: a line in the log and in `errors`, and the start goes on.

use std::fs;

use tempfile::tempdir;

use super::PROGRAM;
use crate::server::Server;
use crate::vendor::Vendor;

const VARIABLE: &str = "ENTITLEMENTS_LICENSE_KEY";
const FILE_VARIABLE: &str = "ENTITLEMENTS_LICENSE_KEY_FILE";

fn assert_base_plan_and_one_error(server: &Server, expected: &str) {
    let status = server.license_status();
    assert_eq!(status["status"], "invalid", "{status}");
    assert_eq!(status["plan_in_force"], "community");
    assert_eq!(status["errors"].as_array().unwrap().len(), 1, "{status}");
    let message = status["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains(expected), "{message}");
    assert!(!message.contains('\n'), "{message}");
    let log = server.stderr.after_lines(2);
    let lines: Vec<_> = log.lines().filter(|line| line.contains("ERROR")).collect();
    assert_eq!(lines.len(), 1, "{log}");
    assert!(lines[0].contains(expected), "{log}");
    assert_eq!(log.lines().count(), 2, "{log}");
    assert_eq!(server.get("/sso").status, 402);
    assert_eq!(server.get("/").status, 200);
}

#[test]
fn garbage_in_flag_and_variable() {
    let folder = tempdir().unwrap();
    let large = "x".repeat(100_000);
    for garbage in [
        "garbage",
        "eyJ.eyJ.eyJ",
        "....",
        "\u{1b}[2J\u{202e}",
        "' OR 1=1",
        &large,
    ] {
        let server = PROGRAM.start(folder.path()).env(VARIABLE, garbage).serve();
        assert_base_plan_and_one_error(&server, "the variable `ENTITLEMENTS_LICENSE_KEY`");
        let server = PROGRAM
            .start(folder.path())
            .arg("--license-key")
            .arg(garbage)
            .serve();
        assert_base_plan_and_one_error(&server, "the command line");
    }
    let not_text = std::os::unix::ffi::OsStrExt::from_bytes(b"\xff\xfe".as_slice());
    let not_text: &std::ffi::OsStr = not_text;
    let server = PROGRAM.start(folder.path()).env(VARIABLE, not_text).serve();
    assert_base_plan_and_one_error(&server, "the variable `ENTITLEMENTS_LICENSE_KEY`");
}

#[test]
fn garbage_in_the_file() {
    let folder = tempdir().unwrap();
    let data = folder.path().join("data");
    let path = |name: &str| folder.path().join(name);
    fs::write(path("garbage"), "garbage").unwrap();
    fs::write(path("empty"), "").unwrap();
    fs::write(path("binary"), [0, 159, 146, 150]).unwrap();
    fs::write(path("large"), vec![b'x'; 1 << 20]).unwrap();
    fs::create_dir(path("folder")).unwrap();
    let made = std::process::Command::new("mkfifo")
        .arg(path("pipe"))
        .status();
    assert!(made.unwrap().success());
    std::os::unix::fs::symlink(path("nowhere"), path("dangling")).unwrap();
    for name in [
        "garbage", "empty", "binary", "large", "folder", "pipe", "dangling", "missing",
    ] {
        let server = PROGRAM.start(&data).env(FILE_VARIABLE, path(name)).serve();
        assert_base_plan_and_one_error(&server, path(name).to_str().unwrap());
    }
    let server = PROGRAM.start(&data).env(FILE_VARIABLE, "/dev/zero").serve();
    assert_base_plan_and_one_error(&server, "/dev/zero");
}

#[test]
fn keys_of_strangers_and_of_yesterday() {
    let folder = tempdir().unwrap();
    let data = folder.path().join("data");
    drop(PROGRAM.start(&data).serve());
    let (vendor, stranger) = (
        Vendor::of_data(&data),
        Vendor::new(folder.path(), "stranger"),
    );
    let server = PROGRAM
        .start(&data)
        .env(VARIABLE, stranger.key("business"))
        .serve();
    assert_base_plan_and_one_error(&server, "the variable");
    assert_eq!(
        server.activate(&stranger.key("business")).json()["reason"],
        "unknown_key"
    );

    let at = [
        "--issued-at",
        "2020-01-01T00:00:00Z",
        "--expires",
        "2020-02-01",
    ];
    let expired = vendor.issue("business", &at);
    let refused = server.activate(&expired);
    assert_eq!(
        (refused.status, &refused.json()["reason"]),
        (422, &"expired".into())
    );
    let server = PROGRAM.start(&data).env(VARIABLE, &expired).serve();
    let status = server.license_status();
    assert_eq!(status["status"], "expired", "{status}");
    assert_eq!(status["plan_in_force"], "community");
    let denied = server.get("/sso");
    assert_eq!(
        (denied.status, &denied.json()["code"]),
        (402, &"LICENSE_EXPIRED".into())
    );

    let later = vendor.issue(
        "business",
        &[
            "--expires",
            "2300-01-01",
            "--not-before",
            "2200-01-01T00:00:00Z",
        ],
    );
    assert_eq!(server.activate(&later).json()["status"], "not_yet_valid");
    assert_eq!(server.get("/sso").status, 402);
}

#[test]
fn a_bad_catalog_or_mode_beside_it_still_ends_the_start() {
    let folder = tempdir().unwrap();
    for garbage in [
        "production",
        "self hosted",
        "\u{1b}[31m",
        "a\nb",
        &"y".repeat(10_000),
    ] {
        let line = PROGRAM
            .start(folder.path())
            .env("DEPLOYMENT_MODE", garbage)
            .fails();
        assert!(line.contains("`DEPLOYMENT_MODE` is"), "{line}");
        assert!(!line.contains('\u{1b}'), "{line}");
    }
    for fine in ["", " cloud ", "self_hosted"] {
        drop(
            PROGRAM
                .start(folder.path())
                .env("DEPLOYMENT_MODE", fine)
                .serve(),
        );
    }
}

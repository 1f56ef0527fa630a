//! Where it writes, and who may have stopped reading.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

use entitlements_tests::wire::{Response, exchange, request};
use tempfile::tempdir;

use super::PROGRAM;
use crate::vendor::{Vendor, issued_key_in};

#[test]
fn at_its_most_talkative_the_log_holds_no_key_and_no_token() {
    let folder = tempdir().unwrap();
    drop(PROGRAM.start(folder.path()).serve());
    let key = Vendor::of_data(folder.path()).key("business");
    let server = PROGRAM
        .start(folder.path())
        .env("RUST_LOG", "trace")
        .env("ENTITLEMENTS_LICENSE_KEY", &key)
        .serve();
    assert_eq!(server.activate(&key).status, 200);
    assert_eq!(server.activate(&key[1..]).status, 422);
    let body = format!(r#"{{"{key}":"{key}"}}"#);
    let answer = server.admin("POST", "/api/v1/license", body.as_bytes());
    assert_eq!(answer.status, 422);
    assert_eq!(issued_key_in(&answer.text()), None, "{}", answer.text());
    let missing = server.admin("DELETE", &format!("/api/v1/license/{key}"), b"");
    assert_eq!(missing.status, 404);
    assert_eq!(issued_key_in(&missing.text()), None, "{}", missing.text());
    assert!(server.stderr.wait(|log| log.contains("license.activated")));
    // Its end looks for every key that was issued, and for the token.
}

#[test]
fn a_filter_that_is_none_is_as_no_filter() {
    let folder = tempdir().unwrap();
    let server = PROGRAM
        .start(folder.path())
        .env("RUST_LOG", "=,=[[")
        .serve();
    assert!(
        server
            .stderr
            .wait(|log| log.contains("entitlements in force"))
    );
}

#[test]
fn it_serves_on_when_nobody_reads_its_output() {
    let folder = tempdir().unwrap();
    drop(PROGRAM.start(folder.path()).serve());
    let token = std::fs::read_to_string(folder.path().join("admin-token")).unwrap();
    let key = Vendor::of_data(folder.path()).key("business");
    let mut child = PROGRAM
        .command()
        .args(["--listen", "127.0.0.1:0", "--data"])
        .arg(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    stdout.read_line(&mut line).unwrap();
    drop((stdout, child.stderr.take()));
    let address = line
        .trim()
        .strip_prefix("listening on http://")
        .unwrap()
        .parse()
        .unwrap();
    let bearer = format!("Bearer {token}");
    let body = format!(r#"{{"key":"{key}"}}"#);
    let headers = [("authorization", bearer.as_str())];
    let activate = request("POST", "/api/v1/license", &headers, body.as_bytes());
    for _ in 0..2 {
        let answer = Response::read(&exchange(address, &activate));
        assert_eq!(answer.map(|answer| answer.status), Some(200));
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_full_disk_behind_its_output_stops_nothing() {
    let Ok(full) = File::options().write(true).open("/dev/full") else {
        return;
    };
    let folder = tempdir().unwrap();
    let mut child = PROGRAM
        .command()
        .args(["--listen", "nonsense", "--data"])
        .arg(folder.path())
        .stdout(full.try_clone().unwrap())
        .stderr(full)
        .spawn()
        .unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(2));
}

//! Whose pings are counted, and whose are not.

use entitlements_tests::root;
use tempfile::tempdir;

use super::PROGRAM;
use crate::server::Server;
use crate::vendor::Vendor;

/// What an answer says of rates.
fn ping(server: &Server, headers: &[(&str, &str)]) -> Option<String> {
    let answer = server.send("GET", "/ping", headers, b"");
    assert_eq!((answer.status, &*answer.text()), (200, "pong\n"));
    answer.header("ratelimit-policy").map(str::to_owned)
}

#[test]
fn pings_are_as_fast_as_the_plan_of_each_account() {
    let folder = tempdir().unwrap();
    let start = PROGRAM.start(folder.path());
    let server = start.arg("--account-header").arg("x-account").serve();
    let made = server.admin(
        "POST",
        "/api/v1/accounts",
        br#"{"id":"acme","plan":"business"}"#,
    );
    assert_eq!(made.status, 201);
    let policy = |account| ping(&server, &[("x-account", account)]);
    assert_eq!(policy("acme").as_deref(), Some("\"api\";q=1000;w=100"));
    assert_eq!(policy("globex").as_deref(), Some("\"api\";q=100;w=100"));
}

#[test]
fn pings_that_are_not_limited_say_nothing_of_it() {
    let folder = tempdir().unwrap();
    let server = PROGRAM.start(folder.path()).serve();
    let vendor = Vendor::of_data(folder.path());
    assert!(ping(&server, &[]).is_some());
    assert_eq!(server.activate(&vendor.key("enterprise")).status, 200);
    assert_eq!(ping(&server, &[]), None);
    drop(server);
    // Nor does a product whose catalog has no such rate.
    let folder = tempdir().unwrap();
    let catalog = root().join("examples/quickstart-axum/catalogs/job_server.toml");
    let start = PROGRAM.start(folder.path());
    let server = start.arg("--catalog").arg(&catalog).serve();
    assert_eq!(ping(&server, &[]), None);
}

//! What the first start prints, typed as it is printed.

use std::process::Command;

use entitlements_tests::root;
use tempfile::tempdir;

use super::PROGRAM;
use crate::programs::{CLI, cargo, target_folder};
use crate::server::Server;
use crate::vendor::Vendor;

/// The lines under "Try next" that are commands.
fn commands(server: &Server) -> Vec<String> {
    let text = server.stdout.text();
    let (_, next) = text.split_once("Try next").expect("it says what to try");
    let lines = next.lines().skip(1).map(str::trim);
    lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(str::to_owned)
        .collect()
}

/// Types a script in the repository's folder, as a user with a fresh shell.
pub(super) fn type_in(script: &str) -> String {
    let cargo = cargo();
    let path = std::env::var("PATH").unwrap_or_default();
    let output = Command::new("sh")
        .args(["-c", script])
        .current_dir(root())
        .env(
            "PATH",
            format!("{}:{path}", cargo.parent().unwrap().display()),
        )
        .env("CARGO_TARGET_DIR", target_folder())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{script}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

pub(super) fn curl_is_here() -> bool {
    Command::new("curl").arg("--version").output().is_ok()
}

#[test]
fn the_first_start_says_where_it_is_and_what_to_try() {
    let folder = tempdir().unwrap();
    let data = folder.path().join("data");
    let server = PROGRAM.start(&data).serve();
    let text = server.stdout.text();
    for part in [
        "GET /sso",
        "GET /audit",
        "POST /users",
        "/api/v1/license/status",
        "/api/v1/license/revalidate",
        "/api/v1/plans",
        "/api/v1/audit",
        "/api/v1/openapi.json",
        "/api/v1/accounts",
        "/api/v1/account/ip-allowlist",
        "/api/v1/entitlements/explain",
    ] {
        assert!(text.contains(part), "{part} is missing: {text}");
    }
    assert_eq!(text.matches(&server.token()).count(), 1);
    let base = format!("http://{}", server.address());
    let data = data.display();
    assert_eq!(
        commands(&server),
        [
            format!(
                "KEY=$(cargo run -q -p entitlements-cli -- issue --key {data}/development-vendor.private.pem \
                 --catalog {data}/entitlements.toml --customer 'Acme GmbH' --plan business --days 30)"
            ),
            format!(
                "curl -sS {base}/api/v1/license -H \"Authorization: Bearer $(cat {data}/admin-token)\" \
                 -d \"{{\\\"key\\\":\\\"$KEY\\\"}}\""
            ),
            format!("curl -i {base}/sso"),
        ]
    );
}

#[test]
fn at_another_time_the_log_says_so_and_the_printed_key_is_of_that_time() {
    for (now, told) in [
        ("2003-04-05T06:07:08Z", "2003-04-05T06:07:08Z"),
        ("2203-04-05T06:07:08+02:00", "2203-04-05T04:07:08Z"),
    ] {
        let folder = tempdir().unwrap();
        let server = PROGRAM.start(folder.path()).arg("--now").arg(now).serve();
        let warning = format!("the clock starts at {told}, because `--now` says so");
        let log = server.stderr.after_lines(2);
        assert!(log.lines().next().unwrap().contains(&warning), "{log}");
        let issue = commands(&server).swap_remove(0);
        assert!(issue.ends_with(&format!(" --issued-at {told})")), "{issue}");
        let status = server.license_status();
        let read_at = status["revalidated_at"].as_str().unwrap();
        assert!(read_at.starts_with(&told[..17]), "{read_at}");
        let issue = ["--days", "30", "--issued-at", told];
        let key = Vendor::of_data(folder.path()).issue("business", &issue);
        assert_eq!(server.activate(&key).json()["status"], "active");
        assert_eq!(server.license_status()["days_remaining"], 30);
        assert_eq!(server.get("/sso").status, 200);
    }
}

#[test]
fn the_printed_commands_change_sso_from_402_to_200() {
    // Built, so that only what the printed command itself does is waited for.
    assert!(CLI.is_file());
    let folder = tempdir().unwrap();
    let data = folder.path().join("it's a 'data' folder");
    let server = PROGRAM.start(&data).serve();
    let printed = commands(&server);
    let [issue, activate, call] = printed.as_slice() else {
        panic!("not three commands: {printed:?}");
    };
    let before = server.get("/sso");
    assert_eq!(before.status, 402);
    assert_eq!(before.json()["code"], "LICENSE_REQUIRED");
    if curl_is_here() {
        let said = type_in(&format!("{issue}\n{activate}\nprintf '\\n'\n{call}"));
        assert!(said.contains("\"status\":\"active\""), "{said}");
        assert!(said.contains("HTTP/1.1 200 OK"), "{said}");
        assert!(!said.contains("eyJ"), "an answer shows the key: {said}");
    } else {
        let key = type_in(&format!("{issue}\nprintf %s \"$KEY\""));
        assert_eq!(server.activate(&key).status, 200);
    }
    assert_eq!(server.get("/sso").status, 200);
    assert_eq!(server.get("/sso").json()["plan"], "business");
}

#[test]
fn each_plan_opens_its_routes_and_deleting_closes_them() {
    let folder = tempdir().unwrap();
    let server = PROGRAM.start(folder.path()).serve();
    let vendor = Vendor::of_data(folder.path());
    let statuses = || ["/sso", "/audit"].map(|path| server.get(path).status);
    assert_eq!(statuses(), [402, 402]);
    assert_eq!(server.activate(&vendor.key("business")).status, 200);
    assert_eq!(statuses(), [200, 402]);
    let answer = server.get("/audit").json();
    assert_eq!(answer["plan"], "business");
    assert_eq!(answer["available_in"], serde_json::json!(["enterprise"]));
    assert_eq!(server.activate(&vendor.key("enterprise")).status, 200);
    assert_eq!(statuses(), [200, 200]);
    assert_eq!(server.get("/").json()["plan"], "enterprise");
    for _ in 0..2 {
        assert_eq!(server.admin("DELETE", "/api/v1/license", b"").status, 204);
        assert_eq!(statuses(), [402, 402]);
    }
    assert_eq!(server.license_status()["status"], "unlicensed");
    for path in ["/", "/ping", "/office", "/users"] {
        assert_eq!(server.get(path).status, 200, "{path}");
    }
}

//! Starts: the first one, and those that cannot succeed.

use std::process::Command;

use entitlements_core::license::{Algorithm, LicenseDraft, LicenseIssuer, SigningKey};
use entitlements_core::strict::base64url;
use entitlements_core::{Limit, Timestamp, TrustedKey};
use serde_json::{Value, json};
use tempfile::tempdir;

use crate::program::CATALOG;
use crate::server::{Panel, SOME_DAY, Start};
use crate::vendor::{Vendor, business, seconds};

#[test]
fn the_first_start_makes_a_vendor_and_a_token_and_the_second_finds_them() {
    let folder = tempdir().unwrap();
    let token = {
        let panel = Start::anew(folder.path())
            .args(&["--now", SOME_DAY])
            .serve();
        let said = panel.stdout.text();
        let token = std::fs::read_to_string(folder.path().join("admin-token")).unwrap();
        assert!(said.contains(&token), "{said}");
        assert!(
            panel.stderr.wait(|log| log.contains("`--now`")),
            "{}",
            panel.stderr.text()
        );
        token
    };
    let file = |name: &str| folder.path().join(format!("development-vendor.{name}.pem"));
    let public = TrustedKey::from_file(file("public")).unwrap();
    assert_eq!(public.algorithm(), Algorithm::Rs512);

    // A key as our own command line issues it.
    let issuer = LicenseIssuer::new(SigningKey::from_file(file("private")).unwrap());
    let draft = LicenseDraft::new("ops@acme.example").plan("business");
    let draft = draft
        .limit("nodes", Limit::AtMost(3))
        .limit("users", Limit::AtMost(15));
    let draft = draft.expires_at("2028-01-01T00:00:00Z".parse().unwrap());
    let now: Timestamp = SOME_DAY.parse().unwrap();
    let key = issuer
        .with_catalog(CATALOG.clone())
        .issue(&draft, now)
        .unwrap();

    let payload = base64url::decode(key.split('.').nth(1).unwrap()).unwrap();
    let claims: Value = serde_json::from_slice(&payload).unwrap();
    assert!(
        claims["lid"].as_str().unwrap().starts_with("USN-"),
        "{claims}"
    );
    let expected = business();
    for claim in ["eml", "edition", "nod", "usr", "exp"] {
        assert_eq!(claims[claim], expected[claim], "{claim}");
    }
    assert_eq!(claims["iat"], seconds(SOME_DAY));

    let panel = Start::anew(folder.path())
        .args(&["--now", SOME_DAY])
        .serve();
    assert!(!panel.stdout.text().contains(&token));
    let bearer = format!("Bearer {token}");
    let body = json!({ "key": key }).to_string();
    let answer = panel.send(
        "POST",
        "/api/v1/license",
        &[("authorization", &bearer)],
        &body,
    );
    assert_eq!(answer.status, 200, "{}", answer.text());
    let shown = panel.get("/entitlements").json();
    assert_eq!(shown["limits"]["nodes"]["limit"], 4);
    assert_eq!(shown["limits"]["users"]["limit"], 15);
}

#[test]
fn no_other_kind_of_key_is_trusted() {
    let folder = tempdir().unwrap();
    let path = Vendor::Ed25519.public();
    let start = Start::anew(folder.path()).args(&["--trusted-key", path.to_str().unwrap()]);
    let error = start.fails();
    assert!(error.contains("RS512"), "{error}");

    // RSA that is too short, made by another program where there is one.
    let short = folder.path().join("short.pem");
    let made = Command::new("openssl")
        .args([
            "genpkey",
            "-algorithm",
            "RSA",
            "-pkeyopt",
            "rsa_keygen_bits:2048",
        ])
        .output();
    let Some(made) = made.ok().filter(|made| made.status.success()) else {
        return;
    };
    let private = folder.path().join("private.pem");
    std::fs::write(&private, made.stdout).unwrap();
    let public = Command::new("openssl")
        .args(["pkey", "-pubout", "-in"])
        .arg(&private)
        .output()
        .unwrap();
    std::fs::write(&short, public.stdout).unwrap();
    let error = Start::anew(folder.path())
        .args(&["--trusted-key", short.to_str().unwrap()])
        .fails();
    assert!(error.contains("2048 bits"), "{error}");
}

#[test]
fn a_bad_license_does_not_stop_a_start_and_is_said() {
    let folder = tempdir().unwrap();
    let panel = Start::at(SOME_DAY, folder.path())
        .args(&["--license-key", "no key at all"])
        .serve();
    let status = panel.license_status();
    assert_eq!(status["plan_in_force"], "community");
    assert_eq!(status["status"], "invalid");
    assert_eq!(status["errors"][0]["code"], "license_invalid");
}

#[test]
fn methods_that_a_path_lacks_are_said() {
    let folder = tempdir().unwrap();
    let panel = Panel::at(SOME_DAY, folder.path());
    for (method, path, status) in [
        ("HEAD", "/api/v1/features/containers", 200),
        ("HEAD", "/api/v1/features/ldap", 402),
        ("HEAD", "/api/v1/users", 200),
        ("PUT", "/api/v1/users", 405),
        ("POST", "/api/v1/features/ldap", 405),
        ("DELETE", "/api/v1/users/nobody", 404),
        ("GET", "/api/v1/features/nothing", 404),
        ("GET", "/nothing", 404),
    ] {
        let answer = panel.send(method, path, &[], "");
        assert_eq!(answer.status, status, "{method} {path}");
    }
}

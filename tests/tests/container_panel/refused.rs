//! Keys that are not taken, and why; each leaves the license that works alone.

use entitlements_core::strict::base64url;
use entitlements_tests::wire::Response;
use serde_json::{Value, json};
use tempfile::tempdir;

use crate::server::{Panel, SOME_DAY, Start};
use crate::vendor::{Vendor, business, header, key, message, seconds, with};

#[track_caller]
fn assert_refused(answer: &Response, reason: &str) {
    let problem = answer.json();
    assert_eq!(answer.status, 422, "{problem}");
    assert_eq!(problem["code"], "INVALID_LICENSE", "{problem}");
    assert_eq!(problem["reason"], reason, "{problem}");
    assert_ne!(problem["detail"], Value::Null);
}

#[test]
fn only_rs512_by_the_vendor_is_believed() {
    let folder = tempdir().unwrap();
    let panel = Panel::at(SOME_DAY, folder.path());
    assert_eq!(panel.activate(&key(&business())).status, 200);
    let before = panel.license_status();
    let public = std::fs::read(Vendor::Rsa.public()).unwrap();
    let alg = |alg: &str| json!({ "alg": alg, "typ": "JWT" });
    let better = with(&business(), &json!({ "edition": "ee" }));

    // No signature at all, in three spellings.
    for none in ["none", "None", "NONE"] {
        let unsigned = message(&alg(none), &better);
        assert_refused(&panel.activate(&format!("{unsigned}.")), "algorithm");
        let claimed = format!("{unsigned}.{}", base64url::encode(b"signed"));
        assert_refused(&panel.activate(&claimed), "algorithm");
    }
    // The public key taken for a shared secret.
    let confused = message(&alg("HS256"), &better);
    let mac = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, &public);
    let mac = aws_lc_rs::hmac::sign(&mac, confused.as_bytes());
    let confused = format!("{confused}.{}", base64url::encode(mac.as_ref()));
    assert_refused(&panel.activate(&confused), "algorithm");
    // Other algorithms, and other vendors.
    for (signer, header, reason) in [
        (Vendor::Ed25519, alg("EdDSA"), "algorithm"),
        (Vendor::Ed25519, header(), "signature"),
        (Vendor::Rsa, alg("RS256"), "algorithm"),
        (Vendor::Rsa, alg("PS512"), "algorithm"),
        (Vendor::RsaStranger, header(), "signature"),
    ] {
        assert_refused(&panel.activate(&signer.sign(&header, &better)), reason);
    }
    // A signature of other claims.
    let good = key(&business());
    let signature = good.rsplit('.').next().unwrap();
    let forged = format!("{}.{signature}", message(&header(), &better));
    assert_refused(&panel.activate(&forged), "signature");

    let after = panel.license_status();
    for member in ["status", "plan", "limits", "features", "expires_at"] {
        assert_eq!(before[member], after[member], "{member}");
    }
}

#[test]
fn claims_that_are_not_the_vendors_are_refused() {
    let folder = tempdir().unwrap();
    let panel = Panel::at(SOME_DAY, folder.path());
    for (changes, reason) in [
        (json!({ "iat": null }), "missing_claim"),
        (json!({ "exp": null }), "missing_claim"),
        (json!({ "lid": null }), "missing_claim"),
        (json!({ "edition": null }), "missing_claim"),
        (json!({ "lid": "ACME-2027-0001" }), "id_prefix"),
        (json!({ "edition": "pro" }), "unknown_plan"),
        (json!({ "exp": seconds(SOME_DAY) }), "expired"),
        (
            json!({ "iat": seconds("2027-03-02T12:00:00Z") }),
            "issued_in_future",
        ),
        (json!({ "fingerprint": "0".repeat(64) }), "wrong_deployment"),
    ] {
        assert_refused(&panel.activate(&key(&with(&business(), &changes))), reason);
        assert_eq!(panel.license_status()["status"], "unlicensed");
    }
    assert_eq!(panel.activate(&key(&business())).status, 200);
}

#[test]
fn a_key_for_this_installation_is_taken_and_another_salt_makes_it_another() {
    let folder = tempdir().unwrap();
    let bound = {
        let panel = Panel::at(SOME_DAY, folder.path());
        let said = panel.stdout.text();
        let line = said
            .lines()
            .find_map(|line| line.strip_prefix("fingerprint of this installation: "));
        key(&with(
            &business(),
            &json!({ "fingerprint": line.expect(&said) }),
        ))
    };
    let elsewhere = Start::at(SOME_DAY, folder.path())
        .args(&["--fingerprint-salt", "other"])
        .serve();
    assert_refused(&elsewhere.activate(&bound), "wrong_deployment");
    drop(elsewhere);
    let panel = Panel::at(SOME_DAY, folder.path());
    assert_eq!(panel.activate(&bound).status, 200);
    assert_eq!(panel.license_status()["status"], "active");
}

#[test]
fn only_the_administrator_manages_licenses() {
    let folder = tempdir().unwrap();
    let panel = Panel::at(SOME_DAY, folder.path());
    for (method, path) in [
        ("GET", "/api/v1/license"),
        ("POST", "/api/v1/license"),
        ("DELETE", "/api/v1/license"),
        ("GET", "/api/v1/license/status"),
    ] {
        let stranger = panel.send(method, path, &[], "");
        assert_eq!(stranger.status, 401, "{method} {path}");
        let guess = panel.send(method, path, &[("authorization", "Bearer guessed")], "");
        assert_eq!(guess.status, 401, "{method} {path}");
    }
}

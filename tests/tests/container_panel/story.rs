//! A year in the life of a license, with a restart at every step.

use std::os::unix::fs::PermissionsExt;

use entitlements_core::license::RevocationDraft;
use serde_json::{Value, json};
use tempfile::tempdir;

use crate::server::{Panel, assert_denied};
use crate::vendor::{Vendor, business, key, seconds, with};

/// What an edition gives, less the times that a renewal changes.
fn given(panel: &Panel) -> Value {
    let mut shown = panel.get("/entitlements").json();
    for time in ["expires_at", "grace_ends_at", "refreshed_at"] {
        shown.as_object_mut().unwrap().remove(time);
    }
    shown
}

#[test]
fn community_business_expired_renewed_deactivated() {
    let folder = tempdir().unwrap();
    let at = |now: &str| Panel::at(now, folder.path());

    let panel = at("2027-01-01T12:00:00Z");
    assert_eq!(panel.overview()["edition"], "Community Edition");
    assert_eq!(panel.overview()["banner"], Value::Null);
    for name in ["Ada", "Bob", "Cem"] {
        assert_eq!(panel.add("users", name).status, 201);
    }
    assert_denied(&panel.add("users", "Dora"), "LIMIT_EXCEEDED");
    assert_denied(&panel.get("/features/ldap"), "LICENSE_REQUIRED");
    let answer = panel.activate(&key(&business()));
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.json()["id"], "USN-2027-0001");
    assert_eq!(panel.get("/features/ldap").status, 200);
    assert_eq!(panel.add("users", "Dora").status, 201);
    assert_eq!(panel.add("ldap_servers", "ldap.acme.example").status, 201);
    for name in ["eu-1", "eu-2", "eu-3"] {
        assert_eq!(panel.add("nodes", name).status, 201);
    }
    assert_denied(&panel.add("nodes", "eu-4"), "LIMIT_EXCEEDED");
    drop(panel);

    // In force after a restart, to the last second.
    let panel = at("2027-12-31T23:59:00Z");
    assert_eq!(panel.overview()["edition"], "Business");
    assert_eq!(panel.overview()["status"], "active");
    assert_eq!(panel.get("/features/ldap").status, 200);
    assert_eq!(panel.license_status()["days_remaining"], 1);
    let before = given(&panel);
    drop(panel);

    let panel = at("2028-01-01T00:00:00Z");
    assert_expired(&panel);
    drop(panel);
    // And so it stays, however long.
    let panel = at("2028-06-01T00:00:00Z");
    assert_expired(&panel);

    // Renewed: exactly what it was.
    let renewed = with(
        &business(),
        &json!({ "iat": seconds("2028-06-01T00:00:00Z"), "exp": seconds("2029-06-01T00:00:00Z") }),
    );
    assert_eq!(panel.activate(&key(&renewed)).status, 200);
    assert_eq!(given(&panel), before);
    assert_eq!(panel.overview()["edition"], "Business");
    drop(panel);
    let panel = at("2028-07-01T00:00:00Z");
    assert_eq!(given(&panel), before);
    assert_eq!(panel.add("ldap_servers", "ldap2.acme.example").status, 201);

    // On the disk, for its owner alone; and not any more once it is taken out.
    let file = folder.path().join("licenses.json");
    let mode = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(std::fs::read_to_string(&file).unwrap().contains("eyJ"));
    assert_eq!(panel.admin("DELETE", "/license", "").status, 204);
    assert!(
        !std::fs::read_to_string(&file)
            .unwrap_or_default()
            .contains("eyJ")
    );
    assert_unlicensed(&panel);
    drop(panel);
    assert_unlicensed(&at("2028-07-02T00:00:00Z"));
}

#[test]
fn what_the_vendor_revokes_is_over_after_restarts_too() {
    let folder = tempdir().unwrap();
    let panel = Panel::at("2027-03-01T12:00:00Z", folder.path());
    assert_eq!(panel.activate(&key(&business())).status, 200);
    let list = RevocationDraft::new().license("USN-2027-0001");
    let now = "2027-03-01T11:00:00Z".parse().unwrap();
    let list = list.sign(&Vendor::Rsa.private(), now).unwrap();
    let body = json!({ "list": list }).to_string();
    assert_eq!(
        panel.admin("POST", "/license/revocations", &body).status,
        200
    );
    assert_revoked(&panel);
    drop(panel);
    assert_revoked(&Panel::at("2027-04-01T12:00:00Z", folder.path()));
}

#[track_caller]
fn assert_revoked(panel: &Panel) {
    let problem = assert_denied(&panel.get("/features/ldap"), "LICENSE_REQUIRED");
    assert_eq!(problem["license_status"], "revoked", "{problem}");
    assert_eq!(panel.overview()["status"], "revoked");
    assert_eq!(panel.overview()["edition_in_force"], "Community Edition");
}

/// The degradation table: the edition's name stays, limits are the community's, features are gone, data is there.
#[track_caller]
fn assert_expired(panel: &Panel) {
    let overview = panel.overview();
    assert_eq!(overview["edition"], "Business (expired)");
    assert_eq!(overview["edition_in_force"], "Community Edition");
    assert!(
        overview["banner"]
            .as_str()
            .unwrap()
            .starts_with("License expired")
    );
    let status = panel.license_status();
    assert_eq!(status["status"], "expired");
    assert_eq!(status["plan"]["name"], "Business");
    assert_eq!(status["plan_in_force"], "community");
    assert_eq!(
        (&status["expired"], &status["degraded"]),
        (&json!(true), &json!(true))
    );
    assert_eq!(status["expires_at"], "2028-01-01T00:00:00Z");
    assert_eq!(status["errors"][0]["code"], "license_expired");
    assert_eq!(status["limits"]["users"]["limit"], 3);
    assert_eq!(status["limits"]["users"]["used"], 4);
    assert_eq!(status["limits"]["nodes"]["limit"], 1);

    for path in ["/features/ldap", "/support", "/updates"] {
        let problem = assert_denied(&panel.get(path), "LICENSE_EXPIRED");
        assert_eq!(problem["expired_at"], "2028-01-01T00:00:00Z", "{path}");
    }
    // What business never had is not said to have expired.
    assert_denied(&panel.get("/features/sso_saml"), "LICENSE_REQUIRED");
    assert_denied(&panel.get("/fleet"), "LICENSE_REQUIRED");
    assert_eq!(panel.get("/features/containers").status, 200);
    assert_denied(&panel.add("ldap_servers", "another"), "LICENSE_EXPIRED");
    for kind in ["users", "nodes"] {
        let problem = assert_denied(&panel.add(kind, "one more"), "LIMIT_EXCEEDED");
        assert_eq!(problem["used"], 4, "{problem}");
        assert_eq!(problem["available_in"], json!(["business", "enterprise"]));
        assert_eq!(problem["plan"], "community");
    }
    // Nothing is locked out: all of it can be read, and taken out.
    assert_eq!(panel.names("users"), ["Ada", "Bob", "Cem", "Dora"]);
    assert_eq!(
        panel.names("nodes"),
        ["this machine", "eu-1", "eu-2", "eu-3"]
    );
    assert_eq!(panel.names("ldap_servers"), ["ldap.acme.example"]);
    assert_eq!(panel.add("stacks", "blog").status, 201);
}

#[track_caller]
fn assert_unlicensed(panel: &Panel) {
    assert_eq!(panel.overview()["edition"], "Community Edition");
    assert_eq!(panel.overview()["status"], "unlicensed");
    assert_denied(&panel.get("/features/ldap"), "LICENSE_REQUIRED");
    assert_eq!(panel.license_status()["limits"]["users"]["limit"], 3);
    assert_eq!(panel.names("users").len(), 4);
    assert_denied(&panel.add("users", "Eve"), "LIMIT_EXCEEDED");
}

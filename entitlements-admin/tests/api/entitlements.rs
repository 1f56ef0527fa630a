use std::time::Duration;

use http::Method;
use serde_json::json;

use crate::client::{ADMIN, Answer, Client, OWNER};

const AS_OWNER: &[(&str, &str)] = &[("authorization", OWNER)];

fn tag(answer: &Answer) -> String {
    let tag = answer.header("etag").unwrap();
    assert!(
        tag.len() == 66 && tag.starts_with('"') && tag.ends_with('"'),
        "{tag}"
    );
    assert!(
        tag[1..65]
            .bytes()
            .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)),
        "{tag}"
    );
    tag.to_owned()
}

fn assert_headers(answer: &Answer) {
    assert_eq!(answer.header("cache-control"), Some("private, no-cache"));
    assert_eq!(answer.header("vary"), Some("authorization"));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    tag(answer);
}

#[tokio::test]
async fn an_account_sees_what_it_has() {
    let (client, _) = Client::managed("lic-1");
    let answer = client.entitlements(&[]).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_headers(&answer);
    let feature = |enabled: bool, name| {
        let entitlement = if enabled { "entitled" } else { "not_entitled" };
        json!({ "enabled": enabled, "entitlement": entitlement, "name": name })
    };
    let expected = json!({
        "account": "local",
        "plan": { "code": "business", "name": "Business" },
        "plan_in_force": "business",
        "status": "active",
        "features": {
            "audit": feature(false, "Audit log"), "ip_allowlist": feature(true, "IP allowlist"),
            "scim": feature(false, "SCIM provisioning"), "sso": feature(true, "Single sign-on"),
        },
        "limits": {
            "projects": { "limit": 10, "used": null, "remaining": null },
            "users": { "limit": 15, "used": null, "remaining": null },
        },
        "rates": { "api": { "requests": 600, "per_seconds": 60, "burst": 1000 } },
        "expires_at": "2027-01-01T12:00:00Z",
        "grace_ends_at": "2027-01-15T12:00:00Z",
        "upgrade_url": "https://test.example/pricing",
        "refreshed_at": "2026-01-01T12:00:00Z",
    });
    assert_eq!(answer.json(), expected);
}

#[tokio::test]
async fn grace_is_shown_to_all_and_warned_of_to_the_owner() {
    let (client, _) = Client::managed("lic-1");
    client.engine.clock().advance_days(370);

    let anyone = client.entitlements(&[]).await;
    assert!(anyone.json().get("errors").is_none(), "{}", anyone.text);
    assert_eq!(
        anyone.json()["features"]["sso"]["entitlement"],
        "grace_period"
    );
    assert!(anyone.json().get("warnings").is_none(), "{}", anyone.text);

    let owner = client.entitlements(AS_OWNER).await;
    assert_eq!(owner.json()["warnings"][0]["code"], "license_grace");
    assert_ne!(tag(&owner), tag(&anyone));

    // An admin's token is not an owner's.
    let admin = client.entitlements(&[("authorization", ADMIN)]).await;
    assert!(admin.json().get("warnings").is_none());
}

#[tokio::test]
async fn the_tag_stays_while_nothing_changes() {
    let client = Client::unlicensed();
    let first = client.entitlements(&[]).await;
    client.engine.clock().advance(Duration::from_secs(3600));
    let later = client.entitlements(&[]).await;
    assert_ne!(first.text, later.text);
    assert_eq!(tag(&first), tag(&later));

    client.activate(&client.key("lic-1")).await.assert_json();
    let licensed = client.entitlements(&[]).await;
    assert_ne!(tag(&first), tag(&licensed));
    client.engine.clock().advance_days(365);
    let grace = client.entitlements(&[]).await;
    assert_ne!(tag(&licensed), tag(&grace));

    client.delete("/license").await.assert_no_content();
    assert_eq!(tag(&first), tag(&client.entitlements(&[]).await));
}

#[tokio::test]
async fn what_is_known_is_not_sent_again() {
    let client = Client::unlicensed();
    let tag = tag(&client.entitlements(&[]).await);
    let known = [
        tag.clone(),
        format!("W/{tag}"),
        "*".to_owned(),
        format!("\"x\", {tag}"),
        format!("W/\"x\",W/{tag} , \"y\""),
    ];
    for known in known {
        for method in [Method::GET, Method::HEAD] {
            let headers = [("if-none-match", known.as_str())];
            let answer = client.send(method, "/entitlements", &headers, "").await;
            assert_eq!(
                (answer.status.as_u16(), answer.text.as_str()),
                (304, ""),
                "{known}"
            );
            assert_headers(&answer);
            assert_eq!(answer.header("etag"), Some(tag.as_str()));
            assert_eq!(
                (
                    answer.header("content-type"),
                    answer.header("content-length")
                ),
                (None, None)
            );
        }
    }
    let lines = [("if-none-match", "\"x\""), ("if-none-match", tag.as_str())];
    assert_eq!(client.entitlements(&lines).await.status, 304);

    for other in ["", "\"x\"", tag.trim_matches('"'), "W/\"*\""] {
        let answer = client.entitlements(&[("if-none-match", other)]).await;
        assert_eq!(answer.status, 200, "{other}");
    }
    client.activate(&client.key("lic-1")).await.assert_json();
    assert_eq!(
        client.entitlements(&[("if-none-match", &tag)]).await.status,
        200
    );
}

#[tokio::test]
async fn other_routes_have_no_tag() {
    let client = Client::unlicensed();
    let headers = [("authorization", ADMIN), ("if-none-match", "*")];
    let answer = client
        .send(Method::GET, "/license/status", &headers, "")
        .await;
    assert_eq!((answer.status.as_u16(), answer.header("etag")), (200, None));
}

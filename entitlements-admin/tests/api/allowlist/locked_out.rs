//! M20 and W9: nobody shuts the door behind whom they are standing, by the address that gates go by.

use entitlements_core::client_address::Peer;
use http::Method;
use serde_json::{Value, json};

use super::{AWAY, DESK, OFFICE, PATH, behind_a_proxy, client, refused};

#[tokio::test]
async fn m20_a_change_that_locks_out_is_422_unless_it_is_forced() {
    let client = client();
    let post = async |query: &str| {
        let path = format!("{PATH}{query}");
        let body = json!({ "ip_range": OFFICE });
        client.owner_at(AWAY, Method::POST, &path, &body).await
    };
    let answer = post("").await;
    let problem = answer.assert_problem(422, "INVALID");
    let error = json!({
        "field": "force",
        "message": "must be `true` (`?force=true`) to do this all the same: the list would not allow `198.51.100.9` any more, \
            from where the change is made",
    });
    assert_eq!(problem["errors"], json!([error]));
    assert_eq!(client.listed().await, [] as [Value; 0]);

    let office = post("?force=true").await.json()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    // Who is outside already is not locked out by more of it.
    let home = client.added_by(AWAY, "203.0.113.0/24", "").await;
    let entry = |id: &str, query: &str| format!("{PATH}/{id}{query}");
    for (method, body) in [
        (Method::PATCH, json!({ "is_active": false })),
        (Method::PATCH, json!({ "ip_range": "192.0.2.128/25" })),
        (Method::DELETE, Value::Null),
    ] {
        let path = entry(&office, "");
        let answer = client.owner_at(DESK, method.clone(), &path, &body).await;
        assert_eq!(refused(&answer), ["force"], "{method} {body}");
        assert!(answer.text.contains(DESK), "{}", answer.text);
    }
    assert_eq!(client.in_force().await, [OFFICE, "203.0.113.0/24"]);
    let off = json!({ "is_active": false });
    let forced = entry(&office, "?force=true");
    client
        .owner_at(DESK, Method::PATCH, &forced, &off)
        .await
        .assert_json();
    client
        .owner_at(
            "203.0.113.1",
            Method::DELETE,
            &entry(&home, ""),
            &Value::Null,
        )
        .await
        // The last active one: everybody may come in.
        .assert_no_content();
    // Switching it on again locks out whoever is away.
    let answer = client
        .patch(AWAY, &office, &json!({ "is_active": true }))
        .await;
    assert_eq!(refused(&answer), ["force"]);
    client
        .patch(DESK, &office, &json!({ "is_active": true }))
        .await
        .assert_json();
    client
        .owner_at(DESK, Method::DELETE, &forced, &Value::Null)
        .await
        .assert_no_content();
}

#[tokio::test]
async fn m20_behind_proxies_it_is_the_clients_address_and_no_header_of_its_own() {
    let client = behind_a_proxy();
    let post = async |peer: &str, headers: &[(&str, &str)]| {
        let body = json!({ "ip_range": OFFICE });
        let answer = client
            .owner_with(peer, headers, Method::POST, PATH, &body)
            .await;
        let status = answer.status.as_u16();
        let made = answer.json()["id"].as_str().map(str::to_owned);
        if let Some(id) = made {
            client.remove(DESK, &id).await.assert_no_content();
        } else {
            assert_eq!(refused(&answer), ["force"]);
        }
        status
    };
    let xff = "x-forwarded-for";
    for (peer, headers, status) in [
        ("10.0.0.1", &[(xff, DESK)][..], 201),
        ("::ffff:10.0.0.1", &[(xff, DESK)], 201),
        ("10.0.0.1", &[(xff, "::ffff:192.0.2.7")], 201),
        (
            "10.0.0.1",
            &[(xff, "198.51.100.9, 192.0.2.7, 10.0.0.2")],
            201,
        ),
        ("10.0.0.1", &[(xff, AWAY), (xff, DESK)], 201),
        // What the client wrote itself is left of what the proxy wrote.
        ("10.0.0.1", &[(xff, "192.0.2.7, 198.51.100.9")], 422),
        ("10.0.0.1", &[(xff, DESK), (xff, AWAY)], 422),
        (
            "10.0.0.1",
            &[
                (xff, AWAY),
                ("forwarded", "for=192.0.2.7"),
                ("x-real-ip", DESK),
            ],
            422,
        ),
        // It does not come through a proxy.
        (AWAY, &[(xff, DESK)], 422),
        (DESK, &[(xff, AWAY)], 201),
        ("::ffff:192.0.2.7", &[], 201),
        // Nobody can tell.
        ("10.0.0.1", &[], 422),
        ("10.0.0.1", &[(xff, "unknown")], 422),
        ("10.0.0.1", &[(xff, "192.0.2.7,")], 422),
        ("10.0.0.1", &[(xff, "10.0.0.2")], 422),
        ("", &[(xff, DESK)], 422),
        ("0.0.0.0", &[(xff, DESK)], 422),
    ] {
        assert_eq!(post(peer, headers).await, status, "{peer} {headers:?}");
    }
}

/// Where nobody can tell the address, what allows less is refused, and nothing else.
#[tokio::test]
async fn m20_without_an_address_nothing_is_narrowed_unless_it_is_forced() {
    let mut client = client();
    let (office, home) = (client.added(OFFICE).await, client.added(AWAY).await);
    for peer in ["", "0.0.0.0"] {
        let answer = client.remove(peer, &home).await;
        assert_eq!(refused(&answer), ["force"]);
        let message =
            "the list would allow less, and the address from where the change is made is not known";
        assert!(answer.text.contains(message), "{}", answer.text);
    }
    client.api = client.api.clone().peer(|_| Peer::UnixSocket);
    assert_eq!(refused(&client.remove(DESK, &home).await), ["force"]);
    let words = json!({ "description": "office" });
    client.patch("", &office, &words).await.assert_json();
    client.added_by("", "203.0.113.0/24", "").await;
    let forced = format!("{home}?force=true");
    client.remove("", &forced).await.assert_no_content();
}

/// Forcing forces nothing else.
#[tokio::test]
async fn m20_force_is_for_lock_outs_alone() {
    let client = client();
    client.added(OFFICE).await;
    let path = format!("{PATH}?force=true");
    for (range, field) in [(OFFICE, "ip_range"), ("192.0.2.1/24", "ip_range")] {
        let body = json!({ "ip_range": range });
        let answer = client.owner_at(DESK, Method::POST, &path, &body).await;
        assert_eq!(refused(&answer), [field]);
    }
    let gone = format!("{PATH}/x?force=true");
    let answer = client
        .owner_at(DESK, Method::DELETE, &gone, &Value::Null)
        .await;
    answer.assert_problem(404, "NOT_FOUND");
}

//! What all routes at and below `/accounts` have in common.

use http::Method;
use serde_json::json;

use crate::accounts::{post, refused};
use crate::client::{ADMIN, Client, OWNER};

#[tokio::test]
async fn who_is_not_there_is_404() {
    let client = Client::unlicensed();
    for id in ["nobody", "a%20b", "%C3%A9", "x".repeat(129).as_str()] {
        for (method, path, body) in [
            (Method::GET, "", ""),
            (Method::PATCH, "", "{}"),
            (Method::GET, "/overrides", ""),
            (
                Method::POST,
                "/overrides",
                r#"{"feature":"sso","enabled":true}"#,
            ),
            (Method::DELETE, "/overrides/x", ""),
            (Method::DELETE, "/addons/x", ""),
            (Method::GET, "/entitlements", ""),
            (Method::GET, "/explain", ""),
            (Method::GET, "/downgrade-preview?plan=community", ""),
        ] {
            let path = format!("/accounts/{id}{path}");
            let answer = client.admin(method, &path, body).await;
            let problem = answer.assert_problem(404, "NOT_FOUND");
            assert_eq!(
                problem["detail"], "there is no account with this id",
                "{path}"
            );
        }
    }
}

const ROUTES: [(Method, &str); 13] = [
    (Method::GET, "/accounts"),
    (Method::POST, "/accounts"),
    (Method::GET, "/accounts/acme"),
    (Method::PATCH, "/accounts/acme"),
    (Method::GET, "/accounts/acme/overrides"),
    (Method::POST, "/accounts/acme/overrides"),
    (Method::DELETE, "/accounts/acme/overrides/x"),
    (Method::PUT, "/accounts/acme/addons/x"),
    (Method::DELETE, "/accounts/acme/addons/x"),
    (Method::GET, "/accounts/acme/entitlements"),
    (Method::GET, "/accounts/acme/explain"),
    (Method::GET, "/accounts/acme/downgrade-preview"),
    (Method::HEAD, "/accounts"),
];

#[tokio::test]
async fn accounts_are_the_admins_alone() {
    let client = Client::unlicensed();
    for (method, path) in ROUTES {
        for headers in [&[][..], &[("authorization", OWNER)]] {
            let answer = client.send(method.clone(), path, headers, "{").await;
            assert_eq!(answer.status, 401, "{method} {path}");
            assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
        }
    }
}

#[tokio::test]
async fn methods_that_a_path_lacks_are_405() {
    let client = Client::unlicensed();
    for (method, path, allow) in [
        (Method::DELETE, "/accounts", "GET, HEAD, POST"),
        (Method::DELETE, "/accounts/acme", "GET, HEAD, PATCH"),
        (Method::PUT, "/accounts/acme", "GET, HEAD, PATCH"),
        (Method::PATCH, "/accounts/acme/overrides", "GET, HEAD, POST"),
        (Method::GET, "/accounts/acme/overrides/x", "DELETE"),
        (Method::GET, "/accounts/acme/addons/x", "PUT, DELETE"),
        (Method::POST, "/accounts/acme/entitlements", "GET, HEAD"),
        (Method::POST, "/accounts/acme/explain", "GET, HEAD"),
        (
            Method::POST,
            "/accounts/acme/downgrade-preview",
            "GET, HEAD",
        ),
    ] {
        let answer = client.send(method, path, &[], "").await;
        answer.assert_problem(405, "METHOD_NOT_ALLOWED");
        assert_eq!(answer.header("allow"), Some(allow), "{path}");
    }
    for path in [
        "/accounts/",
        "/accounts/acme/addons",
        "/accounts/acme/x",
        "/accounts//overrides",
    ] {
        client.get(path).await.assert_problem(404, "NOT_FOUND");
    }
}

#[tokio::test]
async fn bodies_are_read_strictly() {
    let client = Client::unlicensed();
    post(&client, &json!({ "id": "acme" })).await;
    for (method, path) in [
        (Method::POST, "/accounts"),
        (Method::PATCH, "/accounts/acme"),
        (Method::POST, "/accounts/acme/overrides"),
    ] {
        for body in ["", "{", r#"{"name":"a","name":"b"}"#, "\u{feff}{}"] {
            let answer = client.admin(method.clone(), path, body).await;
            answer.assert_problem(400, "MALFORMED");
        }
        for body in ["[]", "null", "1"] {
            let answer = client.admin(method.clone(), path, body).await;
            assert_eq!(refused(&answer), [""], "{method} {path}");
        }
        let large = " ".repeat(65_537);
        let answer = client.admin(method.clone(), path, &large).await;
        answer.assert_problem(413, "BODY_TOO_LARGE");
    }
}

#[tokio::test]
async fn head_is_get_without_the_body() {
    let client = Client::unlicensed();
    post(&client, &json!({ "id": "acme", "plan": "business" })).await;
    for path in [
        "/accounts",
        "/accounts/acme",
        "/accounts/nobody",
        "/accounts/acme/overrides",
        "/accounts/acme/entitlements",
        "/accounts/acme/explain",
        "/accounts/acme/downgrade-preview?plan=community",
        "/accounts/acme/downgrade-preview",
    ] {
        let headers = [("authorization", ADMIN)];
        let get = client.send(Method::GET, path, &headers, "").await;
        let head = client.send(Method::HEAD, path, &headers, "").await;
        assert_eq!(
            (head.status, &head.headers),
            (get.status, &get.headers),
            "{path}"
        );
        assert_eq!(head.text, "");
    }
}

use std::sync::Arc;

use bytes::Bytes;
use entitlements_admin::{Access, AdminApi, BearerToken, Guard};
use entitlements_core::testing::{self, TestEngine};
use entitlements_core::{AccountId, Denial, DenialKind};
use http::request::Parts;
use http::{Method, Request, Response};

use crate::client::{Client, OWNER};

const ADMIN_ROUTES: &[(Method, &str)] = &[
    (Method::GET, "/license"),
    (Method::POST, "/license"),
    (Method::DELETE, "/license"),
    (Method::DELETE, "/license/lic-1"),
    (Method::GET, "/license/status"),
];

#[tokio::test]
async fn admin_routes_want_the_admin() {
    let client = Client::unlicensed();
    for (method, path) in ADMIN_ROUTES {
        for headers in [
            &[][..],
            &[("authorization", OWNER)],
            &[("authorization", "Basic YTpi")],
        ] {
            let answer = client.send(method.clone(), path, headers, "").await;
            answer.assert_problem(401, "UNAUTHORIZED");
            assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
        }
    }
}

async fn send(api: &AdminApi, method: &Method, path: &str) -> Response<Bytes> {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .body(Bytes::new())
        .unwrap();
    api.handle(request).await
}

fn api(engine: &TestEngine, guard: impl Guard, account: Option<AccountId>) -> AdminApi {
    let nobody = |_: &Parts| Access::Unauthenticated;
    let account = move |_: &Parts| account.clone();
    AdminApi::new(engine.entitlements().clone(), guard, nobody, account)
}

#[tokio::test]
async fn right_credentials_without_the_right_are_403() {
    let engine = testing::without_license(testing::catalog());
    let api = api(&engine, |_: &Parts| Access::Forbidden, None);
    for (method, path) in ADMIN_ROUTES {
        let answer = send(&api, method, path).await;
        assert_eq!(answer.status(), 403);
        assert!(!answer.headers().contains_key("www-authenticate"));
        let problem: serde_json::Value = serde_json::from_slice(answer.body()).unwrap();
        assert_eq!(problem["code"], "FORBIDDEN");
    }
}

#[tokio::test]
async fn a_guard_sees_method_path_and_extensions() {
    let engine = testing::without_license(testing::catalog());
    let api = api(
        &engine,
        |head: &Parts| match head.extensions.get::<&'static str>() {
            Some(name) if head.method == Method::DELETE && head.uri.path() == "/license" => {
                Access::granted(name)
            }
            _ => Access::Forbidden,
        },
        None,
    );
    let request = Request::delete("/license")
        .extension("root")
        .body(Bytes::new())
        .unwrap();
    assert_eq!(api.handle(request).await.status(), 204);
    assert_eq!(send(&api, &Method::DELETE, "/license").await.status(), 403);
}

#[tokio::test]
async fn one_guard_may_be_shared() {
    let engine = testing::without_license(testing::catalog());
    let guard: Arc<dyn Guard> = Arc::new(BearerToken::new("0123456789abcdef").unwrap());
    assert_eq!(
        send(
            &api(&engine, Arc::clone(&guard), None),
            &Method::GET,
            "/license"
        )
        .await
        .status(),
        401
    );
}

#[tokio::test]
async fn no_account_is_401_with_the_denial() {
    let engine = testing::without_license(testing::catalog());
    let answer = send(
        &api(&engine, |_: &Parts| Access::granted("root"), None),
        &Method::GET,
        "/entitlements",
    )
    .await;
    assert_eq!(answer.status(), 401);
    assert_eq!(answer.headers()["www-authenticate"], "Bearer");
    assert_eq!(answer.headers()["cache-control"], "no-store");
    assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
    let denial = Denial::new(DenialKind::AccountUnknown);
    assert_eq!(answer.extensions().get::<Denial>(), Some(&denial));
    assert_eq!(answer.body(), denial.problem().body());
}

#[tokio::test]
async fn the_account_is_the_one_that_was_resolved() {
    let engine = testing::without_license(testing::catalog());
    let api = api(
        &engine,
        |_: &Parts| Access::Forbidden,
        Some(AccountId::new("acc-7")),
    );
    let answer = send(&api, &Method::GET, "/entitlements").await;
    assert!(answer.body().starts_with(br#"{"account":"acc-7","plan":"#));
}

//! The management API under a scope, in a test service and over a real socket.

use std::net::SocketAddr;
use std::task::Poll;

use actix_web::body::to_bytes;
use actix_web::dev::{Payload, Service, ServiceRequest};
use actix_web::error::PayloadError;
use actix_web::middleware::{Next, from_fn};
use actix_web::test::init_service;
use actix_web::web::Bytes;
use actix_web::{App, HttpMessage, web};
use entitlements_actix::testing::TestEngine;
use entitlements_actix::{
    Access, AccountId, AdminService, BearerToken, BoxFuture, FixedAccount, Guard, RequireFeature,
    admin,
};
use futures_util::StreamExt;

use crate::payloads::counted;
use crate::sockets::{has_status, raw, serve};
use crate::{ask, get, layer, on, to};

const TOKEN: &str = "admin-0123456789abcdef";

pub(crate) fn api(engine: &TestEngine) -> AdminService {
    let guard = BearerToken::new(TOKEN).unwrap();
    let account = FixedAccount(AccountId::LOCAL);
    admin(engine.entitlements().clone(), guard.clone(), guard, account)
}

async fn send(address: SocketAddr, method: &str, path: &str, body: &str) -> String {
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer {TOKEN}\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    raw(address, request.as_bytes()).await
}

#[actix_web::test]
async fn a_pasted_key_opens_the_gated_route() {
    let engine = on("community");
    let key = engine.key(|draft| draft.plan("business").id("lic"));
    let (address, server) = serve(&engine);
    assert!(has_status(&send(address, "GET", "/sso", "").await, 402));
    let body = format!("{{\"key\":\"{key}\"}}");
    let answer = send(address, "POST", "/internal/api/v1/license", &body).await;
    assert!(has_status(&answer, 200), "{answer}");
    assert!(!answer.contains(&key));
    assert!(has_status(&send(address, "GET", "/sso", "").await, 200));
    let path = "/internal/api/v1/license/l%69c";
    let answer = send(address, "DELETE", path, "").await;
    assert!(has_status(&answer, 204), "{answer}");
    assert!(!answer.contains("content-length"), "{answer}");
    assert!(has_status(&send(address, "GET", "/sso", "").await, 402));
    assert!(has_status(&send(address, "DELETE", path, "").await, 404));
    server.stop(false).await;
}

#[actix_web::test]
async fn a_head_says_what_a_get_says_without_its_body() {
    let (address, server) = serve(&on("community"));
    for path in [
        "/internal/api/v1/license/status",
        "/internal/api/v1/nothing",
    ] {
        let get = send(address, "GET", path, "").await;
        let head = send(address, "HEAD", path, "").await;
        let (get_head, get_body) = get.split_once("\r\n\r\n").unwrap();
        let (head_head, head_body) = head.split_once("\r\n\r\n").unwrap();
        assert_eq!(head_body, "", "{path}");
        assert!(!get_body.is_empty(), "{path}");
        let lines = |head: &str| {
            let lines = head.lines().filter(|line| !line.starts_with("date:"));
            let mut lines: Vec<_> = lines.map(str::to_owned).collect();
            lines.sort_unstable();
            lines
        };
        assert_eq!(lines(get_head), lines(head_head), "{path}");
    }
    server.stop(false).await;
}

#[actix_web::test]
async fn what_has_not_changed_is_not_sent_again() {
    let app = App::new().service(web::scope("/api").service(api(&on("business"))));
    let app = init_service(app).await;
    let first = ask(&app, get("/api/entitlements")).await;
    assert_eq!(first.status, 200);
    let tag = first.header("etag").unwrap().to_owned();
    let again = ask(
        &app,
        get("/api/entitlements").insert_header(("if-none-match", tag)),
    )
    .await;
    assert_eq!((again.status, again.body.as_str()), (304, ""));
}

#[actix_web::test]
async fn bodies_beyond_the_limit_are_refused_however_they_come() {
    let (address, server) = serve(&on("community"));
    let path = "/internal/api/v1/license";
    let big = format!("{{\"key\":\"{}\"}}", "a".repeat(70 * 1024));
    let answer = send(address, "POST", path, &big).await;
    assert!(has_status(&answer, 413), "{answer}");
    // In chunks nobody announces the length.
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer {TOKEN}\r\n\
         content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
    );
    let chunk = format!("400\r\n{}\r\n", "a".repeat(0x400));
    let request = [head.clone(), chunk.repeat(70), "0\r\n\r\n".to_owned()].concat();
    let answer = raw(address, request.as_bytes()).await;
    assert!(has_status(&answer, 413), "{answer}");
    // Chunks that are none.
    let answer = raw(address, [head, "zz\r\n\r\n".to_owned()].concat().as_bytes()).await;
    assert!(has_status(&answer, 400), "{answer}");
    server.stop(false).await;
}

/// Credentials first: what a stranger sends is not read.
#[actix_web::test]
async fn a_strangers_payload_is_not_read() {
    let app = App::new().service(web::scope("/api").service(api(&on("community"))));
    let app = init_service(app).await;
    for (token, status, reads) in [("wrong", 401, 0), (TOKEN, 400, 3)] {
        let request =
            to("POST", "/api/license").insert_header(("authorization", format!("Bearer {token}")));
        let (request, asked) = counted(request.to_request());
        let response = app.call(request).await.unwrap();
        assert_eq!((response.status().as_u16(), asked.get()), (status, reads));
    }
}

#[actix_web::test]
async fn wrong_methods_and_paths_are_the_apis_own_problems() {
    let app = App::new()
        .service(web::scope("/api/{version}").service(api(&on("community"))))
        .route("/other", web::get().to(async || "other"));
    let app = init_service(app).await;
    for (method, path, status) in [
        ("PUT", "/api/v1/license/status", 405),
        ("GET", "/api/v1/nothing", 404),
        ("GET", "/api/v1/licens%65", 404),
        ("GET", "/api/v1/license/", 404),
        ("GET", "/api/v1", 404),
        ("GET", "/api/v1/license", 401),
        ("GET", "/%61pi/v1/license?a=b", 401),
    ] {
        let answer = ask(&app, to(method, path)).await;
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.body);
        assert_eq!(
            answer.header("content-type"),
            Some("application/problem+json"),
            "{path}"
        );
        assert_eq!(
            answer.header("x-content-type-options"),
            Some("nosniff"),
            "{path}"
        );
        match status {
            405 => assert_eq!(answer.header("allow"), Some("GET, HEAD, DELETE")),
            401 => assert_eq!(answer.header("www-authenticate"), Some("Bearer")),
            _ => {}
        }
    }
    // Beside the prefix there is nothing of it.
    let beside = ask(&app, get("/license")).await;
    assert_eq!((beside.status, beside.body.as_str()), (404, ""));
    assert_eq!(ask(&app, get("/other")).await.body, "other");
}

#[actix_web::test]
async fn guards_see_what_is_carried_and_accounts_always() {
    #[derive(Clone)]
    struct User(&'static str);
    let business = on("business");
    let guard = |head: &http::request::Parts| match head.extensions.get::<User>() {
        Some(user) if user.0 == "root" => Access::granted(user.0),
        Some(_) => Access::Forbidden,
        None => Access::Unauthenticated,
    };
    let of_session = |head: &http::request::Parts| head.extensions.get::<AccountId>().cloned();
    let api = admin(business.entitlements().clone(), guard, guard, of_session);
    let authenticate = from_fn(async |request: ServiceRequest, next: Next<_>| {
        let user = request
            .headers()
            .get("x-user")
            .map(|name| name.to_str().unwrap().to_owned());
        match user.as_deref() {
            Some("root") => drop(request.extensions_mut().insert(User("root"))),
            Some(_) => drop(request.extensions_mut().insert(User("guest"))),
            None => {}
        }
        if user.is_some() {
            request.extensions_mut().insert(AccountId::LOCAL);
        }
        next.call(request).await
    });
    let app = App::new()
        .service(web::scope("/deaf").service(api.clone()))
        .service(web::scope("/api").service(api.carrying::<User>()))
        .wrap(authenticate);
    let app = init_service(app).await;
    for (path, user, status) in [
        ("/api/license", Some("root"), 200),
        ("/api/license", Some("guest"), 403),
        ("/api/license", None, 401),
        ("/deaf/license", Some("root"), 401),
        ("/deaf/entitlements", Some("guest"), 200),
        ("/api/entitlements", None, 401),
    ] {
        let request = match user {
            Some(user) => get(path).insert_header(("x-user", user)),
            None => get(path),
        };
        let answer = ask(&app, request).await;
        assert_eq!(answer.status, status, "{path} {user:?}: {}", answer.body);
        // An account that cannot be told is core's denial, which rides along.
        assert_eq!(
            answer.denial.is_some(),
            (path, user) == ("/api/entitlements", None)
        );
    }
}

/// Whoever lost the plan must reach the page where a key is pasted.
#[actix_web::test]
async fn the_api_can_stand_beside_gates() {
    let community = on("community");
    let gated = web::scope("/app").wrap(RequireFeature::new("sso"));
    let app = App::new()
        .service(gated.route("", web::get().to(async || "app")))
        .service(web::scope("/api").service(api(&community)))
        .wrap(layer(&community));
    let app = init_service(app).await;
    let authorized =
        |path: &str| get(path).insert_header(("authorization", format!("Bearer {TOKEN}")));
    assert_eq!(ask(&app, authorized("/app")).await.status, 402);
    assert_eq!(
        ask(&app, authorized("/api/license/status")).await.status,
        200
    );
}

/// A connection that breaks is the client's to know; the API takes nothing of the body.
#[actix_web::test]
async fn a_body_that_breaks_off_is_refused() {
    let app = App::new().service(web::scope("/api").service(api(&on("community"))));
    let app = init_service(app).await;
    let parts = [
        Ok(Bytes::from_static(b"{\"key\":")),
        Err(PayloadError::Incomplete(None)),
    ];
    let payload = futures_util::stream::iter(parts).boxed_local();
    let request =
        to("POST", "/api/license").insert_header(("authorization", format!("Bearer {TOKEN}")));
    let (request, _) = request
        .to_request()
        .replace_payload(Payload::Stream { payload });
    let response = app.call(request).await.unwrap();
    assert_eq!(response.status(), 400);
    let body = to_bytes(response.into_body()).await.unwrap();
    let body = String::from_utf8_lossy(&body);
    assert!(body.contains("the body did not arrive whole"), "{body}");
}

/// A guard that has to wait for what it asks, such as a database.
struct Slow;

impl Guard for Slow {
    fn check<'a>(&'a self, _: &'a http::request::Parts) -> BoxFuture<'a, Access> {
        let mut waited = false;
        Box::pin(std::future::poll_fn(move |cx| {
            if waited {
                return Poll::Ready(Access::Unauthenticated);
            }
            waited = true;
            cx.waker().wake_by_ref();
            Poll::Pending
        }))
    }
}

#[actix_web::test]
async fn while_a_guard_waits_nothing_is_read() {
    let engine = on("community").entitlements().clone();
    let api = admin(engine, Slow, Slow, FixedAccount(AccountId::LOCAL));
    let app = init_service(App::new().service(web::scope("/api").service(api))).await;
    let (request, asked) = counted(to("POST", "/api/license").to_request());
    let response = app.call(request).await.unwrap();
    assert_eq!((response.status().as_u16(), asked.get()), (401, 0));
}

/// What anyone may read: with a tag, and without credentials.
async fn assert_public(address: SocketAddr, path: &str, part: &str) {
    let ask = async |more: &str| {
        let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{more}\r\n");
        raw(address, request.as_bytes()).await
    };
    let answer = ask("").await;
    assert!(
        has_status(&answer, 200) && answer.contains(part),
        "{answer}"
    );
    assert!(
        answer.contains("cache-control: public, max-age=300\r\n"),
        "{answer}"
    );
    let tag = answer.lines().find(|line| line.starts_with("etag: "));
    let tag = tag.unwrap().replace("etag", "if-none-match");
    let answer = ask(&format!("{tag}\r\n")).await;
    assert!(
        has_status(&answer, 304) && answer.ends_with("\r\n\r\n"),
        "{answer}"
    );
}

#[actix_web::test]
async fn all_kinds_of_routes_are_reached_and_records_say_from_where() {
    let engine = on("community");
    let key = engine.key(|draft| draft.plan("business").id("lic"));
    let (address, server) = serve(&engine);
    assert_public(address, "/internal/api/v1/plans", "\"code\":\"business\"").await;
    assert_public(
        address,
        "/internal/api/v1/openapi.json",
        "\"openapi\":\"3.1.0\"",
    )
    .await;
    let body = format!("{{\"key\":\"{key}\"}}");
    let path = "/internal/api/v1/license";
    assert!(has_status(&send(address, "POST", path, &body).await, 200));
    let path = "/internal/api/v1/license/revalidate";
    let answer = send(address, "POST", path, "").await;
    assert!(has_status(&answer, 200), "{answer}");
    assert!(answer.contains("\"status\":\"active\""), "{answer}");
    let path = "/internal/api/v1/audit?action=license.activated&limit=1";
    let audit = send(address, "GET", path, "").await;
    assert!(has_status(&audit, 200), "{audit}");
    for part in [
        "\"license\":\"lic\"",
        "\"plan\":\"business\"",
        "\"client_address\":\"127.0.0.1\"",
        "\"next\":null",
    ] {
        assert!(audit.contains(part), "{part} is not in {audit}");
    }
    assert!(key.split('.').all(|part| !audit.contains(part)), "{audit}");
    server.stop(false).await;
}

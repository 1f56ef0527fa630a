//! Routes of an application that read and refuse as the management API does.

use actix_web::dev::Service;
use actix_web::test::init_service;
use actix_web::{App, HttpRequest, web};
use entitlements_actix::{MAX_BODY_BYTES, Refusal, Refused, read_body};

use crate::payloads::counted;
use crate::{ask, get, to};

async fn length(request: HttpRequest, payload: web::Payload) -> Result<String, Refused> {
    let body = read_body(request.headers(), payload).await?;
    Ok(body.len().to_string())
}

#[actix_web::test]
async fn a_body_is_read_up_to_the_limit() {
    let app = init_service(App::new().route("/", web::post().to(length))).await;
    for (bytes, status) in [(0, 200), (MAX_BODY_BYTES, 200), (MAX_BODY_BYTES + 1, 413)] {
        let answer = ask(&app, to("POST", "/").set_payload(vec![b'x'; bytes])).await;
        assert_eq!(answer.status, status, "{bytes}");
        if status == 200 {
            assert_eq!(answer.body, bytes.to_string());
        } else {
            assert!(answer.body.contains(r#""code":"BODY_TOO_LARGE""#));
        }
    }
}

#[actix_web::test]
async fn a_body_that_announces_too_much_is_not_read() {
    let app = init_service(App::new().route("/", web::post().to(length))).await;
    for (announced, status, read) in [("65536", 200, 3), ("65537", 413, 0)] {
        let request = to("POST", "/").insert_header(("content-length", announced));
        let (request, asked) = counted(request.to_request());
        let response = app.call(request).await.unwrap();
        assert_eq!((response.status().as_u16(), asked.get()), (status, read));
    }
}

#[actix_web::test]
async fn a_refusal_keeps_its_headers() {
    async fn refuse() -> Result<String, Refused> {
        Err(Refusal::MethodNotAllowed("GET, HEAD".into()))?
    }
    let app = init_service(App::new().route("/", web::to(refuse))).await;
    let answer = ask(&app, get("/")).await;
    assert_eq!(answer.status, 405);
    assert_eq!(answer.header("allow"), Some("GET, HEAD"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(
        answer.header("content-type"),
        Some("application/problem+json")
    );
    assert!(answer.body.contains(r#""code":"METHOD_NOT_ALLOWED""#));
}

//! A real server with several workers, over the loopback interface.

use std::net::{SocketAddr, TcpListener};

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpServer, web};
use entitlements_actix::testing::TestEngine;
use entitlements_actix::{Current, RequireFeature};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::{layer, on};

async fn plan(current: Current) -> String {
    current.plan_in_force().name().to_owned()
}

/// Serves one gated route by four workers, and the management API where it is there.
pub(crate) fn serve(engine: &TestEngine) -> (SocketAddr, ServerHandle) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let layer = layer(engine);
    #[cfg(feature = "admin")]
    let api = crate::admin::api(engine);
    let server = HttpServer::new(move || {
        let app = App::new().route(
            "/sso",
            web::route().to(plan).wrap(RequireFeature::new("sso")),
        );
        #[cfg(feature = "admin")]
        let app = app.service(web::scope("/internal/api/v1").service(api.clone()));
        app.wrap(layer.clone())
    });
    let server = server
        .workers(4)
        .disable_signals()
        .listen(listener)
        .unwrap()
        .run();
    let handle = server.handle();
    actix_web::rt::spawn(server);
    (address, handle)
}

/// Sends bytes as they are and reads until the server closes.
pub(crate) async fn raw(address: SocketAddr, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // A server that answers before it read everything may close on the rest.
    let _ = stream.write_all(request).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8(answer).unwrap()
}

pub(crate) fn has_status(answer: &str, status: u16) -> bool {
    answer.starts_with(&format!("HTTP/1.1 {status} "))
}

fn request(method: &str) -> String {
    format!("{method} /sso HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
}

#[actix_web::test]
async fn all_workers_judge_by_one_engine() {
    let engine = on("community");
    let key = engine.key(|draft| draft.plan("business").id("lic"));
    let (address, server) = serve(&engine);
    for (step, status) in [402, 200, 402].into_iter().enumerate() {
        match step {
            1 => drop(engine.activate(&key).await.unwrap()),
            2 => drop(engine.deactivate("lic").await.unwrap()),
            _ => {}
        }
        let asked = (0..32).map(|_| {
            actix_web::rt::spawn(async move { raw(address, request("GET").as_bytes()).await })
        });
        for answer in asked.collect::<Vec<_>>() {
            let answer = answer.await.unwrap();
            assert!(has_status(&answer, status), "step {step}: {answer}");
        }
    }
    server.stop(false).await;
}

#[actix_web::test]
async fn a_denial_on_the_wire_is_cores_problem() {
    let engine = on("community");
    let (address, server) = serve(&engine);
    let denial = engine
        .current()
        .require(&entitlements_actix::Requirement::feature("sso"))
        .unwrap_err();
    let get = raw(address, request("GET").as_bytes()).await;
    let (head, body) = get.split_once("\r\n\r\n").unwrap();
    assert_eq!(body, denial.problem().body());
    for (name, value) in denial.problem().headers() {
        assert!(head.contains(&format!("{name}: {value}")), "{head}");
    }
    let length = format!("content-length: {}", body.len());
    assert!(head.contains(&length), "{head}");
    let head_answer = raw(address, request("HEAD").as_bytes()).await;
    let (head, body) = head_answer.split_once("\r\n\r\n").unwrap();
    assert_eq!(body, "");
    assert!(has_status(head, 402) && head.contains(&length), "{head}");
    server.stop(false).await;
}

/// The answer is there before the payload is, and it is not waited for.
#[actix_web::test]
async fn a_denial_comes_before_the_payload() {
    let (address, server) = serve(&on("community"));
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = "POST /sso HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut start = [0; 12];
    stream.read_exact(&mut start).await.unwrap();
    assert_eq!(&start, b"HTTP/1.1 402");
    server.stop(false).await;
}

/// What a payload says is never taken for a request, although nobody read it.
#[actix_web::test]
async fn an_unread_payload_is_not_the_next_request() {
    let (address, server) = serve(&on("community"));
    let hidden = "GET /hidden HTTP/1.1\r\nhost: x\r\n\r\n";
    for framing in [
        format!("content-length: {}\r\n\r\n{hidden}", hidden.len()),
        format!(
            "transfer-encoding: chunked\r\n\r\n{:x}\r\n{hidden}\r\n0\r\n\r\n",
            hidden.len()
        ),
    ] {
        let denied = format!("POST /sso HTTP/1.1\r\nhost: x\r\n{framing}");
        let answers = raw(address, [denied, request("GET")].concat().as_bytes()).await;
        assert!(has_status(&answers, 402), "{answers}");
        assert!(!answers.contains("HTTP/1.1 404"), "{answers}");
    }
    server.stop(false).await;
}

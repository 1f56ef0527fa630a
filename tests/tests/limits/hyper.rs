//! The layers on hyper, without a framework: HTTP/1.1 and HTTP/2 on one port.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use entitlements_core::Settle;
use entitlements_tower::{EntitlementsLayer, RequireLimit};
use futures_util::StreamExt;
use http::{Request, Response};
use http_body::Frame;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tower::{ServiceBuilder, ServiceExt};

use crate::story::{Answer, Story};

type Body = UnsyncBoxBody<Bytes, io::Error>;

/// Serves as long as the test's runtime lives.
pub(crate) fn serve(story: Arc<Story>) -> SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    let listener = TcpListener::from_std(listener).unwrap();
    let engine = story.engine.entitlements().clone();
    let outside = Arc::clone(&story);
    let gate = RequireLimit::new("users")
        .and_give_back("users")
        .and_lease("connections");
    let handler =
        tower::service_fn(move |request: Request<Incoming>| answer(Arc::clone(&story), request));
    let at_head = gate.clone();
    let at_end = gate.settle(Settle::AtBodyEnd);
    let gated = tower::service_fn(move |request: Request<Incoming>| {
        let gate = if request.uri().path().starts_with("/end/") {
            &at_end
        } else {
            &at_head
        };
        tower::Layer::layer(gate, handler.clone()).oneshot(request)
    });
    let service = ServiceBuilder::new()
        .map_response(move |response: Response<Body>| {
            outside.answered(response.status().as_u16());
            response
        })
        .layer(EntitlementsLayer::new(engine))
        .service(gated);
    tokio::spawn(async move {
        loop {
            let Ok((socket, _)) = listener.accept().await else {
                continue;
            };
            let service = TowerToHyperService::new(service.clone());
            tokio::spawn(async move {
                let server = auto::Builder::new(TokioExecutor::new());
                // A client that hangs up is an error of its connection alone.
                drop(server.serve_connection(TokioIo::new(socket), service).await);
            });
        }
    });
    address
}

async fn answer(
    story: Arc<Story>,
    request: Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
    let how = request.uri().path().rsplit('/').next().unwrap_or_default();
    let Answer {
        status,
        length,
        chunks,
    } = story.answer(request.method().as_str(), how).await;
    let mut response = Response::builder().status(status);
    if let Some(length) = length {
        response = response.header("content-length", length);
    }
    let frames = chunks.map(|chunk| chunk.map(Frame::data));
    Ok(response
        .body(StreamBody::new(frames).boxed_unsync())
        .unwrap())
}

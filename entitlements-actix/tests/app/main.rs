//! Gates, extractor and management API in an actix-web application, as a product puts them together.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test that cannot go on stops"
)]

#[cfg(feature = "admin")]
mod admin;
#[cfg(feature = "admin")]
mod allowlist;
mod current;
mod denials;
mod engines;
mod gates;
mod grace_warning;
mod mistakes;
mod names;
mod order;
mod outside;
#[cfg(feature = "admin")]
mod own_routes;
mod payloads;
mod rates;
mod readiness;
mod sockets;

use actix_http::Request;
use actix_web::body::{MessageBody, to_bytes};
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::HeaderMap;
use actix_web::test::TestRequest;
use entitlements_actix::testing::TestEngine;
use entitlements_actix::{Denial, EntitlementsLayer, testing};

fn on(plan: &str) -> TestEngine {
    testing::on_plan(testing::catalog(), plan)
}

fn layer(engine: &TestEngine) -> EntitlementsLayer {
    EntitlementsLayer::new(engine.entitlements().clone())
}

/// What came back.
#[derive(Debug)]
struct Answer {
    status: u16,
    headers: HeaderMap,
    denial: Option<Denial>,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

/// Sends a request; an error of the service would be a denial that nobody outside can see, so there is none.
async fn ask<S, B, E>(app: &S, request: TestRequest) -> Answer
where
    S: Service<Request, Response = ServiceResponse<B>, Error = E>,
    E: std::fmt::Debug,
    B: MessageBody,
{
    let response = app.call(request.to_request()).await;
    let response = response.expect("an answer, and no error");
    let denial = response.response().extensions().get::<Denial>().cloned();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let Ok(body) = to_bytes(response.into_body()).await else {
        panic!("the body comes to its end")
    };
    Answer {
        status,
        headers,
        denial,
        body: String::from_utf8(body.to_vec()).unwrap(),
    }
}

fn to(method: &str, path: &str) -> TestRequest {
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    TestRequest::default().method(method).uri(path)
}

fn get(path: &str) -> TestRequest {
    to("GET", path)
}

//! A gate around an actix-web resource.

use actix_http::HttpMessage;
use actix_web::body::{MessageBody, to_bytes};
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::{Method, StatusCode};
use actix_web::test::{TestRequest, init_service};
use actix_web::{App, Error, HttpResponse, web};
use entitlements_actix::{EntitlementsLayer, Require, ResolveAccount};

use super::{Answer, Case, Handler};
use crate::scenario::model::Request;
use crate::scenario::require::ruled;

pub(super) async fn answers(case: Case) -> Vec<Answer> {
    let layer = EntitlementsLayer::new(case.stage.engine.clone());
    match &case.account_from {
        None => ask_each(&case, layer).await,
        Some(from) => ask_each(&case, layer.account_from(from.resolver())).await,
    }
}

async fn ask_each<R>(case: &Case, layer: EntitlementsLayer<R>) -> Vec<Answer>
where
    R: ResolveAccount + Clone,
{
    let handler = Handler::default();
    let responding = handler.clone();
    let respond = move || std::future::ready(response(&responding));
    let require = ruled!(
        Require::new(case.requirement.clone()),
        &case.rules,
        headers,
        legacy_headers
    );
    let require = if case.wiring.has_own() {
        require.on(&case.stage.engine)
    } else {
        require
    };
    let app = App::new().service(web::resource("/{path:.*}").wrap(require).to(respond));
    if case.wiring.has_layer() {
        let layer = match &case.anonymous_plan {
            None => layer,
            Some(plan) => layer.anonymous_on_plan(plan),
        };
        let app = init_service(app.wrap(layer)).await;
        case.each(&handler, async |request| ask(&app, request).await)
            .await
    } else {
        let app = init_service(app).await;
        case.each(&handler, async |request| ask(&app, request).await)
            .await
    }
}

fn response(handler: &Handler) -> HttpResponse {
    let responds = handler.call();
    let status = StatusCode::from_u16(responds.status).expect("the status is one");
    let mut response = HttpResponse::build(status);
    if let Some(code) = responds.grpc_status {
        response.insert_header(("grpc-status", code));
    }
    response.body("welcome")
}

async fn ask<S, B>(app: &S, request: &Request) -> Answer
where
    S: Service<actix_http::Request, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody,
{
    let method = Method::from_bytes(request.method.as_bytes());
    let mut built = TestRequest::with_uri(&request.path).method(method.expect("the method is one"));
    for (name, value) in request.headers() {
        built = built.append_header((name, value));
    }
    if let Some(peer) = request.peer() {
        built = built.peer_addr(peer.0);
    }
    let built = built.to_request();
    if let Some(account) = request.authenticated() {
        built.extensions_mut().insert(account);
    }
    if let Some(user) = request.user() {
        built.extensions_mut().insert(user);
    }
    if let Some(key) = request.api_key() {
        built.extensions_mut().insert(key);
    }
    let response = app.call(built).await;
    let response = response.expect("a denial is a response and no error");
    let status = response.status().as_u16();
    let headers: Vec<_> = response
        .headers()
        .iter()
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes());
            (name.as_str().to_owned(), value.into_owned())
        })
        .collect();
    let Ok(body) = to_bytes(response.into_body()).await else {
        panic!("the body is in memory")
    };
    Answer::new(status, headers, body)
}

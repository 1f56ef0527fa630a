//! A gate around an actix-web resource.

use actix_http::Request;
use actix_web::body::{MessageBody, to_bytes};
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::Method;
use actix_web::test::{TestRequest, init_service};
use actix_web::{App, Error, web};
use entitlements_actix::{EntitlementsLayer, Require};

use super::{Answer, Calls, Case};

pub(super) async fn answer(case: Case) -> Answer {
    let calls = Calls::default();
    let counted = calls.clone();
    let handler = move || {
        counted.count();
        std::future::ready("welcome")
    };
    let require = Require::new(case.requirement.clone());
    let require = if case.wiring.has_own() {
        require.on(&case.engine)
    } else {
        require
    };
    let app = App::new().service(web::resource("/").wrap(require).to(handler));
    if case.wiring.has_layer() {
        let layer = EntitlementsLayer::new(case.engine.clone());
        ask(&init_service(app.wrap(layer)).await, &case, &calls).await
    } else {
        ask(&init_service(app).await, &case, &calls).await
    }
}

async fn ask<S, B>(app: &S, case: &Case, calls: &Calls) -> Answer
where
    S: Service<Request, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody,
{
    let method = Method::from_bytes(case.request.method.as_bytes());
    let mut request = TestRequest::with_uri("/").method(method.expect("the method is one"));
    for (name, value) in &case.request.headers {
        request = request.append_header((name.as_str(), value.as_str()));
    }
    let response = app.call(request.to_request()).await;
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
    Answer::new(status, headers, body, calls.made())
}

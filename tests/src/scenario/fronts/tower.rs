//! Layers around a tower service, with a body of `http-body-util` and with tonic's.

use std::convert::Infallible;
use std::fmt::Debug;

use bytes::Bytes;
use entitlements_core::ResolveAccount;
use entitlements_tower::{DenialBody, EntitlementsLayer};
use http::{Request, Response};
use http_body::Body;
use http_body_util::{BodyExt, Full};
use tower::util::BoxCloneService;
use tower::{Layer, ServiceExt, service_fn};

use super::{Answer, Case, Handler, http_request};

type Service<B> = BoxCloneService<Request<()>, Response<B>, Infallible>;

pub(super) async fn answers(case: Case) -> Vec<Answer> {
    answers_in(case, Full::<Bytes>::from).await
}

/// The same layers around a service that answers as tonic's do.
pub(super) async fn tonic_answers(case: Case) -> Vec<Answer> {
    answers_in(case, |text| {
        tonic::body::Body::new(Full::<Bytes>::from(text))
    })
    .await
}

async fn answers_in<B>(case: Case, body: fn(&'static str) -> B) -> Vec<Answer>
where
    B: DenialBody + Body<Error: Debug> + Send + 'static,
{
    let handler = Handler::default();
    let service = service(&case, &handler, body);
    let ask = async |request: &_| {
        let request = http_request(request, ());
        let Ok(response) = service.clone().oneshot(request).await;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.expect("the body is in memory");
        Answer::of_parts(&parts, body.to_bytes())
    };
    case.each(&handler, ask).await
}

fn service<B>(case: &Case, handler: &Handler, body: fn(&'static str) -> B) -> Service<B>
where
    B: DenialBody + Send + 'static,
{
    let handler = handler.clone();
    let gated = case.require().layer(service_fn(move |_: Request<()>| {
        std::future::ready(Ok::<_, Infallible>(handler.response(body)))
    }));
    if !case.wiring.has_layer() {
        return gated.boxed_clone();
    }
    let layer = EntitlementsLayer::new(case.stage.engine.clone());
    match &case.account_from {
        None => in_layer(case, layer, gated),
        Some(from) => in_layer(case, layer.account_from(from.resolver()), gated),
    }
}

fn in_layer<S, B, R>(case: &Case, layer: EntitlementsLayer<R>, gated: S) -> Service<B>
where
    S: tower::Service<Request<()>, Response = Response<B>, Error = Infallible, Future: Send>,
    S: Clone + Send + 'static,
    R: ResolveAccount + Clone,
    B: Send + 'static,
{
    let layer = match &case.anonymous_plan {
        None => layer,
        Some(plan) => layer.anonymous_on_plan(plan),
    };
    layer.layer(gated).boxed_clone()
}

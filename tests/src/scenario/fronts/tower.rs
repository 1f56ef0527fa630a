//! Layers around a tower service.

use std::convert::Infallible;

use bytes::Bytes;
use entitlements_tower::EntitlementsLayer;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use tower::{Layer, ServiceExt, service_fn};

use super::{Answer, Calls, Case};

pub(super) async fn answer(case: Case) -> Answer {
    let calls = Calls::default();
    let counted = calls.clone();
    let gated = case
        .require()
        .layer(service_fn(move |_: Request<Full<Bytes>>| {
            counted.count();
            std::future::ready(Ok::<_, Infallible>(Response::new(Full::<Bytes>::from(
                "welcome",
            ))))
        }));
    let request = case.http_request(Full::<Bytes>::default());
    let Ok(response) = if case.wiring.has_layer() {
        let layer = EntitlementsLayer::new(case.engine.clone());
        layer.layer(gated).oneshot(request).await
    } else {
        gated.oneshot(request).await
    };
    let (parts, body) = response.into_parts();
    let Ok(body) = body.collect().await;
    Answer::of_parts(&parts, body.to_bytes(), calls.made())
}

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::routing::{get, post};
use entitlements_axum::RequireFeature;
use futures_util::stream;
use http::Request;
use http_body_util::BodyExt;
use tower::ServiceExt;

use crate::{layer, on, send};

/// A stream that was begun goes on to its end; the request after it sees that the license is over.
#[tokio::test]
async fn a_stream_that_began_in_time_goes_on() {
    let engine = Arc::new(on("business"));
    let export = async || {
        let chunks = ["a", "b", "c"].map(Ok::<_, Infallible>);
        Body::from_stream(stream::iter(chunks))
    };
    let app = Router::new()
        .route("/export", get(export))
        .route_layer(RequireFeature::new("sso"))
        .layer(layer(&engine));
    let mut body = send(&app, "GET", "/export").await.into_body();
    let chunk = async |body: &mut Body| {
        let frame = body.frame().await?;
        Some(frame.unwrap().into_data().unwrap())
    };
    assert_eq!(chunk(&mut body).await.unwrap(), "a");
    engine.clock().advance_days(400);
    assert_eq!(send(&app, "GET", "/export").await.status(), 402);
    assert_eq!(chunk(&mut body).await.unwrap(), "b");
    assert_eq!(chunk(&mut body).await.unwrap(), "c");
    assert!(chunk(&mut body).await.is_none());
}

/// A denied upload is not read: its stream would never end.
#[tokio::test]
async fn an_upload_without_end_is_denied_at_once() {
    let app = Router::new()
        .route("/import", post(async |body: String| body))
        .route_layer(RequireFeature::new("sso"))
        .layer(layer(&on("community")));
    let endless = Body::from_stream(stream::repeat_with(|| Ok::<_, Infallible>("x")));
    let request = Request::post("/import").body(endless).unwrap();
    assert_eq!(app.oneshot(request).await.unwrap().status(), 402);
}

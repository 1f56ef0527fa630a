//! The only place that connects anywhere: to the webhooks that somebody configured.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, Uri};
use entitlements_axum::Refusal;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;

/// How long a receiver may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Posts JSON; anything but a success is an error, and why.
pub(crate) async fn post(
    url: &str,
    headers: &[(&str, String)],
    body: String,
) -> Result<(), String> {
    let mut request = Request::post(url).header("content-type", "application/json");
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    let request = request
        .body(Body::from(body))
        .map_err(|error| error.to_string())?;
    let client = Client::builder(TokioExecutor::new()).build_http();
    match tokio::time::timeout(PATIENCE, client.request(request)).await {
        Ok(Ok(response)) if response.status().is_success() => Ok(()),
        Ok(Ok(response)) => Err(format!(
            "the receiver answered {}",
            response.status().as_u16()
        )),
        Ok(Err(error)) => Err(format!("the receiver cannot be reached: {error}")),
        Err(_) => Err("the receiver did not answer in time".into()),
    }
}

/// This example speaks plain HTTP only, to receivers beside it.
pub(crate) fn check_url(url: &str) -> Result<(), Refusal> {
    let is_http = |uri: &Uri| uri.scheme_str() == Some("http") && uri.authority().is_some();
    let uri = url.parse().ok().filter(is_http);
    let uri = uri.ok_or_else(|| {
        Refusal::invalid("url", "must be a URL such as `http://127.0.0.1:9000/jobs`")
    });
    uri.map(drop)
}

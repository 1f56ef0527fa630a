//! Posts to the URLs of basic webhooks and alerts, over plain HTTP. With `paid/webhooks/` all that ever connects anywhere.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, Uri};
use entitlements_axum::Refusal;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;

/// How long a receiver may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Posts JSON; anything but a success is an error, and why.
pub(crate) async fn post(url: &str, body: String) -> Result<(), String> {
    let request = Request::post(url)
        .header("content-type", "application/json")
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

/// Plain HTTP, or HTTPS, which guaranteed webhooks speak.
pub(crate) fn check_url(url: &str) -> Result<(), Refusal> {
    let uri: Option<Uri> = url.parse().ok();
    let is_web = |uri: &Uri| matches!(uri.scheme_str(), Some("http" | "https"));
    match uri.filter(is_web) {
        Some(_) => Ok(()),
        None => Err(Refusal::invalid(
            "url",
            "must be a URL such as `http://127.0.0.1:9000/jobs`",
        )),
    }
}

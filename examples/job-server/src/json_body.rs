//! Bodies: JSON whatever the `content-type` says, no unknown members, and nothing at all meaning `{}`.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::response::IntoResponse;
use entitlements_axum::Refusal;
use serde::de::DeserializeOwned;

use crate::failure::Failure;

/// The body of a request.
pub(crate) struct JsonBody<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for JsonBody<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let bytes = Bytes::from_request(request, state).await;
        let bytes =
            bytes.map_err(
                |rejection| match rejection.into_response().status().as_u16() {
                    413 => Refusal::BodyTooLarge,
                    _ => Refusal::Malformed("the body did not arrive".into()),
                },
            )?;
        let text: &[u8] = if bytes.is_empty() { b"{}" } else { &bytes };
        let body = serde_json::from_slice(text).map_err(|error| match error.classify() {
            serde_json::error::Category::Data => Refusal::invalid("", error.to_string()),
            _ => Refusal::Malformed(error.to_string()),
        })?;
        Ok(Self(body))
    }
}

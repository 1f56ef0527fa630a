use std::pin::pin;
use std::task::Poll;

use actix_web::HttpResponse;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::web::Bytes;
use entitlements_admin::ResponseFuture;
use futures_util::Stream;
use http_body_util::Full;
use tower_service::Service;

use super::body::{Requested, requested};
use super::{AdminService, edge};

impl AdminService {
    /// One request. The API looks at the head first; the payload is read only when it asks for it, and no further than it
    /// asks, so a stranger's payload is not.
    pub(super) async fn serve(&self, request: ServiceRequest) -> ServiceResponse {
        let (request, payload) = request.into_parts();
        let (body, wanted) = requested();
        let response = match edge::request(&request, &self.carried, body) {
            Ok(asked) => {
                let answer = self.api.clone().call(asked);
                edge::response(drive(answer, payload, wanted).await)
            }
            Err(_) => HttpResponse::BadRequest().finish(),
        };
        ServiceResponse::new(request, response)
    }
}

/// Polls the API, and the payload whenever the API waits for it.
async fn drive(
    answer: ResponseFuture,
    payload: Payload,
    wanted: Requested,
) -> http::Response<Full<Bytes>> {
    let (mut answer, mut payload) = (pin!(answer), pin!(payload));
    let done = std::future::poll_fn(|cx| {
        loop {
            if let Poll::Ready(answer) = answer.as_mut().poll(cx) {
                return Poll::Ready(answer);
            }
            if !wanted.is_open() {
                return Poll::Pending;
            }
            match payload.as_mut().poll_next(cx) {
                Poll::Ready(part) => wanted.deliver(part),
                Poll::Pending => return Poll::Pending,
            }
        }
    });
    match done.await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

//! How a gate says no.

use entitlements_core::{Denial, RequestHead};
use http::Response;

use crate::{DenialBody, denial_response, grpc_response};

/// How a gate answers a denied request, in the body type of the service that it stands in front of.
///
/// [`Problems`] unless a gate is told otherwise; closures over the denial and the request's head are others.
pub trait DenyWith<R>: Clone {
    /// The answer to a denied request.
    fn answer(&self, denial: Denial, head: &dyn RequestHead) -> Response<R>;
}

/// `application/problem+json` (RFC 9457), and gRPC's own form for gRPC requests.
#[derive(Debug, Clone, Copy)]
pub struct Problems(pub(crate) ());

impl<R: DenialBody> DenyWith<R> for Problems {
    fn answer(&self, denial: Denial, head: &dyn RequestHead) -> Response<R> {
        if entitlements_core::is_grpc(head) {
            grpc_response(denial)
        } else {
            denial_response(denial)
        }
    }
}

impl<R, F> DenyWith<R> for F
where
    F: Fn(&Denial, &dyn RequestHead) -> Response<R> + Clone,
{
    fn answer(&self, denial: Denial, head: &dyn RequestHead) -> Response<R> {
        let mut response = self(&denial, head);
        response.extensions_mut().insert(denial);
        response
    }
}

//! What is the same for every service.

use std::convert::Infallible;
use std::pin::Pin;

use tonic::Status;
use tonic::body::Body;

/// How a call is answered.
pub(super) type Answer =
    Pin<Box<dyn Future<Output = Result<http::Response<Body>, Infallible>> + Send>>;

pub(super) fn answer(
    response: impl Future<Output = http::Response<Body>> + Send + 'static,
) -> Answer {
    Box::pin(async { Ok(response.await) })
}

/// The answer to a method that a service lacks.
pub(super) fn no_such_method() -> Answer {
    answer(async { Status::unimplemented("there is no such method").into_http() })
}

/// The service of a name, whose `call(&self, request) -> Answer` does the work.
macro_rules! service {
    ($name:ident, $known_as:expr) => {
        impl tonic::server::NamedService for $name {
            const NAME: &'static str = $known_as;
        }

        impl tower::Service<http::Request<tonic::body::Body>> for $name {
            type Response = http::Response<tonic::body::Body>;
            type Error = std::convert::Infallible;
            type Future = $crate::services::route::Answer;

            fn poll_ready(
                &mut self,
                _: &mut std::task::Context<'_>,
            ) -> std::task::Poll<Result<(), Self::Error>> {
                std::task::Poll::Ready(Ok(()))
            }

            fn call(&mut self, request: http::Request<tonic::body::Body>) -> Self::Future {
                self.answer(request)
            }
        }
    };
}

pub(super) use service;

use bytes::Bytes;
use http_body_util::combinators::{BoxBody, UnsyncBoxBody};
use http_body_util::{BodyExt, Either, Empty, Full};

/// A response body that a denial can be written into.
///
/// A gate answers in the response type of the service that it stands in front of, so that type must have room for a
/// problem. Implemented for axum's body (feature `axum`), for the bodies of `http-body-util`, and for `String` and `()`.
/// Where a body holds nothing, status and headers tell the whole denial.
///
/// ```
/// use bytes::Bytes;
/// use entitlements_tower::DenialBody;
///
/// struct MyBody(Bytes);
///
/// impl DenialBody for MyBody {
///     fn from_problem(problem: Bytes) -> Self {
///         Self(problem)
///     }
/// }
/// ```
pub trait DenialBody: Sized {
    /// A body that holds this JSON text.
    fn from_problem(problem: Bytes) -> Self;
}

impl<D: bytes::Buf + From<Bytes>> DenialBody for Full<D> {
    fn from_problem(problem: Bytes) -> Self {
        Self::new(problem.into())
    }
}

impl<D> DenialBody for Empty<D> {
    fn from_problem(_: Bytes) -> Self {
        Self::new()
    }
}

impl<D: bytes::Buf + From<Bytes> + Send + Sync + 'static, E> DenialBody for BoxBody<D, E> {
    fn from_problem(problem: Bytes) -> Self {
        Self::new(Full::new(problem.into()).map_err(|never| match never {}))
    }
}

impl<D: bytes::Buf + From<Bytes> + Send + 'static, E> DenialBody for UnsyncBoxBody<D, E> {
    fn from_problem(problem: Bytes) -> Self {
        Self::new(Full::new(problem.into()).map_err(|never| match never {}))
    }
}

impl<L: DenialBody, R> DenialBody for Either<L, R> {
    fn from_problem(problem: Bytes) -> Self {
        Self::Left(L::from_problem(problem))
    }
}

impl DenialBody for String {
    fn from_problem(problem: Bytes) -> Self {
        Self::from_utf8_lossy(&problem).into_owned()
    }
}

impl DenialBody for () {
    fn from_problem(_: Bytes) -> Self {}
}

#[cfg(feature = "axum")]
impl DenialBody for axum_core::body::Body {
    fn from_problem(problem: Bytes) -> Self {
        Self::from(problem)
    }
}

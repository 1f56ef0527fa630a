use bytes::Bytes;
use entitlements_core::adapter::BodyHold;
use http_body::Body;
use http_body_util::combinators::{BoxBody, UnsyncBoxBody};
use http_body_util::{BodyExt, Either, Empty, Full};

use crate::held_body::HeldBody;

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

    /// A body with nothing in it, which says so before it is asked.
    #[must_use]
    fn empty() -> Self {
        Self::from_problem(Bytes::new())
    }

    /// This body, with what is to be kept until its end: [`BodyHold::end`] there, dropped where it fails. `length` is what the
    /// head of the response announces.
    ///
    /// A body that is whole in memory has been made, and ends it at once, as this does unless it is written anew. Bodies that
    /// stream keep it: those of axum, tonic and `http-body-util`'s boxes.
    #[must_use]
    fn held(self, held: BodyHold, length: Option<u64>) -> Self {
        let _ = length;
        held.end();
        self
    }
}

/// Keeps what is held beside a body, unless it is at its end already.
fn hold<B: Body, R>(
    body: B,
    held: BodyHold,
    length: Option<u64>,
    wrap: impl FnOnce(HeldBody<B>) -> R,
    as_is: impl FnOnce(B) -> R,
) -> R {
    if body.is_end_stream() {
        held.end();
        as_is(body)
    } else {
        wrap(HeldBody::new(body, held, length))
    }
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

impl<D, E> DenialBody for BoxBody<D, E>
where
    D: bytes::Buf + From<Bytes> + Send + Sync + 'static,
    E: 'static,
{
    fn from_problem(problem: Bytes) -> Self {
        Self::new(Full::new(problem.into()).map_err(|never| match never {}))
    }

    fn held(self, held: BodyHold, length: Option<u64>) -> Self {
        hold(self, held, length, Self::new, |body| body)
    }
}

impl<D, E> DenialBody for UnsyncBoxBody<D, E>
where
    D: bytes::Buf + From<Bytes> + Send + 'static,
    E: 'static,
{
    fn from_problem(problem: Bytes) -> Self {
        Self::new(Full::new(problem.into()).map_err(|never| match never {}))
    }

    fn held(self, held: BodyHold, length: Option<u64>) -> Self {
        hold(self, held, length, Self::new, |body| body)
    }
}

impl<L: DenialBody, R> DenialBody for Either<L, R> {
    fn from_problem(problem: Bytes) -> Self {
        Self::Left(L::from_problem(problem))
    }

    /// The right side is the other's, and not kept to its end.
    fn held(self, held: BodyHold, length: Option<u64>) -> Self {
        match self {
            Self::Left(body) => Self::Left(body.held(held, length)),
            Self::Right(body) => {
                held.end();
                Self::Right(body)
            }
        }
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

    fn empty() -> Self {
        Self::empty()
    }

    fn held(self, held: BodyHold, length: Option<u64>) -> Self {
        hold(self, held, length, Self::new, |body| body)
    }
}

#[cfg(feature = "tonic")]
impl DenialBody for tonic::body::Body {
    fn from_problem(problem: Bytes) -> Self {
        Self::new(Full::new(problem))
    }

    fn empty() -> Self {
        Self::empty()
    }

    fn held(self, held: BodyHold, length: Option<u64>) -> Self {
        hold(self, held, length, Self::new, |body| body)
    }
}

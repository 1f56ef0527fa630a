#![doc = include_str!("../README.md")]

mod account;
mod api;
mod bearer;
mod body;
mod document;
mod etag;
mod guard;
mod head;
mod openapi;
mod percent;
mod query;
mod refusal;
mod respond;
mod router;
mod routes;
mod service;
mod terms;
mod under_way;
mod views;

pub use account::TellAccount;
pub use api::AdminApi;
pub use bearer::{BearerToken, BearerTokenError};
pub use body::{Fields, MAX_BODY_BYTES, Sent, read as read_body};
pub use entitlements_core::{FixedAccount, ResolveAccount};
pub use guard::{Access, BoxFuture, Guard, Principal};
/// The head of a request, as guards and closures that tell accounts see it: that of `http` 1, for whoever has no such crate at hand.
pub use http::request::Parts as RequestParts;
pub use refusal::{FieldError, Refusal};
pub use service::ResponseFuture;

/// The error type that request bodies may fail with.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

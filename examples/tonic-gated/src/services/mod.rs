//! The services, as a build with `protoc` would have them generated, with their handlers.

mod exports;
mod plan;
mod projects;
mod route;

pub(crate) use exports::Exports;
pub(crate) use plan::Plan;
pub(crate) use projects::Projects;

use entitlements_tower::core::Current;
use entitlements_tower::denial_status;
use tonic::{Request, Status};

/// What the engine's layer says of a call. A gate has answered calls without it; a service without a gate does so itself.
fn current<T>(request: &Request<T>) -> Result<&Current, Status> {
    entitlements_tower::current(request.extensions()).map_err(denial_status)
}

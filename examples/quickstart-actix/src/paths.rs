//! Paths with one spelling, and 405 with `Allow` where one lacks a method.

use actix_web::guard::{self, Guard};
use actix_web::{HttpResponse, Resource, Route, Scope, web};
use entitlements_actix::{Refusal, Refused};

/// A path, with its methods as `Allow` names them.
pub(crate) fn at(path: &'static str, allow: &'static str) -> Resource {
    let fixed = path.split('{').next().unwrap_or(path);
    let is_whole = fixed.len() == path.len();
    web::resource(path)
        .guard(spelled(move |asked| {
            if is_whole {
                asked == fixed
            } else {
                asked.starts_with(fixed)
            }
        }))
        .default_service(web::to(move || refuse(allow)))
}

/// All that is below a path.
pub(crate) fn below(path: &'static str) -> Scope {
    web::scope(path).guard(spelled(move |asked| asked.starts_with(path)))
}

/// A route for GET, and for HEAD, which the server answers with the head of it.
pub(crate) fn reading() -> Route {
    web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
}

/// actix-web finds a path by what is left once it is percent-decoded; `/%73so` is not to be `/sso`, as it is not to the
/// management API, so the path is looked at as the client wrote it.
fn spelled(is_it: impl Fn(&str) -> bool + 'static) -> impl Guard {
    guard::fn_guard(move |request| is_it(request.head().uri.path()))
}

async fn refuse(allow: &'static str) -> Result<HttpResponse, Refused> {
    Err(Refusal::MethodNotAllowed(allow.into()).into())
}

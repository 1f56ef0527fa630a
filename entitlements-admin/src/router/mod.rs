//! From method and path to a route. The table is the routes themselves, so that whatever describes the API can be held
//! against what it does.

use entitlements_core::AccountId;
use http::Method;

use crate::guard::{BoxFuture, Principal};
use crate::openapi::About;
use crate::percent::decode;
use crate::refusal::{Failure, Refusal};
use crate::respond::Answer;
use crate::routes::{self, Call};

/// What a route's work ends with.
pub(crate) type Outcome = BoxFuture<'static, Result<Answer, Failure>>;

/// One thing that the API does.
pub(crate) struct Route {
    pub(crate) method: Method,
    /// Segments between slashes; `{name}` stands for any one that is not empty.
    pub(crate) path: &'static str,
    pub(crate) body: Takes,
    pub(crate) action: Action,
    /// What the document says of it.
    pub(crate) about: About,
}

/// Whether a route reads the body of its requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Takes {
    Nothing,
    /// JSON, of this schema of the document.
    Json(&'static str),
}

/// Who may ask, and what is done then.
#[derive(Clone, Copy)]
pub(crate) enum Action {
    /// Anyone: what it answers is public.
    Anyone(fn(Call) -> Outcome),
    /// Whoever passes the admin guard.
    Admin(fn(Call, Principal) -> Outcome),
    /// Whoever reads an account.
    Account(fn(Call, AccountId) -> Outcome),
    /// Whoever passes the owner guard, for the account that the request reads.
    Owner(fn(Call, AccountId, Principal) -> Outcome),
    /// Whoever passes the admin guard, or else the owner guard.
    Either(fn(Call, Reach) -> Outcome),
}

/// How far whoever asks may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Everything: an admin.
    All,
    /// What is this account's: its owner.
    Account(AccountId),
}

/// A route that a request is for, and what its path names.
pub(crate) struct Matched {
    pub(crate) route: &'static Route,
    pub(crate) parameters: Parameters,
}

/// What stands in a path for `{name}`, decoded.
pub(crate) type Parameters = Vec<(&'static str, String)>;

/// Finds the route. A path has one spelling: a slash more, or a letter of the API's own that is percent-encoded, makes it
/// another one.
pub(crate) fn find(method: &Method, path: &str) -> Result<Matched, Refusal> {
    let routes = routes::all().filter_map(|route| Some((route, parameters(route.path, path)?)));
    let mut routes: Vec<_> = routes.collect();
    if routes.is_empty() {
        return Err(Refusal::NoRoute);
    }
    // `GET /license/status` is itself, and a license may have the id `status`: of two that fit, the plainer path.
    routes.sort_by_key(|(_, parameters)| parameters.len());
    let wanted = if *method == Method::HEAD {
        &Method::GET
    } else {
        method
    };
    match routes.iter().position(|(route, _)| route.method == *wanted) {
        Some(place) => {
            let (route, parameters) = routes.swap_remove(place);
            Ok(Matched { route, parameters })
        }
        None => Err(Refusal::MethodNotAllowed(allowed(
            routes.iter().map(|(route, _)| *route),
        ))),
    }
}

/// The value of `Allow`.
fn allowed<'a>(routes: impl Iterator<Item = &'a Route>) -> String {
    let mut allowed = Vec::new();
    for route in routes {
        allowed.push(route.method.as_str());
        if route.method == Method::GET {
            allowed.push("HEAD");
        }
    }
    allowed.join(", ")
}

/// What the path has for the pattern's names; none where it does not fit.
fn parameters(pattern: &'static str, path: &str) -> Option<Parameters> {
    let mut parameters = Vec::new();
    let mut segments = path.split('/');
    for expected in pattern.split('/') {
        let segment = segments.next()?;
        match expected
            .strip_prefix('{')
            .and_then(|name| name.strip_suffix('}'))
        {
            Some(name) => parameters.push((
                name,
                decode(segment).filter(|id| !id.is_empty())?.into_owned(),
            )),
            None if expected == segment => {}
            None => return None,
        }
    }
    segments.next().is_none().then_some(parameters)
}

#[cfg(test)]
mod tests;

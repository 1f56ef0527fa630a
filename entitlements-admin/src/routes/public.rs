//! What anyone may read: what is for sale.

use http::Method;

use super::Call;
use crate::respond::Answer;
use crate::router::{Action, Route, Takes};

pub(super) const ROUTES: &[Route] = &[Route {
    method: Method::GET,
    path: "/plans",
    body: Takes::Nothing,
    action: Action::Anyone(|call| Box::pin(async move { Ok(plans(&call)) })),
}];

fn plans(call: &Call) -> Answer {
    call.api.plans().answer(&call.head.headers)
}

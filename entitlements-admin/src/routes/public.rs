//! What anyone may read: what is for sale, and what this API does.

use http::Method;

use super::Call;
use crate::openapi::{self, About, Answers};
use crate::respond::Answer;
use crate::router::{Action, Route, Takes};

pub(super) const ROUTES: &[Route] = &[
    Route {
        method: Method::GET,
        path: "/plans",
        body: Takes::Nothing,
        about: About {
            id: "plans",
            summary: "What is for sale: the pricing table as data",
            query: &[],
            answers: Answers::Tagged("PricingTable"),
            refuses: &[],
        },
        action: Action::Anyone(|call| Box::pin(async move { Ok(plans(&call)) })),
    },
    Route {
        method: Method::GET,
        path: "/openapi.json",
        body: Takes::Nothing,
        about: About {
            id: "openApi",
            summary: "This document",
            query: &[],
            answers: Answers::Tagged("OpenApi"),
            refuses: &[],
        },
        action: Action::Anyone(|call| Box::pin(async move { Ok(document(&call)) })),
    },
];

fn document(call: &Call) -> Answer {
    openapi::document().answer(&call.head.headers)
}

fn plans(call: &Call) -> Answer {
    call.api.plans().answer(&call.head.headers)
}

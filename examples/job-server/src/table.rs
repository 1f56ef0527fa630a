//! The table of routes. It makes the router, with a gate in front of every paid row, and `GET /` shows it.

use std::future::ready;

use axum::Router;
use axum::handler::Handler;
use axum::middleware::map_response;
use axum::response::Response;
use axum::routing::{MethodFilter, MethodRouter, on};
use entitlements_axum::RequireFeature;
use serde::Serialize;

use crate::app::App;
use crate::heartbeat::Used;

/// What the server can do, row by row.
#[derive(Default)]
pub(crate) struct Table {
    rows: Vec<Row>,
    router: Router<App>,
}

/// One route, such as `GET /queues`, and the feature that it needs.
#[derive(Clone, Serialize)]
pub(crate) struct Row {
    route: &'static str,
    feature: Option<&'static str>,
}

impl Table {
    /// A route that every deployment has.
    pub(crate) fn free<H, T>(self, route: &'static str, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        let (method, _) = parts(route);
        self.row(route, None, on(method, handler))
    }

    /// A route that a feature opens; without it the gate answers 402.
    pub(crate) fn paid<H, T>(self, feature: &'static str, route: &'static str, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        let (method, _) = parts(route);
        let gated = on(method, handler)
            .route_layer(map_response(move |mut response: Response| {
                response.extensions_mut().insert(Used(feature));
                ready(response)
            }))
            .route_layer(RequireFeature::new(feature));
        self.row(route, Some(feature), gated)
    }

    fn row(
        mut self,
        route: &'static str,
        feature: Option<&'static str>,
        handler: MethodRouter<App>,
    ) -> Self {
        let (_, path) = parts(route);
        self.router = self.router.route(path, handler);
        self.rows.push(Row { route, feature });
        self
    }

    pub(crate) fn rows(&self) -> Vec<Row> {
        self.rows.clone()
    }

    pub(crate) fn into_router(self) -> Router<App> {
        self.router
    }
}

fn parts(route: &'static str) -> (MethodFilter, &'static str) {
    let (method, path) = route.split_once(' ').unwrap_or(("GET", route));
    let method = match method {
        "POST" => MethodFilter::POST,
        "PUT" => MethodFilter::PUT,
        "DELETE" => MethodFilter::DELETE,
        _ => MethodFilter::GET,
    };
    (method, path)
}

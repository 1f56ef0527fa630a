//! How a gate says no.

use std::fmt;
use std::sync::Arc;

use actix_web::HttpResponse;
use entitlements_core::{Denial, RequestHead, is_grpc};

use crate::{denial_response, grpc_response};

type Answer = dyn Fn(&Denial, &dyn RequestHead) -> HttpResponse + Send + Sync;

/// As a problem, in gRPC's own form for gRPC requests, or as the application says.
#[derive(Clone, Default)]
pub(crate) struct DenyWith {
    own: Option<Arc<Answer>>,
}

impl DenyWith {
    pub(crate) fn own(
        answer: impl Fn(&Denial, &dyn RequestHead) -> HttpResponse + Send + Sync + 'static,
    ) -> Self {
        Self {
            own: Some(Arc::new(answer)),
        }
    }

    pub(crate) fn answer(&self, denial: Denial, head: &dyn RequestHead) -> HttpResponse {
        match &self.own {
            Some(own) => {
                let mut response = own(&denial, head);
                response.extensions_mut().insert(denial);
                response
            }
            None if is_grpc(head) => grpc_response(denial),
            None => denial_response(denial),
        }
    }
}

impl fmt::Debug for DenyWith {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.own {
            Some(_) => "as the application says",
            None => "as a problem",
        })
    }
}

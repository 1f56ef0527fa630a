use entitlements_tower::core::Current;
use http::Request;
use tonic::body::Body;
use tonic::server::Grpc;
use tonic::{Response, Status};
use tonic_prost::ProstCodec;
use tower::service_fn;

use super::current;
use super::route::{Answer, answer, no_such_method, service};
use crate::api::{self, PlanShown, ShowPlan};

/// Tells callers their plan, whichever it is.
#[derive(Debug, Clone)]
pub(crate) struct Plan;

service!(Plan, api::PLAN);

impl Plan {
    fn answer(&self, request: Request<Body>) -> Answer {
        match request.uri().path() {
            api::SHOW_PLAN => answer(async {
                let mut grpc = Grpc::new(ProstCodec::default());
                grpc.unary(service_fn(show), request).await
            }),
            _ => no_such_method(),
        }
    }
}

async fn show(request: tonic::Request<ShowPlan>) -> Result<Response<PlanShown>, Status> {
    let current: &Current = current(&request)?;
    Ok(Response::new(PlanShown {
        account: current.account().as_str().to_owned(),
        plan: current.plan_in_force().name().to_owned(),
    }))
}

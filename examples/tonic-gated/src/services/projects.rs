use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use entitlements_tower::core::AccountId;
use http::Request;
use tonic::body::Body;
use tonic::server::Grpc;
use tonic::{Response, Status};
use tonic_prost::ProstCodec;
use tower::service_fn;

use super::current;
use super::route::{Answer, answer, no_such_method, service};
use crate::api::{self, CreateProject, Project};

/// Makes projects, in memory.
#[derive(Debug, Clone, Default)]
pub(crate) struct Projects {
    names: Arc<Mutex<BTreeMap<AccountId, Vec<String>>>>,
}

service!(Projects, api::PROJECTS);

impl Projects {
    fn answer(&self, request: Request<Body>) -> Answer {
        match request.uri().path() {
            api::CREATE_PROJECT => {
                let projects = self.clone();
                let create = move |request| {
                    let created = projects.create(&request);
                    async { created }
                };
                answer(async {
                    let mut grpc = Grpc::new(ProstCodec::default());
                    grpc.unary(service_fn(create), request).await
                })
            }
            _ => no_such_method(),
        }
    }

    /// Knows nothing of limits: whoever gets here has room for one more.
    fn create(&self, request: &tonic::Request<CreateProject>) -> Result<Response<Project>, Status> {
        let account = current(request)?.account().clone();
        let name = request.get_ref().name.trim();
        if name.is_empty() {
            return Err(Status::invalid_argument("a project needs a name"));
        }
        let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        let names = names.entry(account).or_default();
        if names.iter().any(|taken| taken == name) {
            return Err(Status::already_exists(format!(
                "there is a project `{name}`"
            )));
        }
        names.push(name.to_owned());
        Ok(Response::new(Project {
            id: names.len() as u64,
            name: name.to_owned(),
        }))
    }
}

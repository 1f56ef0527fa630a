//! A client of the services.

use std::str::FromStr;

use http::uri::PathAndQuery;
use tonic::client::Grpc;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status, Streaming};
use tonic_prost::ProstCodec;

use crate::api::{self, CreateProject, PlanShown, Project, Row, RunExport, ShowPlan};

/// Calls `panel.v1` over one connection.
#[derive(Debug, Clone)]
pub struct Client {
    grpc: Grpc<Channel>,
    authorization: Option<MetadataValue<Ascii>>,
}

impl Client {
    /// A client of the server at this address, such as `http://127.0.0.1:50051`, that calls with an API key or without.
    ///
    /// # Errors
    /// When nobody serves there, or the address or the key are none.
    ///
    /// # Cancel safety
    /// Dropping the future ends the connection.
    pub async fn connect(
        to: &str,
        key: Option<&str>,
    ) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let connected = Endpoint::from_str(to)?.connect().await;
        let channel = connected.map_err(|error| format!("cannot connect to `{to}`: {error}"))?;
        let authorization = key.map(|key| format!("Bearer {key}").parse()).transpose()?;
        Ok(Self {
            grpc: Grpc::new(channel),
            authorization,
        })
    }

    /// Asks for the caller's plan.
    ///
    /// # Errors
    /// What the server answers.
    ///
    /// # Cancel safety
    /// Dropping the future cancels the call.
    pub async fn plan(&mut self) -> Result<PlanShown, Status> {
        self.unary(ShowPlan {}, api::SHOW_PLAN).await
    }

    /// Makes a project.
    ///
    /// # Errors
    /// What the server answers.
    ///
    /// # Cancel safety
    /// Dropping the future cancels the call; the project may have been made.
    pub async fn create(&mut self, name: impl Into<String>) -> Result<Project, Status> {
        let request = CreateProject { name: name.into() };
        self.unary(request, api::CREATE_PROJECT).await
    }

    /// Exports rows.
    ///
    /// # Errors
    /// What the server answers before the first row; what it says later comes with the stream.
    ///
    /// # Cancel safety
    /// Dropping the future, or the stream, cancels the call.
    pub async fn export(&mut self, rows: u32) -> Result<Streaming<Row>, Status> {
        self.ready().await?;
        let request = self.request(RunExport { rows });
        let path = PathAndQuery::from_static(api::RUN_EXPORT);
        let codec = ProstCodec::default();
        let rows = self.grpc.server_streaming(request, path, codec).await?;
        Ok(rows.into_inner())
    }

    async fn unary<Q, A>(&mut self, request: Q, path: &'static str) -> Result<A, Status>
    where
        Q: prost::Message + 'static,
        A: prost::Message + Default + 'static,
    {
        self.ready().await?;
        let request = self.request(request);
        let path = PathAndQuery::from_static(path);
        let answer = self
            .grpc
            .unary(request, path, ProstCodec::default())
            .await?;
        Ok(answer.into_inner())
    }

    async fn ready(&mut self) -> Result<(), Status> {
        let ready = self.grpc.ready().await;
        ready.map_err(|error| Status::unavailable(error.to_string()))
    }

    fn request<Q>(&self, message: Q) -> Request<Q> {
        let mut request = Request::new(message);
        if let Some(authorization) = &self.authorization {
            let metadata = request.metadata_mut();
            metadata.insert("authorization", authorization.clone());
        }
        request
    }
}

use std::pin::Pin;

use http::Request;
use tokio_stream::Stream;
use tonic::body::Body;
use tonic::server::Grpc;
use tonic::{Response, Status};
use tonic_prost::ProstCodec;
use tower::service_fn;

use super::route::{Answer, answer, no_such_method, service};
use crate::api::{self, Row, RunExport};

/// Exports rows, as a stream that may fail on its way.
#[derive(Debug, Clone)]
pub(crate) struct Exports;

service!(Exports, api::EXPORTS);

impl Exports {
    fn answer(&self, request: Request<Body>) -> Answer {
        match request.uri().path() {
            api::RUN_EXPORT => answer(async {
                let mut grpc = Grpc::new(ProstCodec::default());
                grpc.server_streaming(service_fn(run), request).await
            }),
            _ => no_such_method(),
        }
    }
}

type Rows = Pin<Box<dyn Stream<Item = Result<Row, Status>> + Send>>;

async fn run(request: tonic::Request<RunExport>) -> Result<Response<Rows>, Status> {
    let rows = (1..=request.into_inner().rows).map(|number| {
        if number > RunExport::ROWS {
            return Err(Status::data_loss(format!("row {number} cannot be read")));
        }
        Ok(Row { number })
    });
    Ok(Response::new(Box::pin(tokio_stream::iter(rows))))
}

//! Receivers on this machine, well behaved and not.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

/// A request as it came.
pub(crate) struct Came {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Came {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

type Answers = Arc<Mutex<VecDeque<Response<Full<Bytes>>>>>;

/// Answers with what it was told to, in turn, then with 204.
pub(crate) struct Receiver {
    pub(crate) address: SocketAddr,
    came: mpsc::UnboundedReceiver<Came>,
}

impl Receiver {
    pub(crate) async fn answering(answers: Vec<Response<Full<Bytes>>>) -> Self {
        let (sender, came) = mpsc::unbounded_channel();
        let answers: Answers = Arc::new(Mutex::new(answers.into()));
        let address = serve(move |stream| talk(stream, sender.clone(), Arc::clone(&answers))).await;
        Self { address, came }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/hook?token=QUERYSECRET", self.address)
    }

    pub(crate) async fn next(&mut self) -> Came {
        self.came.recv().await.unwrap()
    }

    /// What came and was not looked at.
    pub(crate) fn left(&mut self) -> usize {
        std::iter::from_fn(|| self.came.try_recv().ok()).count()
    }
}

pub(crate) fn status(status: u16) -> Response<Full<Bytes>> {
    let mut response = Response::default();
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    response
}

/// Speaks http over a connection, encrypted or not.
pub(crate) async fn talk(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    sender: mpsc::UnboundedSender<Came>,
    answers: Answers,
) {
    let service = service_fn(|request: http::Request<Incoming>| {
        let (sender, answers) = (sender.clone(), Arc::clone(&answers));
        async move {
            let (head, body) = request.into_parts();
            let came = Came {
                method: head.method.to_string(),
                path: head.uri.to_string(),
                headers: head.headers,
                body: body.collect().await.unwrap().to_bytes(),
            };
            let answer = answers.lock().unwrap().pop_front();
            sender.send(came).ok();
            Ok::<_, Infallible>(answer.unwrap_or_else(|| status(204)))
        }
    });
    let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    // The other side may end it as it likes.
    let _ = connection.await;
}

/// Does something with each connection to a new port of this machine.
pub(crate) async fn serve<F>(handle: impl Fn(TcpStream) -> F + Send + 'static) -> SocketAddr
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(handle(stream));
        }
    });
    address
}

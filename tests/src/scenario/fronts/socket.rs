//! A real axum server on the loopback interface, and requests written by hand.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::Request as Incoming;
use axum::middleware::{Next, from_fn};
use entitlements_core::rate::{ApiKeyId, UserId};
use entitlements_core::{AccountId, PeerAddress};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::axum::router;
use super::{Answer, Case, Handler};
use crate::scenario::model::Request;
use crate::wire::Response;

/// What stands for the application's credentials here.
const SESSION: &str = "x-session-of";
const USER: &str = "x-session-of-user";
const API_KEY: &str = "x-session-of-key";

/// What stands for the connection's other end here.
const PEER: &str = "x-peer-of";

pub(super) async fn answers(case: Case) -> Vec<Answer> {
    let handler = Handler::default();
    let router = authenticated(router(&case, &handler));
    let listener = TcpListener::bind("127.0.0.1:0")
        .await
        .expect("there is a free port");
    let address = listener
        .local_addr()
        .expect("a bound socket has an address");
    let server = tokio::spawn(axum::serve(listener, router).into_future());
    let ask = async |request: &_| exchange(address, request).await;
    let answers = case.each(&handler, ask).await;
    server.abort();
    answers
}

/// The application's authentication: outside everything, and the only one who puts an account and a peer into a request.
fn authenticated(router: Router) -> Router {
    router.layer(from_fn(async |mut request: Incoming, next: Next| {
        if let Some(account) = said(&request, SESSION) {
            request.extensions_mut().insert(AccountId::new(account));
        }
        if let Some(user) = said(&request, USER) {
            request.extensions_mut().insert(UserId::new(user));
        }
        if let Some(key) = said(&request, API_KEY) {
            request.extensions_mut().insert(ApiKeyId::new(key));
        }
        if let Some(peer) = said(&request, PEER) {
            let peer = peer.parse().expect("a test's peer is an address");
            request.extensions_mut().insert(PeerAddress(peer));
        }
        next.run(request).await
    }))
}

fn said(request: &Incoming, name: &str) -> Option<String> {
    let said = request.headers().get(name)?;
    let said = said.to_str().expect("a test's session is text");
    Some(said.to_owned())
}

async fn exchange(address: SocketAddr, request: &Request) -> Answer {
    let exchange = async {
        let mut socket = TcpStream::connect(address).await?;
        socket.write_all(written(request).as_bytes()).await?;
        let mut response = Vec::new();
        socket.read_to_end(&mut response).await?;
        Ok::<_, std::io::Error>(response)
    };
    let response = tokio::time::timeout(Duration::from_secs(20), exchange)
        .await
        .expect("the server answers and closes")
        .expect("the socket works");
    let response = Response::read(&response).expect("the answer is HTTP");
    Answer::new(response.status, response.headers, response.body)
}

fn written(request: &Request) -> String {
    let mut written = format!(
        "{} {} HTTP/1.1\r\nConnection: close\r\n",
        request.method, request.path
    );
    if request.headers().all(|(name, _)| name != "host") {
        written.push_str("Host: panel.example\r\n");
    }
    if let Some(account) = request.authenticated() {
        written.push_str(&format!("{SESSION}: {account}\r\n"));
    }
    if let Some(UserId(user)) = request.user() {
        written.push_str(&format!("{USER}: {user}\r\n"));
    }
    if let Some(ApiKeyId(key)) = request.api_key() {
        written.push_str(&format!("{API_KEY}: {key}\r\n"));
    }
    if let Some(PeerAddress(peer)) = request.peer() {
        written.push_str(&format!("{PEER}: {peer}\r\n"));
    }
    for (name, value) in request.headers() {
        written.push_str(&format!("{name}: {value}\r\n"));
    }
    written + "\r\n"
}

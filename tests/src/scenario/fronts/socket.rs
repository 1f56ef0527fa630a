//! A real axum server on the loopback interface, and requests written by hand.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::axum::router;
use super::{Answer, Calls, Case};
use crate::wire::Response;

pub(super) async fn answer(case: Case) -> Answer {
    let calls = Calls::default();
    let listener = TcpListener::bind("127.0.0.1:0")
        .await
        .expect("there is a free port");
    let address = listener
        .local_addr()
        .expect("a bound socket has an address");
    let server = tokio::spawn(axum::serve(listener, router(&case, &calls)).into_future());
    let exchange = async {
        let mut socket = TcpStream::connect(address).await?;
        socket.write_all(written(&case).as_bytes()).await?;
        let mut response = Vec::new();
        socket.read_to_end(&mut response).await?;
        Ok::<_, std::io::Error>(response)
    };
    let response = tokio::time::timeout(Duration::from_secs(20), exchange)
        .await
        .expect("the server answers and closes")
        .expect("the socket works");
    server.abort();
    let response = Response::read(&response).expect("the answer is HTTP");
    Answer::new(
        response.status,
        response.headers,
        response.body,
        calls.made(),
    )
}

fn written(case: &Case) -> String {
    let mut request = format!(
        "{} / HTTP/1.1\r\nHost: panel.example\r\nConnection: close\r\n",
        case.request.method
    );
    for (name, value) in &case.request.headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request + "\r\n"
}

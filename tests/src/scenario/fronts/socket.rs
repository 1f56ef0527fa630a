//! A real axum server on the loopback interface, and requests written by hand.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::axum::router;
use super::{Answer, Calls, Case};

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
    read(&response, calls.made())
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

fn read(response: &[u8], handled: usize) -> Answer {
    let end = response
        .windows(4)
        .position(|bytes| bytes == b"\r\n\r\n")
        .expect("the head of a response ends with an empty line");
    let (head, body) = (&response[..end], &response[end + 4..]);
    let head = std::str::from_utf8(head).expect("the head is text");
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1));
    let status = status
        .and_then(|status| status.parse().ok())
        .unwrap_or_else(|| panic!("no status in {head}"));
    let headers = lines.map(|line| {
        let (name, value) = line.split_once(':').expect("a header has a colon");
        (name.to_ascii_lowercase(), value.trim().to_owned())
    });
    Answer::new(status, headers, body, handled)
}

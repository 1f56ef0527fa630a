//! A client that sends what it is given, from where it is told to.

use std::net::{IpAddr, SocketAddr};

use entitlements_tests::wire::{PATIENCE, Response};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

/// The head of a request that ends its connection, with these lines as they are.
pub(crate) fn head(path: &str, lines: &[impl AsRef<[u8]>]) -> Vec<u8> {
    let mut head =
        format!("GET {path} HTTP/1.1\r\nHost: panel.example\r\nConnection: close\r\n").into_bytes();
    for line in lines {
        head.extend_from_slice(line.as_ref());
        head.extend_from_slice(b"\r\n");
    }
    head.extend_from_slice(b"\r\n");
    head
}

/// Sends bytes from an address of this machine, and reads what comes until the server closes.
pub(crate) async fn exchange(from: IpAddr, to: SocketAddr, bytes: &[u8]) -> Vec<u8> {
    let exchange = async {
        let mut socket = connect(from, to).await;
        // A server may refuse before it has read everything; what it said is then still to be read.
        let _ = socket.write_all(bytes).await;
        let (mut answer, mut part) = (Vec::new(), [0; 4096]);
        while let Ok(length @ 1..) = socket.read(&mut part).await {
            answer.extend_from_slice(&part[..length]);
        }
        answer
    };
    let answered = tokio::time::timeout(PATIENCE, exchange).await;
    answered.expect("the server answers and closes")
}

async fn connect(from: IpAddr, to: SocketAddr) -> TcpStream {
    let socket = match to {
        SocketAddr::V4(_) => TcpSocket::new_v4().unwrap(),
        SocketAddr::V6(_) => TcpSocket::new_v6().unwrap(),
    };
    socket.bind(SocketAddr::new(from, 0)).unwrap();
    socket.connect(to).await.unwrap()
}

/// What of an answer has to be the same everywhere: the status, what the content is, and the content.
pub(crate) fn said(answer: &[u8]) -> (u16, String, String) {
    let answer = Response::read(answer)
        .unwrap_or_else(|| panic!("no answer: {:?}", String::from_utf8_lossy(answer)));
    let kind = answer.header("content-type").unwrap_or_default();
    // Handlers of the three frameworks say in their own words that `welcome` is text.
    let kind = if answer.status == 200 { "" } else { kind };
    (answer.status, kind.to_owned(), answer.text())
}

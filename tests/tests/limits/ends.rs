//! Each end of a request, one at a time.

use std::sync::Arc;

use entitlements_tests::wire::request;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::FRONTS;
use crate::story::Story;

/// Sends a request and reads until `enough` is there, or the server closes; then hangs up.
async fn send(to: std::net::SocketAddr, method: &str, path: &str, enough: &str) -> String {
    let mut socket = TcpStream::connect(to).await.unwrap();
    socket
        .write_all(&request(method, path, &[], b""))
        .await
        .unwrap();
    let (mut answer, mut part) = (String::new(), [0; 1024]);
    while enough.is_empty() || !answer.contains(enough) {
        match socket.read(&mut part).await {
            Ok(0) | Err(_) => break,
            Ok(length) => answer.push_str(&String::from_utf8_lossy(&part[..length])),
        }
    }
    answer
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn u8_what_was_sent_to_its_end_is_used_and_nothing_else() {
    for front in FRONTS {
        for (method, path, used) in [
            ("POST", "/0", 1),
            ("POST", "/break", 1),
            ("POST", "/refuse", 0),
            ("POST", "/panic", 0),
            ("GET", "/0", 0),
            ("DELETE", "/0", 0),
            ("POST", "/end/0", 1),
            ("POST", "/end/sized", 1),
            ("POST", "/end/none", 1),
            ("POST", "/end/empty", 1),
            ("POST", "/end/break", 0),
            ("POST", "/end/refuse", 0),
            ("POST", "/end/panic", 0),
        ] {
            let story = Arc::new(Story::new());
            let address = (front.serve)(Arc::clone(&story));
            send(address, method, path, "").await;
            let why = format!("{}: {method} {path}", front.name);
            story.settles_at(used, &why).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn u8_a_client_that_hangs_up_during_the_body_releases() {
    for front in FRONTS {
        let story = Arc::new(Story::new());
        let address = (front.serve)(Arc::clone(&story));
        for _ in 0..5 {
            // Until the first chunk is there: its end never comes.
            let answer = send(address, "POST", "/end/stream", "\r\na\r\n").await;
            assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
            story.settles_at(0, front.name).await;
        }
        // Where the head settles, it is used, and the lease ends.
        send(address, "POST", "/stream", "\r\na\r\n").await;
        story.settles_at(1, front.name).await;
    }
}

/// hyper looks whether the client is there while a handler works. actix-web does not, and finishes it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn u8_a_client_that_hangs_up_before_the_head_releases() {
    let story = Arc::new(Story::new());
    let address = crate::hyper::serve(Arc::clone(&story));
    for _ in 0..5 {
        let mut socket = TcpStream::connect(address).await.unwrap();
        let asked = request("POST", "/hang", &[], b"");
        socket.write_all(&asked).await.unwrap();
        while story.used("connections").await == 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(story.room().await, 2);
        drop(socket);
        story.settles_at(0, "hung up").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn u2_the_fourth_is_refused_until_one_is_deleted() {
    for front in FRONTS {
        let story = Arc::new(Story::new());
        let address = (front.serve)(Arc::clone(&story));
        for status in ["201", "201", "201", "402", "402"] {
            let answer = send(address, "POST", "/1", "").await;
            assert!(
                answer.starts_with(&format!("HTTP/1.1 {status} ")),
                "{answer}"
            );
        }
        assert!(
            send(address, "DELETE", "/1", "")
                .await
                .starts_with("HTTP/1.1 204 ")
        );
        story.settles_at(2, front.name).await;
        assert!(
            send(address, "POST", "/1", "")
                .await
                .starts_with("HTTP/1.1 201 ")
        );
        story.settles_at(3, front.name).await;
    }
}

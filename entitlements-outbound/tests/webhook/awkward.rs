//! Receivers that mean harm, or are broken.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use entitlements_outbound::webhook::{Delivery, DeliveryState};
use http::Response;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::receiver::{Receiver, serve};
use crate::setup::{builder, clock, next_attempt_after, until, working};

/// A receiver that reads the request's head and then does something with the connection.
async fn saying<F, R>(say: F) -> String
where
    F: Fn(TcpStream) -> R + Clone + Send + Sync + 'static,
    R: Future<Output = ()> + Send,
{
    let address = serve(move |mut stream| {
        let say = say.clone();
        async move {
            let mut some = [0; 1024];
            let _ = stream.read(&mut some).await;
            say(stream).await;
        }
    });
    format!("http://{}/", address.await)
}

async fn failure(url: String) -> Delivery {
    let webhook = working(builder(url, &clock())).await;
    webhook.send("job.done", "{}").await.unwrap();
    next_attempt_after(&webhook, 1).await.0
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let mut elsewhere = Receiver::answering(Vec::new()).await;
    for status in [301, 302, 303, 307, 308] {
        let location = format!("http://{}/", elsewhere.address);
        let answer = Response::builder()
            .status(status)
            .header("location", location);
        let receiver = Receiver::answering(vec![answer.body(Default::default()).unwrap()]).await;
        let delivery = failure(receiver.url()).await;
        assert_eq!(delivery.last_status(), Some(status));
    }
    assert_eq!(elsewhere.left(), 0);
}

#[tokio::test]
async fn an_answer_that_comes_a_byte_at_a_time_is_waited_for_no_longer_than_the_limit() {
    let (heard, mut hear) = tokio::sync::mpsc::unbounded_channel();
    let url = saying(move |mut stream: TcpStream| {
        let heard = heard.clone();
        async move {
            // The head of an answer that never ends.
            stream.write_all(b"HTTP/1.1 200 OK\r\nx: ").await.unwrap();
            heard.send(()).unwrap();
            let _ = stream.read(&mut [0; 1]).await;
            heard.send(()).unwrap();
        }
    })
    .await;
    let clock = clock();
    let webhook = working(builder(url, &clock).timeout(Duration::from_secs(10))).await;
    webhook.send("job.done", "{}").await.unwrap();
    hear.recv().await.unwrap();
    clock.advance(Duration::from_millis(9_999));
    tokio::task::yield_now().await;
    assert_eq!(webhook.deliveries()[0].state(), DeliveryState::UnderWay);
    clock.advance(Duration::from_millis(1));
    let (delivery, _) = next_attempt_after(&webhook, 1).await;
    assert_eq!(delivery.last_error(), Some("no answer came in time"));
    // The connection is closed, not left behind.
    hear.recv().await.unwrap();
}

#[tokio::test]
async fn a_body_that_does_not_end_counts_by_its_status() {
    let written = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&written);
    let url = saying(move |mut stream: TcpStream| {
        let count = Arc::clone(&count);
        async move {
            let head = b"HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n";
            stream.write_all(head).await.unwrap();
            while let Ok(bytes) = stream.write(&[b'a'; 4096]).await {
                count.fetch_add(bytes, Ordering::SeqCst);
            }
        }
    })
    .await;
    let webhook = working(builder(url, &clock())).await;
    webhook.send("job.done", "{}").await.unwrap();
    let arrived = |state| matches!(state, DeliveryState::Delivered { .. });
    until(&webhook, |delivery| arrived(delivery.state())).await;
    // What the sockets hold in between, and nothing like a gigabyte.
    assert!(written.load(Ordering::SeqCst) < 100_000_000);
}

#[tokio::test]
async fn a_body_that_stands_still_is_given_up_after_two_seconds() {
    let (heard, mut hear) = tokio::sync::mpsc::unbounded_channel();
    let url = saying(move |mut stream: TcpStream| {
        let heard = heard.clone();
        async move {
            let head = b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc";
            stream.write_all(head).await.unwrap();
            heard.send(()).unwrap();
            let _ = stream.read(&mut [0; 1]).await;
        }
    })
    .await;
    let clock = clock();
    let webhook = working(builder(url, &clock)).await;
    webhook.send("job.done", "{}").await.unwrap();
    hear.recv().await.unwrap();
    // However often it has to be told: the wait may begin a moment later.
    let arrived = |state| matches!(state, DeliveryState::Delivered { .. });
    while !arrived(webhook.deliveries()[0].state()) {
        clock.advance(Duration::from_secs(2));
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn what_is_no_answer_is_no_answer() {
    let huge_head = format!("HTTP/1.1 200 OK\r\nx: {}\r\n\r\n", "a".repeat(100_000));
    for said in [
        "",
        "SSH-2.0-OpenSSH_9.2\r\n",
        "HTTP/1.1 abc OK\r\n\r\n",
        &huge_head,
    ] {
        let said = said.to_owned();
        let url = saying(move |mut stream: TcpStream| {
            let said = said.clone();
            async move {
                let _ = stream.write_all(said.as_bytes()).await;
            }
        });
        let delivery = failure(url.await).await;
        assert_eq!(delivery.last_status(), None);
        assert!(delivery.last_error().unwrap().contains("broke off"));
    }
}

#[tokio::test]
async fn nobody_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    let delivery = failure(url).await;
    assert_eq!(delivery.last_error(), Some("no connection could be made"));
}

#[tokio::test]
async fn a_customers_url_does_not_reach_this_machine() {
    let mut receiver = Receiver::answering(Vec::new()).await;
    let port = receiver.address.port();
    for host in ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0.0.0.0"] {
        let url = format!("http://{host}:{port}/");
        let built = builder(url, &clock()).insecure_allow_http();
        let webhook = working(built.public_addresses_only()).await;
        webhook.send("job.done", "{}").await.unwrap();
        let (delivery, _) = next_attempt_after(&webhook, 1).await;
        let error = delivery.last_error().unwrap();
        assert!(
            error.contains("no address that may be connected to"),
            "{host}: {error}"
        );
    }
    assert_eq!(receiver.left(), 0);
}

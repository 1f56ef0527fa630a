//! Streams of HTTP/2, which a client may reset one by one.

use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;

use crate::story::Story;

async fn connect(story: &Arc<Story>) -> SendRequest<Empty<Bytes>> {
    let address = crate::hyper::serve(Arc::clone(story));
    let socket = TcpStream::connect(address).await.unwrap();
    let (client, connection) = handshake(TokioExecutor::new(), TokioIo::new(socket))
        .await
        .unwrap();
    tokio::spawn(connection);
    client
}

async fn post(
    client: &mut SendRequest<Empty<Bytes>>,
    path: &str,
) -> hyper::Result<Response<Incoming>> {
    let request = Request::post(format!("http://limited.example{path}"));
    client
        .send_request(request.body(Empty::new()).unwrap())
        .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn u8_a_stream_that_came_to_its_end_is_used_and_one_that_was_reset_is_not() {
    let story = Arc::new(Story::new());
    let mut client = connect(&story).await;
    for _ in 0..5 {
        // Reset while the body is sent, and while the handler works.
        let mut response = post(&mut client, "/end/stream").await.unwrap();
        response.body_mut().frame().await.unwrap().unwrap();
        assert_eq!(story.room().await, 2);
        drop(response);
        story.settles_at(0, "during the body").await;
        let mut other = client.clone();
        let hanging = tokio::spawn(async move { drop(post(&mut other, "/hang").await) });
        while story.used("connections").await == 0 {
            tokio::task::yield_now().await;
        }
        hanging.abort();
        story.settles_at(0, "before the head").await;
        // A body that fails resets the stream, maybe before the head was sent.
        if let Ok(broken) = post(&mut client, "/end/break").await {
            assert!(broken.into_body().collect().await.is_err());
        }
        story.settles_at(0, "broken").await;
    }
    for (count, path) in ["/end/0", "/end/sized", "/end/none"]
        .into_iter()
        .enumerate()
    {
        let response = post(&mut client, path).await.unwrap();
        assert_eq!(response.status(), StatusCode::CREATED);
        response.into_body().collect().await.unwrap();
        story.settles_at(count as u64 + 1, path).await;
    }
    let response = post(&mut client, "/end/0").await.unwrap();
    assert_eq!(response.status(), StatusCode::PAYMENT_REQUIRED);
}

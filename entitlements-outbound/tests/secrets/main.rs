//! No secret is in a log, an error or a `Debug`. A process of its own, because the log is that of the whole process.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    dead_code,
    reason = "helpers of tests, of which others use more"
)]

#[path = "../webhook/receiver.rs"]
mod receiver;
#[path = "../webhook/setup.rs"]
mod setup;

use std::sync::{Arc, Mutex};

use entitlements_outbound::webhook::{RetryPolicy, Webhook};

use crate::receiver::{Receiver, status};
use crate::setup::{builder, clock, next_attempt_after, secret, working};

/// A log in memory.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test(flavor = "current_thread")]
async fn neither_secret_nor_path_nor_data_is_logged_or_shown() {
    let log = Log::default();
    let sink = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::level_filters::LevelFilter::TRACE)
        .with_writer(move || sink.clone())
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();

    let mut receiver = Receiver::answering(vec![status(500), status(500)]).await;
    let url = receiver.url().replace("/hook", "/PATHSECRET");
    let clock = clock();
    let built = builder(url, &clock).retry(RetryPolicy::default().attempts(2));
    let shown = format!("{built:?}");
    let webhook = working(built).await;
    webhook.send("job.done", r#""DATASECRET""#).await.unwrap();
    receiver.next().await;
    let (delivery, next) = next_attempt_after(&webhook, 1).await;
    clock.set(next);
    receiver.next().await;
    while !log.text().contains("was given up") {
        tokio::task::yield_now().await;
    }
    let shown = format!("{shown} {webhook:?} {delivery:?} {:?}", secret());
    let log = log.text();
    assert!(log.contains(&receiver.address.to_string()));
    for text in [log, shown] {
        assert!(!text.contains("SECRET"), "{text}");
    }
}

#[tokio::test]
async fn errors_do_not_repeat_the_url() {
    for url in [
        "http://hooks.example/PATHSECRET?SECRET",
        "https://user:SECRET@hooks.example/",
        "SECRET",
    ] {
        let refused = Webhook::to(url, secret()).build().await.unwrap_err();
        assert!(!format!("{refused} {refused:?}").contains("SECRET"));
    }
}

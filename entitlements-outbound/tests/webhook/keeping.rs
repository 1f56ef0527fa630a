use entitlements_core::Reply;
use entitlements_outbound::webhook::{
    DeliveryFolder, DeliveryState, DeliveryStore, DeliveryStoreError, RetryPolicy, SendError,
    StoredDelivery,
};

use crate::receiver::{Receiver, status};
use crate::setup::{builder, clock, next_attempt_after, until, working};

#[tokio::test]
async fn what_was_not_delivered_is_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let open = || DeliveryFolder::open(folder.path()).unwrap();
    let mut receiver = Receiver::answering(vec![status(500), status(410)]).await;
    let clock = clock();

    let (webhook, worker) = builder(receiver.url(), &clock)
        .store(open())
        .build()
        .await
        .unwrap();
    let worker = tokio::spawn(worker);
    let waiting = webhook.send("job.done", r#"{"job":1}"#).await.unwrap();
    receiver.next().await;
    let (before, next) = next_attempt_after(&webhook, 1).await;
    let dead = webhook.send("job.done", r#"{"job":2}"#).await.unwrap();
    receiver.next().await;
    until(&webhook, |delivery| {
        matches!(delivery.state(), DeliveryState::GivenUp { .. })
    })
    .await;
    worker.abort();
    assert!(worker.await.unwrap_err().is_cancelled());
    drop(webhook);

    let webhook = working(builder(receiver.url(), &clock).store(open())).await;
    assert_eq!(webhook.deliveries()[0], before);
    assert_eq!(webhook.dead_letters()[0].id(), dead);
    clock.set(next);
    let came = receiver.next().await;
    assert_eq!(came.header("webhook-id"), Some(&*waiting));
    assert!(came.body.ends_with(br#""data":{"job":1}}"#));
    until(&webhook, |delivery| {
        matches!(delivery.state(), DeliveryState::Delivered { .. })
    })
    .await;
    webhook.redeliver(&dead).await.unwrap();
    assert!(
        receiver
            .next()
            .await
            .body
            .ends_with(br#""data":{"job":2}}"#)
    );
}

/// A disk that is full.
#[derive(Debug)]
struct Full;

impl DeliveryStore for Full {
    fn load(&self) -> Reply<Result<Vec<StoredDelivery>, DeliveryStoreError>> {
        Reply::Now(Ok(Vec::new()))
    }

    fn put(&self, _: StoredDelivery) -> Reply<Result<(), DeliveryStoreError>> {
        Reply::Now(Err(DeliveryStoreError::new("no space left")))
    }

    fn remove(&self, _: &str) -> Reply<Result<(), DeliveryStoreError>> {
        Reply::Now(Ok(()))
    }
}

#[tokio::test]
async fn what_cannot_be_kept_is_not_taken() {
    let webhook = working(builder("http://localhost:9/", &clock()).store(Full)).await;
    let refused = webhook.send("job.done", "{}").await;
    assert!(matches!(refused, Err(SendError::NotStored(_))));
    assert_eq!(webhook.deliveries(), []);
}

#[tokio::test]
async fn neither_url_nor_secret_is_on_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let store = DeliveryFolder::open(folder.path()).unwrap();
    let mut receiver = Receiver::answering(vec![status(500)]).await;
    let retry = RetryPolicy::default().attempts(1);
    let webhook = working(builder(receiver.url(), &clock()).retry(retry).store(store)).await;
    webhook.send("job.done", "{}").await.unwrap();
    receiver.next().await;
    until(&webhook, |delivery| {
        matches!(delivery.state(), DeliveryState::GivenUp { .. })
    })
    .await;
    let mut files = 0;
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        for secret in ["SECRET", "127.0.0.1"] {
            assert!(!text.contains(secret), "{text}");
        }
        files += 1;
    }
    assert_eq!(files, 2, "the lock and the dead letter");
}

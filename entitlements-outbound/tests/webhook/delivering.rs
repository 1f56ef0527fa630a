use std::time::Duration;

use bytes::Bytes;
use entitlements_core::{Clock as _, Timestamp};
use entitlements_outbound::webhook::{
    DeliveryState, RedeliverError, RetryPolicy, SendError, VerifyError, WebhookSecret, WhyGivenUp,
    verify,
};
use http::Response;
use http_body_util::Full;

use crate::receiver::{Came, Receiver, status};
use crate::setup::{START, builder, clock, next_attempt_after, secret, until, working};

fn check(came: &Came, secrets: &[WebhookSecret], now: Timestamp) -> Result<String, VerifyError> {
    let tolerance = Duration::from_secs(300);
    let header = |name: &str| came.header(name);
    verify(header, &came.body, secrets, now, tolerance).map(|received| received.id.to_owned())
}

#[tokio::test]
async fn a_message_arrives_signed_and_its_receiver_can_tell() {
    let mut receiver = Receiver::answering(Vec::new()).await;
    let clock = clock();
    let webhook = working(builder(receiver.url(), &clock)).await;
    let id = webhook.send("job.done", r#"{"job":17}"#).await.unwrap();

    let came = receiver.next().await;
    assert_eq!(
        (&*came.method, &*came.path),
        ("POST", "/hook?token=QUERYSECRET")
    );
    assert_eq!(came.header("content-type"), Some("application/json"));
    assert_eq!(came.header("host"), Some(&*receiver.address.to_string()));
    let expected =
        format!(r#"{{"type":"job.done","id":"{id}","at":"{START}","data":{{"job":17}}}}"#);
    assert_eq!(came.body, expected);

    let now = clock.now();
    assert_eq!(check(&came, &[secret()], now), Ok(id.clone()));
    let other = WebhookSecret::from_bytes(&[1; 24]).unwrap();
    assert_eq!(check(&came, &[other], now), Err(VerifyError::Signature));
    // The same request again, ten minutes later.
    let later = now.saturating_add(Duration::from_secs(600));
    assert_eq!(check(&came, &[secret()], later), Err(VerifyError::Stale));

    let arrived = |state| matches!(state, DeliveryState::Delivered { .. });
    let delivery = until(&webhook, |delivery| arrived(delivery.state())).await;
    assert_eq!(
        (delivery.attempts(), delivery.last_status()),
        (1, Some(204))
    );
}

#[tokio::test]
async fn what_does_not_arrive_is_tried_again_when_the_clock_says_so() {
    let answers = vec![status(500), status(404), status(302)];
    let mut receiver = Receiver::answering(answers).await;
    let clock = clock();
    let webhook = working(builder(receiver.url(), &clock)).await;
    let id = webhook.send("job.done", "{}").await.unwrap();
    for (attempt, (last, about)) in (1..).zip([(500, 1), (404, 4), (302, 16)]) {
        let came = receiver.next().await;
        // Signed anew each time, under one id.
        assert_eq!(check(&came, &[secret()], clock.now()), Ok(id.clone()));
        let (delivery, next) = next_attempt_after(&webhook, attempt).await;
        assert_eq!(delivery.last_status(), Some(last));
        let wait = next.saturating_since(clock.now());
        let about = Duration::from_secs(about);
        assert!(
            wait >= about * 8 / 10 && wait <= about * 12 / 10,
            "{wait:?}"
        );
        clock.set(next.saturating_sub(Duration::from_micros(1)));
        tokio::task::yield_now().await;
        assert_eq!(receiver.left(), 0, "not before its time");
        clock.set(next);
    }
    receiver.next().await;
    let delivery = until(&webhook, |delivery| delivery.attempts() == 4).await;
    assert!(matches!(delivery.state(), DeliveryState::Delivered { .. }));
}

#[tokio::test]
async fn retry_after_is_honoured_up_to_the_cap() {
    let asking = |seconds: &str| {
        let answer = Response::builder()
            .status(429)
            .header("retry-after", seconds);
        answer.body(Full::<Bytes>::default()).unwrap()
    };
    let date = "Sun, 31 Jan 2027 12:10:00 GMT";
    for (asked, least, most) in [
        ("90", 90, 90),
        ("999999", 3600, 3600),
        (date, 600, 600),
        ("x", 0, 2),
    ] {
        let mut receiver = Receiver::answering(vec![asking(asked)]).await;
        let clock = clock();
        let webhook = working(builder(receiver.url(), &clock)).await;
        webhook.send("job.done", "{}").await.unwrap();
        receiver.next().await;
        let (_, next) = next_attempt_after(&webhook, 1).await;
        let wait = next.saturating_since(clock.now()).as_secs();
        assert!((least..=most).contains(&wait), "{asked}: {wait}");
    }
}

#[tokio::test]
async fn what_is_given_up_is_listed_and_can_be_sent_again() {
    let mut receiver = Receiver::answering(vec![status(500), status(500)]).await;
    let clock = clock();
    let retry = RetryPolicy::default().attempts(2);
    let webhook = working(builder(receiver.url(), &clock).retry(retry)).await;
    let id = webhook.send("job.done", "{}").await.unwrap();
    receiver.next().await;
    assert_eq!(webhook.redeliver(&id).await, Err(RedeliverError::Unknown));
    let (_, next) = next_attempt_after(&webhook, 1).await;
    clock.set(next);
    receiver.next().await;
    until(&webhook, |delivery| delivery.attempts() == 2).await;
    let [dead] = &webhook.dead_letters()[..] else {
        panic!("one is dead")
    };
    assert_eq!(dead.id(), id);
    let (at, why) = (clock.now(), WhyGivenUp::Attempts);
    assert_eq!(dead.state(), DeliveryState::GivenUp { at, why });

    webhook.redeliver(&id).await.unwrap();
    let came = receiver.next().await;
    assert_eq!(check(&came, &[secret()], clock.now()), Ok(id));
    let delivery = until(&webhook, |delivery| delivery.attempts() == 3).await;
    assert!(matches!(delivery.state(), DeliveryState::Delivered { .. }));
    assert_eq!(webhook.dead_letters(), []);
}

#[tokio::test]
async fn a_receiver_that_is_gone_is_asked_once() {
    let mut receiver = Receiver::answering(vec![status(410)]).await;
    let webhook = working(builder(receiver.url(), &clock())).await;
    webhook.send("job.done", "{}").await.unwrap();
    receiver.next().await;
    let is_dead = |state| {
        matches!(
            state,
            DeliveryState::GivenUp {
                why: WhyGivenUp::Gone,
                ..
            }
        )
    };
    until(&webhook, |delivery| is_dead(delivery.state())).await;
}

#[tokio::test]
async fn no_more_is_taken_than_there_is_room_for() {
    let clock = clock();
    // Without its worker nothing is delivered.
    let room = builder("http://localhost:9/", &clock).room_bytes(3 * 1024);
    let (webhook, _worker) = room.build().await.unwrap();
    for _ in 0..3 {
        webhook.send("job.done", "{}").await.unwrap();
    }
    assert_eq!(webhook.send("job.done", "{}").await, Err(SendError::Full));
    assert_eq!(webhook.deliveries().len(), 3);
}

#[tokio::test]
async fn the_worker_ends_when_nobody_can_send_and_all_has_arrived() {
    let mut receiver = Receiver::answering(Vec::new()).await;
    let (webhook, worker) = builder(receiver.url(), &clock()).build().await.unwrap();
    webhook.send("job.done", "{}").await.unwrap();
    let also = webhook.clone();
    drop(webhook);
    let worker = tokio::spawn(worker);
    receiver.next().await;
    drop(also);
    worker.await.unwrap();
}

#[tokio::test]
async fn a_hundred_messages_arrive_once_each() {
    let mut receiver = Receiver::answering(Vec::new()).await;
    let webhook = working(builder(receiver.url(), &clock())).await;
    let mut sent = std::collections::BTreeSet::new();
    for job in 0..100 {
        sent.insert(webhook.send("job.done", &job.to_string()).await.unwrap());
    }
    let mut came = std::collections::BTreeSet::new();
    for _ in 0..100 {
        let id = receiver
            .next()
            .await
            .header("webhook-id")
            .unwrap()
            .to_owned();
        assert!(came.insert(id), "once each");
    }
    assert_eq!(came, sent);
}

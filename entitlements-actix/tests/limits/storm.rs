//! U8 under a rush: requests of every fate, all at one gate.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use actix_web::HttpResponse;
use actix_web::body::{BodyStream, MessageBody, SizedStream};
use actix_web::dev::Service;
use actix_web::error::ErrorImATeapot;
use actix_web::http::StatusCode;
use actix_web::rt::task::yield_now;
use actix_web::web::Bytes;
use entitlements_actix::{Require, RequireLimit, Settle};
use futures_util::stream;

use crate::{engine, gated, limit, look, to, users};

/// A small generator, so that a round that fails can be had again.
#[derive(Clone)]
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % end
    }
}

/// A body whose end is this fate's.
fn answer(fate: u64) -> HttpResponse {
    let status = if fate == 4 { 409 } else { 201 };
    let mut response = HttpResponse::build(StatusCode::from_u16(status).unwrap());
    let chunk = |text: &'static str| Ok::<_, io::Error>(Bytes::from(text));
    let broken = || Err(io::Error::other("broken"));
    match fate {
        1 => response.body(BodyStream::new(stream::iter([chunk("a"), broken()]))),
        2 => response.body(SizedStream::new(2, stream::iter([chunk("a"), broken()]))),
        3 => response.finish(),
        8 => response.body("in memory"),
        9 => response.body(BodyStream::new(stream::iter([chunk("a"), chunk("b")]))),
        _ => response.body(SizedStream::new(2, stream::iter([chunk("a"), chunk("b")]))),
    }
}

/// How a request of the storm fares; true where it succeeded to its end.
async fn fare(gate: Require, mut random: Random) -> bool {
    let (fate, late) = (random.below(10), random.below(3));
    let service = gated(&gate, move |request| async move {
        for _ in 0..late {
            yield_now().await;
        }
        assert!(fate != 0, "the handler panics");
        if fate == 5 {
            return Err(ErrorImATeapot("broken"));
        }
        Ok(request.into_response(answer(fate)))
    });
    let mut future = Box::pin(service.await.call(to("POST")));
    if fate == 6 {
        // The client goes away while the handler works, or before it began.
        let _ = random.below(2) == 0 && look(&mut future).is_ready();
        return false;
    }
    let Ok(response) = future.await else {
        return false;
    };
    if response.status() != StatusCode::CREATED {
        return false;
    }
    let mut body = Box::pin(response.into_body());
    for _ in 0..3 {
        match std::future::poll_fn(|cx| body.as_mut().poll_next(cx)).await {
            Some(Ok(_)) if fate != 7 => yield_now().await,
            // In the middle of the body, or where it fails.
            Some(_) => return false,
            None => return true,
        }
    }
    false
}

#[actix_web::test]
async fn u8_after_ten_thousand_requests_of_every_fate_what_succeeded_is_used() {
    const TASKS: u64 = 4;
    let (mut seen, mut made) = (0, 0);
    for round in 0..10 {
        let engine = Arc::new(engine());
        let gate = RequireLimit::new("users")
            .settle(Settle::AtBodyEnd)
            .on(&engine);
        let there = Arc::new(AtomicU64::new(0));
        let tasks: Vec<_> = (0..TASKS)
            .map(|task| {
                let (gate, engine) = (gate.clone(), Arc::clone(&engine));
                let there = Arc::clone(&there);
                actix_web::rt::spawn(async move {
                    let mut random = Random(round * TASKS + task);
                    let mut made = 0_u64;
                    for _ in 0..250 {
                        let fork = random.clone();
                        random.below(1 << 20);
                        // In a task of its own: it may panic.
                        let fared = actix_web::rt::spawn(fare(gate.clone(), fork));
                        if fared.await.unwrap_or(false) {
                            there.fetch_add(1, Ordering::SeqCst);
                            made += 1;
                        }
                        // Whoever it was made by, it is deleted again, so that the storm goes on.
                        let taken = |there: u64| there.checked_sub(1);
                        if random.below(8) > 0
                            && there
                                .fetch_update(Ordering::SeqCst, Ordering::SeqCst, taken)
                                .is_ok()
                        {
                            limit(&engine, "users").give_back(1).await.unwrap();
                        }
                        let now = limit(&engine, "users").used().await.unwrap();
                        assert!(now <= 3, "{now} of 3");
                    }
                    made
                })
            })
            .collect();
        for task in tasks {
            made += task.await.unwrap();
        }
        let left = there.load(Ordering::SeqCst);
        assert_eq!(users(&engine).await, (left, 3 - left), "round {round}");
        seen += TASKS * 250;
    }
    assert_eq!(seen, 10_000);
    assert!(made > 500, "{made} were made");
}

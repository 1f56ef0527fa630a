//! U7 under a rush: 64 tasks and one that is left.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use actix_web::dev::Service;
use actix_web::rt::task::yield_now;
use entitlements_actix::RequireLimit;

use crate::{answer, counting, gated, room, to};

#[actix_web::test]
async fn u7_of_64_that_race_for_the_last_one_exactly_one_is_admitted() {
    for round in 0..60_u64 {
        let there = Arc::new(AtomicU64::new(1));
        let counted = Arc::clone(&there);
        let engine = counting(move || {
            let counted = Arc::clone(&counted);
            async move {
                yield_now().await;
                counted.load(Ordering::SeqCst)
            }
        });
        let gate = RequireLimit::new("projects").on(&engine);
        let mut racers = Vec::new();
        for racer in 0..64 {
            let there = Arc::clone(&there);
            let service = gated(&gate, move |request| {
                let there = Arc::clone(&there);
                async move {
                    for _ in 0..(racer + round) % 5 {
                        yield_now().await;
                    }
                    there.fetch_add(1, Ordering::SeqCst);
                    yield_now().await;
                    Ok(answer(request, 201))
                }
            });
            let call = service.await.call(to("POST"));
            racers.push(actix_web::rt::spawn(async move {
                call.await.unwrap().status().as_u16()
            }));
        }
        let mut admitted = 0;
        for racer in racers {
            admitted += u64::from(racer.await.unwrap() == 201);
        }
        assert_eq!(
            (admitted, there.load(Ordering::SeqCst)),
            (1, 2),
            "round {round}"
        );
        assert_eq!(room(&engine, "projects").await, 0);
    }
}

//! U7 and U12 under a rush: never too many, and never one that nobody has.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use entitlements_core::Settle;
use entitlements_core::testing::TestEngine;
use entitlements_tower::{Require, RequireLimit};
use http::{Request, Response};
use http_body_util::BodyExt;
use tokio::sync::Barrier;
use tower::{Layer, ServiceExt, service_fn};

use crate::body::{Part, Parts};
use crate::{counting, engine, limit, look, room, users};

/// A small generator, so that a round that fails can be had again.
#[derive(Clone)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % end
    }
}

async fn yields(times: u64) {
    for _ in 0..times {
        tokio::task::yield_now().await;
    }
}

/// What the application has: how many projects there are, and how many there ever were at once.
#[derive(Default)]
struct Projects {
    there: AtomicU64,
    most: AtomicU64,
}

impl Projects {
    fn write(&self) {
        let there = self.there.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(there, Ordering::SeqCst);
    }
}

fn counted(projects: &Arc<Projects>) -> TestEngine {
    let projects = Arc::clone(projects);
    counting(move || {
        let projects = Arc::clone(&projects);
        async move {
            tokio::task::yield_now().await;
            projects.there.load(Ordering::SeqCst)
        }
    })
}

/// A handler that writes after this many yields, then takes as many more to answer.
async fn create(projects: Arc<Projects>, gate: Require, late: u64, fails: bool) -> u16 {
    let handler = service_fn(move |_: Request<()>| {
        let projects = Arc::clone(&projects);
        async move {
            yields(late).await;
            if fails {
                return Ok(Response::builder().status(500).body(String::new()).unwrap());
            }
            projects.write();
            yields(late).await;
            Ok::<_, Infallible>(Response::new(String::new()))
        }
    });
    let response = gate
        .layer(handler)
        .oneshot(crate::to("POST"))
        .await
        .unwrap();
    response.status().as_u16()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn u7_of_64_that_race_for_the_last_one_exactly_one_is_admitted() {
    for round in 0..60 {
        let projects = Arc::new(Projects::default());
        projects.write();
        let engine = counted(&projects);
        let gate = RequireLimit::new("projects").on(&engine);
        let start = Arc::new(Barrier::new(64));
        let racers: Vec<_> = (0..64)
            .map(|racer| {
                let (projects, gate, start) =
                    (Arc::clone(&projects), gate.clone(), Arc::clone(&start));
                tokio::spawn(async move {
                    start.wait().await;
                    create(projects, gate, (racer + round) % 5, false).await
                })
            })
            .collect();
        let mut admitted = 0;
        for racer in racers {
            admitted += u64::from(racer.await.unwrap() == 200);
        }
        assert_eq!(
            (admitted, projects.there.load(Ordering::SeqCst)),
            (1, 2),
            "round {round}"
        );
        assert_eq!(room(&engine, "projects").await, 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn u7_racers_that_fail_or_go_away_leave_their_room_to_others() {
    for round in 0..60 {
        let projects = Arc::new(Projects::default());
        let engine = counted(&projects);
        let gate = RequireLimit::new("projects").on(&engine);
        let mut random = Random(round);
        let racers: Vec<_> = (0..64)
            .map(|_| {
                let (late, fate) = (random.below(5), random.below(3));
                let task =
                    tokio::spawn(create(Arc::clone(&projects), gate.clone(), late, fate == 0));
                if fate == 1 {
                    task.abort();
                }
                task
            })
            .collect();
        let mut answered = 0;
        for racer in racers {
            answered += u64::from(matches!(racer.await, Ok(200)));
        }
        let most = projects.most.load(Ordering::SeqCst);
        assert!(
            answered <= most && most <= 2,
            "round {round}: {answered} of {most}"
        );
        // Nobody stands in the line any more.
        while projects.there.load(Ordering::SeqCst) < 2 {
            assert_eq!(
                create(Arc::clone(&projects), gate.clone(), 0, false).await,
                200
            );
        }
        assert_eq!(
            create(Arc::clone(&projects), gate.clone(), 0, false).await,
            402
        );
    }
}

/// How a request of the storm fares.
async fn fare(gate: &Require, random: &mut Random) -> bool {
    let (fate, late) = (random.below(10), random.below(3));
    let handler = service_fn(move |_: Request<()>| async move {
        yields(late).await;
        assert!(fate != 0, "the handler panics");
        let body = match fate {
            1 => Parts::new([Part::Data("a"), Part::Error]),
            2 => Parts::new([Part::Data("a"), Part::Trailers("2")]),
            3 => Parts::new([]).exact(0),
            _ => Parts::new([Part::Data("a"), Part::Data("b")]).exact(2),
        };
        let status = if fate == 4 { 409 } else { 201 };
        let response = Response::builder().status(status).body(body.boxed());
        if fate == 5 {
            Err("broken")
        } else {
            Ok(response.unwrap())
        }
    });
    let service = gate.layer(handler);
    let mut future = Box::pin(service.oneshot(crate::to("POST")));
    if fate == 6 {
        // The client goes away while the handler works, or before it began.
        if random.below(2) == 0 && look(&mut future).is_ready() {
            return false;
        }
        return false;
    }
    let Ok(response) = future.await else {
        return false;
    };
    if response.status() != 201 {
        return false;
    }
    let mut body = response.into_body();
    if fate == 7 {
        // In the middle of the body.
        let _ = body.frame().await;
        return false;
    }
    while let Some(frame) = body.frame().await {
        match frame.map(|frame| frame.into_trailers()) {
            Ok(Ok(trailers)) if trailers.contains_key("grpc-status") => return false,
            Ok(_) => {}
            Err(_) => return false,
        }
    }
    true
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
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
                tokio::spawn(async move {
                    let mut random = Random(round * TASKS + task);
                    let mut made = 0_u64;
                    for _ in 0..250 {
                        let mut fork = random.clone();
                        random.below(1 << 20);
                        let gate = gate.clone();
                        // In a task of its own: it may panic.
                        let succeeded = tokio::spawn(async move { fare(&gate, &mut fork).await });
                        if succeeded.await.unwrap_or(false) {
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

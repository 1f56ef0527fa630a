//! Many threads that ask while others change.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::thread;

use entitlements_core::testing::TestRequest;
use entitlements_core::{Admission, Callers, Decision, Entitlements, Gate, Reply, Requirement};

use crate::{add, engine_in_memory, remove};

const READERS: u32 = 64;
const STEPS: u32 = 400;

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.unwrap().block_on(future)
}

fn address(number: u32) -> IpAddr {
    Ipv4Addr::from_bits(0x0a00_0000 + number).into()
}

/// The first entry goes when the next is there: after an even number of steps there is one, after an odd one there are two.
fn allows(step: u32, number: u32) -> bool {
    number == step / 2 || (step % 2 == 1 && number == step / 2 + 1)
}

struct Front {
    gate: Gate,
    callers: Option<Callers>,
}

impl Front {
    fn each(engine: &Entitlements) -> [Self; 2] {
        let gate = Gate::new(Requirement::ip_allowlist());
        [
            Self {
                gate: gate.with_engine(engine).unwrap(),
                callers: None,
            },
            Self {
                gate,
                callers: Some(Callers::new(engine.clone())),
            },
        ]
    }

    fn lets_pass(&self, address: IpAddr) -> bool {
        let head = TestRequest::get("/").peer(&address.to_string());
        let current = self.callers.as_ref().map(|callers| {
            let Reply::Now(current) = callers.current(&head) else {
                panic!("accounts are in memory")
            };
            current.unwrap()
        });
        match self.gate.admit(current.as_ref(), &head) {
            Admission::Pass => true,
            Admission::Deny(denial) => {
                assert_eq!(denial.code(), "IP_NOT_ALLOWED");
                false
            }
            other => panic!("lists are in memory: {other:?}"),
        }
    }
}

#[test]
fn no_answer_is_by_a_list_that_was_neither_before_nor_after() {
    let (engine, _) = block_on(engine_in_memory());
    block_on(add(&engine, &address(0).to_string()));
    let (begun, made, ends) = (AtomicU32::new(0), AtomicU32::new(0), AtomicBool::new(false));
    let asked = AtomicU64::new(0);
    let fronts = Front::each(&engine);
    thread::scope(|scope| {
        for reader in 0..READERS {
            let (begun, made, ends, asked) = (&begun, &made, &ends, &asked);
            let front = &fronts[reader as usize % 2];
            scope.spawn(move || {
                let mut turn = reader;
                while !ends.load(Ordering::SeqCst) {
                    turn = turn.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    let before = made.load(Ordering::SeqCst);
                    // Around what is there now; and nobody, whom only an empty list lets pass.
                    let number = match (turn >> 16) % 5 {
                        4 => 1_000_000,
                        near => (before / 2 + near).saturating_sub(1),
                    };
                    let passes = front.lets_pass(address(number));
                    let after = begun.load(Ordering::SeqCst);
                    let may = (before..=after).any(|step| allows(step, number) == passes);
                    assert!(
                        may,
                        "{number} passes: {passes}, between {before} and {after}"
                    );
                    asked.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        // Ends the readers too where something is wrong here.
        let changes = scope.spawn(|| {
            for step in 0..STEPS {
                begun.store(step + 1, Ordering::SeqCst);
                block_on(async {
                    if step % 2 == 0 {
                        add(&engine, &address(step / 2 + 1).to_string()).await;
                    } else {
                        remove(&engine, &address(step / 2).to_string()).await;
                    }
                });
                made.store(step + 1, Ordering::SeqCst);
                // At once, by whoever made it.
                for front in &fronts {
                    let newest = address(step / 2 + 1);
                    assert!(front.lets_pass(newest), "{newest} after step {step}");
                    let oldest = front.lets_pass(address(step / 2));
                    assert_eq!(oldest, step % 2 == 0, "the one before after step {step}");
                }
                if step % 8 == 0 {
                    thread::yield_now();
                }
            }
        });
        let changed = changes.join();
        ends.store(true, Ordering::SeqCst);
        changed.unwrap();
    });
    assert!(
        asked.load(Ordering::Relaxed) > u64::from(STEPS),
        "the readers got their turn"
    );
}

#[test]
fn after_changes_at_once_all_of_them_count() {
    const ROUNDS: u32 = 100;
    let (engine, _) = block_on(engine_in_memory());
    let fronts = Front::each(&engine);
    let (start, end) = (Barrier::new(3), Barrier::new(3));
    thread::scope(|scope| {
        for changer in 0..2 {
            let (engine, start, end) = (&engine, &start, &end);
            scope.spawn(move || {
                for round in 0..ROUNDS {
                    start.wait();
                    block_on(add(engine, &address(round * 2 + changer).to_string()));
                    end.wait();
                }
            });
        }
        let mut wrong = Vec::new();
        for round in 0..ROUNDS {
            start.wait();
            // In between too, so that there is something to come back.
            for front in &fronts {
                front.lets_pass(address(round * 2));
            }
            end.wait();
            for number in [round * 2, round * 2 + 1] {
                for front in &fronts {
                    if !front.lets_pass(address(number)) {
                        wrong.push(number);
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "what was added is not there: {wrong:?}");
    });
}

/// Verdicts are of values, so a flood of strangers allocates no answer of its own.
#[test]
fn all_strangers_are_given_one_denial() {
    let (engine, _) = block_on(engine_in_memory());
    block_on(add(&engine, "192.0.2.0/24"));
    let gate = Gate::new(Requirement::ip_allowlist());
    let gates = [
        gate.with_engine(&engine).unwrap(),
        Gate::on(
            Requirement::fixed_allowlist(
                entitlements_core::allowlist::FixedAllowlist::new(
                    ["192.0.2.0/24"],
                    entitlements_core::allowlist::WhenEmpty::DenyAll,
                )
                .unwrap(),
            ),
            &engine,
        )
        .unwrap(),
    ];
    let mut bodies = Vec::new();
    for number in 0..1000 {
        for gate in &gates {
            let head = TestRequest::get("/").peer(&address(number).to_string());
            let Decision::Deny(denial) = gate.judge(None, &head) else {
                panic!("a stranger passes");
            };
            bodies.push(denial.problem().body().as_ptr());
        }
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1, "each body is at the same place");
}

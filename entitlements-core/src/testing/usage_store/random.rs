use super::model::Model;
use super::subject::{PROJECTS, Subject, Trial, USERS, after};
use crate::Limit;
use crate::usage::{Ask, ReservationId, Reserved};

const LIMITS: [&str; 2] = [USERS, PROJECTS];
const STEPS: u64 = 60;

/// Numbers that look random and are the same in each run: xorshift64.
#[derive(Debug)]
struct Random(u64);

impl Random {
    fn new(seed: u64) -> Self {
        Self((seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % end
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        let mut choices = from.iter().cycle().copied();
        let index = self.below(from.len() as u64) as usize;
        choices.nth(index).expect("there is something to pick from")
    }

    fn limit(&mut self) -> &'static str {
        self.pick(&LIMITS)
    }

    fn allowed(&mut self) -> Limit {
        match self.below(9) {
            8 => Limit::Unlimited,
            most => Limit::AtMost(most),
        }
    }

    fn asks(&mut self) -> Vec<Ask<'static>> {
        let ask = |random: &mut Self| Ask {
            limit: random.limit(),
            amount: random.below(4),
            allowed: random.allowed(),
        };
        (0..self.below(4)).map(|_| ask(self)).collect()
    }
}

/// A reservation that nobody has settled; it may have lapsed.
#[derive(Debug)]
struct Open {
    id: ReservationId,
    asks: Vec<Ask<'static>>,
}

/// One account under test, and what should be true of it.
#[derive(Debug)]
struct Sequence {
    subject: Subject,
    model: Model,
    random: Random,
    open: Vec<Open>,
    /// Seconds that have passed.
    time: u64,
}

pub async fn any_sequence_does_what_the_rules_say(trial: &Trial) {
    for seed in 0..trial.rounds.div_ceil(2) {
        let mut sequence = Sequence {
            subject: trial.account(&format!("account-{seed}")),
            model: Model::default(),
            random: Random::new(seed),
            open: Vec::new(),
            time: 0,
        };
        for step in 0..STEPS {
            sequence.time += sequence.random.below(4) * sequence.random.below(5);
            let did = sequence.step().await;
            let now = after(sequence.time);
            for limit in LIMITS {
                let (is, should) = (
                    sequence.subject.usage(limit, now).await,
                    sequence.model.usage(limit, now),
                );
                assert_eq!(
                    is, should,
                    "`{limit}` after step {step} of seed {seed}: {did}"
                );
            }
        }
    }
}

impl Sequence {
    /// Does something, and says what.
    async fn step(&mut self) -> String {
        match self.random.below(10) {
            0..=3 => self.reserve().await,
            4..=5 => self.settle().await,
            6 => self.tell().await,
            _ => self.lease().await,
        }
    }

    async fn reserve(&mut self) -> String {
        let (now, asks) = (after(self.time), self.random.asks());
        let until = after(self.time + self.random.below(40));
        let reserved = self.subject.reserve(&asks, until, now).await;
        let did = format!("{reserved:?} for {asks:?}");
        match (reserved, self.model.refusal(&asks, now)) {
            (Reserved::Held(id), None) => {
                self.model.hold(id, &asks, until);
                self.open.push(Open { id, asks });
            }
            (refused, should) => assert_eq!(Some(refused), should, "{did}"),
        }
        did
    }

    async fn settle(&mut self) -> String {
        let now = after(self.time);
        if self.open.is_empty() {
            return "nothing to settle".to_owned();
        }
        let index = self.random.below(self.open.len() as u64) as usize;
        let Open { id, asks } = self.open.swap_remove(index);
        if self.random.below(2) == 0 {
            self.subject.confirm(id, &asks, now).await;
            self.model.confirm(id, &asks);
            format!("confirmed {asks:?}")
        } else {
            self.subject.release(id, now).await;
            self.model.release(id);
            format!("released {asks:?}")
        }
    }

    /// The application gives back, or says how many there are.
    async fn tell(&mut self) -> String {
        let (now, limit, amount) = (after(self.time), self.random.limit(), self.random.below(6));
        if self.random.below(2) == 0 {
            self.subject.give_back(limit, amount, now).await;
            self.model.give_back(limit, amount);
            format!("gave back {amount}")
        } else {
            self.subject.sync(limit, amount, now).await;
            self.model.sync(limit, amount);
            format!("set to {amount}")
        }
    }

    async fn lease(&mut self) -> String {
        let (now, limit) = (after(self.time), self.random.limit());
        let until = after(self.time + self.random.below(40));
        let holder = self.random.pick(&["a", "b", "c"]);
        match self.random.below(4) {
            0 => {
                self.subject.end_lease(limit, holder, now).await;
                self.model.end_lease(limit, holder);
                format!("{holder} ended")
            }
            1 => {
                let is = self.subject.renew_lease(limit, holder, until, now).await;
                let should = self.model.renew(limit, holder, until, now);
                assert_eq!(is, should, "{holder} renews");
                format!("{is:?}: {holder} renewed")
            }
            _ => {
                let allowed = self.random.allowed();
                let lease = self.subject.lease(limit, holder, allowed, until, now);
                let is = lease.await;
                let should = self.model.lease(limit, holder, allowed, until, now);
                assert_eq!(is, should, "{holder} asks for one of {allowed}");
                format!("{is:?}: {holder} leased")
            }
        }
    }
}

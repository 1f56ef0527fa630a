//! How the life of a job goes on: which step may follow, and what it makes of the job.

use std::time::Duration;

use entitlements_axum::Timestamp;

use super::{Job, State};

/// What may be done to a job once it is there; to fetch it is the queue's to do.
#[derive(Debug)]
pub(crate) enum Step {
    /// Its worker finished it.
    Ack { attempt: u32 },
    /// Its worker could not.
    Fail { attempt: u32, error: String },
    /// Its worker was silent until nobody may fetch it again.
    TimeOut,
    /// As if it had never been tried.
    Retry,
    /// Nobody wants it any more.
    Cancel,
    /// It waits elsewhere.
    Move { queue: String },
}

const NOT_YOURS: &str = "the job is not active in this attempt; it may have timed out";

impl Job {
    /// The job after a step, or why there is no such step from here.
    pub(crate) fn after(&self, step: Step, now: Timestamp) -> Result<Self, &'static str> {
        let mut job = self.clone();
        match (self.state, step) {
            (State::Active, Step::Ack { attempt }) if attempt == self.attempts => {
                job.state = State::Done;
                job.error = None;
            }
            (State::Active, Step::Fail { attempt, error }) if attempt == self.attempts => {
                job.fail(error, now);
            }
            (_, Step::Ack { .. } | Step::Fail { .. }) => return Err(NOT_YOURS),
            (State::Active, Step::TimeOut) => job.fail("timed out".into(), now),
            (State::Active, Step::Retry | Step::Move { .. }) => return Err("a worker has the job"),
            (_, Step::Retry) => {
                job.state = State::Ready;
                job.attempts = 0;
                job.ready_at = now;
                job.error = None;
            }
            (State::Ready | State::Active, Step::Cancel) => job.state = State::Cancelled,
            (State::Ready, Step::Move { queue }) => job.queue = queue,
            (_, Step::TimeOut | Step::Cancel | Step::Move { .. }) => {
                return Err("the job has ended");
            }
        }
        job.finished_at = job.state.is_end().then_some(now);
        if job.state != State::Active {
            job.worker = None;
        }
        Ok(job)
    }

    /// Later again, ever more later, until it was tried often enough.
    fn fail(&mut self, error: String, now: Timestamp) {
        self.error = Some(error);
        if self.attempts >= self.max_attempts {
            self.state = State::Dead;
        } else {
            self.state = State::Ready;
            let seconds = u64::from(self.attempts).saturating_pow(2);
            self.ready_at = now.saturating_add(Duration::from_secs(seconds));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::value::RawValue;

    const NOW: Timestamp = Timestamp::from_unix_seconds(1_800_000_000);

    fn job(state: State, attempts: u32) -> Job {
        Job {
            id: "1".into(),
            namespace: "default".into(),
            queue: "mail".into(),
            state,
            attempts,
            max_attempts: 3,
            payload: RawValue::from_string("{}".into()).unwrap(),
            ready_at: NOW,
            created_at: NOW,
            finished_at: None,
            keep_until: None,
            worker: None,
            error: None,
        }
    }

    fn fail(attempt: u32) -> Step {
        let error = "no".into();
        Step::Fail { attempt, error }
    }

    #[test]
    fn a_job_that_fails_is_tried_again_later_until_it_is_dead() {
        let again = job(State::Active, 2).after(fail(2), NOW).unwrap();
        assert_eq!(again.state, State::Ready);
        assert_eq!(again.ready_at, NOW.saturating_add(Duration::from_secs(4)));
        assert_eq!(again.finished_at, None);
        let dead = job(State::Active, 3).after(fail(3), NOW).unwrap();
        assert_eq!((dead.state, dead.finished_at), (State::Dead, Some(NOW)));
    }

    #[test]
    fn only_the_worker_of_this_attempt_says_how_it_ended() {
        for attempt in [1, 3] {
            let ack = Step::Ack { attempt };
            assert!(job(State::Active, 2).after(ack, NOW).is_err());
            assert!(job(State::Active, 2).after(fail(attempt), NOW).is_err());
        }
        let ack = Step::Ack { attempt: 2 };
        assert!(job(State::Ready, 2).after(ack, NOW).is_err());
    }

    #[test]
    fn what_has_ended_can_be_retried_and_nothing_else() {
        for state in [State::Done, State::Dead, State::Cancelled] {
            assert!(job(state, 3).after(Step::Cancel, NOW).is_err());
            let queue = "reports".into();
            assert!(job(state, 3).after(Step::Move { queue }, NOW).is_err());
            let again = job(state, 3).after(Step::Retry, NOW).unwrap();
            assert_eq!((again.state, again.attempts), (State::Ready, 0));
        }
        assert!(job(State::Active, 1).after(Step::Retry, NOW).is_err());
    }
}

//! Others at work on the same file.

use std::time::Duration;

use super::fault;

/// How often something is tried, each time for as long as SQLite itself waits.
const ATTEMPTS: u32 = 3;

/// SQLite does not wait where waiting could last for ever, such as while another process opens or closes the file: we pause then.
const FIRST_PAUSE: Duration = Duration::from_millis(20);

/// How long a call goes on trying what it finds busy. What is busy did nothing, so it can be done again.
#[derive(Debug)]
pub(super) struct Patience {
    attempts_left: u32,
    pause: Duration,
}

impl Patience {
    pub(super) const fn new() -> Self {
        Self {
            attempts_left: ATTEMPTS - 1,
            pause: FIRST_PAUSE,
        }
    }

    /// Whether to try again after this, for which it is the time then.
    pub(super) async fn lasts(&mut self, error: Option<&sqlx::Error>) -> bool {
        if self.attempts_left == 0 || !error.is_some_and(fault::is_busy) {
            return false;
        }
        self.attempts_left -= 1;
        tokio::time::sleep(self.pause).await;
        self.pause *= 5;
        true
    }
}

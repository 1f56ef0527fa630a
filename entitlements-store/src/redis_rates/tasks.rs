//! What a link does when nobody asks. Each holds nothing while it waits, and says so when it ends, however it does: also with its runtime.

use std::sync::Weak;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::{sleep, timeout};

use super::link::Shared;
use super::wire::{ANSWER, Wire};

/// How long it is waited after the first failed try to connect, and at most; it doubles.
const PAUSES: (Duration, Duration) = (Duration::from_millis(25), Duration::from_secs(1));

/// Connects.
pub(super) struct Connecting(pub(super) Weak<Shared>);

impl Connecting {
    pub(super) async fn run(self) {
        let (mut pause, longest) = PAUSES;
        while let Some(shared) = self.0.upgrade() {
            if shared.try_to_connect().await {
                if shared.is_of_cluster() {
                    // A part of it may be away for long, and making all connections anew is not to be all that is done then.
                    drop(shared);
                    sleep(longest).await;
                }
                return;
            }
            drop(shared);
            sleep(pause).await;
            pause = (pause * 2).min(longest);
        }
    }
}

impl Drop for Connecting {
    fn drop(&mut self) {
        if let Some(shared) = self.0.upgrade() {
            shared.is_connecting.store(false, Ordering::Release);
            // Its runtime ended, or there is none. Whoever asks next tries again.
            shared.is_down("nothing is connecting");
        }
    }
}

/// Sees whether there are answers.
pub(super) struct Probing(pub(super) Weak<Shared>);

impl Probing {
    pub(super) async fn run(self, number: u64, mut wire: Wire) {
        // In a cluster it goes to all.
        let ping = redis::cmd("PING");
        let answer = timeout(ANSWER, wire.send(&ping)).await;
        drop(wire);
        if let Some(shared) = self.0.upgrade() {
            match answer {
                Ok(Ok(_)) => {}
                Ok(Err(error)) => shared.failed(number, &error),
                Err(_) => shared.is_gone(number),
            }
        }
    }
}

impl Drop for Probing {
    fn drop(&mut self) {
        if let Some(shared) = self.0.upgrade() {
            shared.is_probing.store(false, Ordering::Release);
        }
    }
}

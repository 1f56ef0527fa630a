//! Many callers at once, one request of each on its way, by several ways that take turns.

use std::io;
use std::pin::Pin;
use std::time::Instant;

use tokio::task::{JoinSet, LocalSet};

use crate::load::{Names, TURN, TURNS, Throughput, Turn, alternating, plan, summed_up};

/// How many callers there are.
pub const CALLERS: usize = 64;

/// A request of one caller, by its number.
pub type Asked = Pin<Box<dyn Future<Output = ()>>>;

/// A way to ask.
#[derive(Clone, Copy)]
pub struct Way {
    /// What it is.
    pub name: &'static str,
    /// The one that it is compared to, by name.
    pub bare: &'static str,
    /// Asks once, for a caller.
    pub ask: &'static dyn Fn(usize) -> Asked,
}

impl std::fmt::Debug for Way {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Way").field(&self.name).finish()
    }
}

/// Lets all callers ask by each of the ways, in turns.
///
/// # Errors
/// Where a caller panics.
pub async fn take_turns(ways: &[Way]) -> io::Result<Vec<Throughput>> {
    let names: Vec<Names> = ways.iter().map(|way| [way.name, way.bare]).collect();
    let plan = plan(&names);
    let mut pairs: Vec<Vec<[Turn; 2]>> = plan.iter().map(|_| Vec::new()).collect();
    let local = LocalSet::new();
    // The first is to get warm.
    for number in 0..=TURNS {
        for (pair, pairs) in plan.iter().zip(&mut pairs) {
            let mut done = Vec::new();
            for place in alternating(number, *pair) {
                if let Some(way) = ways.get(place) {
                    done.push(local.run_until(turn(*way)).await?);
                }
            }
            if let [first, second] = *done.as_slice()
                && number > 0
            {
                pairs.push(alternating(number, [first, second]));
            }
        }
    }
    Ok(summed_up(&names, &pairs))
}

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
async fn turn(way: Way) -> io::Result<Turn> {
    let start = Instant::now();
    let mut callers = JoinSet::new();
    for caller in 0..CALLERS {
        callers.spawn_local(async move {
            let mut answers = 0;
            while start.elapsed() < TURN {
                (way.ask)(caller).await;
                answers += 1;
            }
            answers
        });
    }
    let mut answers = 0;
    while let Some(done) = callers.join_next().await {
        answers += done.map_err(io::Error::other)?;
    }
    Ok(Turn {
        answers,
        took: start.elapsed(),
        computed: None,
    })
}

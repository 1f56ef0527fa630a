//! Nanoseconds and allocations of small operations, side by side.
//!
//! The cases of a table take turns in short bursts, so that whatever else the machine does meets all of them alike; what
//! counts is the median burst of each, and above all their ratios.

use std::time::{Duration, Instant};

/// How often every case gets its turn.
const BURSTS: usize = 61;

/// How long a burst lasts, about.
const BURST: Duration = Duration::from_millis(4);

/// One thing to measure.
pub struct Case<'a> {
    name: &'static str,
    run: Box<dyn FnMut() + 'a>,
}

impl<'a> Case<'a> {
    /// A case; `run` does the thing once.
    pub fn new(name: &'static str, run: impl FnMut() + 'a) -> Self {
        Self {
            name,
            run: Box::new(run),
        }
    }
}

impl std::fmt::Debug for Case<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Case").field(&self.name).finish()
    }
}

/// What one case took.
#[derive(Debug, Clone)]
pub struct Figure {
    /// What was done.
    pub name: &'static str,
    /// Nanoseconds each, the median burst.
    pub nanoseconds: f64,
    /// Allocations each.
    pub allocations: u64,
}

/// Measures all cases, in turns.
#[must_use]
pub fn compare(mut cases: Vec<Case<'_>>) -> Vec<Figure> {
    let repeats: Vec<u32> = cases.iter_mut().map(calibrate).collect();
    let mut samples = vec![Vec::with_capacity(BURSTS); cases.len()];
    for _ in 0..BURSTS {
        for ((case, repeats), samples) in cases.iter_mut().zip(&repeats).zip(&mut samples) {
            samples.push(burst(case, *repeats));
        }
    }
    let figures = cases.iter_mut().zip(samples).map(|(case, samples)| Figure {
        name: case.name,
        nanoseconds: median(samples),
        allocations: allocations(case),
    });
    figures.collect()
}

/// How many repeats make a burst.
fn calibrate(case: &mut Case<'_>) -> u32 {
    let mut repeats = 1;
    loop {
        // The fastest of three: where something else had the machine in between, a few repeats would seem to be enough, and the
        // clock be most of what is measured.
        let tries = [(); 3].map(|()| burst(case, repeats));
        let took = tries.into_iter().fold(f64::INFINITY, f64::min) * f64::from(repeats);
        if took > BURST.as_nanos() as f64 / 2.0 || repeats > 1 << 24 {
            return repeats;
        }
        repeats *= 2;
    }
}

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
fn burst(case: &mut Case<'_>, repeats: u32) -> f64 {
    let start = Instant::now();
    for _ in 0..repeats {
        (case.run)();
    }
    start.elapsed().as_nanos() as f64 / f64::from(repeats)
}

fn allocations(case: &mut Case<'_>) -> u64 {
    allocation_counter::measure(|| (case.run)()).count_total
}

fn median(mut samples: Vec<f64>) -> f64 {
    samples.sort_by(f64::total_cmp);
    samples.get(samples.len() / 2).copied().unwrap_or(f64::NAN)
}

//! The atomics of what `models/` runs under loom, which brings its own.

pub(crate) use std::sync::atomic::{AtomicU64, Ordering};

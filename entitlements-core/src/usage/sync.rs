//! The locks of what `models/` runs under loom, which brings its own.

pub(super) use std::sync::Mutex;

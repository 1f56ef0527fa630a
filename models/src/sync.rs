//! What the files under test lock with, here.

pub(crate) use loom::sync::Mutex;

//! Limits behind real servers, over real sockets: hyper without a framework, and actix-web. Clients hang up wherever they can.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests: a failure stops the test, and says why"
)]

mod actix;
mod ends;
mod http2;
mod hyper;
mod last_unit;
mod random;
mod storm;
mod story;

use std::net::SocketAddr;
use std::sync::Arc;

use story::Story;

/// A server that serves a story.
struct Front {
    name: &'static str,
    serve: fn(Arc<Story>) -> SocketAddr,
}

const FRONTS: [Front; 2] = [
    Front {
        name: "hyper",
        serve: hyper::serve,
    },
    Front {
        name: "actix",
        serve: actix::serve,
    },
];

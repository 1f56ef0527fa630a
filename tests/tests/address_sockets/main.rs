//! The table of addresses over real sockets: hyper with the layers of tower, axum's own server, and actix-web's.
//!
//! What a row sends goes over the wire byte by byte, from the peer that it names wherever this machine has that address. What a server
//! made of it is told by gates: a list that holds nothing but the address lets it pass, and one that holds another does not. So each
//! row is asked four times, of lists of the application's own and of an account's, and all servers have to answer in the same bytes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests: a failure stops the test, and says why"
)]

mod actix;
mod axum;
mod client;
mod hyper;
mod odd;
mod peers;
mod served;
mod table;

use std::net::SocketAddr;
use std::sync::Arc;

use served::Served;

/// A server that has gates at paths.
struct Front {
    name: &'static str,
    serve: fn(std::net::TcpListener, &Arc<Served>),
}

const FRONTS: [Front; 3] = [
    Front {
        name: "hyper",
        serve: hyper::serve,
    },
    Front {
        name: "axum",
        serve: axum::serve,
    },
    Front {
        name: "actix",
        serve: actix::serve,
    },
];

/// Starts each server on a free port of this address.
fn serve_on(address: &str, served: &Arc<Served>) -> Vec<(&'static str, SocketAddr)> {
    let each = FRONTS.iter().map(|front| {
        let listener = std::net::TcpListener::bind(address).unwrap();
        listener.set_nonblocking(true).unwrap();
        let at = listener.local_addr().unwrap();
        (front.serve)(listener, served);
        (front.name, at)
    });
    each.collect()
}

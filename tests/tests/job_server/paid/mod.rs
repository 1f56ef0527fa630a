//! What a license opens really does what it says.

mod access;
mod kept;
mod told;

use serde_json::{Value, json};
use tempfile::{TempDir, tempdir};

use crate::server::{SOME_DAY, Server, Start};
use crate::vendor::key;

fn licensed() -> (TempDir, Server) {
    let folder = tempdir().unwrap();
    let server = Start::at(SOME_DAY, folder.path()).serve();
    server.activate(&key(5));
    (folder, server)
}

fn ack(server: &Server, queue: &str) -> Value {
    let job = server.fetch(queue).unwrap();
    let route = format!("POST /jobs/{}/ack", job["id"].as_str().unwrap());
    server.ok(&route, &json!({ "attempt": 1 }))
}

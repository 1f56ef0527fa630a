//! I9: what is secret reaches no answer, no log and no `Debug`.
//!
//! A program of its own: whether a place in the code logs is settled for all threads at once, by the first that comes by.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::string_slice,
    clippy::indexing_slicing,
    dead_code,
    reason = "a test that cannot go on stops, and not all of the client is needed"
)]

mod accounts;
mod audit;
#[path = "../api/client.rs"]
mod client;
mod log;
mod revocations;
mod story;

use http::Method;
use serde_json::json;

use client::{ADMIN, Client, OWNER};
use log::Log;

#[tokio::test]
async fn neither_key_nor_token_is_ever_sent_back_or_logged() {
    let (log, _listening) = Log::listen();
    let (client, managed) = Client::managed("lic-0");
    let good = client.key("lic-1");
    let bad = format!("{}x", client.key("lic-2"));
    let mut said = Vec::new();
    let bodies = [
        json!({ "key": good }).to_string(),
        json!({ "key": bad }).to_string(),
        json!({ "key": [good] }).to_string(),
        json!({ &good: good, "key": good }).to_string(),
        json!(good).to_string(),
        format!("{{\"key\":\"{good}\""),
        good.clone(),
    ];
    for body in bodies {
        for authorization in [ADMIN, OWNER, ""] {
            let headers = [("authorization", authorization)];
            let answer = client.send(Method::POST, "/license", &headers, &body).await;
            said.push(format!("{answer:?}"));
        }
    }
    for (method, path) in [
        (Method::GET, "/license"),
        (Method::GET, "/license/status"),
        (Method::GET, "/entitlements"),
        (Method::GET, "/audit"),
        (Method::DELETE, &format!("/license/{good}")),
        (Method::DELETE, "/license/lic-0"),
    ] {
        for authorization in [ADMIN, OWNER] {
            let headers = [("authorization", authorization)];
            said.push(format!(
                "{:?}",
                client.send(method.clone(), path, &headers, "").await
            ));
        }
    }
    said.push(format!("{:?}", client.api));
    // The log was listened to: it says who did what.
    for line in [
        "by=\"admin\"",
        "license=\"lic-1\"",
        "details=\"reason=encoding\"",
    ] {
        assert!(log.text().contains(line), "{line} is not in {}", log.text());
    }
    said.push(log.text());

    let mut secrets = vec![ADMIN.replace("Bearer ", ""), OWNER.replace("Bearer ", "")];
    for key in [&managed, &good, &bad] {
        // Any part of it would do for a thief who has the rest.
        secrets.extend(key.split('.').skip(1).map(|part| part[..20].to_owned()));
    }
    for text in said {
        for secret in &secrets {
            assert!(!text.contains(secret), "{secret} is in {text}");
        }
    }
}

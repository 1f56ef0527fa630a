//! What each call is answered, by tonic's own server and by the axum router alike.

use tonic::{Code, Status};
use tonic_gated::client::Client;
use tonic_gated::engine::{FREE_KEY, TEAM_KEY};

use crate::server::{Server, client};

fn told(status: &Status) -> (Code, &str, Option<&str>) {
    let code = status.metadata().get("entitlements-code");
    let code = code.map(|code| code.to_str().unwrap());
    (status.code(), status.message(), code)
}

/// Rows until the end, and how it ended.
async fn export(client: &mut Client, rows: u32) -> (u32, Result<(), Status>) {
    let mut stream = match client.export(rows).await {
        Ok(stream) => stream,
        Err(status) => return (0, Err(status)),
    };
    let mut read = 0;
    loop {
        match stream.message().await {
            Ok(Some(row)) => read = row.number,
            Ok(None) => return (read, Ok(())),
            Err(status) => return (read, Err(status)),
        }
    }
}

/// On each of the two addresses, of a program of its own.
async fn on_each(test: impl AsyncFn(&str)) {
    let server = Server::start();
    test(&server.grpc).await;
    let server = Server::start();
    test(&server.http).await;
}

#[tokio::test]
async fn whoever_has_a_key_is_told_their_plan() {
    on_each(async |to| {
        let shown = client(to, FREE_KEY).await.plan().await.unwrap();
        assert_eq!((&*shown.account, &*shown.plan), ("corner-shop", "free"));
        let shown = client(to, TEAM_KEY).await.plan().await.unwrap();
        assert_eq!((&*shown.account, &*shown.plan), ("acme", "team"));
    })
    .await;
}

#[tokio::test]
async fn without_a_key_that_is_known_a_call_is_unauthenticated() {
    on_each(async |to| {
        for key in ["", "sk_nobody"] {
            let status = client(to, key).await.create("shop").await.unwrap_err();
            let message = "the request does not say whose account it is for";
            assert_eq!(
                told(&status),
                (Code::Unauthenticated, message, Some("ACCOUNT_UNKNOWN"))
            );
        }
    })
    .await;
}

#[tokio::test]
async fn a_feature_that_is_not_in_force_is_permission_denied() {
    on_each(async |to| {
        let mut free = client(to, FREE_KEY).await;
        let (_, ended) = export(&mut free, 1).await;
        let message = "feature `export` is not in force";
        assert_eq!(
            told(&ended.unwrap_err()),
            (Code::PermissionDenied, message, Some("LICENSE_REQUIRED"))
        );
    })
    .await;
}

#[tokio::test]
async fn a_limit_is_used_by_calls_that_succeed_and_then_exhausted() {
    on_each(async |to| {
        let mut free = client(to, FREE_KEY).await;
        // The handler fails: by U8 that uses nothing, however often.
        for _ in 0..5 {
            let status = free.create(" ").await.unwrap_err();
            assert_eq!(
                told(&status),
                (Code::InvalidArgument, "a project needs a name", None)
            );
        }
        assert_eq!(free.create("shop").await.unwrap().id, 1);
        let status = free.create("blog").await.unwrap_err();
        let message = "limit `projects` reached: 1 of 1 in use";
        assert_eq!(
            told(&status),
            (Code::ResourceExhausted, message, Some("LIMIT_EXCEEDED"))
        );
        // Each account counts for itself, up to what its plan has.
        let mut team = client(to, TEAM_KEY).await;
        for id in 1..=10 {
            assert_eq!(team.create(format!("p{id}")).await.unwrap().id, id);
            let _ = team.create(format!("p{id}")).await.unwrap_err();
        }
        let status = team.create("p11").await.unwrap_err();
        assert_eq!(status.code(), Code::ResourceExhausted);
    })
    .await;
}

#[tokio::test]
async fn a_stream_that_fails_in_its_trailers_uses_nothing() {
    on_each(async |to| {
        let mut team = client(to, TEAM_KEY).await;
        for _ in 0..5 {
            let (rows, ended) = export(&mut team, 4).await;
            let status = ended.unwrap_err();
            assert_eq!(
                (rows, status.code(), status.message()),
                (3, Code::DataLoss, "row 4 cannot be read")
            );
        }
        let (rows, ended) = export(&mut team, 3).await;
        assert_eq!((rows, ended.is_ok()), (3, true));
        let (_, ended) = export(&mut team, 1).await;
        assert_eq!(ended.unwrap_err().code(), Code::ResourceExhausted);
    })
    .await;
}

/// Ten projects are allowed, and forty calls ask at once over several connections.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_calls_at_once_as_many_succeed_as_are_allowed() {
    on_each(async |to| {
        let mut calls = Vec::new();
        for connection in 0..4 {
            let connected = client(to, TEAM_KEY).await;
            for call in 0..10 {
                let mut client = connected.clone();
                calls.push(tokio::spawn(async move {
                    client.create(format!("p{connection}-{call}")).await
                }));
            }
        }
        let mut made = 0;
        for call in calls {
            match call.await.unwrap() {
                Ok(_) => made += 1,
                Err(status) => assert_eq!(status.code(), Code::ResourceExhausted),
            }
        }
        assert_eq!(made, 10);
    })
    .await;
}

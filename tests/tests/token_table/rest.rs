//! `POST /license` of an engine of its own, through an axum router.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use entitlements_axum::{AccountId, BearerToken, FixedAccount, admin};
use entitlements_core::testing::ManualClock;
use entitlements_core::{Clock, Entitlements, Environment};
use entitlements_tests::token_table::{Case, Verdict, catalog, keys};
use http::Request;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::library::trusted;

const OPERATORS: &str = "0b8f7e2a4c6d4e5fa1b2c3d4";

pub(crate) fn verdict(case: &Case, token: &str) -> Result<Verdict, String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    runtime.block_on(async {
        let engine = engine(case).await;
        let operators = BearerToken::new(OPERATORS).unwrap();
        let account = FixedAccount(AccountId::LOCAL);
        let router = Router::new().nest_service(
            "/api/v1",
            admin(engine, operators.clone(), operators, account),
        );
        for (list, refused) in case.lists() {
            let answer = post(&router, "license/revocations", &json!({"list": list})).await;
            let expected = if refused.is_none() { 200 } else { 422 };
            if answer.status != expected || answer.reason() != refused {
                return Err(format!("Rest takes the list otherwise: {answer:?}"));
            }
        }
        let answer = post(&router, "license", &json!({"key": token})).await;
        let text = answer.body.to_string();
        match answer.status {
            200 => {
                let status = answer.body["status"].as_str().unwrap();
                let shows = answer.body.as_object().unwrap().clone();
                Ok(Verdict::status(status, shows).writing(text))
            }
            422 if answer.body["code"] == "INVALID_LICENSE" => {
                Ok(Verdict::refused(answer.reason().unwrap_or_default()).writing(text))
            }
            _ => Err(format!("Rest answers {answer:?}")),
        }
    })
}

async fn engine(case: &Case) -> Entitlements {
    let name = case.catalog.as_deref().unwrap();
    let clock = Arc::new(ManualClock::at(case.now));
    let mut builder = Entitlements::builder()
        .catalog(catalog(name))
        .environment(Environment::of(Vec::<(String, String)>::new()))
        .machine(keys::machine())
        .clock(clock as Arc<dyn Clock>);
    for key in trusted(case) {
        builder = builder.trusted_key(key);
    }
    if let Some(id) = &case.row.deployment {
        builder = builder.deployment_id(id);
    }
    builder.build().await.unwrap().0
}

#[derive(Debug)]
struct Answer {
    status: u16,
    body: Value,
}

impl Answer {
    fn reason(&self) -> Option<&str> {
        self.body["reason"].as_str()
    }
}

async fn post(router: &Router, path: &str, body: &Value) -> Answer {
    let request = Request::post(format!("/api/v1/{path}"))
        .header("authorization", format!("Bearer {OPERATORS}"))
        .header("content-type", "application/json")
        .body(Body::from(body.to_string()))
        .unwrap();
    let Ok(response) = router.clone().oneshot(request).await;
    let status = response.status().as_u16();
    let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    Answer { status, body }
}
